/**
 * Anything that gives one item after the other.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { End } from "./end.ts";
import type { Future } from "./future.ts";
import type { Poll } from "./poll.ts";
import { SourceIterator } from "./source_iterator.ts";
import { Line } from "./line.ts";
import { NextItem } from "./source_wait.ts";

export { End };

/**
 * How many items are still to come: at least the first number, at most the second, which is
 * `undefined` when nobody knows. `Infinity` items come from what never ends.
 */
export type SizeHint = readonly [atLeast: number, atMost: number | undefined];

/** The line of those who wait for the items of a source. */
export let lineOf: (source: Source<unknown>) => Line;

/**
 * Has those who wait for the items of a source stand in a line that others stand in, too. Called when
 * the source is made.
 */
export let standIn: (source: Source<unknown>, line: Line) => void;

/**
 * Something that gives items one after the other: the receiving end of a channel, an interval, a
 * stream.
 *
 * - **Three styles:** `for await (const item of source)`, `yield* source.next()` inside a generator
 *   future, and {@linkcode Source.pollNext}.
 * - **Leaving a loop** early only stops asking: what a source still holds stays there, for the next
 *   loop. A `Stream`, which owns its source, is disposed instead.
 * - **Several who wait** with `next()` or in loops get the items in the order in which they began to
 *   wait. `pollNext` knows only the one who polled last.
 * - **Errors:** a source that throws in place of an item has not ended; whoever goes on asking gets
 *   what comes after it. A loop ends there.
 *
 * Follows `Stream` of Rust's futures.
 *
 * @example A source of one's own
 * ```ts
 * import { End, Source } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * class Countdown extends Source<number> {
 *   #left: number;
 *
 *   constructor(from: number) {
 *     super();
 *     this.#left = from;
 *   }
 *
 *   pollNext() {
 *     return this.#left > 0 ? this.#left-- : End;
 *   }
 *
 *   [Symbol.dispose]() {
 *     this.#left = 0;
 *   }
 * }
 *
 * const items: number[] = [];
 * for await (const item of new Countdown(3)) items.push(item);
 * assertEquals(items, [3, 2, 1]);
 * ```
 */
export abstract class Source<T> implements AsyncIterable<T>, Disposable {
  #line: Line | undefined = undefined;

  static {
    lineOf = (source) => source.#line ??= new Line(undefined, source);
    standIn = (source, line) => void (source.#line = line);
  }

  /**
   * Answers with the next item, with {@linkcode End} when there are no more, or with `Pending`
   * after it has arranged for `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  abstract pollNext(cx: Context): Poll<T | End>;

  /** Drops the source: what it holds is released, and it gives no more items. */
  abstract [Symbol.dispose](): void;

  /**
   * Takes back the interest of the last {@linkcode Source.pollNext}, because the last one who waited
   * has given up. A source that keeps a timer or a socket waiting for the sake of a poll ends that
   * wait; the others need not do anything.
   */
  unpoll(): void {}

  /**
   * Waits for the next item.
   *
   * **Cancel safety:** an item is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns The item, or `undefined` when there are no more. Where `undefined` may be an item,
   * `for await` tells the two apart.
   */
  next(): Future<T | undefined> {
    return new NextItem(this, this.#line ??= new Line(undefined, this));
  }

  /** How many items are still to come. A source that does not tell answers `[0, undefined]`. */
  sizeHint(): SizeHint {
    return UNKNOWN;
  }

  /** Whether it is certain that there are no more items; `false` where nobody knows. */
  isTerminated(): boolean {
    return false;
  }

  /** Gives all items that are still to come. */
  [Symbol.asyncIterator](): AsyncIterator<T, void, void> & AsyncIterable<T> {
    return this.iterate(undefined);
  }

  /**
   * Makes what a loop over this source uses.
   *
   * @param owned Disposed when the loop ends, however it ends.
   */
  protected iterate(
    owned: Disposable | undefined,
  ): AsyncIterator<T, void, void> & AsyncIterable<T> {
    return new SourceIterator(this, this.#line ??= new Line(undefined, this), owned);
  }

  /** Has those who wait with `next()` and in loops ask again, because the source was replaced. */
  protected wakeWaiters(): void {
    this.#line?.wakeAll();
  }
}

const UNKNOWN: SizeHint = [0, undefined];
