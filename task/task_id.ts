/**
 * Which task is running.
 *
 * @module
 */

import { currentTask } from "../scheduler/task_context.ts";

/**
 * The id of the task whose code is running: the one that its `JoinHandle` has.
 *
 * @returns A number that no other task of this isolate has.
 * @throws {TypeError} When the code does not run in a task.
 *
 * @example
 * ```ts
 * import { spawn, taskId } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const task = spawn(() => taskId());
 * assertEquals(await task, task.id);
 * ```
 */
export function taskId(): number {
  const id = tryTaskId();
  if (id === undefined) throw new TypeError("Cannot tell the task's id: no task is running here");
  return id;
}

/**
 * The id of the task whose code is running, or `undefined` outside of tasks.
 *
 * In an async function it is that of the task on hosts with `AsyncLocalStorage` (Deno, Node, Bun); in
 * a browser it is lost where an event of the host is awaited.
 *
 * @example
 * ```ts
 * import { tryTaskId } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tryTaskId(), undefined);
 * ```
 */
export function tryTaskId(): number | undefined {
  return currentTask()?.id;
}
