/**
 * The cooperative budget: how many operations one task may complete before it lets others run.
 *
 * A task whose socket is always ready would otherwise never return to the scheduler. Every leaf
 * operation asks {@linkcode proceed} first; when the budget is used up it answers `Pending`, and
 * the task is polled again after the others had their turn and the driver was asked for news.
 *
 * @see Tokio's `task::coop`
 * @module
 */

import type { Waker } from "./context.ts";
import { executor } from "./executor.ts";

/** How many operations a task may complete in one poll. */
export const BUDGET = 128;

/** A small integer from the beginning, so that counting never makes a heap number. */
let left = 2 ** 30;

/** Gives the work that follows `units` operations. The scheduler calls it before it polls a task. */
export function resetBudget(units: number): void {
  left = units;
}

/** Gives the work that follows `units` operations, and returns how many were left, to be put back. */
export function swapBudget(units: number): number {
  const outer = left;
  left = units;
  return outer;
}

/** Whether the current task may go on without yielding. */
export function hasBudget(): boolean {
  return left > 0;
}

/**
 * Takes one unit for an operation. When none is left, `waker` is put on the scheduler's list of
 * deferred wakes and the answer is `false`: the operation has to answer `Pending`.
 */
export function proceed(waker: Waker): boolean {
  if (left > 0) {
    left -= 1;
    return true;
  }
  executor().defer(waker);
  return false;
}

/** Gives back the unit of an operation that made no progress. */
export function refund(): void {
  left += 1;
}
