/**
 * Streams written as generator functions.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { End } from "../future/end.ts";
import { Future, polledAfterEnd, type Steps } from "../future/future.ts";
import { GeneratorFuture } from "../future/generator.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { Source } from "../future/source.ts";
import { Stream } from "./stream.ts";

/** Hands an item to whoever asks the stream; it completes when the next one is asked for. */
export type Emit<T> = (item: T) => Future<void>;

/**
 * Makes a stream of a generator function: where `yield*` waits for a future, `yield* emit(item)`
 * gives an item.
 *
 * Nothing runs before the first item is asked for, and nothing between two items. Unlike an async
 * generator it can be broken off wherever it waits: disposing the stream drops what it waits for,
 * and runs its `finally` and `using` blocks there and then.
 *
 * **Cancel safety:** an item that was given is handed to the one who asks next. When `emit` is one
 * of several branches and another wins, the item that was not yet handed over is taken back.
 *
 * Follows `stream!` of Rust's async-stream.
 *
 * @param body The generator function. An error that it throws comes out of the stream, which ends
 * with it.
 *
 * @example
 * ```ts
 * import { stream } from "@edo/runtime/stream";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const countdown = stream<number>(function* (emit) {
 *   for (let left = 3; left > 0; left--) {
 *     yield* emit(left);
 *     yield* sleep(1);
 *   }
 * });
 * assertEquals(await countdown.toArray(), [3, 2, 1]);
 * ```
 */
export function stream<T>(body: (emit: Emit<T>) => Steps<void>): Stream<T> {
  return new Stream(new GeneratedSource(body));
}

/** Runs the generator while somebody asks for an item. */
class GeneratedSource<T> extends Source<T> {
  /** What is on its way out. */
  emission: Emission<T> | undefined = undefined;
  /** Whether the generator runs. */
  isRunning = false;
  #steps: GeneratorFuture<void> | undefined;

  constructor(body: (emit: Emit<T>) => Steps<void>) {
    super();
    this.#steps = new GeneratorFuture(() => body((item) => new Emission(this, item)));
  }

  pollNext(cx: Context): Poll<T | End> {
    const steps = this.#steps;
    if (steps === undefined) return End;
    this.isRunning = true;
    let polled;
    try {
      polled = steps.poll(cx);
    } catch (error) {
      this.#steps = undefined;
      throw error;
    } finally {
      this.isRunning = false;
    }
    const { emission } = this;
    this.emission = undefined;
    if (polled !== Pending) this.#steps = undefined;
    if (emission !== undefined) return emission.take(cx);
    return polled === Pending ? Pending : End;
  }

  override isTerminated(): boolean {
    return this.#steps === undefined;
  }

  override [Symbol.dispose](): void {
    const steps = this.#steps;
    this.#steps = undefined;
    this.emission = undefined;
    steps?.[Symbol.dispose]();
  }
}

/** An item that is handed over. */
class Emission<T> extends Future<void> {
  #source: GeneratedSource<T> | undefined;
  readonly #item: T;
  #waker: Waker | undefined = undefined;
  #isTaken = false;

  constructor(source: GeneratedSource<T>, item: T) {
    super();
    this.#source = source;
    this.#item = item;
  }

  poll(cx: Context): Poll<void> {
    const source = this.#source;
    if (source === undefined) throw polledAfterEnd();
    if (!source.isRunning) {
      throw new TypeError("Cannot emit an item here: only the stream's own generator may");
    }
    if (this.#isTaken) {
      this.#source = undefined;
      return;
    }
    // Another one that is on its way out goes first.
    if (source.emission === undefined) source.emission = this;
    this.#waker = cx.waker;
    return Pending;
  }

  /** Gives the item to `cx`, which polls the generator again when it wants the next one. */
  take(cx: Context): T {
    this.#isTaken = true;
    // A combinator around this future may need to be told.
    if (this.#waker !== cx.waker) this.#waker?.wake();
    return this.#item;
  }

  /** Takes the item back, unless it is gone. */
  override [Symbol.dispose](): void {
    const source = this.#source;
    this.#source = undefined;
    if (source?.emission === this) source.emission = undefined;
  }
}
