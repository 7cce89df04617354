/**
 * Anything that gives one item after the other.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";

/**
 * The answer of {@linkcode Source.pollNext} when there are no more items. A symbol of its own,
 * because `undefined` may be an item.
 *
 * @example
 * ```ts
 * import { End } from "@edo/runtime/future";
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(1);
 * tx.close();
 * assertStrictEquals(rx.pollNext({ waker: { wake() {} } }), End);
 * ```
 */
export const End: unique symbol = Symbol("End");

/** The type of {@linkcode End}. */
export type End = typeof End;

/**
 * Something that gives items one after the other: the receiving end of a channel, an interval, a
 * stream.
 *
 * - **Three styles:** `for await (const item of source)`, `yield* source.next()` inside a generator
 *   future, and {@linkcode Source.pollNext}.
 * - **Leaving a loop** early only stops asking: what a source still holds stays there, for the next
 *   loop. A `Stream`, which owns its source, is disposed instead.
 *
 * Follows `Stream` of Rust's futures.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(2);
 * await tx.send(1);
 * await tx.send(2);
 * tx.close();
 *
 * const items: number[] = [];
 * for await (const item of rx) items.push(item);
 * assertEquals(items, [1, 2]);
 * ```
 */
export abstract class Source<T> implements AsyncIterable<T>, Disposable {
  /**
   * Answers with the next item, with {@linkcode End} when there are no more, or with `Pending`
   * after it has arranged for `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  abstract pollNext(cx: Context): Poll<T | End>;

  /** Drops the source: who waits for it stops waiting, and what it holds is released. */
  abstract [Symbol.dispose](): void;

  /**
   * Waits for the next item.
   *
   * **Cancel safety:** an item is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns The item, or `undefined` when there are no more. Where `undefined` may be an item,
   * `for await` tells the two apart.
   */
  next(): Future<T | undefined> {
    return new Next(this);
  }

  /** Gives all items that are still to come. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, void, void> {
    return new SourceIterator(this);
  }
}

/** One wait for an item. */
class Next<T> extends Future<T | undefined> {
  #source: Source<T> | undefined;

  constructor(source: Source<T>) {
    super();
    this.#source = source;
  }

  poll(cx: Context): Poll<T | undefined> {
    if (this.#source === undefined) throw polledAfterEnd();
    const item = this.#source.pollNext(cx);
    if (isPending(item)) return Pending;
    this.#source = undefined;
    return item === End ? undefined : item;
  }

  override [Symbol.dispose](): void {
    this.#source = undefined;
  }
}

/** Waits for an item or the end. */
class NextItem<T> extends Future<T | End> {
  readonly #source: Source<T>;

  constructor(source: Source<T>) {
    super();
    this.#source = source;
  }

  poll(cx: Context): Poll<T | End> {
    return this.#source.pollNext(cx);
  }

  override [Symbol.dispose](): void {}
}

/** What `for await` uses. Who asks again before the answer is there gets the answers in order. */
export class SourceIterator<T> implements AsyncIterableIterator<T, void, void> {
  readonly #source: Source<T>;
  /** Disposed when the loop ends, however it ends. */
  readonly #owned: Disposable | undefined;
  #asked = 0;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(source: Source<T>, owned?: Disposable) {
    this.#source = source;
    this.#owned = owned;
  }

  next(): Promise<IteratorResult<T, void>> {
    const step = () => this.#step();
    const answer = this.#asked === 0 ? step() : this.#last.then(step, step);
    this.#asked += 1;
    this.#last = answer;
    return answer;
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<IteratorResult<T, void>> {
    try {
      const item = this.#ended ? End : await new NextItem(this.#source);
      if (item !== End) return { done: false, value: item };
      this.#end();
      return { done: true, value: undefined };
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#asked -= 1;
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#owned?.[Symbol.dispose]();
  }
}
