/**
 * Futures written as generator functions.
 *
 * @module
 */

import { type Context, swapContext } from "./context.ts";
import { Future, polledAfterEnd, type Steps, type Wait } from "./future.ts";
import { Pending, type Poll } from "./poll.ts";

/**
 * Makes a future of a generator function: a state machine that only edo's scheduler drives.
 *
 * Inside it, `yield*` waits for a future. No promise and no microtask is involved, so a step costs
 * a third of an `await`. A future that is dropped runs the generator's `finally` and `using` blocks
 * from where it stands.
 *
 * **Cancel safety:** dropping it drops what it waits on. A `finally` block of a dropped future
 * must not wait: the `yield*` that would have to throws a `TypeError`. (A spawned task that is
 * aborted may wait there.)
 *
 * @param body The generator function; it starts with the first poll.
 * @returns A future of what the generator returns.
 *
 * @example
 * ```ts
 * import { future, ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const answer = future(function* () {
 *   return (yield* ready(6)) * (yield* ready(7));
 * });
 * assertEquals(await answer, 42);
 * ```
 */
export function future<T>(body: () => Steps<T>): Future<T> {
  return new GeneratorFuture(body);
}

/** A {@linkcode Future} over a generator. */
export class GeneratorFuture<T> extends Future<T> {
  #body: (() => Steps<T>) | undefined;
  #steps: Steps<T> | undefined = undefined;

  constructor(body: () => Steps<T>) {
    super();
    this.#body = body;
  }

  poll(cx: Context): Poll<T> {
    const steps = this.#steps ?? this.#start();
    const outer = swapContext(cx);
    let step;
    try {
      step = steps.next();
    } catch (error) {
      this.#steps = undefined;
      throw error;
    } finally {
      swapContext(outer);
    }
    return this.#advance(step);
  }

  /**
   * Has the wait that the generator is in throw `reason`, so that it unwinds through its `finally`
   * blocks, which may wait: `Pending` asks for further polls.
   *
   * It throws instead of returning, because of a generator that is delegated to and waits in a
   * `finally` block only an exception goes on to the one around it.
   */
  interrupt(cx: Context, reason: Error): Poll<T> {
    const steps = this.#steps;
    this.#body = undefined;
    if (steps === undefined) throw reason;
    const outer = swapContext(cx);
    let step;
    try {
      step = steps.throw(reason);
    } catch (error) {
      this.#steps = undefined;
      throw error;
    } finally {
      swapContext(outer);
    }
    return this.#advance(step);
  }

  override [Symbol.dispose](): void {
    const steps = this.#steps;
    this.#body = undefined;
    this.#steps = undefined;
    if (steps === undefined) return;
    const outer = swapContext(DROPPING);
    try {
      let step = steps.return(undefined as T);
      while (!step.done) step = steps.throw(waitWhileDropped());
    } finally {
      swapContext(outer);
    }
  }

  /** A step for the generator future that waits on this one: its context is the current one. */
  override next(): IteratorResult<Wait, T> {
    const steps = this.#steps ?? this.#start();
    try {
      return this.#note(steps.next());
    } catch (error) {
      this.#steps = undefined;
      throw error;
    }
  }

  /** Ends early, when the generator future that waits on this one is dropped. */
  override return(value: T): IteratorResult<Wait, T> {
    const steps = this.#steps;
    this.#body = undefined;
    return steps === undefined ? { done: true, value } : this.#note(steps.return(value));
  }

  /** Hands the error of the generator future around it on to where this one stands. */
  override throw(error: unknown): IteratorResult<Wait, T> {
    const steps = this.#steps;
    this.#body = undefined;
    if (steps === undefined) throw error;
    return this.#note(steps.throw(error));
  }

  /** Forgets a generator that has ended. */
  #note(step: IteratorResult<Wait, T>): IteratorResult<Wait, T> {
    if (step.done) this.#steps = undefined;
    return step;
  }

  #start(): Steps<T> {
    const body = this.#body;
    if (body === undefined) throw polledAfterEnd();
    this.#body = undefined;
    return this.#steps = body();
  }

  #advance(step: IteratorResult<Wait, T>): Poll<T> {
    if (step.done) {
      this.#steps = undefined;
      return step.value;
    }
    if ((step.value as unknown) === Pending) return Pending;
    this[Symbol.dispose]();
    throw new TypeError(
      `Cannot wait for a yielded ${describe(step.value)}: write yield* with a future`,
    );
  }
}

/** The context of `finally` blocks while a future is dropped: there is nobody left to wake. */
const DROPPING: Context = { waker: { wake() {} } };

function waitWhileDropped(): TypeError {
  return new TypeError("Cannot wait in a finally block: its future is being dropped");
}

function describe(value: unknown): string {
  if (value instanceof Future) return "future";
  return typeof (value as PromiseLike<unknown> | null)?.then === "function"
    ? "promise"
    : typeof value;
}
