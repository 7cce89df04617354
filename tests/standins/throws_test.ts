/**
 * The assertions of `@std/assert` on functions that fail.
 *
 * @module
 */

import { assertEquals, AssertionError } from "@std/assert";
import { assertRejects } from "@std/assert/rejects";
import { assertStrictEquals } from "@std/assert/strict-equals";
import { assertThrows } from "@std/assert/throws";

const failure = new RangeError("Cannot do: too large");
const throws = (what: unknown = failure) => () => {
  throw what;
};
const rejects = (what: unknown = failure) => () => Promise.reject(what);

/** The message with which an assertion on a throwing function fails. */
function refusal(assertion: () => unknown): string {
  const error = assertThrows(assertion);
  if (!(error instanceof AssertionError)) throw error;
  return error.message;
}

/** The same for a promise. */
async function lateRefusal(assertion: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(assertion);
  if (!(error instanceof AssertionError)) throw error;
  return error.message;
}

Deno.test("assertThrows() returns what was thrown", () => {
  const error: RangeError = assertThrows(throws(), RangeError);
  assertStrictEquals(error, failure);
  const anything: unknown = assertThrows(throws("text"));
  assertEquals(anything, "text");
});

Deno.test("assertThrows() looks at the class, a base class and the text", () => {
  assertThrows(throws(), RangeError, "too large");
  assertThrows(throws(), Error, "Cannot do");
  assertThrows(throws(), "Own words");
  const reason = new DOMException("Signal timed out", "TimeoutError");
  assertThrows(throws(reason), DOMException, "timed out");
});

Deno.test("assertThrows() refuses another class, another text and no error", () => {
  const other = 'Expected error to be instance of "TypeError", but was "RangeError"';
  assertEquals(refusal(() => assertThrows(throws(), TypeError)), `${other}.`);
  assertEquals(
    refusal(() => assertThrows(throws(), TypeError, "too large", "Own words")),
    `${other}: Own words`,
  );
  assertEquals(
    refusal(() => assertThrows(throws(), RangeError, "small")),
    'Expected error message to include "small", but got "Cannot do: too large".',
  );
  assertEquals(
    refusal(() => assertThrows(throws("text"), Error)),
    "A non-Error object was thrown.",
  );
});

Deno.test("assertThrows() refuses a function that does not throw", () => {
  assertEquals(refusal(() => assertThrows(() => 1)), "Expected function to throw.");
  assertEquals(
    refusal(() => assertThrows(() => 1, "Own words")),
    "Expected function to throw: Own words",
  );
  assertEquals(
    refusal(() => assertThrows(() => 1, Error, "text", "Own words")),
    "Expected function to throw: Own words",
  );
});

Deno.test("assertRejects() resolves to the reason", async () => {
  const error: RangeError = await assertRejects(rejects(), RangeError);
  assertStrictEquals(error, failure);
  const anything: unknown = await assertRejects(rejects("text"));
  assertEquals(anything, "text");
});

Deno.test("assertRejects() looks at the class, a base class and the text", async () => {
  await assertRejects(rejects(), RangeError, "too large");
  await assertRejects(rejects(), Error, "Cannot do");
  await assertRejects(rejects(), "Own words");
  await assertRejects(async () => await rejects()(), RangeError);
});

Deno.test("assertRejects() takes any thenable", async () => {
  const thenable: PromiseLike<never> = {
    then: (_resolve, reject) => Promise.reject(failure).then(undefined, reject),
  };
  await assertRejects(() => thenable, RangeError);
});

Deno.test("assertRejects() refuses another class, another text and no error", async () => {
  assertEquals(
    await lateRefusal(() => assertRejects(rejects(), TypeError)),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  assertEquals(
    await lateRefusal(() => assertRejects(rejects(), RangeError, "small", "Own words")),
    'Expected error message to include "small", but got "Cannot do: too large": Own words',
  );
  assertEquals(
    await lateRefusal(() => assertRejects(rejects("text"), Error)),
    "A non-Error object was rejected.",
  );
});

Deno.test("assertRejects() refuses a promise that resolves", async () => {
  assertEquals(
    await lateRefusal(() => assertRejects(() => Promise.resolve(1))),
    "Expected function to reject.",
  );
});

Deno.test("assertRejects() refuses a function that throws, or returns no promise", async () => {
  const message = "Function throws when expected to reject";
  assertEquals(await lateRefusal(() => assertRejects(throws())), `${message}.`);
  const returns = (() => 1) as unknown as () => Promise<number>;
  assertEquals(
    await lateRefusal(() => assertRejects(returns, "Own words")),
    `${message}: Own words`,
  );
});
