/**
 * Permits in use: how they come back, are divided, and are never given back twice.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { Semaphore } from "../../sync/semaphore.ts";
import { test } from "../helpers/leak_guard.ts";

Deno.test("SemaphorePermit comes back at the end of a using block", () => {
  const semaphore = new Semaphore(1);
  {
    using _permit = semaphore.tryAcquire();
    assertEquals(semaphore.availablePermits(), 0);
  }
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("SemaphorePermit.release() gives back once, however often it is called", () => {
  const semaphore = new Semaphore(2);
  const permit = semaphore.tryAcquire()!;
  semaphore.tryAcquire();
  permit.release();
  permit.release();
  permit[Symbol.dispose]();
  assertEquals(semaphore.availablePermits(), 1);
  assertEquals(permit.numPermits, 0);
});

Deno.test("SemaphorePermit knows its semaphore, also after the end", () => {
  const semaphore = new Semaphore(1);
  const permit = semaphore.tryAcquire()!;
  assertStrictEquals(permit.semaphore, semaphore);
  permit.release();
  assertStrictEquals(permit.semaphore, semaphore);
});

Deno.test("SemaphorePermit.forget() takes its permits away for good", () => {
  const semaphore = new Semaphore(1);
  {
    using permit = semaphore.tryAcquire()!;
    permit.forget();
    permit.forget();
    assertEquals(permit.numPermits, 0);
    assertEquals(semaphore.availablePermits(), 0);
  }
  assertEquals(semaphore.availablePermits(), 0);
  assertEquals(semaphore.tryAcquire(), undefined);
});

Deno.test("SemaphorePermit.forget() after the release does nothing", () => {
  const semaphore = new Semaphore(1);
  const permit = semaphore.tryAcquire()!;
  permit.release();
  permit.forget();
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("SemaphorePermit.merge() takes over the permits of the other", () => {
  const semaphore = new Semaphore(3);
  {
    using one = semaphore.tryAcquire()!;
    using two = semaphore.tryAcquire(2)!;
    one.merge(two);
    assertEquals([one.numPermits, two.numPermits], [3, 0]);
    two.release();
    assertEquals(semaphore.availablePermits(), 0);
  }
  assertEquals(semaphore.availablePermits(), 3);
});

Deno.test("SemaphorePermit.merge() refuses a permit of another semaphore", () => {
  const semaphore = new Semaphore(3);
  const other = new Semaphore(3);
  {
    using own = semaphore.tryAcquire()!;
    using foreign = other.tryAcquire()!;
    assertThrows(
      () => own.merge(foreign),
      TypeError,
      "Cannot merge a permit: it belongs to another semaphore",
    );
    assertEquals([own.numPermits, foreign.numPermits], [1, 1]);
  }
  assertEquals([semaphore.availablePermits(), other.availablePermits()], [3, 3]);
});

Deno.test("SemaphorePermit.merge() refuses itself", () => {
  const semaphore = new Semaphore(2);
  const permit = semaphore.tryAcquire(2)!;
  assertThrows(() => permit.merge(permit), TypeError, "Cannot merge a permit: it is the same one");
  permit.release();
  assertEquals(semaphore.availablePermits(), 2);
});

Deno.test("SemaphorePermit.merge() refuses permits that have ended", () => {
  const semaphore = new Semaphore(3);
  const ended = semaphore.tryAcquire()!;
  const permit = semaphore.tryAcquire()!;
  ended.release();
  const message = "Cannot merge a permit: it was released, forgotten or merged";
  assertThrows(() => ended.merge(permit), TypeError, message);
  assertThrows(() => permit.merge(ended), TypeError, message);
  permit.release();
  assertEquals(semaphore.availablePermits(), 3);
});

Deno.test("SemaphorePermit.split() moves permits into a new one", () => {
  const semaphore = new Semaphore(5);
  const first = semaphore.tryAcquire(3)!;
  const second = first.split(1)!;
  assertEquals(semaphore.availablePermits(), 2);
  assertEquals([first.numPermits, second.numPermits], [2, 1]);
  const none = first.split(0)!;
  assertEquals(none.numPermits, 0);
  first.release();
  assertEquals(semaphore.availablePermits(), 4);
  const last = second.split(1)!;
  assertEquals([second.numPermits, last.numPermits], [0, 1]);
  assertEquals(second.split(1), undefined);
  second.release();
  none.release();
  assertEquals(semaphore.availablePermits(), 4);
  last.release();
  assertEquals(semaphore.availablePermits(), 5);
});

Deno.test("SemaphorePermit.split() answers with undefined when asked for too many", () => {
  const semaphore = new Semaphore(3);
  using permit = semaphore.tryAcquire(2)!;
  assertEquals(permit.split(3), undefined);
  assertEquals(permit.numPermits, 2);
});

Deno.test("SemaphorePermit.split() refuses counts that are no whole numbers", () => {
  const semaphore = new Semaphore(3);
  using permit = semaphore.tryAcquire(3)!;
  for (const count of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => permit.split(count), RangeError, "Cannot split a permit: found");
  }
  assertEquals(permit.numPermits, 3);
});

Deno.test("SemaphorePermit.split() and merge() of an empty permit work until it ends", () => {
  const semaphore = new Semaphore(2);
  const empty = semaphore.tryAcquire(0)!;
  const one = semaphore.tryAcquire()!;
  empty.merge(one);
  assertEquals(empty.numPermits, 1);
  empty.forget();
  assertThrows(
    () => empty.split(0),
    TypeError,
    "Cannot split a permit: it was released, forgotten or merged",
  );
  assertEquals(semaphore.availablePermits(), 1);
});

test("SemaphorePermit may be released by another task", async () => {
  const semaphore = new Semaphore(1);
  const permit = await spawn(() => semaphore.acquire());
  const waiting = spawn(() => semaphore.acquire());
  await spawn(() => permit.release());
  assert((await waiting).numPermits === 1);
  assertEquals(semaphore.availablePermits(), 0);
});
