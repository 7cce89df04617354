/**
 * Shared semaphores, mutexes and read-write locks in one isolate.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { BUDGET } from "../../../future/budget.ts";
import { ready } from "../../../future/mod.ts";
import { isPending } from "../../../future/poll.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { AcquireError } from "../../../sync/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn, yieldNow } from "../../../task/mod.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../../helpers/wakes.ts";
import { random } from "./fixtures/locks.ts";

const { SharedMutex, SharedRwLock, SharedSemaphore } = shared;

Deno.test("SharedSemaphore.acquire() takes what is there and waits for the rest", () => {
  using semaphore = new SharedSemaphore(3);
  const two = assertReady(semaphore.acquire(2));
  assertEquals(semaphore.availablePermits(), 1);
  const wakes = new Wakes();
  const all = semaphore.acquire(3);
  assertPending(all, wakes);
  assertEquals(semaphore.availablePermits(), 0);
  assertEquals(semaphore.tryAcquire(), undefined);
  two.release();
  two.release();
  assertEquals(wakes.count, 1);
  const permit = assertReady(all);
  assertEquals(permit.numPermits, 3);
  permit[Symbol.dispose]();
  assertEquals(semaphore.availablePermits(), 3);
});

Deno.test("SharedSemaphore.acquire() serves in FIFO order, large requests too", () => {
  using semaphore = new SharedSemaphore(0);
  const large = semaphore.acquire(2);
  const small = semaphore.acquire(1);
  assertPending(large);
  assertPending(small);
  semaphore.addPermits(1);
  assertPending(large);
  assertPending(small);
  semaphore.addPermits(1);
  assertPending(small);
  assertReady(large).release();
  assertReady(small).release();
  assertEquals(semaphore.availablePermits(), 2);
});

Deno.test("a wait for a SharedSemaphore that is dropped gives on what it was given", () => {
  using semaphore = new SharedSemaphore(0);
  const waits = [semaphore.acquire(2), semaphore.acquire(1), semaphore.acquire(1)];
  for (const wait of waits) assertPending(wait);
  semaphore.addPermits(1);
  // In part, to the first.
  waits[0]![Symbol.dispose]();
  // Granted, and not polled since.
  waits[1]![Symbol.dispose]();
  assertReady(waits[2]!).release();
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("SharedSemaphore.close() fails those who wait and those who come", async () => {
  using semaphore = new SharedSemaphore(1);
  const permit = assertReady(semaphore.acquire());
  const waiting = semaphore.acquire(2);
  assertPending(waiting);
  semaphore.close();
  assert(semaphore.isClosed());
  assertThrows(() => pollOnce(waiting), AcquireError);
  assertThrows(() => semaphore.tryAcquire(), AcquireError);
  await assertRejects(() => Promise.resolve(semaphore.acquire()), AcquireError);
  permit.release();
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("SharedSemaphore.close() fails a wait that was granted and not polled since", () => {
  using semaphore = new SharedSemaphore(0);
  const waiting = semaphore.acquire();
  assertPending(waiting);
  semaphore.addPermits(1);
  semaphore.close();
  assertThrows(() => pollOnce(waiting), AcquireError);
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("SharedSemaphorePermit splits, merges and is forgotten", () => {
  using semaphore = new SharedSemaphore(4);
  const permit = assertReady(semaphore.acquire(4));
  const part = permit.split(3)!;
  assertEquals(permit.split(2), undefined);
  part.merge(permit);
  assertEquals([part.numPermits, permit.numPermits], [4, 0]);
  assertThrows(() => part.merge(permit), TypeError, "was released");
  assertThrows(() => part.merge(part), TypeError, "same");
  assertThrows(() => permit.split(1), TypeError, "was released");
  part.split(1)!.forget();
  part.release();
  assertEquals(semaphore.availablePermits(), 3);
  assertEquals(semaphore.forgetPermits(10), 3);
});

Deno.test("SharedSemaphore refuses wrong counts", () => {
  for (const count of [-1, 1.5, NaN, 2 ** 29]) {
    assertThrows(() => new SharedSemaphore(count), RangeError, "Cannot make a semaphore");
  }
  using semaphore = new SharedSemaphore(SharedSemaphore.MAX_PERMITS);
  assertThrows(() => semaphore.acquire(-1), RangeError);
  assertThrows(() => semaphore.addPermits(1), RangeError, "exceed");
});

Deno.test("waits that are given up at any point lose no permit", () => {
  const numbers = random(20260);
  const next = (below: number) => numbers.next().value % below;
  using semaphore = new SharedSemaphore(5);
  const waits: ReturnType<typeof semaphore.acquire>[] = [];
  const permits: shared.SharedSemaphorePermit[] = [];
  for (let i = 0; i < 3000; i++) {
    const index = next(waits.length + 1);
    const wait = waits[index];
    const what = next(4);
    if (what === 0 || wait === undefined) waits.push(semaphore.acquire(next(6)));
    else if (what === 1) waits.splice(index, 1)[0]![Symbol.dispose]();
    else if (what === 2) permits.shift()?.release();
    else {
      const polled = pollOnce(wait);
      if (isPending(polled)) continue;
      permits.push(polled);
      waits.splice(index, 1);
    }
  }
  for (const wait of waits) wait[Symbol.dispose]();
  for (const permit of permits) permit.release();
  assertEquals(semaphore.availablePermits(), 5);
});

Deno.test("SharedSemaphore.acquire() costs budget", async () => {
  using semaphore = new SharedSemaphore(1);
  let acquired = 0;
  let seen = 0;
  const other = spawn(function* () {
    yield* yieldNow();
    seen = acquired;
  });
  await spawn(function* () {
    for (; acquired < 3 * BUDGET; acquired++) (yield* semaphore.acquire()).release();
  });
  await other;
  assert(seen < 3 * BUDGET, `${seen}`);
});

Deno.test("a disposed handle refuses, and what it has given stays good", () => {
  const { arena } = ownLink().domain;
  const before = arena.bytesInUse;
  const semaphore = new SharedSemaphore(1);
  const permit = assertReady(semaphore.acquire());
  const waiting = semaphore.acquire();
  assertPending(waiting);
  semaphore[Symbol.dispose]();
  semaphore[Symbol.dispose]();
  assertThrows(() => semaphore.acquire(), TypeError, "was disposed");
  assertThrows(() => semaphore.availablePermits(), TypeError, "was disposed");
  permit.release();
  assert(arena.bytesInUse > before);
  assertReady(waiting).release();
  assertEquals(arena.bytesInUse, before);
});

Deno.test("SharedMutex protects a value, which is copied", async () => {
  using mutex = new SharedMutex({ names: ["ada"] });
  {
    using guard = await mutex.lock();
    guard.value.names.push("nobody");
    assertEquals(guard.value, { names: ["ada"] });
    guard.value = { names: [...guard.value.names, "grace".repeat(100)] };
    assertStrictEquals(guard.mutex, mutex);
  }
  assertFalse(mutex.isLocked());
  const guard = mutex.tryLock()!;
  assertEquals(guard.value.names.length, 2);
  assertEquals(mutex.tryLock(), undefined);
  guard.release();
  assertThrows(() => guard.value, TypeError, "was released");
  assertThrows(() => guard.value = { names: [] }, TypeError, "was released");
  assertEquals(mutex.intoInner().names[1]!.length, 500);
  assertThrows(() => mutex.tryLock(), TypeError, "taken out");
  assertThrows(() => mutex.intoInner(), TypeError, "taken before");
  await assertRejects(() => Promise.resolve(mutex.lock()), TypeError, "taken out");
});

Deno.test("SharedMutex gives the memory of its value back", () => {
  const { arena } = ownLink().domain;
  const before = arena.bytesInUse;
  const mutex = new SharedMutex(new Uint8Array(100_000));
  assert(arena.bytesInUse > before + 100_000);
  const guard = mutex.tryLock()!;
  guard.value = new Uint8Array(1);
  assert(arena.bytesInUse < before + 1000);
  guard.value = new Uint8Array(5000);
  guard.release();
  mutex[Symbol.dispose]();
  assertEquals(arena.bytesInUse, before);
});

Deno.test("SharedMutex refuses a value that cannot be kept, and keeps the one before", () => {
  const { arena } = ownLink().domain;
  const before = arena.bytesInUse;
  for (const value of [() => 1, new SharedArrayBuffer(4), new SharedMutex()]) {
    const error = assertThrows(() => new SharedMutex<unknown>(value));
    assertEquals((error as Error).name, "DataCloneError");
    if (value instanceof SharedMutex) value[Symbol.dispose]();
  }
  assertEquals(arena.bytesInUse, before);
  using mutex = new SharedMutex<unknown>(7);
  using guard = mutex.tryLock()!;
  assertThrows(() => guard.value = Symbol());
  assertEquals(guard.value, 7);
});

Deno.test("SharedMutex.runExclusive() unlocks however the work ends", async () => {
  using mutex = new SharedMutex(1);
  assertEquals(await mutex.runExclusive((guard) => guard.value), 1);
  assertEquals(await mutex.runExclusive(async (guard) => (await yieldNow(), guard.value)), 1);
  assertEquals(
    await mutex.runExclusive(function* (guard) {
      yield* yieldNow();
      return ++guard.value;
    }),
    2,
  );
  assertEquals(await mutex.runExclusive(() => ready(3)), 3);
  const fail = () =>
    Promise.resolve(mutex.runExclusive(() => {
      throw new RangeError("no");
    }));
  await assertRejects(fail, RangeError, "no");
  assertFalse(mutex.isLocked());
});

Deno.test("SharedMutex.lockSync() gives up after its time, and refuses in generator tasks", async () => {
  using mutex = new SharedMutex();
  {
    using _guard = mutex.lockSync();
    assertEquals(mutex.lockSync(0), undefined);
    assertEquals(mutex.lockSync(5), undefined);
  }
  assertFalse(mutex.isLocked());
  assertThrows(() => mutex.lockSync(-1), RangeError, "Cannot lock a mutex");
  const error = await spawn(function* () {
    yield* yieldNow();
    return assertThrows(() => mutex.lockSync(), TypeError, "use yield*");
  });
  assertInstanceOf(error, TypeError);
  assertFalse(mutex.isLocked());
});

Deno.test("SharedRwLock lets readers in together and writers alone, in FIFO order", () => {
  using lock = new SharedRwLock("a");
  const one = assertReady(lock.read());
  const two = assertReady(lock.read());
  assertEquals([one.value, two.value], ["a", "a"]);
  const writing = lock.write();
  assertPending(writing);
  const late = lock.read();
  assertPending(late);
  assertEquals(lock.tryRead(), undefined);
  one.release();
  assertPending(writing);
  two.release();
  const writer = assertReady(writing);
  writer.value = "b";
  assertStrictEquals(writer.rwlock, lock);
  assertEquals(lock.tryWrite(), undefined);
  assertPending(late);
  const reader = writer.downgrade();
  assertThrows(() => writer.value, TypeError, "was released");
  assertEquals([reader.value, assertReady(late).value], ["b", "b"]);
});

Deno.test("SharedRwLock lets readers in when a writer gives up", () => {
  using lock = new SharedRwLock(0, { maxReaders: 2 });
  const first = lock.tryRead()!;
  const writing = lock.write();
  assertPending(writing);
  const second = lock.read();
  assertPending(second);
  writing[Symbol.dispose]();
  assertReady(second).release();
  assertThrows(() => lock.intoInner(), TypeError, "locked");
  first.release();
  assertEquals(lock.writeSync(1)?.value, 0);
  assertEquals(lock.readSync(0), undefined);
  assertThrows(() => new SharedRwLock(0, { maxReaders: 0 }), RangeError, "0 readers");
});
