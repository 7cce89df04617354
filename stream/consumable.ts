/**
 * What uses a stream up, or a part of it.
 *
 * @module
 */

import type { Future } from "../future/future.ts";
import { future } from "../future/generator.ts";
import { Source } from "../future/source.ts";
import type { Attempt } from "./adapters/attempt.ts";
import { checkCount } from "./check.ts";
import { Fold, Search } from "./consumers/fold.ts";
import { ForEach, ForEachConcurrent } from "./consumers/for_each.ts";
import { pipe, type PipeOptions, readableOf } from "./consumers/web.ts";

/**
 * The methods of a {@linkcode Stream} that end in a value instead of in another stream.
 *
 * Those that need all items (`fold`, `toArray`, `collectInto`, `count`, `last`, `forEach`,
 * `forEachConcurrent`, `pipeTo`) own the stream: it is disposed when they complete, fail or are
 * dropped, and what they had gathered is lost if they do not complete. Those that may stop early
 * (`next`, `tryNext`, `all`, `any`) leave it as it is, with the items that follow.
 *
 * An error of the stream, or of a function that was given, is thrown, and ends the future.
 *
 * @example
 * ```ts
 * import { Stream } from "@edo/runtime/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const numbers = Stream.of(1, 2, 3);
 * assertEquals(await numbers.any((number) => number === 1), true);
 * assertEquals(await numbers.toArray(), [2, 3]);
 * ```
 */
export abstract class Consumable<T> extends Source<T> {
  /**
   * Waits for the next item of a stream of attempts, such as {@linkcode Stream.timeout} gives.
   *
   * **Cancel safety:** giving up loses no item.
   *
   * @returns The attempt's value, or `undefined` when there are no more.
   * @throws The attempt's error.
   */
  tryNext<U>(this: Consumable<Attempt<U>>): Future<U | undefined> {
    const next = this.next();
    return future(function* () {
      const attempt = yield* next;
      if (attempt === undefined || attempt.ok) return attempt?.value;
      throw attempt.error;
    });
  }

  /**
   * Whether `fn` holds for every item. Stops at the first for which it does not.
   *
   * **Cancel safety:** the items that were looked at are gone.
   */
  all(fn: (item: T) => boolean): Future<boolean> {
    return new Search(this, fn, false);
  }

  /**
   * Whether `fn` holds for any item. Stops at the first for which it does.
   *
   * **Cancel safety:** the items that were looked at are gone.
   */
  any(fn: (item: T) => boolean): Future<boolean> {
    return new Search(this, fn, true);
  }

  /**
   * Makes one value of all items.
   *
   * @param seed What to begin with.
   * @param fn Makes the next value of the last one and an item.
   */
  fold<A>(seed: A, fn: (value: A, item: T) => A): Future<A> {
    return new Fold(this, seed, fn);
  }

  /** Collects all items into an array. */
  toArray(): Future<T[]> {
    return new Fold<T, T[]>(this, [], push);
  }

  /**
   * Collects all items into `target`: an array, a `Set`, or, pairs of key and value, a `Map`.
   *
   * **Cancel safety:** what was collected stays in `target`.
   *
   * @returns The target.
   * @throws {TypeError} At the call, when it is something else.
   */
  collectInto(target: T[]): Future<T[]>;
  /** As above. */
  collectInto(target: Set<T>): Future<Set<T>>;
  /** As above. */
  collectInto<K, V>(
    this: Consumable<readonly [K, V]>,
    target: Map<K, V>,
  ): Future<Map<K, V>>;
  collectInto(target: unknown): Future<unknown> {
    if (Array.isArray(target)) return new Fold<T, T[]>(this, target, push);
    if (target instanceof Set) {
      return new Fold<T, Set<T>>(this, target, (set, item) => set.add(item));
    }
    if (target instanceof Map) {
      return new Fold(this, target, (map, item) => {
        const [key, value] = item as [unknown, unknown];
        return map.set(key, value);
      });
    }
    throw new TypeError("Cannot collect into the target: give an array, a Set or a Map");
  }

  /** Counts the items that are still to come. */
  count(): Future<number> {
    return new Fold(this, 0, (count) => count + 1);
  }

  /** Waits for the last item; `undefined` when there is none. */
  last(): Future<T | undefined> {
    return new Fold<T, T | undefined>(this, undefined, (_, item) => item);
  }

  /**
   * Calls `fn` with each item. When it answers with a future, a promise or a generator, waits for
   * that before the next item.
   */
  forEach(fn: (item: T) => unknown): Future<void> {
    return new ForEach(this, fn);
  }

  /**
   * As {@linkcode Consumable.forEach}, with the work of up to `limit` items in progress. When one
   * fails, the others are dropped.
   *
   * @param limit How many; `Infinity` for no limit.
   * @throws {RangeError} At the call, when it is less than 1 or not whole.
   */
  forEachConcurrent(limit: number, fn: (item: T) => unknown): Future<void> {
    checkCount("work on", limit, 1);
    return new ForEachConcurrent(this, limit, fn);
  }

  /**
   * Makes a WHATWG stream of the items. It takes an item when a reader wants one, and not before:
   * the default high-water mark is 0. Cancelling it disposes this stream, as its end does.
   *
   * @param strategy As of `ReadableStream`.
   */
  toReadableStream(strategy: QueuingStrategy<T> = { highWaterMark: 0 }): ReadableStream<T> {
    return readableOf(this, strategy);
  }

  /**
   * Writes all items to a WHATWG stream, each when the stream wants it, and closes it. After an
   * error it is aborted.
   *
   * **Cancel safety:** dropping it aborts the writable stream.
   *
   * @param writable Where to write.
   * @param options What to leave out in the end.
   * @throws {TypeError} At the call, when the writable stream is locked.
   */
  pipeTo(writable: WritableStream<T>, options: PipeOptions = {}): Future<void> {
    return pipe(this, writable, options);
  }
}

function push<T>(items: T[], item: T): T[] {
  items.push(item);
  return items;
}
