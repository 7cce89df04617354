/**
 * Calling portable tasks without spawning them.
 *
 * @module
 */

import { Future } from "../future/future.ts";
import { lazy } from "../future/lazy.ts";
import type {
  PortableFunction,
  PortableOutput,
  PortableTask,
} from "../scheduler/multi_thread/portable.ts";
import { currentRuntime } from "../scheduler/runtime.ts";

/**
 * The future of a call of a portable task: on a worker, if the current runtime has some.
 *
 * `spawn(hash, data)` starts a task at once. `call(hash, data)` is a future like others: it starts
 * nothing before it is awaited, yielded to or polled, and so it goes into a `JoinSet`, a `scope`, a
 * `timeout` or a `select`.
 *
 * **Cancel safety:** dropping it asks the worker to end the task, and does not wait for that.
 *
 * @param work What `task()` has declared.
 * @param args Its arguments. They are sent when the future is first polled.
 * @returns A future of what the task answers with.
 * @throws {DOMException} Where it is awaited: `DataCloneError`, when an argument cannot travel.
 *
 * @example
 * ```ts
 * import { join } from "@edo/runtime/future";
 * import { call, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const square = task(import.meta, function square(n: number) {
 *   return n * n;
 * });
 * assertEquals(await join(call(square, 2), call(square, 3)), [4, 9]);
 * ```
 */
export function call<F extends PortableFunction>(
  work: PortableTask<F>,
  ...args: Parameters<F>
): Future<PortableOutput<F>> {
  const runtime = currentRuntime();
  return lazy(() => {
    const prepared = runtime.prepare(work, args);
    return prepared instanceof Future ? prepared : runtime.spawn(prepared);
  }) as Future<PortableOutput<F>>;
}
