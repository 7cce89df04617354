/**
 * The rows on `piscina`.
 *
 * @module
 */

import { measureRow } from "./rows.mjs";

const { Piscina } = await import("piscina");

function start(workers) {
  const filename = new URL("./pool_worker.mjs", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers });
  return Promise.resolve({
    spawn: (name, ...args) => pool.run(args, { name }),
    stop: () => pool.destroy(),
  });
}

await measureRow(start, globalThis.process.argv.slice(2));
