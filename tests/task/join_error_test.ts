/**
 * `JoinError` and `Cancelled`.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { Cancelled, JoinError } from "../../scheduler/join_error.ts";

Deno.test("JoinError.cancelled() says which task was aborted", () => {
  const error = JoinError.cancelled(7);
  assertInstanceOf(error, Error);
  assertInstanceOf(error, JoinError);
  assert(error.isCancelled() && !error.isPanic());
  assertEquals(error.name, "JoinError");
  assertEquals(error.taskId, 7);
  assertEquals(error.message, "Cannot join task 7: it was aborted");
  assertEquals(`${error}`, "JoinError: Cannot join task 7: it was aborted");
  assertEquals(error.cause, undefined);
});

Deno.test("JoinError.panic() keeps the cause and says what it was", () => {
  const cause = new RangeError("too far");
  const error = JoinError.panic(8, cause);
  assert(error.isPanic() && !error.isCancelled());
  assertStrictEquals(error.cause, cause);
  assertEquals(error.taskId, 8);
  assertEquals(error.message, "Cannot join task 8: it threw: too far");
});

Deno.test("JoinError.panic() describes what is no error", () => {
  const causes: [unknown, string][] = [
    ["text", "text"],
    [5, "5"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("own"), "Symbol(own)"],
  ];
  for (const [cause, text] of causes) {
    const error = JoinError.panic(1, cause);
    assertEquals(error.message, `Cannot join task 1: it threw: ${text}`);
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("JoinError.panic() does not throw for a cause that cannot be made a string", () => {
  const stubborn = {
    toString() {
      throw new Error("no string");
    },
  };
  for (const cause of [Object.create(null), stubborn]) {
    const error = JoinError.panic(1, cause);
    assert(error.isPanic());
    assertStrictEquals(error.cause, cause);
  }
});

Deno.test("Cancelled is an error with a message of its own", () => {
  const cancelled = new Cancelled();
  assertInstanceOf(cancelled, Error);
  assertEquals(cancelled.name, "Cancelled");
  assertEquals(cancelled.message, "Cannot go on: the task was aborted");
  assertEquals(new Cancelled("own text").message, "own text");
});
