/**
 * `AbortSignal` and futures.
 *
 * @module
 */

import type { Context, Waker } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { type IntoFuture, intoFuture } from "./into_future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Wrapper } from "./wrapper.ts";

/**
 * Makes a future that never completes, and fails with the signal's reason when it is aborted: at once
 * if it is already.
 *
 * It listens from the first poll until it is dropped, and does not keep the process alive.
 *
 * **Cancel safety:** dropping it stops listening.
 *
 * @param signal Of an `AbortController`, of `AbortSignal.timeout`, of a request.
 *
 * @example
 * ```ts
 * import { fromAbortSignal, join } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const gone = fromAbortSignal(AbortSignal.abort(new RangeError("client is gone")));
 * await assertRejects(async () => await join(gone), RangeError, "client is gone");
 * ```
 */
export function fromAbortSignal(signal: AbortSignal): Future<never> {
  return new SignalFuture(signal);
}

/**
 * Makes a future that is dropped when a signal is aborted, and then fails with the signal's reason.
 *
 * The signal is looked at first: once it is aborted, `source` is not polled any more.
 *
 * **Cancel safety:** dropping it, like aborting the signal, drops `source`.
 *
 * @param source A future or a promise. A promise itself is not stopped.
 * @param signal Of an `AbortController`, of `AbortSignal.timeout`, of a request.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { withSignal } from "@edo/runtime/future";
 * import { sleep } from "@edo/runtime/time";
 * import { assertRejects } from "@std/assert";
 *
 * const controller = new AbortController();
 * queueMicrotask(() => controller.abort(new RangeError("enough")));
 * await assertRejects(
 *   async () => await withSignal(sleep(60_000), controller.signal),
 *   RangeError,
 *   "enough",
 * );
 * ```
 */
export function withSignal<T>(source: IntoFuture<T>, signal: AbortSignal): Future<T> {
  return new WithSignal(intoFuture(source), new SignalFuture(signal));
}

/** Is itself the listener. */
class SignalFuture extends Future<never> implements EventListenerObject {
  #signal: AbortSignal | undefined;
  #waker: Waker | undefined = undefined;

  constructor(signal: AbortSignal) {
    super();
    if (typeof signal?.addEventListener !== "function") {
      throw new TypeError(
        `Cannot wait for a signal: expected an AbortSignal, found ${typeof signal}`,
      );
    }
    this.#signal = signal;
  }

  poll(cx: Context): Poll<never> {
    const signal = this.#signal;
    if (signal === undefined) throw polledAfterEnd();
    if (signal.aborted) {
      this[Symbol.dispose]();
      throw signal.reason;
    }
    if (this.#waker === undefined) signal.addEventListener("abort", this, { once: true });
    this.#waker = cx.waker;
    return Pending;
  }

  handleEvent(): void {
    this.#waker?.wake();
  }

  override [Symbol.dispose](): void {
    if (this.#waker !== undefined) this.#signal?.removeEventListener("abort", this);
    this.#signal = undefined;
    this.#waker = undefined;
  }
}

class WithSignal<T> extends Wrapper<T, T> {
  readonly #signal: SignalFuture;

  constructor(inner: Future<T>, signal: SignalFuture) {
    super(inner);
    this.#signal = signal;
  }

  poll(cx: Context): Poll<T> {
    let value;
    try {
      if (this.isWaiting) this.#signal.poll(cx);
      value = this.pollInner(cx);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (!isPending(value)) this.#signal[Symbol.dispose]();
    return value;
  }

  /** Stops listening, and drops the future if it has not ended. */
  override [Symbol.dispose](): void {
    this.#signal[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}
