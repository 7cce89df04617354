/**
 * Futures written by hand.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { Pending, type Poll } from "./poll.ts";

/**
 * Makes a future of a poll function.
 *
 * @param poll Answers with the value, or with `Pending` after it has kept `cx.waker` to wake it.
 * @param drop Called once if the future is dropped before it has completed.
 *
 * @example
 * ```ts
 * import { Pending, pollFn } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * let polls = 0;
 * const third = pollFn((cx) => {
 *   if (++polls === 3) return polls;
 *   cx.waker.wake();
 *   return Pending;
 * });
 * assertEquals(await third, 3);
 * ```
 */
export function pollFn<T>(poll: (cx: Context) => Poll<T>, drop?: () => void): Future<T> {
  return new PollFn(poll, drop);
}

class PollFn<T> extends Future<T> {
  #poll: ((cx: Context) => Poll<T>) | undefined;
  readonly #drop: (() => void) | undefined;

  constructor(poll: (cx: Context) => Poll<T>, drop: (() => void) | undefined) {
    super();
    this.#poll = poll;
    this.#drop = drop;
  }

  poll(cx: Context): Poll<T> {
    const poll = this.#poll;
    if (poll === undefined) throw polledAfterEnd();
    this.#poll = undefined;
    const polled = poll(cx);
    if (polled === Pending) this.#poll = poll;
    return polled;
  }

  override [Symbol.dispose](): void {
    if (this.#poll === undefined) return;
    this.#poll = undefined;
    this.#drop?.();
  }
}
