/**
 * A small stand-in for `@std/assert`, used where the real package is out of reach.
 *
 * It has the same names, types and outcomes; only the wording of a failure may differ.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export {
  type ArrayLikeArg,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "./equality.ts";
export { assertInstanceOf, assertIsError, assertNotInstanceOf } from "./kind.ts";
export { assertObjectMatch } from "./object_match.ts";
export { assertGreater, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "./order.ts";
export { assertMatch, assertNotMatch, assertStringIncludes } from "./text.ts";
export { assertRejects, assertThrows } from "./throws.ts";
export {
  assert,
  assertExists,
  assertFalse,
  fail,
  type Falsy,
  unimplemented,
  unreachable,
} from "./truth.ts";
