/**
 * The rows on `tinypool`.
 *
 * @module
 */

import { measureRow } from "./rows.mjs";

const { Tinypool } = await import("tinypool");

function start(workers) {
  const filename = new URL("./pool_worker.mjs", import.meta.url).href;
  const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers });
  return Promise.resolve({
    spawn: (name, ...args) => pool.run(args, { name }),
    stop: () => pool.destroy(),
  });
}

await measureRow(start, globalThis.process.argv.slice(2));
