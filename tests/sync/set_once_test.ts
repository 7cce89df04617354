/**
 * A value that is set once, and those who wait for it.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { SetOnce, SetOnceError } from "../../sync/set_once.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

Deno.test("SetOnce.set() keeps the value", () => {
  const once = new SetOnce<number>();
  once.set(5);
  assertEquals(once.get(), 5);
  assert(once.initialized());
});

Deno.test("SetOnce.get() is undefined before the value is set", () => {
  const once = new SetOnce<number>();
  assertEquals(once.get(), undefined);
  assertFalse(once.initialized());
});

Deno.test("SetOnce.newWith() has the value", () => {
  const once = SetOnce.newWith(2);
  assert(once.initialized());
  assertEquals(once.get(), 2);
});

Deno.test("SetOnce.set() refuses a second value and hands it back", () => {
  const once = new SetOnce<number>();
  once.set(5);
  const error = assertThrows(() => once.set(6), SetOnceError) as SetOnceError<number>;
  assertEquals([error.value, error.name], [6, "SetOnceError"]);
  assertEquals(once.get(), 5);
});

Deno.test("SetOnce takes undefined for a value like others", () => {
  const once = new SetOnce<undefined>();
  const wait = once.wait();
  assertPending(wait);
  once.set(undefined);
  assert(once.initialized());
  assertEquals(assertReady(wait), undefined);
  assertThrows(() => once.set(undefined), SetOnceError);
});

Deno.test("SetOnce.intoInner() hands out the very value", () => {
  const value = {};
  assertStrictEquals(SetOnce.newWith(value).intoInner(), value);
  const once = new SetOnce<object>();
  once.set(value);
  assertStrictEquals(once.intoInner(), value);
});

Deno.test("SetOnce.intoInner() is undefined when there is no value", () => {
  assertEquals(new SetOnce<number>().intoInner(), undefined);
});

Deno.test("SetOnce.intoInner() leaves the cell as new, and those who wait go on waiting", () => {
  const once = new SetOnce<number>();
  const wait = once.wait();
  assertPending(wait);
  once.set(1);
  once.intoInner();
  assertFalse(once.initialized());
  const wakes = new Wakes();
  assertPending(wait, wakes);
  once.set(2);
  assert(wakes.isWoken());
  assertEquals(assertReady(wait), 2);
});

Deno.test("SetOnce.wait() is ready at once when there is a value", () => {
  assertEquals(assertReady(SetOnce.newWith(3).wait()), 3);
});

Deno.test("SetOnce.set() wakes everybody who waits", () => {
  const once = new SetOnce<number>();
  const waits = Array.from({ length: 3 }, () => once.wait());
  const wakes = waits.map(() => new Wakes());
  waits.forEach((wait, index) => assertPending(wait, wakes[index]!));
  once.set(7);
  assertEquals(wakes.map(({ count }) => count), [1, 1, 1]);
  assertEquals(waits.map((wait) => assertReady(wait)), [7, 7, 7]);
});

Deno.test("SetOnce.wait() that is dropped is not woken", () => {
  const once = new SetOnce<number>();
  const [gone, wakes] = [once.wait(), new Wakes()];
  assertPending(gone, wakes);
  gone[Symbol.dispose]();
  once.set(1);
  assertFalse(wakes.isWoken());
  assertThrows(() => pollOnce(gone), TypeError, "Cannot poll a future again");
});

Deno.test("SetOnce.wait() cannot be polled after it has completed", () => {
  const wait = SetOnce.newWith(1).wait();
  assertReady(wait);
  assertThrows(() => pollOnce(wait), TypeError, "Cannot poll a future again");
});

test("a task waits for what another sets in a SetOnce", async () => {
  const once = new SetOnce<number>();
  const setter = spawn(() => once.set(20));
  assertEquals(await once.wait(), 20);
  await setter;
});

test("of two tasks that set a SetOnce one fails", async () => {
  const once = new SetOnce<number>();
  const setters = [4, 3].map((value) => spawn(() => once.set(value)));
  const outcomes = await Promise.allSettled(setters.map(async (setter) => await setter));
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
  assertEquals(once.get(), 4);
});
