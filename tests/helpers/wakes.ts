/**
 * Polling by hand, and counting wakes.
 *
 * @module
 */

import { assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { nextTurn } from "../../host/next_turn.ts";
import { isolate } from "../../scheduler/isolate.ts";

/** A context whose waker counts instead of scheduling. */
export class Wakes implements Context, Waker {
  /** How often it was woken. */
  count = 0;

  get waker(): Waker {
    return this;
  }

  wake(): void {
    this.count += 1;
  }

  /** Whether it was woken since this was last asked. */
  isWoken(): boolean {
    const woken = this.count > 0;
    this.count = 0;
    return woken;
  }
}

/** Polls once, with the budget of a task that begins its turn. */
export function pollOnce<T>(future: Future<T>, cx: Context = new Wakes()): Poll<T> {
  resetBudget(BUDGET);
  return future.poll(cx);
}

/** Polls once and requires a value. */
export function assertReady<T>(future: Future<T>, cx: Context = new Wakes()): T {
  const polled = pollOnce(future, cx);
  assertNotStrictEquals(polled, Pending);
  return polled as T;
}

/** Polls once and requires that there is no value yet. */
export function assertPending(future: Future<unknown>, cx: Context = new Wakes()): void {
  assertStrictEquals(pollOnce(future, cx), Pending);
}

/** How many more turns tasks that are ready may take, when there are more than run in one. */
const MORE_TURNS = 500;

/** Lets the host's loop turn, and with it the scheduler, until no task is ready to run. */
export async function turns(count = 1): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>(nextTurn);
  for (let i = 0; isolate.queueDepth > 0 && i < MORE_TURNS; i++) await new Promise<void>(nextTurn);
}
