/**
 * The base of futures around one other future.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { isPending, type Poll } from "./poll.ts";

/**
 * A future that owns another one, and drops it when it is dropped.
 *
 * The inner future is out of its place while it is polled. So a wrapper that is dropped in the middle
 * of that drops the inner one only after its poll, and ends with an error; and an inner future that
 * has ended, or failed, is never dropped.
 */
export abstract class Wrapper<T, R> extends Future<R> {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private inner: Future<T> | undefined;
  declare private wasDropped: boolean;

  constructor(inner: Future<T> | undefined) {
    super();
    this.inner = inner;
    this.wasDropped = false;
  }

  /** Whether there is a future to poll. */
  protected get isWaiting(): boolean {
    return this.inner !== undefined;
  }

  /** Whether it was dropped, perhaps by the poll in progress. */
  protected get isDropped(): boolean {
    return this.wasDropped;
  }

  /** Polls the inner future and keeps it if it goes on waiting. */
  protected pollInner(cx: Context): Poll<T> {
    const inner = this.inner;
    if (inner === undefined) throw polledAfterEnd();
    this.inner = undefined;
    const value = inner.poll(cx);
    if (isPending(value)) this.keep(inner);
    return value;
  }

  /** Polls `next` in the place of the inner future, which has ended. */
  protected pollNext(next: Future<T>, cx: Context): Poll<T> {
    this.keep(next);
    return this.pollInner(cx);
  }

  override [Symbol.dispose](): void {
    const inner = this.inner;
    this.wasDropped = true;
    this.inner = undefined;
    inner?.[Symbol.dispose]();
  }

  private keep(inner: Future<T>): void {
    if (this.wasDropped) {
      inner[Symbol.dispose]();
      throw polledAfterEnd();
    }
    this.inner = inner;
  }
}
