/**
 * Futures that are polled in changed surroundings.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd, type Wait } from "../future/future.ts";
import { isPending, type Poll } from "../future/poll.ts";
import type { Unwinding } from "../scheduler/work.ts";

/**
 * A future around another one, whose code runs between `enter` and `leave`: when it is polled, when
 * it is dropped, and when it unwinds because its task was aborted, which may take several polls.
 */
export abstract class Surrounded<T> extends Future<T> implements Unwinding<T> {
  #inner: Future<T> | undefined;
  #make: (() => Future<T>) | undefined;

  /** @param inner The future, or what makes it when it is polled first. */
  constructor(inner: Future<T> | (() => Future<T>)) {
    super();
    this.#inner = inner instanceof Future ? inner : undefined;
    this.#make = inner instanceof Future ? undefined : inner;
  }

  /** Changes the surroundings. */
  protected abstract enter(): void;

  /** Puts back what `enter` has changed. */
  protected abstract leave(): void;

  poll(cx: Context): Poll<T> {
    let inner = this.#inner;
    const make = this.#make;
    if (inner === undefined && make === undefined) throw polledAfterEnd();
    this.#take();
    this.enter();
    try {
      inner ??= make!();
      const value = inner.poll(cx);
      if (isPending(value)) this.#inner = inner;
      return value;
    } finally {
      this.leave();
    }
  }

  /** Has the inner future unwind, or drops it. */
  interrupt(cx: Context, reason: Error): Poll<T> {
    const inner = this.#take() as Partial<Unwinding<T>> & Future<T> | undefined;
    if (inner === undefined) throw reason;
    this.enter();
    try {
      if (inner.interrupt === undefined) {
        inner[Symbol.dispose]();
        throw reason;
      }
      const value = inner.interrupt(cx, reason);
      if (isPending(value)) this.#inner = inner;
      return value;
    } finally {
      this.leave();
    }
  }

  /** Hands the error of the generator future around it on to where the inner future stands. */
  override throw(error: unknown): IteratorResult<Wait, T> {
    const inner = this.#take();
    if (inner === undefined) throw error;
    this.enter();
    try {
      const step = inner.throw(error);
      if (!step.done) this.#inner = inner;
      return step;
    } finally {
      this.leave();
    }
  }

  override [Symbol.dispose](): void {
    const inner = this.#take();
    if (inner === undefined) return;
    this.enter();
    try {
      inner[Symbol.dispose]();
    } finally {
      this.leave();
    }
  }

  /** Takes the inner future out of its place, so that nothing else polls or drops it meanwhile. */
  #take(): Future<T> | undefined {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#make = undefined;
    return inner;
  }
}
