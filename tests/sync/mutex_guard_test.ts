/**
 * Guards of mutexes: what they give access to, and until when.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { Mutex } from "../../sync/mutex.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";

const RELEASED = "Cannot use a guard of a mutex: it was released";

Deno.test("MutexGuard.value reads and writes the value", () => {
  const mutex = new Mutex("a");
  {
    using guard = mutex.tryLock()!;
    assertEquals(guard.value, "a");
    guard.value = "b";
    assertEquals(guard.value, "b");
  }
  assertEquals(mutex.intoInner(), "b");
});

Deno.test("MutexGuard.mutex is the mutex that is locked", () => {
  const mutex = new Mutex(1);
  using guard = mutex.tryLock()!;
  assertStrictEquals(guard.mutex, mutex);
});

Deno.test("MutexGuard.release() unlocks once, also if somebody else has the lock by then", () => {
  const mutex = new Mutex(1);
  const first = mutex.tryLock()!;
  first.release();
  using _second = mutex.tryLock()!;
  first.release();
  first[Symbol.dispose]();
  assert(mutex.isLocked());
  assertEquals(mutex.tryLock(), undefined);
});

Deno.test("MutexGuard gives no access after its release", () => {
  const mutex = new Mutex(1);
  const guard = mutex.tryLock()!;
  guard.release();
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertThrows(() => (guard.value = 2), TypeError, RELEASED);
  assertThrows(() => guard.mutex, TypeError, RELEASED);
  assertThrows(() => guard.map((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.tryMap((value) => value), TypeError, RELEASED);
  assertEquals(mutex.intoInner(), 1);
});

test("MutexGuard may be released by another task", async () => {
  const mutex = new Mutex(1);
  const guard = await spawn(() => mutex.lock());
  const waiting = spawn(() => mutex.lock());
  await spawn(() => guard.release());
  using next = await waiting;
  assertEquals(next.value, 1);
});

Deno.test("MutexGuard.map() consumes the guard and keeps the lock for the part", () => {
  const mutex = new Mutex({ users: ["ada"], visits: 0 });
  const guard = mutex.tryLock()!;
  const wait = mutex.lock();
  const wakes = new Wakes();
  assertPending(wait, wakes);
  const users = guard.map((state) => state.users);
  guard.release();
  assertFalse(wakes.isWoken());
  assertThrows(() => guard.value, TypeError, RELEASED);
  users.value.push("grace");
  users.release();
  assert(wakes.isWoken());
  assertEquals(assertReady(wait).value.users, ["ada", "grace"]);
});

Deno.test("MutexGuard.map() whose function throws leaves the lock to the guard", () => {
  const mutex = new Mutex(1);
  {
    using guard = mutex.tryLock()!;
    assertThrows(
      () =>
        guard.map(() => {
          throw new RangeError("no part");
        }),
      RangeError,
    );
    assertEquals(guard.value, 1);
    assert(mutex.isLocked());
  }
  assertFalse(mutex.isLocked());
});

Deno.test("MutexGuard.map() whose function releases the guard throws", () => {
  const mutex = new Mutex(1);
  const guard = mutex.tryLock()!;
  assertThrows(() => guard.map(() => guard.release()), TypeError, RELEASED);
  assertFalse(mutex.isLocked());
});

Deno.test("MutexGuard.tryMap() consumes the guard only if there is a part", () => {
  const mutex = new Mutex(new Map([["ada", { visits: 1 }], ["grace", { visits: 2 }]]));
  using guard = mutex.tryLock()!;
  assertEquals(guard.tryMap((users) => users.get("alan")), undefined);
  assertEquals(guard.value.size, 2);
  using grace = guard.tryMap((users) => users.get("grace"));
  assertEquals(grace?.value, { visits: 2 });
  assertThrows(() => guard.value, TypeError, RELEASED);
});

Deno.test("MutexGuard.tryMap() takes null, 0 and false for parts", () => {
  for (const part of [null, 0, false, ""]) {
    const mutex = new Mutex({ part });
    using mapped = mutex.tryLock()!.tryMap((value) => value.part);
    assertStrictEquals(mapped?.value, part);
  }
});

Deno.test("MappedMutexGuard maps further, with the same lock", () => {
  const mutex = new Mutex({ a: { b: { c: 1 } } });
  const a = mutex.tryLock()!.map((value) => value.a);
  assertEquals(a.tryMap((): number | undefined => undefined), undefined);
  const b = a.map((value) => value.b);
  assertThrows(() => a.value, TypeError, RELEASED);
  const c = b.tryMap((value) => value.c)!;
  assertEquals(c.value, 1);
  a.release();
  b.release();
  assert(mutex.isLocked());
  c.release();
  assertFalse(mutex.isLocked());
});

Deno.test("MappedMutexGuard.release() unlocks once and ends the access", () => {
  const mutex = new Mutex({ a: 1 });
  const mapped = mutex.tryLock()!.map((value) => value.a);
  mapped[Symbol.dispose]();
  using _second = mutex.tryLock()!;
  mapped.release();
  assert(mutex.isLocked());
  assertThrows(() => mapped.value, TypeError, RELEASED);
  assertThrows(() => mapped.map((value) => value), TypeError, RELEASED);
  assertThrows(() => mapped.tryMap((value) => value), TypeError, RELEASED);
});
