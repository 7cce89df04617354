/**
 * The rows of the benchmark `multi` on edo, with `yield*`.
 *
 * @module
 */

import { Runtime } from "../../../scheduler/mod.ts";
import { CHANNELS, measureRow, NESTED } from "../js_pools/rows.mjs";
import { readChunks, receiveNumbers } from "./channels.ts";
import { TASKS } from "./tasks.ts";

/** Spawns and adds up on a task of this isolate. */
function* add(runtime: Runtime, name: string, count: number) {
  const handles = [];
  for (let i = 0; i < count; i++) handles.push(runtime.spawn(TASKS[name]!, i as never));
  let sum = 0;
  for (const handle of handles) sum += (yield* handle) as number;
  return sum;
}

function start(workers: number) {
  const runtime = Runtime.builder().multiThread().workerThreads(workers).build();
  return Promise.resolve({
    spawn: (name: string, ...args: never[]) => runtime.spawn(TASKS[name]!, ...args),
    sumOf: (name: string, count: number) => runtime.spawn(() => add(runtime, name, count)),
    receiveNumbers: (count: number) => runtime.spawn(() => receiveNumbers(runtime, count)),
    readChunks: (count: number) => runtime.spawn(() => readChunks(runtime, count)),
    stop: () => runtime.shutdown(),
  });
}

await measureRow(start, Deno.args, [...NESTED, ...CHANNELS]);
