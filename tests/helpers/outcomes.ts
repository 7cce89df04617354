/**
 * How tasks end.
 *
 * @module
 */

import { assert, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { JoinError } from "../../scheduler/join_error.ts";

/** Awaits a task that has to fail, and answers with its error. */
export async function failureOf(task: PromiseLike<unknown>): Promise<JoinError> {
  let failure: unknown;
  let value: unknown;
  try {
    value = await task;
  } catch (error) {
    failure = error;
  }
  assert(failure !== undefined, `The task has to fail, but it has the value ${value}`);
  assertInstanceOf(failure, Error);
  if (failure instanceof JoinError) return failure;
  throw failure;
}

/** Awaits a task that has to end as aborted. */
export async function assertCancelled(task: PromiseLike<unknown>): Promise<void> {
  const failure = await failureOf(task);
  if (!failure.isCancelled()) throw failure;
}

/** Awaits a task that has to end by throwing `error`. */
export async function assertPanicked(task: PromiseLike<unknown>, error: Error): Promise<void> {
  const failure = await failureOf(task);
  assert(failure.isPanic());
  assertStrictEquals(failure.cause, error);
}
