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
export abstract class IoFuture<T> extends Future<T> implements Waiter {
  readonly interest: Interest;
  waitingWaker: Waker | undefined = undefined;
  nextWaiter: Waiter | undefined = undefined;
  previousWaiter: Waiter | undefined = undefined;
  readonly #registration: Registration;
  #ended = false;

  /** Prepares an operation that needs `interest`. */
  constructor(registration: Registration, interest: Interest) {
    super();
    this.#registration = registration;
    this.interest = interest;
  }

  /** Makes the call: the value, or `Pending` if it would block. Throws when it fails. */
  protected abstract attempt(): Poll<T>;

  poll(cx: Context): Poll<T> {
    if (this.#ended) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    const registration = this.#registration;
    if (registration.isReady(this.interest)) {
      this.#ended = true;
      if (this.waitingWaker !== undefined) registration.forget(this);
      if (!registration.isOpen) throw closedError();
      const value = this.attempt();
      if (value !== Pending) return value;
      this.#ended = false;
      registration.clear(this.interest);
    }
    refund();
    registration.wait(this, cx.waker);
    return Pending;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    this.#registration.forget(this);
  }
}
