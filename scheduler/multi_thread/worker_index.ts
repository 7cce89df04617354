/**
 * Which worker code runs on.
 *
 * @module
 */

import { currentTask } from "../task_context.ts";

/** The worker's number, or what else this thread is; `undefined` where edo did not start it. */
let own: number | "blocking" | undefined;

/** Notes what this thread is. */
export function setWorkerIndex(is: number | "blocking"): void {
  own = is;
}

/**
 * The number of the worker that runs this code, from 0.
 *
 * @returns On a worker its number, in whatever runs there. In a task of a runtime without workers 0.
 * Elsewhere `undefined`: outside of tasks, on threads for `spawnBlocking`, and in the isolate that
 * has started the workers, which is none of them.
 *
 * Follows Tokio's `runtime::worker_index`.
 *
 * @example
 * ```ts
 * import { run, workerIndex } from "@edo/runtime/scheduler";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(workerIndex(), undefined);
 * assertEquals(await run(() => workerIndex()), 0);
 * ```
 */
export function workerIndex(): number | undefined {
  if (own !== undefined) return own === "blocking" ? undefined : own;
  return currentTask()?.owner.runtime.workers === 0 ? 0 : undefined;
}
