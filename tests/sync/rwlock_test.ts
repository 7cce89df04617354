/**
 * Read-write locks: who gets the lock, and when.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { future } from "../../future/generator.ts";
import { ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { RwLock } from "../../sync/rwlock.ts";
import type { RwLockReadGuard } from "../../sync/rwlock_read_guard.ts";
import { RwLockWriteGuard } from "../../sync/rwlock_write_guard.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";
import { Crowd } from "./_crowd.ts";

const MAX_READERS = 2 ** 29 - 1;

Deno.test("RwLock.read() lets many in at once", () => {
  const lock = new RwLock(100);
  using one = assertReady(lock.read());
  using two = assertReady(lock.read());
  assertEquals([one.value, two.value], [100, 100]);
});

Deno.test("RwLock.write() waits while somebody reads", () => {
  const lock = new RwLock(100);
  const reading = assertReady(lock.read());
  const wait = lock.write();
  const wakes = new Wakes();
  assertPending(wait, wakes);
  reading.release();
  assert(wakes.isWoken());
  using writing = assertReady(wait);
  writing.value += 1;
  assertEquals(writing.value, 101);
});

Deno.test("RwLock.write() waits for the last of several readers", () => {
  const lock = new RwLock(100);
  const one = assertReady(lock.read());
  const two = assertReady(lock.read());
  const wait = lock.write();
  const wakes = new Wakes();
  assertPending(wait, wakes);
  two.release();
  assertFalse(wakes.isWoken());
  one.release();
  assert(wakes.isWoken());
  assertReady(wait);
});

Deno.test("RwLock.read() waits while somebody writes", () => {
  const lock = new RwLock(100);
  const writing = assertReady(lock.write());
  const waits = [lock.read(), lock.read()];
  for (const wait of waits) assertPending(wait);
  writing.value = 7;
  writing.release();
  for (const wait of waits) assertEquals(assertReady(wait).value, 7);
});

Deno.test("RwLock.write() waits while somebody else writes", () => {
  const lock = new RwLock(100);
  const writing = assertReady(lock.write());
  const wait = lock.write();
  assertPending(wait);
  writing.release();
  assertReady(wait);
});

Deno.test("RwLock.read() waits when there are too many readers", () => {
  const lock = new RwLock(100, { maxReaders: 1024 });
  const guards = Array.from({ length: 1024 }, () => assertReady(lock.read()));
  const wait = lock.read();
  const wakes = new Wakes();
  assertPending(wait, wakes);
  assertEquals(lock.tryRead(), undefined);
  guards.pop()!.release();
  assert(wakes.isWoken());
  assertReady(wait);
});

Deno.test("RwLock with one reader at most is a mutex", () => {
  const lock = new RwLock(1, { maxReaders: 1 });
  const reading = lock.tryRead()!;
  assertEquals([lock.tryRead(), lock.tryWrite()], [undefined, undefined]);
  reading.release();
  const writing = lock.tryWrite()!;
  const read = writing.downgrade();
  assertEquals(lock.tryRead(), undefined);
  read.release();
  assertEquals(lock.intoInner(), 1);
});

Deno.test("RwLock cannot be made with 0 readers", () => {
  assertThrows(
    () => new RwLock(100, { maxReaders: 0 }),
    RangeError,
    "Cannot make a read-write lock: found 0 readers at most, expected a whole number from 1 to " +
      MAX_READERS,
  );
});

Deno.test("RwLock cannot be made with more readers than the limit, or with a part of one", () => {
  assert(new RwLock(100, { maxReaders: MAX_READERS }).tryWrite() !== undefined);
  for (const maxReaders of [MAX_READERS + 1, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => new RwLock(100, { maxReaders }), RangeError, `found ${maxReaders} readers`);
  }
});

Deno.test("RwLock makes readers wait behind a writer that waits", () => {
  const lock = new RwLock(100);
  using _one = assertReady(lock.read());
  using _two = assertReady(lock.read());
  const writer = lock.write();
  assertPending(writer);
  const reader = lock.read();
  assertPending(reader);
  assertEquals(lock.tryRead(), undefined);
  reader[Symbol.dispose]();
  writer[Symbol.dispose]();
});

Deno.test("RwLock lets readers in when the writer ahead gives up", () => {
  const lock = new RwLock(100);
  using _reading = assertReady(lock.read());
  const writer = lock.write();
  assertPending(writer);
  const reader = lock.read();
  const wakes = new Wakes();
  assertPending(reader, wakes);
  writer[Symbol.dispose]();
  assert(wakes.isWoken());
  assertReady(reader);
});

Deno.test("RwLock serves in the order of the first polls, readers together", () => {
  const lock = new RwLock(0);
  const first = lock.tryWrite()!;
  const order: string[] = [];
  const waits = ["read a", "read b", "write c", "read d"].map((name) => ({
    name,
    wait: name.startsWith("read") ? lock.read() : lock.write(),
    wakes: new Wakes(),
  }));
  for (const { wait, wakes } of waits) assertPending(wait, wakes);
  first.release();
  for (let turn = 0; turn < 3; turn++) {
    const woken = waits.filter(({ wakes }) => wakes.isWoken());
    order.push(woken.map(({ name }) => name).join(" and "));
    for (const { wait } of woken) assertReady<Disposable>(wait)[Symbol.dispose]();
  }
  assertEquals(order, ["read a and read b", "write c", "read d"]);
});

Deno.test("RwLock.read() of a lock that nobody has answers at once in all three styles", async () => {
  const lock = new RwLock(100);
  using awaited = await lock.read();
  using yielded = await future(function* () {
    return yield* lock.read();
  });
  using polled = assertReady(lock.readOwned());
  assertEquals([awaited.value, yielded.value, polled.value], [100, 100, 100]);
});

Deno.test("RwLock.write() of a lock that nobody has answers at once in all three styles", async () => {
  const lock = new RwLock(100);
  {
    using guard = await lock.write();
    guard.value += 50;
    assertEquals(guard.value, 150);
  }
  const yielded = await future(function* () {
    return yield* lock.write();
  });
  yielded.release();
  assertReady(lock.writeOwned()).release();
  assertEquals(lock.intoInner(), 150);
});

Deno.test("RwLock.write() takes its place when it is first polled, not when it is made", async () => {
  const lock = new RwLock<number[]>([]);
  const second = lock.write();
  const first = lock.write();
  const push = (guard: RwLockWriteGuard<number[]>, n: number) => {
    guard.value.push(n);
    guard.release();
  };
  push(await first, 1);
  push(await second, 2);
  assertEquals(lock.intoInner(), [1, 2]);
});

test("RwLock adds up what many tasks write", async () => {
  const lock = new RwLock(0);
  const adding = (n: number) =>
    spawn(function* () {
      for (let i = 0; i < 100; i++) {
        using guard = yield* lock.write();
        const before = guard.value;
        yield* yieldNow();
        guard.value = before + n;
      }
    });
  for (const task of [2, 3, 5, 7].map(adding)) await task;
  using guard = await lock.read();
  assertEquals(guard.value, 1_700);
});

test("RwLock shows readers only what a writer has finished", async () => {
  const lock = new RwLock({ a: 0, b: 0 });
  const writer = spawn(async () => {
    for (let i = 0; i < 50; i++) {
      using guard = await lock.write();
      guard.value.a += 1;
      await yieldNow();
      guard.value.b += 1;
    }
  });
  const reading = () =>
    spawn(function* () {
      while (!writer.isFinished()) {
        using guard = yield* lock.read();
        assertEquals(guard.value.a, guard.value.b);
        yield* yieldNow();
      }
    });
  for (const task of [reading(), reading(), reading(), writer]) await task;
  assertEquals(lock.intoInner(), { a: 50, b: 50 });
});

Deno.test("RwLock.tryWrite() answers with undefined while somebody reads", async () => {
  const lock = new RwLock(0);
  const reading = await lock.read();
  assertEquals(lock.tryWrite(), undefined);
  reading.release();
  assert(lock.tryWrite() !== undefined);
});

Deno.test("RwLock.tryRead() and tryWrite() take what nobody has", () => {
  const lock = new RwLock(15);
  {
    using one = lock.tryRead()!;
    assertEquals(one.value, 15);
    assertEquals(lock.tryWrite(), undefined);
    using two = lock.tryRead()!;
    assertEquals(two.value, 15);
  }
  {
    using writing = lock.tryWrite()!;
    writing.value = 1515;
    assertEquals([lock.tryRead(), lock.tryWrite()], [undefined, undefined]);
  }
  assertEquals(lock.tryRead()?.value, 1515);
});

Deno.test("RwLock.intoInner() takes the value out, once", () => {
  const value = { a: 1 };
  const lock = new RwLock(value);
  assertStrictEquals(lock.intoInner(), value);
  assertThrows(
    () => lock.intoInner(),
    TypeError,
    "Cannot take the value out of a read-write lock: it was taken before",
  );
  const message = "Cannot lock a read-write lock: its value was taken out";
  assertThrows(() => lock.tryRead(), TypeError, message);
  assertThrows(() => lock.tryWrite(), TypeError, message);
  assertThrows(() => assertReady(lock.read()), TypeError, message);
  assertThrows(() => assertReady(lock.write()), TypeError, message);
});

Deno.test("RwLock.intoInner() throws while somebody reads or writes", () => {
  const lock = new RwLock(42);
  for (const take of [() => lock.tryRead(), () => lock.tryWrite()]) {
    using guard = take();
    assert(guard !== undefined);
    assertThrows(
      () => lock.intoInner(),
      TypeError,
      "Cannot take the value out of a read-write lock: it is locked",
    );
  }
  assertEquals(lock.intoInner(), 42);
});

test("RwLock is not poisoned by a task that throws while it writes", async () => {
  const lock = new RwLock(1);
  const failing = spawn(async () => {
    using guard = await lock.write();
    guard.value = 2;
    throw new Error("lost");
  });
  await failureOf(failing);
  assertEquals(lock.tryRead()?.value, 2);
});

test("RwLock gives up the place of a writer that is aborted", async () => {
  const lock = new RwLock(1);
  const reading = await lock.read();
  const writer = spawn(function* () {
    using _guard = yield* lock.write();
  });
  const reader = spawn(async () => {
    using guard = await lock.read();
    return guard.value;
  });
  await turns();
  assertFalse(reader.isFinished());
  writer.abort();
  await assertCancelled(writer);
  assertEquals(await reader, 1);
  reading.release();
  assert(lock.tryWrite() !== undefined);
});

Deno.test("RwLock keeps a lock that a select did not want", async () => {
  const lock = new RwLock(1);
  const reading = lock.tryRead()!;
  const won = await select({ write: lock.write(), now: ready(1) });
  assertEquals(won.branch, "now");
  assert(lock.tryRead() !== undefined);
  reading.release();
});

test("RwLock uses up the budget of a task, so that it lets others run", async () => {
  const lock = new RwLock(0);
  let others = 0;
  const other = spawn(() => others++);
  await spawn(function* () {
    for (let i = 0; i < 100; i++) {
      (yield* lock.read()).release();
      (yield* lock.write()).release();
    }
    assertEquals(others, 1);
  });
  await other;
});

Deno.test("RwLock keeps its rules under random polls, drops and releases", () => {
  forSeeds(200, (random) => {
    const maxReaders = 1 + random.below(4);
    const lock = new RwLock(0, { maxReaders });
    const writes = new Set<unknown>();
    const crowd = new Crowd<RwLockReadGuard<number> | RwLockWriteGuard<number>>(
      random,
      () => {
        if (random.chance(0.6)) return lock.read();
        const wait = lock.write();
        writes.add(wait);
        return wait;
      },
      (guard) => {
        const isKept = guard instanceof RwLockWriteGuard && random.chance(0.3);
        if (isKept) crowd.held.push(guard.downgrade());
        else guard.release();
      },
    );
    for (let i = 0; i < 100; i++) {
      crowd.step();
      const writers = crowd.held.filter((guard) => guard instanceof RwLockWriteGuard).length;
      const readers = crowd.held.length - writers;
      assert(writers === 0 || (writers === 1 && readers === 0), "A writer is not alone");
      assert(readers <= maxReaders, "There are too many readers");
      const served = crowd.waiting.filter(({ wakes }) => wakes.count > 0);
      const isIdle = crowd.held.length + served.length === 0;
      const [head] = crowd.unserved;
      if (head === undefined) continue;
      assert(!isIdle, "Somebody waits for nothing");
      const isRead = !writes.has(head.future);
      const hasWriter = writers + served.filter(({ future }) => writes.has(future)).length > 0;
      const isFull = readers + served.length >= maxReaders;
      assert(!isRead || hasWriter || isFull, "A reader waits for nothing");
    }
    crowd.drain();
    assertEquals(lock.intoInner(), 0);
  });
});
