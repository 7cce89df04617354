/**
 * The seam between futures and the scheduler that drives them.
 *
 * Futures are the lowest layer, yet an `await` has to be driven by something. The scheduler
 * installs itself here when it is loaded; until then a small executor on the host's microtasks
 * serves, so that `future/` works alone.
 *
 * @module
 */

import { BUDGET, resetBudget } from "./budget.ts";
import type { Waker } from "./context.ts";

/** Something with a place in the run queue. */
export interface Job {
  /** Does the work, once per time it was scheduled. Never throws. */
  run(): void;
}

/** An `await` in progress, which the task that awaits may break off. */
export interface Interruptible {
  /** Drops the awaited future and makes the `await` throw `reason`. */
  interrupt(reason: Error): void;
}

/** The async task in which an `await` happens. */
export interface Owner {
  /** The error that the next `await` has to throw, once, because the task is being aborted. */
  takeInterrupt(): Error | undefined;
  /** Notes that the task now waits. */
  enter(awaiting: Interruptible): void;
  /** Notes that this wait has ended. */
  leave(awaiting: Interruptible): void;
}

/** Calls `resume` so that what it sets off belongs to `owner`. */
export type Follow = (owner: Owner | undefined, resume: () => void) => void;

/** What futures need from a scheduler. */
export interface Executor {
  /** Puts `job` at the back of the run queue. */
  schedule(job: Job): void;
  /** Wakes `waker` once the others had their turn and the driver has been polled. */
  defer(waker: Waker): void;
  /** The async task whose code is running, if any. Costs 10 ns. */
  owner(): Owner | undefined;
  /**
   * Resumes an async function of `owner`. Only where the host does not itself carry the owner along
   * with the function.
   */
  readonly follow?: Follow | undefined;
}

let installed: Executor = {
  schedule: (job) => soon(() => job.run()),
  defer: (waker) => soon(() => waker.wake()),
  owner: () => undefined,
};

/** Does `work` behind what the host has queued, with a budget of its own. */
function soon(work: () => void): void {
  queueMicrotask(() => {
    resetBudget(BUDGET);
    work();
  });
}

/** Makes `executor` the one of this isolate. */
export function installExecutor(executor: Executor): void {
  installed = executor;
}

/** The executor of this isolate. */
export function executor(): Executor {
  return installed;
}

let interrupts = 0;

/** How many tasks are to be interrupted at their next `await`; as a rule none, which is quick to see. */
export function pendingInterrupts(): number {
  return interrupts;
}

/** Counts tasks that are to be interrupted. */
export function countInterrupts(change: 1 | -1): void {
  interrupts += change;
}
