/**
 * Cooperative scheduling: the budget of operations that a task may complete before it lets others
 * run.
 *
 * A task has 128 in each turn. Waits on sockets, timers, locks, channels and tasks take one when they
 * complete; when none is left they answer `Pending`, although they could go on, and the task comes
 * again after the others had their turn. So a socket that never runs dry starves nobody.
 *
 * Follows Tokio's `task::coop`.
 *
 * @module
 */

import { hasBudget, proceed, refund, swapBudget } from "../future/budget.ts";
import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import "../scheduler/isolate.ts";
import { Surrounded } from "./surrounded.ts";

/**
 * Whether the current task may complete another operation in this turn.
 *
 * @example
 * ```ts
 * import { coop, spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const turns = await spawn(function* () {
 *   let used = 0;
 *   while (coop.hasBudgetRemaining()) {
 *     yield* coop.consumeBudget();
 *     used += 1;
 *   }
 *   return used;
 * });
 * assertEquals(turns, 128);
 * ```
 */
export function hasBudgetRemaining(): boolean {
  return hasBudget();
}

/**
 * Takes one operation of the budget, and lets others run first if there is none left. For long
 * computations that wait for nothing.
 *
 * **Cancel safety:** nothing is lost.
 *
 * @example
 * ```ts
 * import { coop, spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = await spawn(function* () {
 *   let sum = 0;
 *   for (let i = 0; i < 1000; i++) {
 *     sum += i;
 *     yield* coop.consumeBudget();
 *   }
 *   return sum;
 * });
 * assertEquals(sum, 499_500);
 * ```
 */
export function consumeBudget(): Future<void> {
  return new ConsumeBudget();
}

class ConsumeBudget extends Future<void> {
  #ended = false;

  poll(cx: Context): Poll<void> {
    if (this.#ended) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    this.#ended = true;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
  }
}

/** More than anything completes in one poll. A small integer, so that counting is quick. */
const UNLIMITED = 2 ** 30;

/**
 * Lets a future complete any number of operations in one poll. It may starve every other task; the
 * budget of the task around it is left as it was.
 *
 * **Cancel safety:** dropping it drops `source`.
 *
 * @param source A future or a promise.
 * @throws {TypeError} When `source` is neither.
 *
 * @example
 * ```ts
 * import { future } from "@edo/runtime/future";
 * import { coop } from "@edo/runtime/task";
 * import { assert } from "@std/assert";
 *
 * const greedy = future(function* () {
 *   for (let i = 0; i < 1000; i++) yield* coop.consumeBudget();
 *   return coop.hasBudgetRemaining();
 * });
 * assert(await coop.unconstrained(greedy));
 * ```
 */
export function unconstrained<T>(source: IntoFuture<T>): Future<T> {
  return new Unconstrained(intoFuture(source));
}

class Unconstrained<T> extends Surrounded<T> {
  #outer = 0;

  protected enter(): void {
    this.#outer = swapBudget(UNLIMITED);
  }

  protected leave(): void {
    swapBudget(this.#outer);
  }
}

/**
 * Makes a future take part in cooperative scheduling: it is polled only while there is budget, and
 * takes one operation when it completes.
 *
 * **Cancel safety:** dropping it drops `source`.
 *
 * @param source A future or a promise; as a rule a future of one's own that takes no budget itself.
 * @throws {TypeError} When `source` is neither.
 *
 * @example
 * ```ts
 * import { ready } from "@edo/runtime/future";
 * import { coop, spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const rounds = await spawn(function* () {
 *   let rounds = 0;
 *   for (; coop.hasBudgetRemaining(); rounds++) yield* coop.cooperative(ready(1));
 *   return rounds;
 * });
 * assertEquals(rounds, 128);
 * ```
 */
export function cooperative<T>(source: IntoFuture<T>): Future<T> {
  return new Cooperative(intoFuture(source));
}

class Cooperative<T> extends Future<T> {
  #inner: Future<T> | undefined;

  constructor(inner: Future<T>) {
    super();
    this.#inner = inner;
  }

  poll(cx: Context): Poll<T> {
    const inner = this.#inner;
    if (inner === undefined) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    this.#inner = undefined;
    const value = inner.poll(cx);
    if (!isPending(value)) return value;
    refund();
    this.#inner = inner;
    return Pending;
  }

  override [Symbol.dispose](): void {
    const inner = this.#inner;
    this.#inner = undefined;
    inner?.[Symbol.dispose]();
  }
}

/**
 * One operation of the budget, taken by {@linkcode pollProceed}. Disposing it without
 * {@linkcode Proceed.madeProgress} gives it back.
 *
 * @example
 * ```ts
 * import type { coop } from "@edo/runtime/task";
 *
 * export function finish(taken: coop.Proceed, isDone: boolean): void {
 *   using operation = taken;
 *   if (isDone) operation.madeProgress();
 * }
 * ```
 */
export class Proceed implements Disposable {
  #isOpen = true;

  /** Keeps the operation taken: it has completed. */
  madeProgress(): void {
    this.#isOpen = false;
  }

  /** Gives the operation back, unless it has made progress. Does nothing the second time. */
  [Symbol.dispose](): void {
    if (this.#isOpen) refund();
    this.#isOpen = false;
  }
}

/**
 * Takes one operation of the budget for a future that is written by hand. `Pending` means that there
 * is none: the future answers `Pending` too, and its waker is woken when the others had their turn.
 *
 * @param cx Who polls.
 *
 * @example A queue that takes part
 * ```ts
 * import { type Context, Pending, type Poll } from "@edo/runtime/future";
 * import { coop } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const items = [1, 2];
 *
 * function pollItem(cx: Context): Poll<number> {
 *   const operation = coop.pollProceed(cx);
 *   if (operation === Pending) return Pending;
 *   using taken = operation;
 *   const item = items.shift();
 *   if (item === undefined) return Pending;
 *   taken.madeProgress();
 *   return item;
 * }
 * assertEquals(pollItem({ waker: { wake() {} } }), 1);
 * ```
 */
export function pollProceed(cx: Context): Poll<Proceed> {
  return proceed(cx.waker) ? new Proceed() : Pending;
}
