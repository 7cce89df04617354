/**
 * The queue of those who wait for a signal.
 *
 * @module
 */

import { LinkedList } from "../future/linked_list.ts";
import type { Waiter } from "../future/waiter.ts";

/** Waiters in the order of their coming. */
export class Waiters extends LinkedList<Waiter<unknown>> {
  /** Takes one waiter out, gives it `state` and wakes it. */
  wakeOne(waiter: Waiter<unknown>, state: number): void {
    this.remove(waiter);
    waiter.state = state;
    waiter.wake();
  }

  /**
   * Takes all waiters out, gives them `state` and wakes them. All have left the queue before the
   * first is woken, so that a waker may do with the queue what it likes.
   */
  wakeAll(state: number): void {
    const first = this.takeAll();
    for (let waiter = first; waiter !== undefined; waiter = waiter.behind) {
      waiter.state = state;
      waiter.ahead = undefined;
    }
    for (let waiter = first; waiter !== undefined;) {
      const { behind, waker } = waiter;
      waiter.behind = undefined;
      waiter.waker = undefined;
      if (waker !== undefined) waker.wake();
      waiter = behind;
    }
  }
}
