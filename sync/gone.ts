/**
 * Waiting until the other side of a channel is gone.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { Waiter } from "../future/waiter.ts";
import type { Notified, Notify } from "./notify.ts";
import { Waiters } from "./waiters.ts";

/** Not in the queue. */
const IDLE = 0;
/** In the queue. */
const QUEUED = 1;
const ENDED = 2;

/** Whether the other side is gone, and who waits for that. */
export class Gone {
  /** Those who wait for that. */
  readonly waiters: Waiters = new Waiters();
  #isGone: boolean;

  constructor(isGone: boolean) {
    this.#isGone = isGone;
  }

  /** Whether it is so now. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** The other side has left: wakes all who wait. They look again when they are polled. */
  leave(): void {
    this.#isGone = true;
    this.waiters.wakeAll(IDLE);
  }

  /** The other side has come back. */
  comeBack(): void {
    this.#isGone = false;
  }
}

/** Waits until the other side is gone. It costs no budget, as in Tokio. */
export class WaitGone extends Waiter<void> {
  readonly #gone: Gone;

  constructor(gone: Gone) {
    super(IDLE);
    this.#gone = gone;
  }

  poll(cx: Context): Poll<void> {
    if (this.state === ENDED) throw polledAfterEnd();
    if (this.#gone.isGone) {
      this[Symbol.dispose]();
      return;
    }
    this.waker = cx.waker;
    if (this.state === IDLE) this.#gone.waiters.append(this);
    this.state = QUEUED;
    return Pending;
  }

  override [Symbol.dispose](): void {
    if (this.state === QUEUED) this.#gone.waiters.remove(this);
    this.state = ENDED;
    this.waker = undefined;
  }
}

/** A channel that has a bell for the end of the other side. */
export interface Closing {
  /** Whether the other side is gone now. */
  readonly isClosed: boolean;
  /** What tells that it may be. */
  whenClosed(): Notify;
}

/** Waits until the other side is gone, which costs budget. */
export class WaitClosed extends Future<void> {
  #closing: Closing | undefined;
  #notified: Notified | undefined = undefined;

  constructor(closing: Closing) {
    super();
    this.#closing = closing;
  }

  poll(cx: Context): Poll<void> {
    const closing = this.#closing;
    if (closing === undefined) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    while (!closing.isClosed) {
      const notified = this.#notified ??= closing.whenClosed().notified();
      if (isPending(notified.poll(cx))) {
        refund();
        return Pending;
      }
      // Somebody may have come since.
      this.#notified = undefined;
    }
    this[Symbol.dispose]();
  }

  override [Symbol.dispose](): void {
    this.#closing = undefined;
    this.#notified?.[Symbol.dispose]();
    this.#notified = undefined;
  }
}
