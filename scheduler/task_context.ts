/**
 * Which task is running.
 *
 * @module
 */

import { asyncContext, type AsyncSlot } from "../host/async_context.ts";
import type { Task } from "./task.ts";

/** The async task whose function, or whose continuation, is running. */
export const asyncTask: AsyncSlot<Task<unknown> | undefined> = asyncContext();

let polled: Task<unknown> | undefined;

/** The task whose code is running, if any. */
export function currentTask(): Task<unknown> | undefined {
  return polled ?? asyncTask.getStore();
}

/** Notes that `task` is being polled. Polls of tasks never nest. */
export function enterTask(task: Task<unknown>): void {
  polled = task;
}

/** Notes that the poll has ended. */
export function leaveTask(): void {
  polled = undefined;
}
