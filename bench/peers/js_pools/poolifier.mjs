/**
 * The rows on `poolifier`.
 *
 * @module
 */

import { measureRow } from "./rows.mjs";

const { FixedThreadPool } = await import("poolifier");

function start(workers) {
  const script = new URL("./poolifier_worker.mjs", import.meta.url).pathname;
  const pool = new FixedThreadPool(workers, script);
  return Promise.resolve({
    spawn: (name, ...args) => pool.execute(args, name),
    stop: () => pool.destroy(),
  });
}

await measureRow(start, globalThis.process.argv.slice(2));
