/**
 * Work that blocks.
 *
 * @module
 */

import type { JoinHandle } from "../scheduler/join_handle.ts";
import type {
  PortableFunction,
  PortableOutput,
  PortableTask,
} from "../scheduler/multi_thread/portable.ts";
import { currentRuntime } from "../scheduler/runtime.ts";

/**
 * Calls a portable task on a thread where it may block: compute for long, wait by `Atomics.wait`,
 * read a file synchronously, call a library that does not return soon.
 *
 * The thread runs nothing else meanwhile, so nobody waits for it; that is what tells it from a worker
 * of a multi-thread runtime, which has other tasks. It works in every runtime, also in one without
 * workers. Threads are started when all that there are have work, up to
 * `RuntimeBuilder.maxBlockingThreads`; what is beyond waits for one. A thread that had nothing to do
 * for `RuntimeBuilder.threadKeepAlive` ends, in the isolate's default runtime after a second.
 * A thread is started in about 15 milliseconds and takes about 10 MB, so for what computes, and does
 * not wait, `spawn` in a multi-thread runtime is better.
 *
 * - **Aborting** ends the task only if it has not begun. One that runs asks {@linkcode isAborted};
 *   if it is async, it ends where it waits.
 * - **A shutdown of the runtime** aborts all of them, and waits for those that have begun, for as long
 *   as it is told to. Those that take longer end later, and keep the process alive until then.
 * - **A paused clock** does not move by itself while such a task is under way.
 *
 * Follows Tokio's `task::spawn_blocking`.
 *
 * @param work What `task()` has declared. It may be async: its thread waits with it.
 * @param args Its arguments, which travel as structured clone has it, and edo's own handles.
 * @returns A handle to await or to abort it.
 * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
 * @throws {TypeError} When `work` is not portable, or this host has no threads that share memory.
 *
 * @example
 * ```ts ignore
 * import { run } from "@edo/runtime";
 * import { spawnBlocking, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const nap = task(import.meta, function nap(ms: number) {
 *   Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
 *   return "rested";
 * });
 * await run(async () => {
 *   assertEquals(await spawnBlocking(nap, 5), "rested");
 * });
 * ```
 */
export function spawnBlocking<F extends PortableFunction>(
  work: PortableTask<F>,
  ...args: Parameters<F>
): JoinHandle<PortableOutput<F>> {
  return currentRuntime().spawnBlocking(work, ...args);
}
