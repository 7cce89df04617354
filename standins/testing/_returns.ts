/**
 * Ready-made functions to put in place of real ones.
 *
 * @module
 */

import { MockError } from "./_spy.ts";

/** A function that returns its `this`. */
export function returnsThis<
  // deno-lint-ignore no-explicit-any
  Self = any,
  // deno-lint-ignore no-explicit-any
  Args extends unknown[] = any[],
>(): (this: Self, ...args: Args) => Self {
  return function (this: Self) {
    return this;
  };
}

/** A function that returns one of its arguments. */
// deno-lint-ignore no-explicit-any
export function returnsArg<Arg, Self = any>(
  idx: number,
): (this: Self, ...args: Arg[]) => Arg | undefined {
  return (...args) => args[idx];
}

/** A function that returns its arguments, from `start` to before `end`. */
// deno-lint-ignore no-explicit-any
export function returnsArgs<Args extends unknown[], Self = any>(
  start = 0,
  end?: number,
): (this: Self, ...args: Args) => Args {
  return (...args) => args.slice(start, end) as Args;
}

/** A function that returns one value after the other, and throws those that are errors. */
export function returnsNext<
  Return,
  // deno-lint-ignore no-explicit-any
  Self = any,
  // deno-lint-ignore no-explicit-any
  Args extends unknown[] = any[],
>(values: Iterable<Return | Error>): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => take(iterator.next(), calls++);
}

/** A function that resolves to one value after the other, and rejects with those that are errors. */
export function resolvesNext<
  Return,
  // deno-lint-ignore no-explicit-any
  Self = any,
  // deno-lint-ignore no-explicit-any
  Args extends unknown[] = any[],
>(
  iterable:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return> {
  const iterator = (async function* () {
    yield* iterable;
  })();
  let calls = 0;
  return async () => take(await iterator.next(), calls++);
}

function take<Return>(step: IteratorResult<Return | Error>, calls: number): Return {
  if (step.done) throw new MockError(`Not expected to be called more than ${calls} time(s)`);
  if (step.value instanceof Error) throw step.value;
  return step.value;
}
