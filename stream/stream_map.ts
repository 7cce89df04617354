/**
 * Many streams as one, each under a key.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import type { Future } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { pollFn } from "../future/poll_fn.ts";
import { KeyedSource } from "./adapters/keyed.ts";
import { checkCount } from "./check.ts";
import type { IntoStream } from "./into_stream.ts";
import { Stream } from "./stream.ts";

/**
 * A stream of the items of many streams, which may come and go. Each item comes with its stream's
 * key.
 *
 * - **Fair:** every poll begins with a random stream.
 * - **Streams that end** vanish, without notice; `notifyClose()` of a stream gives one. When the last
 *   has gone, so has this stream come to an end, until another is inserted.
 * - **Keys** are told apart as those of a `Map`.
 * - **Few streams:** a poll asks one stream after the other, so this is for tens, not thousands.
 * - **Disposing** it disposes all streams that it holds.
 *
 * Its methods are those of a `Map`, but for `insert` and `remove`, which hand the stream over that
 * was there. The iteration of the map is that of its items; `entries()` has the streams.
 *
 * Follows tokio-stream's `StreamMap`, except that inserting a stream wakes who waits already.
 *
 * @example
 * ```ts
 * import { Stream, StreamMap } from "@edo/runtime/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const map = new StreamMap([["a", Stream.of(1)], ["b", Stream.of(2)]]);
 * const items = await map.toArray();
 * assertEquals(items.toSorted(), [["a", 1], ["b", 2]]);
 * ```
 */
export class StreamMap<K, T> extends Stream<[K, T]> {
  readonly #keyed: KeyedSource<K, T, Stream<T>>;
  #isDisposed = false;

  /**
   * Makes a map of streams.
   *
   * @param entries Pairs of a key and what a stream can be made of; of two with the same key the last
   * is kept.
   * @throws {TypeError} When no stream can be made of one.
   */
  constructor(entries: Iterable<readonly [K, IntoStream<T>]> = []) {
    const keyed = new KeyedSource<K, T, Stream<T>>();
    super(keyed);
    this.#keyed = keyed;
    for (const [key, stream] of entries) this.insert(key, stream)?.[Symbol.dispose]();
  }

  /** How many streams there are. */
  get size(): number {
    return this.#keyed.entries.length;
  }

  /**
   * Puts a stream under a key.
   *
   * @param key The key.
   * @param stream What a stream can be made of.
   * @returns The stream that was there, which is the caller's to dispose.
   * @throws {TypeError} When no stream can be made of it, or the map was disposed.
   */
  insert(key: K, stream: IntoStream<T>): Stream<T> | undefined {
    if (this.#isDisposed) throw new TypeError("Cannot insert a stream: the map was disposed");
    const next = Stream.from(stream);
    const last = this.remove(key);
    this.#keyed.add(key, next);
    return last;
  }

  /**
   * Takes a stream out.
   *
   * @returns The stream, which is the caller's to dispose.
   */
  remove(key: K): Stream<T> | undefined {
    const index = this.#indexOf(key);
    return index < 0 ? undefined : this.#keyed.entries.splice(index, 1)[0]!.stream;
  }

  /** The stream under a key. */
  get(key: K): Stream<T> | undefined {
    return this.#keyed.entries[this.#indexOf(key)]?.stream;
  }

  /** Whether there is a stream under a key. */
  has(key: K): boolean {
    return this.#indexOf(key) >= 0;
  }

  /** Disposes all streams. Those that are inserted later start anew. */
  clear(): void {
    this.#keyed.clear();
    this.wakeWaiters();
  }

  /** The keys, in the order in which the streams were inserted. */
  keys(): ReturnType<K[]["values"]> {
    return this.#keyed.entries.map(({ key }) => key).values();
  }

  /** The streams, in the order in which they were inserted. */
  values(): ReturnType<Stream<T>[]["values"]> {
    return this.#keyed.entries.map(({ stream }) => stream).values();
  }

  /** Pairs of key and stream, in the order in which they were inserted. */
  entries(): ReturnType<[K, Stream<T>][]["values"]> {
    return this.#keyed.entries.map(({ key, stream }): [K, Stream<T>] => [key, stream]).values();
  }

  /**
   * Waits for at least one item, and takes as many as there are, up to `limit`.
   *
   * **Cancel safety:** items are taken in the poll that answers with them, so giving up loses none.
   *
   * @param limit How many at the most.
   * @returns The items with their keys; none when there is no stream or `limit` is 0.
   * @throws {RangeError} At the call, when the limit is negative or not whole.
   */
  nextMany(limit: number): Future<[K, T][]> {
    checkCount("take", limit, 0);
    return pollFn((cx) => {
      const items: [K, T][] = [];
      const count = this.pollNextMany(cx, items, limit);
      return typeof count === "number" ? items : count;
    });
  }

  /**
   * As {@linkcode StreamMap.nextMany}, by polling.
   *
   * @param cx Who polls.
   * @param buffer Gets the items.
   * @param limit How many at the most.
   * @returns How many there were.
   */
  pollNextMany(cx: Context, buffer: [K, T][], limit: number): Poll<number> {
    return this.#keyed.pollNextMany(cx, buffer, limit);
  }

  /** Disposes all streams, for good. */
  override [Symbol.dispose](): void {
    this.#isDisposed = true;
    super[Symbol.dispose]();
  }

  #indexOf(key: K): number {
    // As a `Map`: NaN is NaN, and 0 is -0.
    return this.#keyed.entries.findIndex((entry) => entry.key === key || Object.is(entry.key, key));
  }
}
