/**
 * Assertions about polls and time, and what counts as equal.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertInstanceOf, assertThrows } from "@std/assert";
import { Pending, type Poll } from "../../future/poll.ts";
import { equal } from "../../testing/equal.ts";
import {
  assertElapsed,
  AssertionError,
  assertPending,
  assertReady,
  assertReadyEq,
  assertReadyErr,
  test,
} from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import { advance } from "../../time/pause.ts";

test("assertReady() hands over the value", () => {
  for (const value of [1, undefined, null, "x", false]) {
    assertEquals(assertReady<unknown>(value), value);
    assertEquals(assertReady<unknown>(value, "some message"), value);
  }
});

test("assertReady() throws for what is pending", () => {
  assertThrows(
    () => assertReady(Pending),
    AssertionError,
    "Expected a poll to be ready, found it pending",
  );
  assertThrows(() => assertReady(Pending, "why"), AssertionError, "found it pending: why");
});

test("assertPending() accepts what is pending", () => {
  assertPending(Pending);
  assertPending(Pending, "some message");
});

test("assertPending() throws for a value and shows it", () => {
  const table: [unknown, string][] = [
    [1, "found 1"],
    ["a", 'found "a"'],
    [undefined, "found undefined"],
    [{ a: [1] }, 'found {"a":[1]}'],
    [[1, 2], "found [1,2]"],
    [new Instant(5), "found Instant(5 ms)"],
    [Object.create(null), "found {}"],
  ];
  for (const [value, text] of table) {
    assertThrows(() => assertPending(value), AssertionError, text);
  }
  assertThrows(() => assertPending(1, "why"), AssertionError, "found 1: why");
});

test("assertReadyErr() hands over what was thrown", () => {
  const fail = (): Poll<void> => {
    throw new RangeError("own");
  };
  assertEquals(assertReadyErr(fail, RangeError).message, "own");
  assertInstanceOf(assertReadyErr(fail), RangeError);
  assertInstanceOf(assertReadyErr(fail, Error, "some message"), RangeError);
});

test("assertReadyErr() throws for a value, for Pending, and for another error", () => {
  assertThrows(() => assertReadyErr(() => 1), AssertionError, "Expected a poll to fail, found 1");
  assertThrows(() => assertReadyErr(() => Pending, Error, "why"), AssertionError, "pending: why");
  const cause = new TypeError("other");
  const error = assertThrows(
    () =>
      assertReadyErr(() => {
        throw cause;
      }, RangeError),
    AssertionError,
    "Expected a poll to fail with RangeError, found TypeError: other",
  );
  assertEquals((error as Error).cause, cause);
});

test("assertReadyEq() compares by parts", () => {
  assertReadyEq(1, 1);
  assertReadyEq({ a: [1] }, { a: [1] }, "some message");
  assertReadyEq(undefined, undefined);
});

test("assertReadyEq() throws for another value and for Pending", () => {
  assertThrows(
    () => assertReadyEq(1, 2),
    AssertionError,
    "Expected a poll to be ready with 2, found 1",
  );
  assertThrows(() => assertReadyEq({ a: 1 }, { a: 2 }, "why"), AssertionError, ": why");
  assertThrows(() => assertReadyEq<number>(Pending, 1), AssertionError, "found it pending");
});

test(
  "assertElapsed() allows a millisecond more and nothing less",
  { startPaused: true },
  async () => {
    const start = Instant.now();
    await advance(10);
    assertElapsed(start, 10);
    assertElapsed(start, 9);
    assertElapsed(start, { milliseconds: 9.5 });
    for (const wrong of [8.9, 10.1, 11]) {
      assertThrows(
        () => assertElapsed(start, wrong),
        AssertionError,
        `Expected ${wrong} ms to have passed, found 10 ms`,
      );
    }
  },
);

test("AssertionError has a name and a message", () => {
  const error = new AssertionError("text");
  assertEquals([error.name, error.message, `${error}`], [
    "AssertionError",
    "text",
    "AssertionError: text",
  ]);
});

/** Two values made by each function: equal to each other. */
const ALIKE: (() => unknown)[] = [
  () => 1,
  () => NaN,
  () => "a",
  () => 5n,
  () => [1, [2, { a: 3 }]],
  () => ({ a: undefined, [Symbol.iterator]: 1 }),
  () => Uint8Array.of(1, 2),
  () => new Uint8Array(),
  () => new Date(5),
  () => new Map<unknown, unknown>([["a", { b: 1 }], [1, 2]]),
  () => new Set([{ a: 1 }, { a: 2 }]),
  () => new RangeError("x"),
  () => new Instant(5),
  () => Object.create(null),
  () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    return loop;
  },
];

/** Values that differ, also by kind only. */
const DIFFERENT: [unknown, unknown][] = [
  [1, 2],
  [0, -0],
  [1, "1"],
  [null, undefined],
  [{}, null],
  [{ a: undefined }, { b: undefined }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [[1], { 0: 1 }],
  [[1, 2], [2, 1]],
  [Uint8Array.of(1), Int8Array.of(1)],
  [new Date(5), new Date(6)],
  [new Map([[1, 2]]), new Map([[1, 3]])],
  [new Map([[1, undefined]]), new Map([[2, undefined]])],
  [new Set([1, 2]), new Set([1, 3])],
  [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
  [new Error("x"), new Error("y")],
  [new Error("x"), new RangeError("x")],
  [new Instant(5), { ms: 5 }],
  [Promise.resolve(1), Promise.resolve(1)],
];

test("equal() holds for values that are alike all the way down", () => {
  for (const make of ALIKE) assert(equal(make(), make()), make.toString());
});

test("equal() fails for values that differ", () => {
  for (const [i, [a, b]] of DIFFERENT.entries()) {
    assertFalse(equal(a, b), `pair ${i}`);
    assertFalse(equal(b, a), `pair ${i}, turned around`);
  }
});
