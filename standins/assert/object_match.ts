/**
 * Assertion on a part of an object.
 *
 * @module
 */

import { difference, suffix } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Requires that `actual` has everything that is in `expected`, at every depth. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (contains(actual, expected, new Map())) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n${difference(actual, expected)}`,
  );
}

function contains(actual: unknown, expected: unknown, seen: Map<object, object>): boolean {
  if (!isOpen(actual) || !isOpen(expected)) return equal(actual, expected);
  if (seen.get(actual) === expected) return true;
  seen.set(actual, expected);
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (actual instanceof Map && expected instanceof Map) {
    return expected.entries().every(([key, value]) =>
      actual.has(key) && contains(actual.get(key), value, seen)
    );
  }
  if (actual instanceof Set && expected instanceof Set) return expected.isSubsetOf(actual);
  return Reflect.ownKeys(expected).every((key) =>
    Object.hasOwn(actual, key) &&
    contains(Reflect.get(actual, key), Reflect.get(expected, key), seen)
  );
}

/** Objects that are compared key by key; dates and patterns are values of their own. */
function isOpen(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    !(value instanceof Date) && !(value instanceof RegExp);
}
