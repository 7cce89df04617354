/**
 * Where code is running: in which task, and in which scopes of task-local values.
 *
 * @module
 */

import type { Owner } from "../future/executor.ts";
import { asyncContext, type AsyncSlot } from "../host/async_context.ts";
import type { Task } from "./task.ts";

/** A place that code runs in: a task, or a scope of a task-local value. */
export interface Frame extends Owner {
  /** The task that the place belongs to, if any. */
  readonly task: Task<unknown> | undefined;
}

/** The frame of the async function that is running, or whose continuation is. */
export const asyncFrame: AsyncSlot<Frame | undefined> = asyncContext();

let polled: Frame | undefined;

/** The frame of the code that is running, if any. */
export function currentFrame(): Frame | undefined {
  return polled ?? asyncFrame.getStore();
}

/** The task whose code is running, if any. */
export function currentTask(): Task<unknown> | undefined {
  return currentFrame()?.task;
}

/**
 * Notes that code of `frame` is running, until the frame before it, which is returned, is put back.
 * Polls nest only where a task polls the tasks of a `LocalSet`.
 */
export function swapFrame(frame: Frame | undefined): Frame | undefined {
  const outer = polled;
  polled = frame;
  return outer;
}
