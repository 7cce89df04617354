/**
 * Scripted sources.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError, assertPending, mockStream, taskSpawn, test } from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";

test("MockStream without a script is at its end, each time", async () => {
  using stream = mockStream<number>().build();
  assertEquals(await stream.next(), undefined);
  assertEquals(await stream.next(), undefined);
});

test("MockStream gives its items in order", async () => {
  using stream = mockStream<number>().next(1).next(2).build();
  assertEquals([await stream.next(), await stream.next(), await stream.next()], [1, 2, undefined]);
});

test("MockStream waits where its script says so", { startPaused: true }, async () => {
  using stream = mockStream<number>().next(1).wait(300).next(2).build();
  assertEquals(await stream.next(), 1);
  const start = Instant.now();
  assertEquals(await stream.next(), 2);
  assertEquals(start.elapsed(), 300);
  assertEquals(await stream.next(), undefined);
});

test("MockStream that is disposed throws when items are left", () => {
  const stream = mockStream<number>().next(1).wait(1).next(2).build();
  assertThrows(
    () => stream[Symbol.dispose](),
    AssertionError,
    "The script expected all items to be taken, found 2 items left",
  );
  stream[Symbol.dispose]();
});

test("MockStream that is disposed does not hide why the test fails", () => {
  const error = assertThrows(() => {
    using _stream = mockStream<number>().next(1).build();
    throw new RangeError("own");
  }, SuppressedError);
  assertEquals(String((error as SuppressedError).suppressed), "RangeError: own");
});

test("MockStream that is disposed while it waits stops its timer", { startPaused: true }, () => {
  const stream = mockStream<number>().wait(1000).build();
  using task = taskSpawn(stream);
  assertPending(task.pollNext());
});
