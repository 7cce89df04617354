/**
 * The end of a oneshot channel that receives.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { RecvError, TryRecvError } from "./errors.ts";
import { CLOSED, type Shared, TERMINATED, VALUE } from "./shared.ts";

/**
 * The value of a oneshot channel, as a future: `await rx` or `yield* rx`. Made by
 * {@linkcode channel}.
 *
 * **Cancel safety:** dropping the receiver, as `select` and `timeout` do with what they give up,
 * closes the channel and loses a value that is there. `borrow(rx)` waits without dropping it.
 *
 * Follows Tokio's `sync::oneshot::Receiver`.
 *
 * @example Going on with other things while no value is there
 * ```ts
 * import { borrow, select } from "@edo/runtime/future";
 * import { oneshot } from "@edo/runtime/sync";
 * import { interval } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<string>();
 * const ticks = interval(1);
 * for (let count = 1;; count++) {
 *   const first = await select({ answer: borrow(rx), tick: ticks.tick() });
 *   if (first.branch === "answer") {
 *     assertEquals(first.value, "enough");
 *     break;
 *   }
 *   if (count === 3) tx.send("enough");
 * }
 * ```
 */
export class Receiver<T> extends Future<T> {
  declare private readonly shared: Shared<T>;

  /** Made by {@linkcode channel}. */
  constructor(shared: Shared<T>) {
    super();
    this.shared = shared;
  }

  /**
   * Answers with the value.
   *
   * @throws {RecvError} When no value will come.
   */
  poll(cx: Context): Poll<T> {
    const { shared } = this;
    const { state } = shared;
    if ((state & TERMINATED) !== 0) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    if (state === 0) {
      refund();
      shared.receiver = cx.waker;
      return Pending;
    }
    if ((state & VALUE) === 0) {
      this.end();
      throw new RecvError();
    }
    return this.take();
  }

  /**
   * Takes the value without waiting. {@linkcode Receiver.isEmpty} tells beforehand whether it is
   * there.
   *
   * @throws {TryRecvError} When there is no value; its `kind` tells whether one may still come. If
   * none will, the receiver has ended and cannot be polled any more.
   */
  tryRecv(): T {
    const { state } = this.shared;
    if ((state & VALUE) !== 0) return this.take();
    const kind = state === 0 ? "empty" : "closed";
    if (kind === "closed") this.end();
    throw new TryRecvError(kind);
  }

  /** Takes no value from now on, except one that was sent before, which can still be received. */
  close(): void {
    const { shared } = this;
    if ((shared.state & CLOSED) !== 0) return;
    shared.close(CLOSED);
    shared.wakeReceiver();
  }

  /** Whether the receiver has ended: it has given its value, has failed, or was dropped. */
  isTerminated(): boolean {
    return (this.shared.state & TERMINATED) !== 0;
  }

  /** Whether there is no value to be taken now. */
  isEmpty(): boolean {
    return (this.shared.state & VALUE) === 0;
  }

  /** Closes the channel. A value that is there is lost. */
  override [Symbol.dispose](): void {
    if (!this.isTerminated()) this.end();
  }

  /** Ends with the value. */
  private take(): T {
    const value = this.shared.value as T;
    this.end();
    return value;
  }

  /** Ends, and tells the sender. */
  private end(): void {
    const { shared } = this;
    shared.value = undefined;
    shared.receiver = undefined;
    shared.state &= ~VALUE;
    shared.close(CLOSED | TERMINATED);
  }
}
