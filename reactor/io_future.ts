/**
 * The future of an operation that may have to wait for readiness.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { closedError } from "../ffi/os_error.ts";
import { Pending, type Poll } from "../future/poll.ts";
import type { Interest } from "./interest.ts";
import type { Registration, Waiter } from "./registration.ts";

/**
 * Tries the system call, and waits for readiness when it would block.
 *
 * The future is its own place in the registration's list of waiters, so waiting allocates nothing.
 *
 * **Cancel safety:** the operation happens within one poll or not at all; dropping the future takes
 * it out of the list.
 */
export abstract class IoFuture<T, S extends Registration = Registration> extends Future<T>
  implements Waiter {
  // Plain properties that the constructor of each operation sets: one such future is made for each
  // message, and neither field initializers nor a constructor in between are always inlined.
  /** Which bits it needs. */
  declare interest: Interest;
  /** For the registration: at first `undefined`; `null` once the future has ended. */
  declare waitingWaker: Waker | undefined | null;
  /** Where events arrive. */
  declare protected source: S;

  /** Makes the call: the value, or `null` if it would block. Throws when it fails. */
  protected abstract attempt(): T | null;

  /** Tries the call if the source may be ready, and waits for it otherwise. */
  poll(cx: Context): Poll<T> {
    if (this.waitingWaker === null) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    const { source, interest } = this;
    if (source.isReady(interest)) {
      source.forget(this);
      this.waitingWaker = null;
      if (!source.isOpen) throw closedError();
      const value = this.attempt();
      if (value !== null) return value;
      this.waitingWaker = undefined;
      source.clear(interest);
    }
    refund();
    source.wait(this, cx.waker);
    return Pending;
  }

  /** Stops waiting. */
  override [Symbol.dispose](): void {
    this.source.forget(this);
    this.waitingWaker = null;
  }
}
