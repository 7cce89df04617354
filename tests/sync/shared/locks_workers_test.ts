/**
 * Shared locks between two workers and the isolate that has started them.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "../../../future/mod.ts";
import { toWire, type WireHandle } from "../../../scheduler/multi_thread/handle.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import {
  countUp,
  countUpSync,
  echo,
  echoSync,
  getOrInit,
  keep,
  meet,
  readAndWrite,
  signIn,
  storm,
} from "./fixtures/locks.ts";
import { test } from "../../helpers/leak_guard.ts";
import { withWorkers } from "../../helpers/workers.ts";

/** A word of the memory of a handle. */
function word(handle: WireHandle, index: number): number {
  const [at] = handle[toWire]().data as [number];
  return Atomics.load(ownLink().domain.words, at + index);
}

const REFS = 1;
const LAST = 3;

/** Waits until a look at shared memory gives what is wanted. */
async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test("SharedMutex lets one at a time in, over three threads", async () => {
  await withWorkers(async () => {
    using mutex = new shared.SharedMutex(0);
    const memory = new SharedArrayBuffer(4);
    const workers = [1, 2, 3, 4].map(() => spawn(countUp, mutex, memory, 200));
    const own = spawn(function* () {
      const words = new Int32Array(memory);
      for (let i = 0; i < 200; i++) {
        using guard = yield* mutex.lock();
        words[0]! += 1;
        guard.value += 1;
      }
    });
    for (const task of workers) await task;
    await own;
    assertEquals(new Int32Array(memory)[0], 1000);
    using guard = await mutex.lock();
    assertEquals(guard.value, 1000);
    await until(() => word(mutex, REFS) === 1);
  });
});

test("SharedMutex.lockSync() blocks threads, and hands over to those that await", async () => {
  await withWorkers(async () => {
    using mutex = new shared.SharedMutex(0);
    const workers = [1, 2].map(() => spawn(countUpSync, mutex, 300));
    for (let i = 0; i < 300; i++) {
      using guard = await mutex.lock();
      guard.value += 1;
    }
    for (const task of workers) await task;
    using guard = mutex.lockSync();
    assertEquals(guard.value, 900);
  });
});

test("SharedMutex.lock() hands over in FIFO order over threads", async () => {
  await withWorkers(async () => {
    using mutex = new shared.SharedMutex();
    const memory = new SharedArrayBuffer(4 * 10);
    const guard = await mutex.lock();
    const tasks = [];
    for (let name = 1; name <= 8; name++) {
      const last = word(mutex, LAST);
      tasks.push(spawn(signIn, mutex, memory, name));
      await until(() => word(mutex, LAST) !== last);
    }
    guard.release();
    for (const task of tasks) await task;
    assertEquals([...new Int32Array(memory)].slice(1, 9), [1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

test("SharedSemaphore loses no permit when waits are given up at any point", async () => {
  await withWorkers(async () => {
    using semaphore = new shared.SharedSemaphore(4);
    const memory = new SharedArrayBuffer(4);
    const seeds = [1234567, 89101112, 13141516, 17181920];
    const workers = seeds.map((seed) => spawn(storm, semaphore, memory, seed, 300));
    const own = [21222324, 25262728].map((seed) =>
      spawn(function* () {
        const [handle] = [semaphore];
        let most = 0;
        for (let i = 0; i < 200; i++) {
          using permit = yield* handle.acquire(1 + (seed * (i + 1)) % 3);
          const count = permit.numPermits;
          most = Math.max(most, Atomics.add(new Int32Array(memory), 0, count) + count);
          Atomics.sub(new Int32Array(memory), 0, count);
        }
        return most;
      })
    );
    for (const task of [...workers, ...own]) assert(await task <= 4);
    assertEquals(semaphore.availablePermits(), 4);
    assertEquals(new Int32Array(memory)[0], 0);
    assertEquals([word(semaphore, 2), word(semaphore, LAST)], [0, 0]);
  });
});

test("a task that is aborted on a worker leaves the queue of a lock", async () => {
  await withWorkers(async () => {
    using mutex = new shared.SharedMutex();
    const memory = new SharedArrayBuffer(4 * 4);
    const guard = await mutex.lock();
    const first = spawn(signIn, mutex, memory, 1);
    await until(() => word(mutex, LAST) !== 0);
    const last = word(mutex, LAST);
    const second = spawn(keep, mutex);
    await until(() => word(mutex, LAST) !== last);
    second.abort();
    await assertRejects(() => Promise.resolve(second));
    guard.release();
    await first;
    await until(() => !mutex.isLocked());
  });
});

test("Runtime.shutdown() releases what the tasks of its workers have locked", async () => {
  using mutex = new shared.SharedMutex();
  const runtime = Runtime.builder().multiThread().workerThreads(2).build();
  const holder = runtime.spawn(keep, mutex);
  await until(() => mutex.isLocked());
  const next = mutex.lock();
  const isNext = next.then((guard) => guard.release());
  await runtime.shutdown();
  await isNext;
  await assertRejects(() => Promise.resolve(holder));
});

test("SharedNotify goes to and fro between threads", async () => {
  await withWorkers(async () => {
    for (const answer of [echo, echoSync]) {
      using ping = new shared.SharedNotify();
      using pong = new shared.SharedNotify();
      const other = spawn(answer, ping, pong, 200);
      for (let i = 0; i < 200; i++) {
        ping.notifyOne();
        await pong.notified();
      }
      await other;
    }
  });
});

test("SharedBarrier lets three threads meet again and again, each time with one leader", async () => {
  await withWorkers(async () => {
    using barrier = new shared.SharedBarrier(3);
    const memory = new SharedArrayBuffer(4);
    const tasks = [spawn(meet, barrier, memory, 50), spawn(meet, barrier, memory, 50)];
    let led = 0;
    for (let i = 0; i < 50; i++) {
      Atomics.add(new Int32Array(memory), 0, 1);
      if ((await barrier.wait()).isLeader) led += 1;
    }
    for (const task of tasks) led += await task;
    assertEquals(led, 50);
  });
});

test("SharedOnce.getOrInit() computes once for all threads", async () => {
  await withWorkers(async () => {
    using once = new shared.SharedOnce<{ readonly by: string }>();
    const memory = new SharedArrayBuffer(4);
    const names = ["a", "b", "c", "d"];
    const workers = names.map((name) => spawn(getOrInit, once, memory, name));
    const [first] = await join(once.getOrInit(async () => {
      Atomics.add(new Int32Array(memory), 0, 1);
      await Promise.resolve();
      return { by: "main" };
    }));
    for (const task of workers) assertEquals(await task, first.by);
    assertEquals(new Int32Array(memory)[0], 1);
    assertEquals(once.get(), first);
  });
});

test("SharedRwLock keeps writers and readers of three threads apart", async () => {
  await withWorkers(async () => {
    using lock = new shared.SharedRwLock(0);
    const memory = new SharedArrayBuffer(8);
    const tasks = [1, 2, 3, 4].map(() => spawn(readAndWrite, lock, memory, 100));
    const words = new Int32Array(memory);
    for (let i = 0; i < 50; i++) {
      using guard = await lock.read();
      await Promise.resolve();
      assertEquals([words[0], words[1]], [guard.value, guard.value]);
    }
    for (const task of tasks) assertEquals(await task, 0);
    assertEquals(lock.intoInner(), 100);
  });
});

test("a handle that is sent and not taken gives its reference back", async () => {
  await withWorkers(async () => {
    using mutex = new shared.SharedMutex(0);
    const memory = new SharedArrayBuffer(4);
    const tasks = Array.from({ length: 50 }, () => spawn(countUp, mutex, memory, 1));
    for (const task of tasks) task.abort();
    for (const task of tasks) await Promise.resolve(task).catch(() => {});
    await until(() => word(mutex, REFS) === 1);
  });
});
