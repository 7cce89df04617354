/**
 * Items that the host's promises bring: async iterators and WHATWG streams.
 *
 * @module
 */

import type { Context, Waker } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { NOTHING } from "../size_hint.ts";

/** The outcome of one `next()`. */
type Outcome<T> =
  | { readonly ok: true; readonly step: IteratorResult<T, unknown> }
  | { readonly ok: false; readonly error: unknown };

/** The part of an async iterator that is needed. */
export interface Steppable<T> {
  /** Promises the next item. */
  next(): PromiseLike<IteratorResult<T, unknown>> | IteratorResult<T, unknown>;
  /** Is told that nobody wants any more. */
  return?(): unknown;
}

/**
 * The items of an async iterator. A promise that nobody waits for any more is kept: the next poll
 * takes its item.
 */
export class AsyncIterSource<T> extends Source<T> {
  #items: Steppable<T> | undefined;
  #isAsked = false;
  #outcome: Outcome<T> | undefined = undefined;
  #waker: Waker | undefined = undefined;

  constructor(items: Steppable<T>) {
    super();
    this.#items = items;
  }

  pollNext(cx: Context): Poll<T | End> {
    const items = this.#items;
    if (items === undefined) return End;
    const outcome = this.#outcome;
    if (outcome === undefined) {
      this.#waker = cx.waker;
      if (!this.#isAsked) this.#ask(items);
      return Pending;
    }
    this.#outcome = undefined;
    if (!outcome.ok) throw outcome.error;
    if (!outcome.step.done) return outcome.step.value;
    this.#items = undefined;
    return End;
  }

  override sizeHint(): SizeHint {
    return this.#items === undefined ? NOTHING : super.sizeHint();
  }

  override isTerminated(): boolean {
    return this.#items === undefined;
  }

  /** Calls `return`, and does not wait for what it promises. */
  override [Symbol.dispose](): void {
    const items = this.#items;
    this.#items = undefined;
    this.#outcome = undefined;
    this.#waker = undefined;
    const returned = items?.return?.() as PromiseLike<unknown> | undefined;
    returned?.then(undefined, () => {}); // there is nobody left to tell
  }

  #ask(items: Steppable<T>): void {
    const promise = Promise.resolve(items.next());
    this.#isAsked = true;
    promise.then(
      (step) => this.#settle({ ok: true, step }),
      (error) => this.#settle({ ok: false, error }),
    );
  }

  #settle(outcome: Outcome<T>): void {
    this.#isAsked = false;
    if (this.#items === undefined) return;
    this.#outcome = outcome;
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }
}

/**
 * Reads a WHATWG stream. Its lock is released at the end or after an error, which is the end, too;
 * giving up cancels the stream.
 */
export function readerSteps<T>(stream: ReadableStream<T>): Steppable<T> {
  const reader = stream.getReader();
  let ended = false;
  const end = () => {
    ended = true;
    reader.releaseLock();
  };
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        const step = await reader.read();
        if (!step.done) return step;
      } catch (error) {
        end();
        throw error;
      }
      end();
      return { done: true, value: undefined };
    },
    async return() {
      if (ended) return;
      const cancelled = reader.cancel();
      end();
      await cancelled;
    },
  };
}
