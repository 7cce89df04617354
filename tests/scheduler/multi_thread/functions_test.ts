/**
 * The shared list of function names, used by one thread. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { FunctionNames } from "../../../scheduler/multi_thread/functions.ts";

function memory(size = 64) {
  const words = new Int32Array(size + 1);
  return () => new FunctionNames(words, 1, size);
}

Deno.test("FunctionNames.numberOf() gives each name its number, the same in all isolates", () => {
  const isolate = memory();
  const [first, second] = [isolate(), isolate()];
  assertEquals(first.numberOf("file:///a.ts#a"), 0);
  assertEquals(second.numberOf("b"), 1);
  assertEquals(second.numberOf("file:///a.ts#a"), 0);
  assertEquals(first.numberOf("b"), 1);
  assertEquals(isolate().numberOf("c"), 2);
});

Deno.test("FunctionNames.nameOf() knows the names that others have added", () => {
  const isolate = memory();
  const [first, second] = [isolate(), isolate()];
  for (const [number, name] of ["", "é", "名前", "😀", "a"].entries()) {
    assertEquals(first.numberOf(name), number);
    assertEquals(second.nameOf(number), name);
  }
});

Deno.test("FunctionNames.nameOf() throws a RangeError for a number that no name has", () => {
  const names = memory()();
  assertThrows(() => names.nameOf(0), RangeError, "no name has 0");
  names.numberOf("a");
  assertThrows(() => names.nameOf(1), RangeError);
  assertThrows(() => names.nameOf(-1), RangeError);
});

Deno.test("FunctionNames.numberOf() throws a RangeError when the list is full, and goes on", () => {
  const names = memory(3 + 4)();
  assertEquals(names.numberOf("a"), 0);
  assertThrows(() => names.numberOf("bc"), RangeError, 'Cannot register function "bc"');
  // The lock is open again, and what is shorter has room.
  assertEquals(names.numberOf("d"), 1);
  assertThrows(() => names.numberOf(""), RangeError);
  assertEquals(names.nameOf(1), "d");
});
