/**
 * What can be spawned, and how its kinds are told apart.
 *
 * @module
 */

import { type Context, swapContext } from "../future/context.ts";
import type { Future, Steps } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";

/** What can be spawned: a future, a generator function, an async or a plain function. */
export type Spawnable<T> = Future<T> | (() => Steps<T>) | (() => PromiseLike<T> | T);

/** A future that can have its wait throw, so that it unwinds through `finally` blocks which may wait. */
export interface Unwinding<T> extends Future<T> {
  /** As {@linkcode GeneratorFuture.interrupt}. */
  interrupt(cx: Context, reason: Error): Poll<T>;
}

/** The class of all generator functions. */
export const GeneratorFunction: FunctionConstructor =
  Object.getPrototypeOf(function* () {}).constructor;

/**
 * `next` of all generators. Each generator function that is made anew, as those that are written in
 * the call of `spawn`, has generators of a shape of its own, in which V8 looks a method up slowly.
 */
export const nextOfGenerators: Steps<never>["next"] = GeneratorFunction.prototype.prototype.next;

/** Drops a generator. */
export function returnFrom(steps: Steps<unknown>): void {
  const outer = swapContext(DROPPING);
  try {
    let step = steps.return(undefined);
    while (!step.done) {
      step = steps.throw(
        new TypeError("Cannot wait in a finally block: its future is being dropped"),
      );
    }
  } finally {
    swapContext(outer);
  }
}

/** The context of `finally` blocks while a generator is dropped: there is nobody left to wake. */
const DROPPING: Context = { waker: { wake() {} } };

/** Whether a future can unwind. */
export function isUnwinding(work: unknown): work is Unwinding<unknown> {
  return typeof (work as Partial<Unwinding<unknown>> | undefined)?.interrupt === "function";
}

/** Whether a function has answered with a generator; other iterators are plain values. */
export function isSteps(value: unknown): value is Steps<never> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** Whether something can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<never> {
  return typeof (value as PromiseLike<never> | undefined)?.then === "function";
}
