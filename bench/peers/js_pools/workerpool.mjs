/**
 * The rows on `workerpool`.
 *
 * @module
 */

import { measureRow } from "./rows.mjs";

const { default: workerpool } = await import("workerpool");

function start(workers) {
  const script = new URL("./workerpool_worker.mjs", import.meta.url).pathname;
  const options = { minWorkers: workers, maxWorkers: workers, workerType: "thread" };
  const pool = workerpool.pool(script, options);
  return Promise.resolve({
    spawn: (name, ...args) => pool.exec(name, args),
    stop: () => pool.terminate(),
  });
}

await measureRow(start, globalThis.process.argv.slice(2));
