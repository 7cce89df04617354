/**
 * Starts and stops a multi-thread runtime a thousand times, and looks what that leaves: descriptors,
 * threads, memory. It takes minutes, so it is no part of the suite:
 *
 * ```sh
 * deno run -A tests/soak/runtime_cycles.ts [cycles] [workers]
 * ```
 *
 * It ends with code 1 if descriptors or threads are left, or more than 8 KiB of memory for each
 * cycle of the second half. With `bare` in place of the number of workers each cycle starts two
 * threads of the host itself instead, to compare with.
 *
 * @module
 */

// It tells who has started it what it sees.
// deno-lint-ignore-file no-console

import { Runtime } from "../../scheduler/mod.ts";
import { add, echo } from "../scheduler/multi_thread/fixtures/tasks.ts";

/** What memory may grow by in each cycle of the second half; in the first the heap finds its size. */
const MOST_BYTES = 8 * 1024;

/** One piece for all cycles: every isolate knows what shared memory was sent until the process ends. */
const memory = new SharedArrayBuffer(8);

const cycles = Number(Deno.args[0] ?? 1000);
const bare = Deno.args[1] === "bare";
const workers = bare ? 2 : Number(Deno.args[1] ?? 2);

interface Figures {
  readonly descriptors: number;
  readonly threads: number;
  readonly rss: number;
}

async function cycle(): Promise<void> {
  await using runtime = Runtime.builder().multiThread().workerThreads(workers).build();
  const calls = Array.from({ length: 4 }, (_, i) => runtime.spawn(add, i, 1));
  for (const [i, call] of calls.entries()) {
    if (await call !== i + 1) throw new Error("Cannot go on: a worker has computed wrongly");
  }
  await runtime.spawn(echo, memory);
}

/** The same number of workers of the host, for what it leaves itself. */
async function bareCycle(): Promise<void> {
  const code = "onmessage = () => { postMessage(1); close(); };";
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  await Promise.all(Array.from({ length: workers }, () => {
    const worker = new Worker(url, { type: "module" });
    worker.postMessage(0);
    return new Promise((resolve) => worker.onmessage = resolve);
  }));
}

/** Looks when what is about to end has ended. */
async function look(): Promise<Figures> {
  let before = Infinity;
  for (let same = 0; same < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const threads = count("/proc/self/task");
    same = threads < before ? 0 : same + 1;
    before = Math.min(before, threads);
  }
  (globalThis as { gc?: () => void }).gc?.();
  const { rss } = Deno.memoryUsage();
  return { descriptors: count("/proc/self/fd"), threads: count("/proc/self/task"), rss };
}

function count(folder: string): number {
  return [...Deno.readDirSync(folder)].length;
}

const run = bare ? bareCycle : cycle;
const half = Math.ceil(cycles / 2);
for (let i = 0; i < 20; i++) await run();
const before = await look();
console.log("before", before);
const began = performance.now();
let between = before;
for (let i = 1; i <= cycles; i++) {
  await run();
  if (i % 100 === 0) console.log(i, await look());
  if (i === half) between = await look();
}
const perCycle = (performance.now() - began) / cycles;
const after = await look();
const growth = (after.rss - between.rss) / (cycles - half);
console.log("after", after);
console.log(
  `${perCycle.toFixed(1)} ms a cycle; ${growth.toFixed(0)} bytes each in the second half`,
);
const isClean = after.descriptors <= before.descriptors && after.threads <= before.threads &&
  growth <= MOST_BYTES;
Deno.exit(isClean ? 0 : 1);
