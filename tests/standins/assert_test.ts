/**
 * What the assertions of `@std/assert` accept, what they refuse and what they say then.
 *
 * @module
 */

import * as std from "@std/assert";
import {
  assert,
  assertEquals,
  AssertionError,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";

/** Requires that an assertion fails, with these words in its message. */
function refuses(assertion: () => unknown, ...words: string[]): void {
  let error: unknown;
  try {
    assertion();
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof AssertionError)) throw new Error(`No refusal: ${assertion}`);
  for (const word of words) assertStringIncludes(error.message, word);
}

Deno.test("AssertionError has a name, a message and a cause", () => {
  const error = new AssertionError("What happened", { cause: 1 });
  assert(error instanceof Error);
  assertEquals([error.name, error.message, error.cause], ["AssertionError", "What happened", 1]);
});

Deno.test("assert() and assertFalse() look at truthiness", () => {
  assert("a");
  refuses(() => assert(0, "Own words"), "Own words");
  std.assertFalse("");
  refuses(() => std.assertFalse("a", "Own words"), "Own words");
});

Deno.test("assert() narrows the type", () => {
  const value = "text" as string | undefined;
  assert(value);
  assertEquals(value.length, 4);
});

Deno.test("assertEquals() compares structures and shows the difference", () => {
  assertEquals({ a: [1, 2] }, { a: [1, 2] });
  refuses(
    () => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "Own words"),
    "Values are not equal: Own words",
    "Actual",
    "Expected",
    "-     b: 2",
    "+     b: 3",
  );
  refuses(() => assertEquals("one\ntwo", "one\nthree"), "Values are not equal.");
});

Deno.test("assertNotEquals() refuses equal structures", () => {
  std.assertNotEquals<unknown>({ a: 1 }, { a: 2 });
  refuses(() => std.assertNotEquals({ a: 1 }, { a: 1 }, "Own words"), "not to be", "Own words");
});

Deno.test("assertStrictEquals() compares identities and narrows the type", () => {
  const value: unknown = "text";
  std.assertStrictEquals(value, "text" as const);
  assertEquals(value.length, 4);
  std.assertStrictEquals(NaN, NaN);
  refuses(() => std.assertStrictEquals({}, {}), "not reference-equal");
  refuses(() => std.assertStrictEquals(0, -0));
  refuses(() => std.assertStrictEquals(1, 2, "Own words"), "not strictly equal: Own words");
});

Deno.test("assertNotStrictEquals() refuses identities", () => {
  std.assertNotStrictEquals({}, {});
  std.assertNotStrictEquals(0, -0);
  refuses(() => std.assertNotStrictEquals(1, 1, "Own words"), "strictly equal", "Own words");
});

Deno.test("assertAlmostEquals() allows for rounding, or for the tolerance", () => {
  std.assertAlmostEquals(0.1 + 0.2, 0.3);
  std.assertAlmostEquals(10, 12, 2);
  std.assertAlmostEquals(Infinity, Infinity);
  std.assertAlmostEquals(-100, -100.000001);
  refuses(() => std.assertAlmostEquals(1, 1.001), "close to");
  refuses(() => std.assertAlmostEquals(10, 12, 1.9, "Own words"), "Own words");
  refuses(() => std.assertAlmostEquals(NaN, 1));
});

Deno.test("assertExists() refuses null and undefined, and narrows the type", () => {
  const value = "text" as string | null;
  std.assertExists(value);
  assertEquals(value.length, 4);
  std.assertExists(0);
  refuses(() => std.assertExists(null), "null");
  refuses(() => std.assertExists(undefined, "Own words"), "Own words");
});

Deno.test("assertGreater() and its relatives compare", () => {
  std.assertGreater(2, 1);
  std.assertGreaterOrEqual(2, 2);
  std.assertLess(1n, 2n);
  std.assertLessOrEqual("a", "a");
  refuses(() => std.assertGreater(1, 1), "Expect 1 > 1");
  refuses(() => std.assertGreaterOrEqual(1, 2), "Expect 1 >= 2");
  refuses(() => std.assertLess(1, 1), "Expect 1 < 1");
  refuses(() => std.assertLessOrEqual(2, 1, "Own words"), "Own words");
  refuses(() => std.assertLess(NaN, 1));
});

Deno.test("assertInstanceOf() looks at the class and narrows the type", () => {
  const value: unknown = new RangeError("text");
  std.assertInstanceOf(value, Error);
  assertEquals(value.message, "text");
  refuses(
    () => std.assertInstanceOf(new Date(), Error, "Own words"),
    '"Error" but was "Date"',
    "Own words",
  );
  refuses(() => std.assertInstanceOf(null, Error), '"null"');
  refuses(() => std.assertInstanceOf("text", String), '"string"');
  refuses(() => std.assertInstanceOf(Error, Error), "not an instanced object");
});

Deno.test("assertNotInstanceOf() refuses the class", () => {
  std.assertNotInstanceOf(new Date(), Error);
  refuses(() => std.assertNotInstanceOf(new RangeError(), Error, "Own words"), "Own words");
});

Deno.test("assertIsError() looks at the class and the text", () => {
  const error: unknown = new RangeError("Cannot do: too large");
  std.assertIsError(error);
  std.assertIsError(error, RangeError, "too large");
  std.assertIsError(error, Error, /^Cannot/);
  refuses(() => std.assertIsError("text"), "to be an Error object");
  refuses(() => std.assertIsError(error, TypeError), '"TypeError", but was "RangeError"');
  refuses(() => std.assertIsError(error, RangeError, "small"), '"small"', "too large");
  refuses(() => std.assertIsError(error, RangeError, /small/, "Own words"), "Own words");
});

Deno.test("assertIsError() does not look at colours", () => {
  std.assertIsError(new Error("\x1b[31mred\x1b[39m text"), Error, "red text");
});

Deno.test("assertMatch(), assertNotMatch() and assertStringIncludes() search a text", () => {
  std.assertMatch("text", /^t/);
  std.assertNotMatch("text", /^e/);
  std.assertStringIncludes("text", "ex");
  refuses(() => std.assertMatch("text", /^e/), "to match");
  refuses(() => std.assertNotMatch("text", /^t/), "to not match");
  refuses(() => std.assertStringIncludes("text", "xe", "Own words"), "to contain", "Own words");
});

Deno.test("assertArrayIncludes() looks for equal items", () => {
  std.assertArrayIncludes([1, { a: 2 }, NaN], [{ a: 2 }, NaN]);
  std.assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  refuses(() => std.assertArrayIncludes([1, 2], [2, 3], "Own words"), "3", "Own words");
});

Deno.test("assertObjectMatch() compares a part, at every depth", () => {
  const actual = { a: 1, b: { c: [1, { d: 2, e: 3 }], f: new Date(0) }, g: /x/ };
  std.assertObjectMatch(actual, { b: { c: [1, { d: 2 }] } });
  std.assertObjectMatch(actual, { b: { f: new Date(0) }, g: /x/ });
  refuses(() => std.assertObjectMatch(actual, { b: { c: [1, { d: 3 }] } }));
  refuses(() => std.assertObjectMatch(actual, { b: { x: 1 } }));
  refuses(() => std.assertObjectMatch(actual, { a: 2 }, "Own words"), "Own words");
  refuses(() => std.assertObjectMatch(actual, { g: /y/ }));
});

Deno.test("assertObjectMatch() takes instances for plain objects, and looks into maps", () => {
  class Point {
    x = 1;
    y = 2;
  }
  std.assertObjectMatch(new Point() as unknown as Record<string, unknown>, { x: 1 });
  std.assertObjectMatch({ map: new Map([[1, 2], [3, 4]]) }, { map: new Map([[3, 4]]) });
  refuses(() => std.assertObjectMatch({ map: new Map([[1, 2]]) }, { map: new Map([[1, 3]]) }));
});

Deno.test("assertObjectMatch() finds its way through cycles", () => {
  const actual: Record<string, unknown> = { a: 1 };
  actual.self = actual;
  const expected: Record<string, unknown> = { a: 1 };
  expected.self = expected;
  std.assertObjectMatch(actual, expected);
});

Deno.test("fail(), unreachable() and unimplemented() fail", () => {
  refuses(() => std.fail(), "Failed assertion.");
  refuses(() => std.fail("Own words"), "Failed assertion: Own words");
  refuses(() => std.unreachable(), "Unreachable.");
  refuses(() => std.unimplemented("Own words"), "Unimplemented: Own words");
  assertThrows(() => std.fail(), AssertionError);
});
