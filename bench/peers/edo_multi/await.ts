/**
 * The rows of the benchmark `multi` on edo, with `await`.
 *
 * @module
 */

import { Runtime } from "../../../scheduler/mod.ts";
import { measureRow, NESTED } from "../js_pools/rows.mjs";
import { TASKS } from "./tasks.ts";

function start(workers: number) {
  const runtime = Runtime.builder().multiThread().workerThreads(workers).build();
  return Promise.resolve({
    spawn: (name: string, ...args: never[]) => runtime.spawn(TASKS[name]!, ...args),
    stop: () => runtime.shutdown(),
  });
}

await measureRow(start, Deno.args, NESTED);
