/**
 * Assertions on functions that fail.
 *
 * @module
 */

import { suffix } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./kind.ts";

// deno-lint-ignore no-explicit-any
type ErrorType<E> = abstract new (...args: any[]) => E;

/** Requires that `fn` throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Requires that `fn` throws an error of the class, with the text in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorType<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const expected = expectation(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return check(error, expected, "thrown");
  }
  throw new AssertionError(`Expected function to throw${suffix(expected.msg)}`);
}

/** Requires that the promise `fn` returns is rejected, and resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Requires a rejection with an error of the class, with the text in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorType<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectation(classOrMsg, msgIncludes, msg);
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // Reported below, as for any other return that is not a promise.
  }
  if (typeof promise !== "object" || typeof promise?.then !== "function") {
    throw new AssertionError(
      `Function throws when expected to reject${suffix(expected.msg)}`,
    );
  }
  try {
    await promise;
  } catch (error) {
    return check(error, expected, "rejected");
  }
  throw new AssertionError(`Expected function to reject${suffix(expected.msg)}`);
}

interface Expectation<E> {
  type: ErrorType<E> | undefined;
  text: string | undefined;
  msg: string | undefined;
}

/** Sorts the arguments of the two forms. */
function expectation<E>(
  classOrMsg: ErrorType<E> | string | undefined,
  text: string | undefined,
  msg: string | undefined,
): Expectation<E> {
  if (typeof classOrMsg !== "string") return { type: classOrMsg, text, msg };
  return { type: undefined, text: undefined, msg: classOrMsg };
}

function check<E extends Error>(error: unknown, expected: Expectation<E>, how: string): unknown {
  if (!expected.type) return error;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${suffix(expected.msg)}`);
  }
  assertIsError(error, expected.type, expected.text, expected.msg);
  return error;
}
