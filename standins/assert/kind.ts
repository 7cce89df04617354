/**
 * Assertions on the class of a value.
 *
 * @module
 */

import { suffix } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";

/** Requires an instance of the class. */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any
  T extends abstract new (...args: any[]) => any,
>(actual: unknown, expectedType: T, msg = ""): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const found = typeof actual === "object" && actual !== null
    ? actual.constructor?.name ?? "Object"
    : actual === null
    ? "null"
    : typeof actual;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}"` +
      (found === expectedType.name
        ? ""
        : found === "function"
        ? " but was not an instanced object"
        : ` but was "${found}"`) +
      suffix(msg),
  );
}

/** Requires anything but an instance of the class. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  // deno-lint-ignore no-explicit-any
  unexpectedType: abstract new (...args: any[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T> {
  if (!(actual instanceof unexpectedType)) return;
  throw new AssertionError(
    `Expected object to not be an instance of "${unexpectedType.name}"${suffix(msg)}`,
  );
}

/** Requires an error, of the class and with the text if these are given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  // deno-lint-ignore no-explicit-any
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${suffix(msg)}`);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", ` +
        `but was "${error.constructor?.name}"${suffix(msg)}`,
    );
  }
  const text = plain(error.message);
  const found = typeof msgMatches === "string"
    ? text.includes(plain(msgMatches))
    : msgMatches?.test(text) ?? true;
  if (found) return;
  throw new AssertionError(
    `Expected error message to include ` +
      `${typeof msgMatches === "string" ? JSON.stringify(msgMatches) : msgMatches}, ` +
      `but got ${JSON.stringify(error.message)}${suffix(msg)}`,
  );
}

/** The text without terminal colours. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
