/**
 * The queue of those who wait for a signal.
 *
 * @module
 */

import type { Waker } from "../future/context.ts";
import { Future } from "../future/future.ts";

/** A future that is its own place in a queue, so waiting allocates nothing. */
export abstract class Waiter<T> extends Future<T> {
  // Plain properties set by the constructor, as in `Acquire`: one of these is made for each wait.
  /** What it waits for; the meaning is that of the kind of waiter. */
  declare state: number;
  /** Whom to wake. */
  declare waker: Waker | undefined;
  /** Its neighbours in the queue. */
  declare ahead: Waiter<unknown> | undefined;
  declare behind: Waiter<unknown> | undefined;

  constructor(state: number) {
    super();
    this.state = state;
    this.waker = undefined;
    this.ahead = undefined;
    this.behind = undefined;
  }
}

/** Waiters in the order of their coming. */
export class Waiters {
  /** Who has waited longest. */
  first: Waiter<unknown> | undefined = undefined;
  /** Who came last. */
  last: Waiter<unknown> | undefined = undefined;

  /** Puts a waiter at the end of the queue. */
  append(waiter: Waiter<unknown>): void {
    const { last } = this;
    waiter.ahead = last;
    if (last === undefined) this.first = waiter;
    else last.behind = waiter;
    this.last = waiter;
  }

  /** Takes a waiter out of the queue. */
  remove(waiter: Waiter<unknown>): void {
    const { ahead, behind } = waiter;
    if (ahead === undefined) this.first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.last = ahead;
    else behind.ahead = ahead;
    waiter.ahead = undefined;
    waiter.behind = undefined;
  }

  /** Takes one waiter out, gives it `state` and wakes it. */
  wakeOne(waiter: Waiter<unknown>, state: number): void {
    this.remove(waiter);
    waiter.state = state;
    wake(waiter);
  }

  /**
   * Takes all waiters out, gives them `state` and wakes them. All have left the queue before the
   * first is woken, so that a waker may do with the queue what it likes.
   */
  wakeAll(state: number): void {
    const { first } = this;
    this.first = undefined;
    this.last = undefined;
    for (let waiter = first; waiter !== undefined; waiter = waiter.behind) {
      waiter.state = state;
      waiter.ahead = undefined;
    }
    for (let waiter = first; waiter !== undefined;) {
      const { behind } = waiter;
      waiter.behind = undefined;
      wake(waiter);
      waiter = behind;
    }
  }
}

function wake(waiter: Waiter<unknown>): void {
  const { waker } = waiter;
  if (waker === undefined) return;
  waiter.waker = undefined;
  waker.wake();
}
