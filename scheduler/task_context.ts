/**
 * Which task is running.
 *
 * @module
 */

import { asyncContext } from "../host/async_context.ts";
import type { AsyncLocalStorage } from "../host/global.ts";
import type { Task } from "./task.ts";

/** The async task whose function, or whose continuation, is running. */
export const asyncTask: AsyncLocalStorage<Task<unknown> | undefined> = asyncContext();

let polled: Task<unknown> | undefined;

/** The task whose code is running, if any. */
export function currentTask(): Task<unknown> | undefined {
  return polled ?? asyncTask.getStore();
}

/** Makes `task` the one that is being polled and returns the one before it. */
export function swapTask(task: Task<unknown> | undefined): Task<unknown> | undefined {
  const outer = polled;
  polled = task;
  return outer;
}
