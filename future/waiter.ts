/**
 * What all futures have in common that wait in a queue.
 *
 * @module
 */

import type { Waker } from "./context.ts";
import { Future } from "./future.ts";
import type { Linked } from "./linked_list.ts";

/** A future that is its own place in a {@linkcode LinkedList}, so waiting allocates nothing. */
export abstract class Waiter<T> extends Future<T> implements Linked<Waiter<unknown>> {
  // Plain properties set by the constructor, in the same order for all: making this object is a good
  // part of what a short wait costs.
  /** How far it is; the meaning is that of the kind of waiter. */
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

  /** Asks for another poll, once: whoever goes on waiting leaves its waker again. */
  wake(): void {
    const { waker } = this;
    if (waker === undefined) return;
    this.waker = undefined;
    waker.wake();
  }
}
