/**
 * Guards of read-write locks: what they give access to, until when, and how they change.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { RwLock } from "../../sync/rwlock.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";

const RELEASED = "Cannot use a guard of a read-write lock: it was released";

/** A lock with structure, and the object in it. */
function nested() {
  const state = { users: ["ada"], deep: { deeper: { visits: 1 } } };
  return { state, lock: new RwLock(state) };
}

Deno.test("RwLockWriteGuard.value reads and writes the value", () => {
  const lock = new RwLock("a");
  {
    using guard = lock.tryWrite()!;
    assertEquals(guard.value, "a");
    guard.value = "b";
    assertEquals(guard.value, "b");
  }
  assertEquals(lock.intoInner(), "b");
});

Deno.test("RwLock guards know their lock", () => {
  const { lock } = nested();
  const reading = lock.tryRead()!;
  assertStrictEquals(reading.rwlock, lock);
  const part = reading.map((state) => state.users);
  assertStrictEquals(part.rwlock, lock);
  part.release();
  const writing = lock.tryWrite()!;
  assertStrictEquals(writing.rwlock, lock);
  using mapped = writing.intoMapped();
  assertStrictEquals(mapped.rwlock, lock);
});

Deno.test("RwLock guards unlock once, also if somebody else has the lock by then", () => {
  const { lock } = nested();
  const guards = [
    () => lock.tryRead()!,
    () => lock.tryRead()!.map((state) => state.users),
    () => lock.tryWrite()!,
    () => lock.tryWrite()!.intoMapped(),
    () => lock.tryWrite()!.downgrade(),
  ];
  for (const open of guards) {
    const guard = open();
    guard[Symbol.dispose]();
    using _other = lock.tryWrite()!;
    guard.release();
    guard[Symbol.dispose]();
    assertEquals(lock.tryRead(), undefined);
  }
});

Deno.test("RwLockReadGuard gives no access after its release", () => {
  const lock = new RwLock(1);
  const guard = lock.tryRead()!;
  guard.release();
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertThrows(() => guard.rwlock, TypeError, RELEASED);
  assertThrows(() => guard.map((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.tryMap((value) => value), TypeError, RELEASED);
});

Deno.test("RwLockWriteGuard gives no access after its release", () => {
  const lock = new RwLock(1);
  const guard = lock.tryWrite()!;
  guard.release();
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertThrows(() => (guard.value = 2), TypeError, RELEASED);
  assertThrows(() => guard.rwlock, TypeError, RELEASED);
  assertThrows(() => guard.map((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.tryMap((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.intoMapped(), TypeError, RELEASED);
  assertThrows(() => guard.downgrade(), TypeError, RELEASED);
  assertThrows(() => guard.downgradeMap((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.tryDowngradeMap((value) => value), TypeError, RELEASED);
  assertEquals(lock.intoInner(), 1);
});

Deno.test("RwLockMappedWriteGuard gives no access after its release", () => {
  const lock = new RwLock(1);
  const guard = lock.tryWrite()!.intoMapped();
  guard.release();
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertThrows(() => guard.rwlock, TypeError, RELEASED);
  assertThrows(() => guard.map((value) => value), TypeError, RELEASED);
  assertThrows(() => guard.tryMap((value) => value), TypeError, RELEASED);
});

test("RwLock guards may be released by another task", async () => {
  const lock = new RwLock(1);
  const writing = await spawn(() => lock.write());
  const waiting = spawn(() => lock.read());
  await spawn(() => writing.release());
  using reading = await waiting;
  assertEquals(reading.value, 1);
});

Deno.test("RwLockReadGuard.map() keeps the lock for the part", () => {
  const { lock, state } = nested();
  const guard = lock.tryRead()!;
  const users = guard.map(({ users }) => users);
  assertThrows(() => guard.value, TypeError, RELEASED);
  guard.release();
  assertEquals(lock.tryWrite(), undefined);
  assertStrictEquals(users.value, state.users);
  users.release();
  assert(lock.tryWrite() !== undefined);
});

Deno.test("RwLockReadGuard.tryMap() consumes the guard only if there is a part", () => {
  const lock = new RwLock(new Map([["ada", 1]]));
  using guard = lock.tryRead()!;
  assertEquals(guard.tryMap((users) => users.get("grace")), undefined);
  assertEquals(guard.value.size, 1);
  using ada = guard.tryMap((users) => users.get("ada"));
  assertEquals(ada?.value, 1);
  assertThrows(() => guard.value, TypeError, RELEASED);
});

Deno.test("RwLockWriteGuard.map() keeps the lock for the part, and further parts", () => {
  const { lock, state } = nested();
  const guard = lock.tryWrite()!;
  const deep = guard.map(({ deep }) => deep);
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertEquals(deep.tryMap((): number | undefined => undefined), undefined);
  const deeper = deep.map(({ deeper }) => deeper);
  assertThrows(() => deep.value, TypeError, RELEASED);
  const same = deeper.tryMap((value) => value)!;
  same.value.visits += 1;
  guard.release();
  deep.release();
  deeper.release();
  assertEquals(lock.tryRead(), undefined);
  same.release();
  assertEquals(lock.tryRead()?.value, state);
  assertEquals(state.deep.deeper.visits, 2);
});

Deno.test("RwLockWriteGuard.tryMap() consumes the guard only if there is a part", () => {
  const { lock } = nested();
  using guard = lock.tryWrite()!;
  assertEquals(guard.tryMap((): string[] | undefined => undefined), undefined);
  assertEquals(guard.value.users, ["ada"]);
  using users = guard.tryMap(({ users }) => users)!;
  users.value.push("grace");
  assertThrows(() => guard.value, TypeError, RELEASED);
  assertEquals(lock.tryRead(), undefined);
});

Deno.test("RwLockWriteGuard.intoMapped() gives the whole as a part", () => {
  const { lock, state } = nested();
  const guard = lock.tryWrite()!;
  const mapped = guard.intoMapped();
  assertStrictEquals(mapped.value, state);
  guard.release();
  assertEquals(lock.tryRead(), undefined);
  mapped.release();
  assert(lock.tryRead() !== undefined);
});

Deno.test("RwLock guards keep the lock when the function of a part throws", () => {
  const { lock } = nested();
  const fail = (): never => {
    throw new RangeError("no part");
  };
  {
    using guard = lock.tryWrite()!;
    assertThrows(() => guard.map(fail), RangeError);
    assertThrows(() => guard.tryMap(fail), RangeError);
    assertThrows(() => guard.downgradeMap(fail), RangeError);
    assertThrows(() => guard.tryDowngradeMap(fail), RangeError);
    assertEquals(guard.value.users, ["ada"]);
    assertEquals(lock.tryRead(), undefined);
  }
  {
    using guard = lock.tryRead()!;
    assertThrows(() => guard.map(fail), RangeError);
    assertThrows(() => guard.tryMap(fail), RangeError);
    assertEquals(lock.tryWrite(), undefined);
  }
  assert(lock.tryWrite() !== undefined);
});

Deno.test("RwLockWriteGuard.downgrade() lets readers in and no writer", () => {
  const lock = new RwLock(1);
  const writing = lock.tryWrite()!;
  const reader = lock.read();
  const writer = lock.write();
  const late = lock.read();
  const [readerWakes, writerWakes, lateWakes] = [new Wakes(), new Wakes(), new Wakes()];
  assertPending(reader, readerWakes);
  assertPending(writer, writerWakes);
  assertPending(late, lateWakes);
  writing.value = 2;
  const reading = writing.downgrade();
  assertThrows(() => writing.value, TypeError, RELEASED);
  writing.release();
  assertEquals(reading.value, 2);
  assert(readerWakes.isWoken());
  assertEquals(assertReady(reader).value, 2);
  assertFalse(writerWakes.isWoken());
  assertFalse(lateWakes.isWoken());
  assertPending(writer, writerWakes);
});

Deno.test("RwLockWriteGuard.downgrade() lets no writer in between", () => {
  const lock = new RwLock(1);
  const writing = lock.tryWrite()!;
  const writer = lock.write();
  const wakes = new Wakes();
  assertPending(writer, wakes);
  const reading = writing.downgrade();
  assertFalse(wakes.isWoken());
  assertEquals(lock.tryRead(), undefined);
  reading.release();
  assert(wakes.isWoken());
  assertReady(writer).release();
  assertEquals(lock.intoInner(), 1);
});

Deno.test("RwLockWriteGuard.downgradeMap() lets readers in after it has the part", () => {
  const { lock, state } = nested();
  const writing = lock.tryWrite()!;
  const reader = lock.read();
  assertPending(reader);
  const reading = writing.downgradeMap(({ users }) => {
    assertPending(reader);
    return users;
  });
  using other = assertReady(reader);
  assertStrictEquals(reading.value, other.value.users);
  assertStrictEquals(reading.value, state.users);
  assertThrows(() => writing.value, TypeError, RELEASED);
  reading.release();
});

Deno.test("RwLockWriteGuard.tryDowngradeMap() lets readers in only if there is a part", () => {
  const { lock } = nested();
  const writing = lock.tryWrite()!;
  const reader = lock.read();
  assertPending(reader);
  const none = writing.tryDowngradeMap((): string[] | undefined => {
    assertPending(reader);
    return undefined;
  });
  assertEquals(none, undefined);
  assertPending(reader);
  assertEquals(writing.value.users, ["ada"]);
  using reading = writing.tryDowngradeMap(({ users }) => users)!;
  using other = assertReady(reader);
  assertStrictEquals(reading.value, other.value.users);
});
