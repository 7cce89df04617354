/**
 * Mutexes: who gets the lock, and when.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { future } from "../../future/generator.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Mutex } from "../../sync/mutex.ts";
import type { MutexGuard } from "../../sync/mutex_guard.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { interval } from "../../time/interval.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";
import { Crowd } from "./_crowd.ts";

Deno.test("Mutex.lock() gives one after the other access to the value", () => {
  const mutex = new Mutex(100);
  for (const value of [100, 99, 98]) {
    using guard = assertReady(mutex.lock());
    assertEquals(guard.value, value);
    guard.value -= 1;
  }
});

Deno.test("Mutex.lock() waits until the guard is released, and is woken then", () => {
  const mutex = new Mutex(100);
  const guard = assertReady(mutex.lock());
  const wait = mutex.lock();
  const wakes = new Wakes();
  assertPending(wait, wakes);
  assertFalse(wakes.isWoken());
  guard.release();
  assert(wakes.isWoken());
  assertEquals(assertReady(wait).value, 100);
});

Deno.test("Mutex.lock() hands the lock over in FIFO order", () => {
  const mutex = new Mutex();
  let guard = assertReady(mutex.lock());
  const waits = [1, 2, 3].map(() => ({ wait: mutex.lock(), wakes: new Wakes() }));
  for (const { wait, wakes } of waits) assertPending(wait, wakes);
  for (const { wait } of waits) {
    guard.release();
    assertEquals(mutex.tryLock(), undefined);
    assertEquals(waits.filter(({ wakes }) => wakes.isWoken()).map(({ wait }) => wait), [wait]);
    guard = assertReady(wait);
  }
  guard.release();
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.lock() is lazy: a lock that is never polled takes no place", () => {
  const mutex = new Mutex();
  mutex.lock();
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.lock() completes in all three styles", async () => {
  const mutex = new Mutex(1);
  (await mutex.lock()).release();
  const yielded = await future(function* () {
    return yield* mutex.lock();
  });
  yielded.release();
  assertReady(mutex.lockOwned()).release();
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex may have no value", () => {
  const mutex = new Mutex();
  using guard = mutex.tryLock();
  assertEquals(guard?.value, undefined);
});

test("Mutex is unlocked when the future that holds it is dropped", async () => {
  const mutex = new Mutex(0);
  const holding = future(function* () {
    const ticks = interval(10_000);
    using _guard = yield* mutex.lock();
    yield* ticks.tick();
    yield* ticks.tick();
  });
  await assertRejects(async () => await timeout(1, holding), ElapsedError);
  assert(mutex.tryLock() !== undefined);
});

test("Mutex is free again after a future that waited for it was dropped", async () => {
  const mutex = new Mutex(0);
  {
    using _guard = await mutex.lock();
    const waiting = future(function* () {
      using _guard = yield* mutex.lock();
    });
    await assertRejects(async () => await timeout(1, waiting), ElapsedError);
  }
  using guard = await timeout(1_000, mutex.lock());
  assertEquals(guard.value, 0);
});

Deno.test("Mutex passes a lock on that was handed over to a future which gives up", () => {
  const mutex = new Mutex();
  const guard = assertReady(mutex.lock());
  const first = mutex.lock();
  const second = mutex.lock();
  const wakes = new Wakes();
  assertPending(first);
  assertPending(second, wakes);
  guard.release();
  assertFalse(wakes.isWoken());
  first[Symbol.dispose]();
  assert(wakes.isWoken());
  assertReady(second).release();
  assertFalse(mutex.isLocked());
});

test("Mutex serves the next when a task that waits for it is aborted", async () => {
  const mutex = new Mutex(0);
  const guard = await mutex.lock();
  const first = spawn(async () => {
    using _guard = await mutex.lock();
  });
  const second = spawn(function* () {
    using guard = yield* mutex.lock();
    guard.value += 1;
  });
  await turns();
  first.abort();
  await assertCancelled(first);
  guard.release();
  await second;
  assertEquals(mutex.tryLock()?.value, 1);
});

test("Mutex.lock() that loses a select keeps no lock", async () => {
  const mutex = new Mutex(0);
  const guard = await mutex.lock();
  const won = await select({ lock: mutex.lock(), now: ready(1) });
  assertEquals(won.branch, "now");
  guard.release();
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.tryLock() answers with undefined while somebody has the lock", () => {
  const mutex = new Mutex(0);
  {
    using guard = mutex.tryLock();
    assert(guard !== undefined);
    assertEquals(mutex.tryLock(), undefined);
  }
  assert(mutex.tryLock() !== undefined);
});

Deno.test("Mutex.tryLock() gets nothing while the lock is on its way to somebody", () => {
  const mutex = new Mutex();
  const guard = mutex.tryLock()!;
  const wait = mutex.lock();
  assertPending(wait);
  guard.release();
  assertEquals(mutex.tryLock(), undefined);
  assertReady(wait).release();
  assert(mutex.tryLock() !== undefined);
});

Deno.test("Mutex.isLocked() tells whether somebody has the lock", () => {
  const mutex = new Mutex("data");
  assertFalse(mutex.isLocked());
  const guard = mutex.tryLock();
  assert(mutex.isLocked());
  guard?.release();
  assertFalse(mutex.isLocked());
});

test("Mutex is not poisoned by a task that throws while it has the lock", async () => {
  const mutex = new Mutex(1);
  const failing = spawn(async () => {
    using guard = await mutex.lock();
    guard.value = 2;
    throw new Error("lost");
  });
  await failureOf(failing);
  assertEquals(mutex.tryLock()?.value, 2);
});

Deno.test("Mutex.intoInner() takes the value out, once", () => {
  const value = { a: 1 };
  const mutex = new Mutex(value);
  assertStrictEquals(mutex.intoInner(), value);
  assertThrows(
    () => mutex.intoInner(),
    TypeError,
    "Cannot take the value out of a mutex: it was taken before",
  );
  const message = "Cannot lock a mutex: its value was taken out";
  assertThrows(() => mutex.tryLock(), TypeError, message);
  assertThrows(() => assertReady(mutex.lock()), TypeError, message);
});

Deno.test("Mutex.intoInner() throws while the mutex is locked or the lock on its way", () => {
  const mutex = new Mutex(7);
  const guard = mutex.tryLock()!;
  const message = "Cannot take the value out of a mutex: it is locked";
  assertThrows(() => mutex.intoInner(), TypeError, message);
  const wait = mutex.lock();
  assertPending(wait);
  guard.release();
  assertThrows(() => mutex.intoInner(), TypeError, message);
  assertReady(wait).release();
  assertEquals(mutex.intoInner(), 7);
});

test("Mutex.lock() uses up the budget of a task, so that it lets others run", async () => {
  const mutex = new Mutex(0);
  let others = 0;
  const other = spawn(() => others++);
  await spawn(function* () {
    for (let i = 0; i < 200; i++) (yield* mutex.lock()).release();
    assertEquals(others, 1);
  });
  await other;
});

test("Mutex keeps tasks of both styles apart", async () => {
  const mutex = new Mutex(0);
  let inside = 0;
  const enter = () => assertEquals(++inside, 1);
  const generator = function* () {
    for (let i = 0; i < 50; i++) {
      using guard = yield* mutex.lock();
      enter();
      const before = guard.value;
      yield* yieldNow();
      guard.value = before + 1;
      inside -= 1;
    }
  };
  const asynchronous = async () => {
    for (let i = 0; i < 50; i++) {
      using guard = await mutex.lock();
      enter();
      const before = guard.value;
      await yieldNow();
      guard.value = before + 1;
      inside -= 1;
    }
  };
  const tasks = [spawn(generator), spawn(asynchronous), spawn(generator), spawn(asynchronous)];
  for (const task of tasks) await task;
  assertEquals(mutex.intoInner(), 200);
});

Deno.test("Mutex.runExclusive() takes work of every kind and answers with its value", async () => {
  const mutex = new Mutex(1);
  assertEquals(await mutex.runExclusive((guard) => guard.value), 1);
  assertEquals(await mutex.runExclusive(async (guard) => await guard.value + 1), 2);
  assertEquals(await mutex.runExclusive((guard) => ready(guard.value + 2)), 3);
  const generator = function* (guard: MutexGuard<number>) {
    guard.value += yield* ready(3);
    return guard.value;
  };
  assertEquals(await mutex.runExclusive(generator), 4);
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.runExclusive() is lazy and holds the lock until the work has ended", async () => {
  const mutex = new Mutex();
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = mutex.runExclusive(() => promise);
  assertFalse(mutex.isLocked());
  assertPending(work);
  assert(mutex.isLocked());
  resolve();
  await work;
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.runExclusive() unlocks when the work throws", async () => {
  const mutex = new Mutex();
  const fail = () => {
    throw new RangeError("lost");
  };
  await assertRejects(async () => await mutex.runExclusive(fail), RangeError, "lost");
  await assertRejects(
    async () => await mutex.runExclusive(() => Promise.reject(new RangeError("late"))),
    RangeError,
    "late",
  );
  const generator = function* () {
    yield* yieldNow();
    fail();
  };
  await assertRejects(async () => await mutex.runExclusive(generator), RangeError, "lost");
  assertFalse(mutex.isLocked());
});

Deno.test("Mutex.runExclusive() that is dropped drops a future and a generator and unlocks", () => {
  const mutex = new Mutex();
  let ended = 0;
  const generator = function* () {
    try {
      yield* pending();
    } finally {
      assert(mutex.isLocked());
      ended += 1;
    }
  };
  for (
    const running of [
      mutex.runExclusive(generator),
      mutex.runExclusive(() => future(generator)),
    ]
  ) {
    assertPending(running);
    running[Symbol.dispose]();
    assertFalse(mutex.isLocked());
  }
  assertEquals(ended, 2);
});

Deno.test("Mutex.runExclusive() that is dropped stays locked while an async function runs", async () => {
  const mutex = new Mutex();
  for (const isFailing of [false, true]) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const running = mutex.runExclusive(async () => await promise);
    assertPending(running);
    running[Symbol.dispose]();
    assert(mutex.isLocked());
    if (isFailing) reject(new Error("late"));
    else resolve();
    using guard = await mutex.lock();
    assert(guard !== undefined);
  }
});

Deno.test("Mutex.runExclusive() that is dropped while it waits does no work", () => {
  const mutex = new Mutex();
  const guard = mutex.tryLock();
  let calls = 0;
  const waiting = mutex.runExclusive(() => calls++);
  assertPending(waiting);
  waiting[Symbol.dispose]();
  guard?.release();
  assertFalse(mutex.isLocked());
  assertEquals(calls, 0);
});

Deno.test("Mutex.runExclusive() asks a thenable for its value only once", async () => {
  const mutex = new Mutex();
  let calls = 0;
  // As a query builder, which runs its query whenever somebody awaits it.
  const lazy: PromiseLike<string> = {
    then(onfulfilled) {
      calls += 1;
      return Promise.resolve("rows").then(onfulfilled);
    },
  };
  assertEquals(await mutex.runExclusive(() => lazy), "rows");
  assertEquals(calls, 1);
});

Deno.test("Mutex has one guard at most and loses no lock under random polls and drops", () => {
  forSeeds(200, (random) => {
    const mutex = new Mutex(0);
    const crowd = new Crowd<MutexGuard<number>>(
      random,
      () => mutex.lock(),
      (guard) => guard.release(),
    );
    for (let i = 0; i < 100; i++) {
      crowd.step();
      assert(crowd.held.length <= 1);
      if (crowd.waiting.length === 0) assertEquals(mutex.isLocked(), crowd.held.length === 1);
      else assert(mutex.isLocked());
    }
    crowd.drain();
    assertFalse(mutex.isLocked());
  });
});
