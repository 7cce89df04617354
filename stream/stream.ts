/**
 * Streams, and everything that makes another stream of one.
 *
 * A method is a line here and a small source in `adapters/` that does the work.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { End } from "../future/end.ts";
import type { Future } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { pollFn } from "../future/poll_fn.ts";
import type { SizeHint, Source } from "../future/source.ts";
import type { Duration } from "../time/duration.ts";
import type { Interval } from "../time/interval.ts";
import type { ElapsedError } from "../time/timeout.ts";
import { AndThenSource } from "./adapters/and_then.ts";
import { type Attempt, AttemptSource } from "./adapters/attempt.ts";
import { BufferedSource, BufferUnorderedSource } from "./adapters/buffered.ts";
import { ChainSource, MergeSource, ZipSource } from "./adapters/chain.ts";
import { ChunkSource } from "./adapters/chunks.ts";
import { FilterMapSource, FilterSource } from "./adapters/filter.ts";
import { FlatMapSource } from "./adapters/flat.ts";
import { FuseSource, NotifyCloseSource } from "./adapters/fuse.ts";
import { InspectSource, MapSource } from "./adapters/map.ts";
import { PeekSource } from "./adapters/peek.ts";
import { EnumerateSource, ScanSource } from "./adapters/scan.ts";
import { SkipSource, SkipWhileSource } from "./adapters/skip.ts";
import { MapWhileSource, TakeSource, TakeWhileSource } from "./adapters/take.ts";
import { ThrottleSource } from "./adapters/throttle.ts";
import { TimeoutRepeatingSource, TimeoutSource } from "./adapters/timeout.ts";
import { checkCount } from "./check.ts";
import { Consumable } from "./consumable.ts";
import { type IntoStream, toSource } from "./into_stream.ts";
import { ClosedSource, IterSource, PendingSource, RepeatSource } from "./sources/iter.ts";
import { type Unfolded, UnfoldSource } from "./sources/unfold.ts";
import type { Thunk, Work } from "./work.ts";

/**
 * A source that is owned, with everything there is to do with items.
 *
 * - **Lazy:** nothing is taken from the source before somebody asks the stream for an item, so it
 *   is asked for no more than is used.
 * - **Owned:** disposing a stream, and leaving a `for await` over it early, disposes the source, and
 *   every source of what it was made of. (A loop over the source itself leaves it as it is.)
 * - **Taken over:** a method that makes another stream owns this one; use the result from then on.
 *   Items that are taken from this one all the same are missing there.
 * - **Cancel safety:** an item is taken in the poll that answers with it, and what an adapter has in
 *   hand stays with it, so dropping a `next()` loses none.
 * - **Errors:** what the source, or a function given to an adapter, throws comes out of `next()` in
 *   place of an item. It does not end the stream: the next poll goes on with what follows. A loop,
 *   and whatever takes all items, ends there.
 *
 * Follows tokio-stream's `StreamExt`, and for what that lacks `StreamExt` of Rust's futures.
 *
 * @example
 * ```ts
 * import { Stream } from "@edo/runtime/stream";
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<number>();
 * for (const number of [1, 2, 3, 4]) tx.send(number);
 * tx.close();
 *
 * const squares = Stream.from(rx).filter((n) => n % 2 === 0).map((n) => n * n);
 * assertEquals(await squares.toArray(), [4, 16]);
 * ```
 */
export class Stream<T> extends Consumable<T> {
  #source: Source<T>;

  /**
   * Makes a stream of a source. {@linkcode Stream.from} takes more than that.
   *
   * @param source What the stream owns from now on.
   */
  constructor(source: Source<T>) {
    super();
    this.#source = source;
  }

  /**
   * Makes a stream of anything that gives items.
   *
   * - A source (a channel's receiver, an interval, a set of tasks) is owned.
   * - An iterable spends one unit of the cooperative budget per item. Promises in it stay promises:
   *   `buffered(1)` waits for them.
   * - Of an async iterable, an item is a promise of the host, which cannot be called back. Dropping a
   *   `next()` keeps the promise for the next one. Disposing the stream calls `return`; an async
   *   generator that is inside of an `await` then runs on until that has ended.
   * - A WHATWG stream is locked, and cancelled when the stream is disposed before the end.
   *
   * @param source What gives the items.
   * @throws {TypeError} When it does not.
   */
  static from<T>(source: IntoStream<T>): Stream<T> {
    return source instanceof Stream ? source : new Stream(toSource(source));
  }

  /** Makes a stream of these items. */
  static of<T>(...items: T[]): Stream<T> {
    return new Stream(new IterSource(items));
  }

  /** Makes a stream of one item. */
  static once<T>(item: T): Stream<T> {
    return new Stream(new IterSource([item]));
  }

  /** Makes a stream of no items. */
  static empty<T = never>(): Stream<T> {
    return new Stream(new IterSource<T>([]));
  }

  /** Makes a stream that neither gives an item nor ends. */
  static pending<T = never>(): Stream<T> {
    return new Stream(new PendingSource<T>());
  }

  /** Makes a stream of the same item without end. */
  static repeat<T>(item: T): Stream<T> {
    return new Stream(new RepeatSource(item));
  }

  /**
   * Makes a stream of what `fn` makes of a state, one item and the next state at a time.
   *
   * @param seed The first state.
   * @param fn Answers with a future, a promise or a generator of `[item, state]`, or of `undefined`
   * at the end. When that fails, the next poll tries the same state again.
   *
   * @example
   * ```ts
   * import { ready } from "@edo/runtime/future";
   * import { Stream } from "@edo/runtime/stream";
   * import { assertEquals } from "@std/assert";
   *
   * const powers = Stream.unfold(1, (n) => ready(n < 10 ? [n, n * 2] as const : undefined));
   * assertEquals(await powers.toArray(), [1, 2, 4, 8]);
   * ```
   */
  static unfold<T, S>(seed: S, fn: (state: S) => Work<Unfolded<T, S>>): Stream<T> {
    return new Stream(new UnfoldSource(seed, fn));
  }

  /** As {@linkcode Source.pollNext}. */
  pollNext(cx: Context): Poll<T | End> {
    return this.#source.pollNext(cx);
  }

  /** As {@linkcode Source.unpoll}. */
  override unpoll(): void {
    this.#source.unpoll();
  }

  /** Disposes the source. Those who wait for an item learn that there are no more. */
  override [Symbol.dispose](): void {
    const source = this.#source;
    this.#source = new ClosedSource();
    this.wakeWaiters();
    source[Symbol.dispose]();
  }

  /** As {@linkcode Source.sizeHint}, as exactly as the source and the adapters allow. */
  override sizeHint(): SizeHint {
    return this.#source.sizeHint();
  }

  /** As {@linkcode Source.isTerminated}. `true` once the stream was disposed. */
  override isTerminated(): boolean {
    return this.#source.isTerminated();
  }

  /** Gives all items. Leaving the loop, by an error, too, disposes the stream. */
  override [Symbol.asyncIterator](): AsyncIterator<T, void, void> & AsyncIterable<T> {
    return this.iterate(this);
  }

  /** Hands on what `fn` makes of each item. */
  map<U>(fn: (item: T) => U): Stream<U> {
    return new Stream(new MapSource(this.#source, fn));
  }

  /**
   * Hands on what `fn` makes of the items, up to the first for which it answers `undefined`. The
   * source is not asked again after that.
   */
  mapWhile<U>(fn: (item: T) => U | undefined): Stream<U> {
    return new Stream(new MapWhileSource(this.#source, fn));
  }

  /**
   * Waits for what `fn` answers with to each item, one at a time, and hands on the values.
   *
   * Tokio's `then`. A stream with a method of that name would be a promise to `await`.
   *
   * @param fn Answers with a future, a promise or a generator.
   */
  andThen<U>(fn: (item: T) => Work<U>): Stream<U> {
    return new Stream(new AndThenSource(this.#source, fn));
  }

  /** Hands on the items for which `fn` holds. */
  filter<U extends T>(fn: (item: T) => item is U): Stream<U>;
  /** As above. */
  filter(fn: (item: T) => boolean): Stream<T>;
  filter(fn: (item: T) => boolean): Stream<T> {
    return new Stream(new FilterSource(this.#source, fn));
  }

  /** Hands on what `fn` makes of the items, without those for which it answers `undefined`. */
  filterMap<U>(fn: (item: T) => U | undefined): Stream<U> {
    return new Stream(new FilterMapSource(this.#source, fn));
  }

  /**
   * Hands on the first `count` items.
   *
   * @throws {RangeError} When `count` is negative or not whole.
   */
  take(count: number): Stream<T> {
    checkCount("take", count, 0);
    return new Stream(new TakeSource(this.#source, count));
  }

  /** Hands on the items before the first for which `fn` does not hold. That one is gone. */
  takeWhile(fn: (item: T) => boolean): Stream<T> {
    return new Stream(new TakeWhileSource(this.#source, fn));
  }

  /**
   * Passes over the first `count` items.
   *
   * @throws {RangeError} When `count` is negative or not whole.
   */
  skip(count: number): Stream<T> {
    checkCount("skip", count, 0);
    return new Stream(new SkipSource(this.#source, count));
  }

  /** Passes over the items before the first for which `fn` does not hold. */
  skipWhile(fn: (item: T) => boolean): Stream<T> {
    return new Stream(new SkipWhileSource(this.#source, fn));
  }

  /** Ends for good when the source first ends, and disposes it there and then. */
  fuse(): Stream<T> {
    return new Stream(new FuseSource(this.#source));
  }

  /** Gives the items of this stream, then those of another. */
  chain<U>(next: IntoStream<U>): Stream<T | U> {
    return new Stream(new ChainSource<T | U>(this.#source as Source<T | U>, toSource<T | U>(next)));
  }

  /**
   * Gives the items of this stream and of another as they come, until both have ended. Which of
   * the two is asked first takes turns, so that neither starves the other.
   */
  merge<U>(other: IntoStream<U>): Stream<T | U> {
    return new Stream(
      new MergeSource<T | U>(this.#source as Source<T | U>, toSource<T | U>(other)),
    );
  }

  /** Gives pairs of the items of this stream and of another, until one of the two ends. */
  zip<U>(other: IntoStream<U>): Stream<[T, U]> {
    return new Stream(new ZipSource(this.#source, toSource(other)));
  }

  /** Gives each item with its place, counted from 0. */
  enumerate(): Stream<[index: number, item: T]> {
    return new Stream(new EnumerateSource(this.#source));
  }

  /** Shows each item to `fn` on its way. */
  inspect(fn: (item: T) => void): Stream<T> {
    return new Stream(new InspectSource(this.#source, fn));
  }

  /**
   * Goes from state to state, and hands on each.
   *
   * @param seed The first state, which is not handed on.
   * @param fn Makes the next state of the last one and an item.
   */
  scan<S>(seed: S, fn: (state: S, item: T) => S): Stream<S> {
    return new Stream(new ScanSource(this.#source, seed, fn));
  }

  /** Gives all items of the stream that `fn` makes of each item, one after the other. */
  flatMap<U>(fn: (item: T) => IntoStream<U>): Stream<U> {
    return new Stream(new FlatMapSource(this.#source, fn));
  }

  /** Gives all items of each item, one after the other. */
  flatten<U>(this: Stream<IntoStream<U>>): Stream<U> {
    return new Stream(new FlatMapSource<IntoStream<U>, U>(this.#source, (item) => item));
  }

  /** Lets the next item be looked at before it is taken. */
  peekable(): Peekable<T> {
    return new Peekable(this.#source);
  }

  /**
   * Gives the items at a distance of at least `distance` from each other. None is dropped: the
   * source is not asked while it is too early.
   *
   * @throws {RangeError} When the distance is negative or not a number.
   */
  throttle(distance: Duration): Stream<T> {
    return new Stream(new ThrottleSource(this.#source, distance));
  }

  /**
   * Gives each item as `{ ok: true, value }`, and one `{ ok: false, error }` in between when the
   * source is silent for `patience`: one per silence, however long. The first silence begins with
   * this call, each other one with an item.
   *
   * @throws {RangeError} When the duration is negative or not a number.
   */
  timeout(patience: Duration): Stream<Attempt<T, ElapsedError>> {
    return new Stream(new TimeoutSource(this.#source, patience));
  }

  /**
   * As {@linkcode Stream.timeout}, with an error at every tick while the source is silent. An item
   * puts the next tick off to one period later. The first tick of an `interval` is due at once; use
   * `intervalAt` for one that is not.
   */
  timeoutRepeating(interval: Interval): Stream<Attempt<T, ElapsedError>> {
    return new Stream(new TimeoutRepeatingSource(this.#source, interval));
  }

  /**
   * Collects the items into arrays of `count`; the last may be shorter.
   *
   * @throws {RangeError} When `count` is less than 1 or not whole.
   */
  chunks(count: number): Chunks<T> {
    checkCount("collect chunks of", count, 1);
    return new Chunks(new ChunkSource(this.#source, count));
  }

  /**
   * As {@linkcode Stream.chunks}, and hands over a shorter chunk when `patience` has passed since
   * its first item. No chunk is empty.
   *
   * @throws {RangeError} When `count` is less than 1 or not whole, or the duration is negative or
   * not a number.
   */
  chunksTimeout(count: number, patience: Duration): Chunks<T> {
    checkCount("collect chunks of", count, 1);
    return new Chunks(new ChunkSource(this.#source, count, patience));
  }

  /**
   * Does the work that the items stand for, up to `limit` of them at a time, and hands on the values
   * in the order of the items. The items are futures, promises, or functions that make them.
   *
   * @param limit How many; `Infinity` for no limit.
   * @throws {RangeError} When it is less than 1 or not whole.
   */
  buffered<U>(this: Stream<Thunk<U>>, limit: number): Stream<U> {
    checkCount("work on", limit, 1);
    return new Stream(new BufferedSource(this.#source, limit));
  }

  /** As {@linkcode Stream.buffered}, and hands on the values in the order in which they come. */
  bufferUnordered<U>(this: Stream<Thunk<U>>, limit: number): Stream<U> {
    checkCount("work on", limit, 1);
    return new Stream(new BufferUnorderedSource(this.#source, limit));
  }

  /**
   * Gives each item as `{ ok: true, value }`, and what is thrown in place of one as
   * `{ ok: false, error }`, so that an error ends neither a loop nor what takes all items. The lag of
   * a broadcast receiver is such an error.
   */
  attempts<E = unknown>(): Stream<Attempt<T, E>> {
    return new Stream(new AttemptSource<T, E>(this.#source));
  }

  /** Gives `undefined` after the last item, once, so that the end shows in a `StreamMap`. */
  notifyClose(): Stream<T | undefined> {
    return new Stream(new NotifyCloseSource(this.#source));
  }
}

/**
 * A stream whose next item can be looked at. Made by {@linkcode Stream.peekable}.
 *
 * @example
 * ```ts
 * import { Stream } from "@edo/runtime/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const words = Stream.of("a", "b").peekable();
 * assertEquals(await words.peek(), "a");
 * assertEquals(await words.toArray(), ["a", "b"]);
 * ```
 */
export class Peekable<T> extends Stream<T> {
  readonly #source: PeekSource<T>;

  /** Made by {@linkcode Stream.peekable}. */
  constructor(source: Source<T>) {
    const peeking = new PeekSource(source);
    super(peeking);
    this.#source = peeking;
  }

  /**
   * Waits for the next item, and leaves it where it is.
   *
   * **Cancel safety:** giving up loses no item.
   *
   * @returns The item, or `undefined` when there are no more.
   */
  peek(): Future<T | undefined> {
    return pollFn((cx) => {
      const item = this.#source.pollPeek(cx);
      return item === End ? undefined : item;
    });
  }

  /** As {@linkcode Source.pollNext}, and leaves the item where it is. */
  pollPeek(cx: Context): Poll<T | End> {
    return this.#source.pollPeek(cx);
  }

  /**
   * Puts another item in the place of the one that was peeked at.
   *
   * @throws {TypeError} When none was.
   */
  replacePeeked(item: T): void {
    this.#source.replace(item);
  }
}

/**
 * A stream of arrays. Made by {@linkcode Stream.chunks} and {@linkcode Stream.chunksTimeout}.
 *
 * @example
 * ```ts
 * import { Stream } from "@edo/runtime/stream";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await Stream.of(1, 2, 3).chunks(2).toArray(), [[1, 2], [3]]);
 * ```
 */
export class Chunks<T> extends Stream<T[]> {
  readonly #source: ChunkSource<T>;

  /** Made by {@linkcode Stream.chunks}. */
  constructor(source: ChunkSource<T>) {
    super(source);
    this.#source = source;
  }

  /** Takes the items that were collected for a chunk which is not complete. */
  intoRemainder(): T[] {
    return this.#source.takeChunk();
  }
}
