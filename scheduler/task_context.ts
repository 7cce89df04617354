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
  /** What tasks that are spawned here inherit. */
  readonly inherited: Inherited | undefined;
}

/** A value that tasks inherit from those that spawn them, and the values around it. */
export interface Inherited {
  /** What stands for it in every isolate. */
  readonly key: string;
  /** The value. */
  readonly value: unknown;
  /** Whether it is set. What is not hides one of the same key further out. */
  readonly isSet: boolean;
  /** Further out. */
  readonly outer: Inherited | undefined;
}

/** The frame of the async function that is running, or whose continuation is. */
export const asyncFrame: AsyncSlot<Frame | undefined> = asyncContext();

let polled: Frame | undefined;

/** Whether there has been anything to inherit. To look costs more than a spawn should. */
let isInheriting = false;

/** Has tasks inherit from now on. */
export function startInheriting(): void {
  isInheriting = true;
}

/** What a task inherits that is spawned by the code that is running. */
export function inheritedHere(): Inherited | undefined {
  return isInheriting ? currentFrame()?.inherited : undefined;
}

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
