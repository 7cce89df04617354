/**
 * Waiting on a future without owning it.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { isPending, type Poll } from "./poll.ts";

/**
 * Makes a future that waits on another one and does not drop it: what has lost a `select` may go on
 * in the next one.
 *
 * What completes is the other future; it cannot be borrowed again after that.
 *
 * **Cancel safety:** dropping it leaves the other future as it is. Whoever made that one drops it.
 *
 * Follows `&mut future` in Tokio's `select!`.
 *
 * @param future What to wait on.
 *
 * @example One sleep for all rounds of a loop
 * ```ts
 * import { borrow, select } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 *
 * using limit = sleep(5);
 * for (let over = false, rounds = 0; !over; rounds++) {
 *   const { branch } = await select({ limit: borrow(limit), round: sleep(1) });
 *   over = branch === "limit";
 * }
 * ```
 */
export function borrow<T>(future: Future<T>): Future<T> {
  if (!(future instanceof Future)) {
    throw new TypeError(`Cannot borrow a value: expected a future, found ${typeof future}`);
  }
  return new Borrowed(future);
}

class Borrowed<T> extends Future<T> {
  #future: Future<T> | undefined;

  constructor(future: Future<T>) {
    super();
    this.#future = future;
  }

  poll(cx: Context): Poll<T> {
    if (this.#future === undefined) throw polledAfterEnd();
    const value = this.#future.poll(cx);
    if (!isPending(value)) this.#future = undefined;
    return value;
  }

  override [Symbol.dispose](): void {
    this.#future = undefined;
  }
}
