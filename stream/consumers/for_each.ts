/**
 * Doing something with each item: `forEach` and `forEachConcurrent`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { futureOfAnswer } from "../../future/into_future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";
import { InFlight } from "../adapters/in_flight.ts";

/** Works through the items, one at a time. It owns the source. */
export class ForEach<T> extends Future<void> {
  declare private source: Source<T> | undefined;
  declare private readonly fn: (item: T) => unknown;
  /** What the last item's work is still waiting for. */
  declare private work: Future<unknown> | undefined;

  constructor(source: Source<T>, fn: (item: T) => unknown) {
    super();
    this.source = source;
    this.fn = fn;
    this.work = undefined;
  }

  poll(cx: Context): Poll<void> {
    const { source } = this;
    if (source === undefined) throw polledAfterEnd();
    let isWaiting;
    try {
      isWaiting = this.go(source, cx);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (isWaiting) return Pending;
    this[Symbol.dispose]();
  }

  override [Symbol.dispose](): void {
    const { source, work } = this;
    this.source = undefined;
    this.work = undefined;
    try {
      work?.[Symbol.dispose]();
    } finally {
      source?.[Symbol.dispose]();
    }
  }

  /** Answers whether there is more to come. */
  private go(source: Source<T>, cx: Context): boolean {
    while (true) {
      const { work } = this;
      if (work !== undefined) {
        this.work = undefined;
        if (isPending(work.poll(cx))) {
          this.work = work;
          return true;
        }
      }
      const item = source.pollNext(cx);
      if (!isItem(item)) return item !== End;
      this.work = futureOfAnswer(this.fn(item));
    }
  }
}

/** Works on several items at once. It owns the source. */
export class ForEachConcurrent<T> extends Future<void> {
  #source: Source<T> | undefined;
  readonly #fn: (item: T) => unknown;
  readonly #limit: number;
  readonly #flights = new InFlight<unknown>();
  /** Whether the source has ended. */
  #isLast = false;

  constructor(source: Source<T>, limit: number, fn: (item: T) => unknown) {
    super();
    this.#source = source;
    this.#limit = limit;
    this.#fn = fn;
  }

  poll(cx: Context): Poll<void> {
    const source = this.#source;
    if (source === undefined) throw polledAfterEnd();
    let isWaiting;
    try {
      do this.#fill(source, cx); while (this.#land(cx));
      isWaiting = !this.#isLast || this.#flights.size > 0;
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (isWaiting) return Pending;
    this[Symbol.dispose]();
  }

  override [Symbol.dispose](): void {
    const source = this.#source;
    this.#source = undefined;
    try {
      this.#flights[Symbol.dispose]();
    } finally {
      source?.[Symbol.dispose]();
    }
  }

  /** Begins to work on as many items as there are and as may be. */
  #fill(source: Source<T>, cx: Context): void {
    while (!this.#isLast && this.#flights.size < this.#limit) {
      const item = source.pollNext(cx);
      this.#isLast = item === End;
      if (!isItem(item)) return;
      const work = futureOfAnswer(this.#fn(item));
      if (work !== undefined) this.#flights.add(work);
    }
  }

  /** Goes on with the work. Answers whether some of it has ended. */
  #land(cx: Context): boolean {
    const flight = this.#flights.poll(cx);
    flight?.take();
    return flight !== undefined;
  }
}
