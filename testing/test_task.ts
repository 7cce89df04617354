/**
 * Futures and sources polled by hand.
 *
 * @module
 */

import { BUDGET, resetBudget } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import type { Future, Steps } from "../future/future.ts";
import { future } from "../future/generator.ts";
import { isPending, type Poll } from "../future/poll.ts";
import type { End, Source } from "../future/source.ts";
import { AssertionError } from "./assertion_error.ts";

/** How often {@linkcode TestTask.pollUntilIdle} polls at the most, as in tokio-test. */
const MOST_POLLS = 150;

/**
 * Takes a future or a source into a task that only the test polls, and that counts its wakes.
 *
 * Nothing is scheduled: the future makes progress when the test polls it and never by itself.
 *
 * Follows `task::spawn` of tokio-test.
 *
 * @param work A future, a source of items, or a generator function.
 * @returns The task. Dispose it, or what it holds, if it may still wait at the end.
 *
 * @example
 * ```ts
 * import { assertPending, assertReadyEq, taskSpawn } from "@edo/runtime/testing";
 * import { oneshot } from "@edo/runtime/sync";
 * import { assert } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<number>();
 * using task = taskSpawn(rx);
 * assertPending(task.poll());
 * tx.send(5);
 * assert(task.isWoken());
 * assertReadyEq(task.poll(), 5);
 * ```
 */
export function taskSpawn<T>(work: () => Steps<T>): TestTask<Future<T>>;
/** Takes a future or a source. */
export function taskSpawn<W extends Future<unknown> | Source<unknown>>(work: W): TestTask<W>;
export function taskSpawn(
  work: Future<unknown> | Source<unknown> | (() => Steps<unknown>),
): TestTask<Future<unknown> | Source<unknown>> {
  return new TestTask(typeof work === "function" ? future(work) : work);
}

/**
 * A future or a source that only the test polls. Made by {@linkcode taskSpawn}.
 *
 * @example
 * ```ts
 * import { taskSpawn } from "@edo/runtime/testing";
 * import { interval } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * using task = taskSpawn(interval(1000));
 * const first = task.enter((cx, ticks) => ticks.pollTick(cx));
 * assertEquals(typeof first, "object");
 * ```
 */
export class TestTask<W extends Disposable> implements Disposable {
  /** What is polled. */
  readonly inner: W;
  readonly #wakes = new Wakes();

  /** Made by {@linkcode taskSpawn}. */
  constructor(inner: W) {
    this.inner = inner;
  }

  /** How often it has been woken so far. */
  get wakes(): number {
    return this.#wakes.count;
  }

  /** Whether it was woken since the last poll began. */
  isWoken(): boolean {
    return this.#wakes.isWoken;
  }

  /** Polls the future once, with the budget of a task that begins its turn. */
  poll<T>(this: TestTask<Future<T>>): Poll<T> {
    return this.enter((cx, inner) => inner.poll(cx));
  }

  /** Polls the source once, with the budget of a task that begins its turn. */
  pollNext<T>(this: TestTask<Source<T>>): Poll<T | End> {
    return this.enter((cx, inner) => inner.pollNext(cx));
  }

  /**
   * Polls the future as long as it is woken meanwhile.
   *
   * @returns Its value, or `Pending` when it waits for something from outside.
   * @throws {AssertionError} When it was woken in each of 150 polls.
   */
  pollUntilIdle<T>(this: TestTask<Future<T>>): Poll<T> {
    for (let i = 0; i < MOST_POLLS; i++) {
      const polled = this.poll();
      if (!isPending(polled) || !this.isWoken()) return polled;
    }
    throw new AssertionError(
      `Cannot poll until idle: the future has woken itself in each of ${MOST_POLLS} polls`,
    );
  }

  /**
   * Calls `fn` with the context of the task and what it holds, for polls that have other names.
   *
   * @param fn Polls; what it wakes counts for the task.
   * @returns What `fn` returns.
   */
  enter<R>(fn: (cx: Context, inner: W) => R): R {
    this.#wakes.isWoken = false;
    resetBudget(BUDGET);
    return fn(this.#wakes, this.inner);
  }

  /** Drops what it holds. */
  [Symbol.dispose](): void {
    this.inner[Symbol.dispose]();
  }
}

/** Counts instead of scheduling. */
class Wakes implements Context, Waker {
  count = 0;
  isWoken = false;

  get waker(): Waker {
    return this;
  }

  wake(): void {
    this.count += 1;
    this.isWoken = true;
  }
}
