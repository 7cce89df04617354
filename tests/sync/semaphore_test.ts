/**
 * Semaphores: who gets permits, and when.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { future } from "../../future/generator.ts";
import { select } from "../../future/select.ts";
import { ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { AcquireError } from "../../sync/errors.ts";
import { Semaphore, type SemaphorePermit } from "../../sync/semaphore.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";
import { Crowd } from "./_crowd.ts";

const { MAX_PERMITS } = Semaphore;
const NO_COUNTS = [-1, 1.5, NaN, Infinity, -Infinity, MAX_PERMITS + 1];

Deno.test("Semaphore may have no permits", () => {
  const semaphore = new Semaphore(0);
  assertEquals(semaphore.availablePermits(), 0);
  assertEquals(semaphore.tryAcquire(), undefined);
});

Deno.test("Semaphore.MAX_PERMITS is the limit of Tokio on 32 bits", () => {
  assertEquals(MAX_PERMITS, 536_870_911);
  assertEquals(new Semaphore(MAX_PERMITS).availablePermits(), MAX_PERMITS);
  const semaphore = new Semaphore(MAX_PERMITS - 1);
  semaphore.addPermits(1);
  assertEquals(semaphore.availablePermits(), MAX_PERMITS);
});

Deno.test("Semaphore cannot be made with more than the limit, or with less than a whole permit", () => {
  for (const permits of NO_COUNTS) {
    assertThrows(
      () => new Semaphore(permits),
      RangeError,
      `Cannot make a semaphore: found ${permits} permits, expected a whole number from 0 to ` +
        MAX_PERMITS,
    );
  }
});

Deno.test("Semaphore methods refuse counts that are no whole numbers in range", () => {
  const semaphore = new Semaphore(3);
  for (const count of NO_COUNTS) {
    assertThrows(() => semaphore.acquire(count), RangeError, "Cannot acquire permits: found");
    assertThrows(() => semaphore.acquireMany(count), RangeError);
    assertThrows(() => semaphore.tryAcquire(count), RangeError, "Cannot acquire permits: found");
    assertThrows(() => semaphore.addPermits(count), RangeError, "Cannot add permits: found");
    assertThrows(() => semaphore.forgetPermits(count), RangeError, "Cannot forget permits: found");
  }
  assertThrows(() => semaphore.acquire("2" as unknown as number), RangeError);
  assertEquals(semaphore.availablePermits(), 3);
});

Deno.test("Semaphore.tryAcquire() answers with undefined when no permit is left", () => {
  const semaphore = new Semaphore(1);
  {
    using permit = semaphore.tryAcquire();
    assertEquals(permit?.numPermits, 1);
    assertEquals(semaphore.tryAcquire(), undefined);
  }
  assert(semaphore.tryAcquire() !== undefined);
});

Deno.test("Semaphore.tryAcquireMany() takes all or nothing", () => {
  const semaphore = new Semaphore(4);
  {
    using _three = semaphore.tryAcquireMany(3);
    assertEquals(semaphore.tryAcquireMany(2), undefined);
    assertEquals(semaphore.availablePermits(), 1);
  }
  assertEquals(semaphore.tryAcquireMany(4)?.numPermits, 4);
  assertEquals(semaphore.tryAcquireMany(0)?.numPermits, 0);
});

Deno.test("Semaphore.acquire() is lazy", () => {
  const semaphore = new Semaphore(1);
  const wait = semaphore.acquire();
  assertEquals(semaphore.availablePermits(), 1);
  wait[Symbol.dispose]();
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("Semaphore.acquire() of none is ready, also behind others", () => {
  const semaphore = new Semaphore(0);
  const wait = semaphore.acquire();
  assertPending(wait);
  assertEquals(assertReady(semaphore.acquire(0)).numPermits, 0);
  wait[Symbol.dispose]();
});

Deno.test("Semaphore.acquire() completes in all three styles", async () => {
  const semaphore = new Semaphore(3);
  using _awaited = await semaphore.acquire();
  using _yielded = await future(function* () {
    return yield* semaphore.acquire();
  });
  using _polled = assertReady(semaphore.acquire());
  assertEquals(semaphore.availablePermits(), 0);
});

test("Semaphore.acquire() waits for a permit that is released", async () => {
  const semaphore = new Semaphore(1);
  const permit = semaphore.tryAcquire()!;
  const task = spawn(function* () {
    using _permit = yield* semaphore.acquire();
  });
  await turns();
  assertFalse(task.isFinished());
  permit.release();
  await task;
  assertEquals(semaphore.availablePermits(), 1);
});

test("Semaphore.acquireMany() waits until all its permits are there", async () => {
  const semaphore = new Semaphore(5);
  const four = semaphore.tryAcquire(4)!;
  const task = spawn(async () => {
    using permit = await semaphore.acquireMany(5);
    return permit.numPermits;
  });
  await turns();
  assertFalse(task.isFinished());
  four.release();
  assertEquals(await task, 5);
  assertEquals(semaphore.availablePermits(), 5);
});

Deno.test("Semaphore.acquireOwned() and acquireManyOwned() are the same waits", () => {
  const semaphore = new Semaphore(3);
  assertEquals(assertReady(semaphore.acquireOwned()).numPermits, 1);
  assertEquals(assertReady(semaphore.acquireManyOwned(2)).numPermits, 2);
  assertEquals(semaphore.availablePermits(), 0);
});

Deno.test("Semaphore serves in order: a large request is not overtaken by small ones", () => {
  const semaphore = new Semaphore(2);
  const one = semaphore.tryAcquire()!;
  const large = semaphore.acquire(2);
  const small = semaphore.acquire();
  const wakes = new Wakes();
  assertPending(large);
  assertPending(small, wakes);
  assertEquals(semaphore.availablePermits(), 0);
  assertEquals(semaphore.tryAcquire(), undefined);
  one.release();
  assertEquals(semaphore.tryAcquire(), undefined);
  assertPending(small, wakes);
  const both = assertReady(large);
  assertFalse(wakes.isWoken());
  both.release();
  assert(wakes.isWoken());
  assertReady(small).release();
  assertEquals(semaphore.availablePermits(), 2);
});

Deno.test("Semaphore passes the permits of a wait that gives up on to the next", () => {
  const semaphore = new Semaphore(3);
  const large = semaphore.acquire(4);
  const next = semaphore.acquire(2);
  const wakes = new Wakes();
  assertPending(large);
  assertPending(next, wakes);
  large[Symbol.dispose]();
  assert(wakes.isWoken());
  assertEquals(semaphore.availablePermits(), 1);
  assertEquals(assertReady(next).numPermits, 2);
});

test("Semaphore gives up the place of a task that is aborted", async () => {
  const semaphore = new Semaphore(0);
  const first = spawn(function* () {
    yield* semaphore.acquire();
  });
  const second = spawn(async () => {
    using _permit = await semaphore.acquire();
  });
  await turns();
  first.abort();
  await assertCancelled(first);
  semaphore.addPermits(1);
  await second;
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("Semaphore keeps a permit that a select did not want", async () => {
  const semaphore = new Semaphore(0);
  const won = await select({ permit: semaphore.acquire(), now: ready(1) });
  assertEquals(won.branch, "now");
  semaphore.addPermits(1);
  assertEquals(semaphore.availablePermits(), 1);
});

test("Semaphore.addPermits() serves those who wait", async () => {
  const semaphore = new Semaphore(0);
  const task = spawn(function* () {
    using _permit = yield* semaphore.acquire();
  });
  await turns();
  semaphore.addPermits(1);
  await task;
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("Semaphore.addPermits() adds to an open and to a closed one", () => {
  for (const isClosed of [false, true]) {
    for (let size = 0; size < 4; size++) {
      for (let count = 0; count < 4; count++) {
        const semaphore = new Semaphore(size);
        if (isClosed) semaphore.close();
        semaphore.addPermits(count);
        assertEquals(semaphore.availablePermits(), size + count);
        assertEquals(semaphore.isClosed(), isClosed);
      }
    }
  }
});

Deno.test("Semaphore.addPermits() takes the largest number", () => {
  const semaphore = new Semaphore(0);
  semaphore.addPermits(MAX_PERMITS);
  assertEquals(semaphore.availablePermits(), MAX_PERMITS);
});

Deno.test("Semaphore.addPermits() refuses what exceeds the limit, at once", () => {
  const semaphore = new Semaphore(1);
  assertThrows(
    () => semaphore.addPermits(MAX_PERMITS),
    RangeError,
    `Cannot add permits: ${MAX_PERMITS} and the 1 there are exceed ${MAX_PERMITS}`,
  );
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("Semaphore.addPermits() refuses what exceeds the limit little by little", () => {
  const semaphore = new Semaphore(MAX_PERMITS - 1);
  semaphore.addPermits(1);
  assertThrows(() => semaphore.addPermits(1), RangeError);
  assertEquals(semaphore.availablePermits(), MAX_PERMITS);
});

Deno.test("Semaphore.forgetPermits() takes away what there is, of an open and a closed one", () => {
  for (const isClosed of [false, true]) {
    for (let size = 0; size < 4; size++) {
      for (let count = 0; count < 4; count++) {
        const semaphore = new Semaphore(size);
        if (isClosed) semaphore.close();
        const taken = semaphore.forgetPermits(count);
        assertEquals(taken, Math.min(size, count));
        assertEquals(semaphore.availablePermits(), size - taken);
        assertEquals(semaphore.isClosed(), isClosed);
      }
    }
  }
});

Deno.test("Semaphore.close() fails those who wait and those who come, but keeps its permits", () => {
  const semaphore = new Semaphore(2);
  const wait = semaphore.acquire(3);
  const wakes = new Wakes();
  assertPending(wait, wakes);
  semaphore.close();
  semaphore.close();
  assert(semaphore.isClosed());
  assert(wakes.isWoken());
  assertThrows(
    () => assertReady(wait),
    AcquireError,
    "Cannot acquire permits: the semaphore is closed",
  );
  assertEquals(semaphore.availablePermits(), 2);
  assertThrows(() => assertReady(semaphore.acquire()), AcquireError);
  assertThrows(() => semaphore.tryAcquire(), AcquireError);
  assertThrows(() => semaphore.tryAcquire(5), AcquireError);
});

Deno.test("Semaphore.close() leaves permits in use to their owners", () => {
  const semaphore = new Semaphore(2);
  const permit = semaphore.tryAcquire()!;
  semaphore.close();
  assertEquals(permit.numPermits, 1);
  permit.release();
  assertEquals(semaphore.availablePermits(), 2);
});

test("Semaphore.close() ends a task that goes on until then", async () => {
  const semaphore = new Semaphore(1);
  const task = spawn(async () => {
    for (;;) {
      using _permit = await semaphore.acquire();
      await yieldNow();
    }
  });
  const failure = assertRejects(async () => await task, Error);
  await turns(2);
  semaphore.close();
  assert((await failure).cause instanceof AcquireError);
  assertEquals(semaphore.availablePermits(), 1);
});

Deno.test("AcquireError has a name of its own", () => {
  assertEquals(new AcquireError().name, "AcquireError");
});

test("Semaphore never lets more in than it has permits", async () => {
  const semaphore = new Semaphore(5);
  let inside = 0;
  let most = 0;
  const tasks = Array.from({ length: 300 }, () =>
    spawn(function* () {
      using _permit = yield* semaphore.acquire();
      most = Math.max(most, ++inside);
      yield* yieldNow();
      inside -= 1;
    }));
  for (const task of tasks) await task;
  assertEquals([most, inside], [5, 0]);
  const all = Array.from({ length: 5 }, () => semaphore.tryAcquire());
  assertFalse(all.includes(undefined));
  assertEquals(semaphore.tryAcquire(), undefined);
});

Deno.test("Semaphore conserves its permits under random polls, drops and releases", () => {
  forSeeds(200, (random) => {
    const semaphore = new Semaphore(6);
    const crowd = new Crowd<SemaphorePermit>(
      random,
      () => semaphore.acquire(random.below(5)),
      (permit) => permit.release(),
    );
    for (let i = 0; i < 100; i++) {
      crowd.step();
      if (crowd.unserved.length > 0) assertEquals(semaphore.availablePermits(), 0);
      if (crowd.waiting.length > 0) continue;
      const held = crowd.held.reduce((sum, { numPermits }) => sum + numPermits, 0);
      assertEquals(semaphore.availablePermits() + held, 6);
    }
    crowd.drain();
    assertEquals(semaphore.availablePermits(), 6);
  });
});
