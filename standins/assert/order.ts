/**
 * Assertions on order.
 *
 * @module
 */

import { format } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";

/** Requires `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(actual, ">", expected, msg);
}

/** Requires `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(actual, ">=", expected, msg);
}

/** Requires `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(actual, "<", expected, msg);
}

/** Requires `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(actual, "<=", expected, msg);
}

function refuse(actual: unknown, sign: string, expected: unknown, msg?: string): never {
  throw new AssertionError(msg ?? `Expect ${format(actual)} ${sign} ${format(expected)}`);
}
