/**
 * Waiting for a value to change.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { Waiter } from "../../future/waiter.ts";
import { RecvError } from "./errors.ts";
import type { View } from "./shared.ts";

/** Not polled yet. */
const NEW = 0;
/** In the queue. */
const QUEUED = 1;
/** Out of the queue, to look again. */
export const WOKEN = 2;
const ENDED = 3;

/** A place in the queue of those who wait, for one receiver. */
abstract class Watching<T, R> extends Waiter<R> {
  declare protected readonly view: View<T>;

  constructor(view: View<T>) {
    super(NEW);
    this.view = view;
  }

  /** Stops waiting. */
  override [Symbol.dispose](): void {
    this.end();
  }

  /** Joins the queue, or stays in it. */
  enqueue(waker: Waker): void {
    const { view } = this;
    this.waker = waker;
    if (this.state === QUEUED) return;
    if (this.state === NEW) view.waits += 1;
    this.state = QUEUED;
    view.shared.waiting.append(this);
  }

  /** Leaves the queue for good. */
  end(): void {
    const { state, view } = this;
    if (state === ENDED) return;
    this.state = ENDED;
    this.waker = undefined;
    if (state === NEW) return;
    view.waits -= 1;
    if (state === QUEUED) view.shared.waiting.remove(this);
  }

  /** Leaves the queue for good, and wakes who stands there. */
  wakeAndEnd(): void {
    const { waker } = this;
    this.end();
    waker?.wake();
  }
}

/** The future of {@linkcode Receiver.changed}, and the place in the queue of a loop. */
export class Changed<T> extends Watching<T, void> {
  /**
   * The version at the first poll. A change after it completes this wait, also when another wait of
   * the same receiver was quicker to mark it as seen.
   */
  declare private since: number;

  constructor(view: View<T>) {
    super(view);
    this.since = view.seen;
  }

  poll(cx: Context): Poll<void> {
    if (this.state === ENDED) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    const { view } = this;
    const { version } = view.shared;
    if (this.state === NEW) this.since = version;
    const hasChanged = view.isOpen && (this.since !== version || view.hasUnseen);
    if (!hasChanged && !view.isClosed) {
      refund();
      this.enqueue(cx.waker);
      return Pending;
    }
    this.end();
    if (!hasChanged) throw new RecvError();
    view.see();
  }
}

/** The future of {@linkcode Receiver.waitFor}. */
export class WaitFor<T> extends Watching<T, T> {
  declare private readonly predicate: (value: T) => boolean;
  /** The version that was looked at last. */
  declare private tested: number | undefined;

  constructor(view: View<T>, predicate: (value: T) => boolean) {
    super(view);
    this.predicate = predicate;
    this.tested = undefined;
  }

  poll(cx: Context): Poll<T> {
    if (this.state === ENDED) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    const { view } = this;
    // The predicate may have sent a value itself.
    while (view.isOpen && this.tested !== view.shared.version) {
      this.tested = view.shared.version;
      const value = view.see();
      if (!this.test(value)) continue;
      this.end();
      return value;
    }
    if (view.isClosed) {
      this.end();
      throw new RecvError();
    }
    refund();
    this.enqueue(cx.waker);
    return Pending;
  }

  private test(value: T): boolean {
    try {
      return this.predicate(value);
    } catch (error) {
      this.end();
      throw error;
    }
  }
}
