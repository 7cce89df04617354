/**
 * Futures that tests open, fail and watch.
 *
 * @module
 */

import { proceed } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { yieldNow } from "../../task/yield_now.ts";

/** A future that is opened by hand. */
export interface Gate<T> {
  /** The future; it notes when it is dropped. */
  readonly future: Future<T>;
  /** How often it was polled. */
  polls(): number;
  /** Has it complete, and wakes who waits. */
  open(value: T): void;
  /** Has it fail, and wakes who waits. */
  fail(error: unknown): void;
}

/** Makes a gate that notes its end in `log`. */
export function gate<T>(log: string[] = [], name = "gate"): Gate<T> {
  let outcome: (() => T) | undefined;
  let waker: Context["waker"] | undefined;
  let polls = 0;
  const future = pollFn<T>((cx) => {
    polls += 1;
    waker = cx.waker;
    return outcome === undefined ? Pending : outcome();
  }, () => log.push(`${name} dropped`));
  const settle = (how: () => T) => {
    outcome = how;
    waker?.wake();
  };
  return {
    future,
    polls: () => polls,
    open: (value: T) => settle(() => value),
    fail: (error) =>
      settle(() => {
        throw error;
      }),
  };
}

/** A future that waits for ever and notes its polls and its end. */
export function noting(log: string[], name: string): Future<never> {
  return pollFn<never>(() => {
    log.push(`${name} polled`);
    return Pending;
  }, () => log.push(`${name} dropped`));
}

/** A future that waits for ever, and throws when it is dropped. */
export function stubborn(message = "stubborn"): Future<never> {
  return pollFn<never>(() => Pending, () => {
    throw new RangeError(message);
  });
}

/** A future that fails when it is polled. */
export function failing(error: unknown): Future<never> {
  return pollFn<never>(() => {
    throw error;
  });
}

/** A future that takes one unit of budget. */
export function unit(): Future<void> {
  return pollFn((cx) => proceed(cx.waker) ? undefined : Pending);
}

/** Notes `name` at four polls. */
export function fourTimes(log: number[], name: number): Future<void> {
  return future(function* () {
    for (let i = 0; i < 4; i++) {
      log.push(name);
      yield* yieldNow();
    }
  });
}

/** A future that uses up the budget five times, and one that notes how far that has come before it. */
export function greedyAndModest(log: string[]): [greedy: Future<void>, modest: Future<void>] {
  let rounds = 0;
  const greedy = future(function* () {
    for (; rounds < 5; rounds++) {
      for (let i = 0; i < 128; i++) yield* unit();
    }
    log.push("greedy");
  });
  const modest = future(function* () {
    for (let i = 0; i < 5; i++) yield* unit();
    log.push(`modest after ${rounds} rounds`);
  });
  return [greedy, modest];
}
