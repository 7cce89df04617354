/**
 * Assertions on equality, deep, strict and approximate.
 *
 * @module
 */

import { difference, format, suffix } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Anything with a length and an index, except a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Requires the same structure. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n${difference(actual, expected)}`,
  );
}

/** Requires a different structure. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${suffix(msg)}`,
  );
}

/** Requires the same value in the sense of `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const shown = format(actual);
  throw new AssertionError(
    shown === format(expected)
      ? `Values have the same structure but are not reference-equal${suffix(msg)}\n\n${shown}\n`
      : `Values are not strictly equal${suffix(msg)}\n${difference(actual, expected)}`,
  );
}

/** Requires different values in the sense of `Object.is`. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${format(actual)}${suffix(msg)}\n`,
  );
}

/** Requires two numbers within `tolerance` of each other, by default a ten-millionth part. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  const limit = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected) * 1e-7 : 1e-7);
  const delta = Math.abs(expected - actual);
  if (Object.is(actual, expected) || delta <= limit) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": ` +
      `delta "${delta}" is greater than "${limit}"${suffix(msg)}`,
  );
}

/** Requires every item of `expected` somewhere in `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((item) => !present.some((p) => equal(p, item)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${suffix(msg)}\n` +
      `missing: ${format(missing)}`,
  );
}
