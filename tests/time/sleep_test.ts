/**
 * `sleep`, `sleepUntil` and `Sleep.reset`.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertLess,
  assertThrows,
} from "@std/assert";
import type { Steps } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Instant } from "../../time/instant.ts";
import { pause, resume } from "../../time/pause.ts";
import { type Sleep, sleep, sleepUntil } from "../../time/sleep.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

/** Lets time pass by a timer of the host. */
function hostDelay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test("sleep() never ends early, whatever the fraction of a millisecond", async () => {
  const early: number[] = [];
  const one = async (i: number) => {
    const slept = sleep((i % 20) + i / 100);
    await slept;
    const left = slept.deadline.ms - performance.now();
    if (left > 0) early.push(left);
  };
  await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
  assertEquals(early, []);
});

test("sleep() in a row never ends early", async () => {
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await sleep(0.3 * i);
    const took = performance.now() - start;
    assert(took >= 0.3 * i, `slept ${took} of ${0.3 * i} ms`);
  }
});

test("sleep() counts from the call, not from the first poll", async () => {
  const slept = sleep(20);
  await hostDelay(25);
  const start = performance.now();
  await slept;
  assertLess(performance.now() - start, 15);
});

test("sleep() starts no timer before it is polled", () => {
  const before = isolate.driver.timers;
  const slept = sleep(60_000);
  assertEquals(isolate.driver.timers, before);
  assertPending(slept);
  assertEquals(isolate.driver.timers, before + 1);
  slept[Symbol.dispose]();
  assertEquals(isolate.driver.timers, before);
});

test("sleep() wakes in the order of the deadlines", async () => {
  const order: number[] = [];
  pause();
  const start = Instant.now();
  const tasks = [9, 3, 6, 1, 12].map((ms) =>
    spawn(function* () {
      yield* sleepUntil(start.add(ms));
      order.push(ms);
    })
  );
  for (const task of tasks) await task;
  resume();
  assertEquals(order, [1, 3, 6, 9, 12]);
});

test("sleep() wakes only the waker of the last poll", async () => {
  const first = new Wakes();
  const second = new Wakes();
  const slept = sleep(2);
  assertPending(slept, first);
  assertPending(slept, second);
  await sleep(5);
  assertEquals([first.count, second.count], [0, 1]);
  assertReady(slept, second);
});

test("sleepUntil() a deadline that has passed is ready at once", async () => {
  await hostDelay(10);
  assertReady(sleepUntil(Instant.now().sub(5)));
  assertReady(sleepUntil(new Instant(-1000)));
  assertReady(sleepUntil(new Instant(-Infinity)));
});

test("sleepUntil() keeps its exact deadline", () => {
  const deadline = new Instant(1_000_000_000.25);
  using slept = sleepUntil(deadline);
  assertEquals(slept.deadline.ms, deadline.ms);
});

test("sleep() of thirty years, of Infinity and of nothing are fine", async () => {
  await sleep(0);
  for (const far of [Infinity, Number.MAX_SAFE_INTEGER, 86_400_000 * 365 * 30]) {
    using slept = sleep(far);
    const wakes = new Wakes();
    assertPending(slept, wakes);
    await sleep(1);
    assertFalse(wakes.isWoken());
    assertFalse(slept.isElapsed());
  }
});

test("sleep() ends on time although a timer of many years waits as well", async () => {
  using far = sleep(Infinity);
  using month = sleep({ hours: 24 * 30 });
  assertPending(far);
  assertPending(month);
  const start = performance.now();
  await sleep(3);
  assert(performance.now() - start >= 3);
});

test("sleep() throws at the call for a wrong duration", () => {
  assertThrows(() => sleep(-1), RangeError, "Cannot use a duration of -1 ms");
  assertThrows(() => sleep(NaN), RangeError, "NaN");
  assertThrows(() => sleep("5" as unknown as number), TypeError, "type string");
});

test("Sleep.isElapsed() turns true when the timer fires, before the poll", async () => {
  const slept = sleep(1);
  assertFalse(slept.isElapsed());
  assertPending(slept);
  await sleep(4);
  assert(slept.isElapsed());
  assertReady(slept);
  assert(slept.isElapsed());
});

test("Sleep.reset() to an earlier deadline ends it earlier", async () => {
  const slept = sleep(60_000);
  const wakes = new Wakes();
  assertPending(slept, wakes);
  slept.reset(Instant.now().add(2));
  await sleep(5);
  assert(wakes.isWoken());
  assertReady(slept, wakes);
});

test("Sleep.reset() to a later deadline ends it later", async () => {
  const slept = sleep(2);
  const wakes = new Wakes();
  assertPending(slept, wakes);
  const later = Instant.now().add(12);
  slept.reset(later);
  await sleepUntil(later.sub(4));
  if (Instant.now().compare(later) < 0) {
    assertFalse(wakes.isWoken());
    assertPending(slept, wakes);
  }
  await slept;
  assert(Instant.now().compare(later) >= 0);
});

test("Sleep.reset() into the past wakes at once", () => {
  const slept = sleep(60_000);
  const wakes = new Wakes();
  assertPending(slept, wakes);
  slept.reset(new Instant(-1));
  assert(wakes.isWoken());
  assertReady(slept, wakes);
});

test("Sleep.reset() before the first poll only moves the deadline", async () => {
  const before = isolate.driver.timers;
  const slept = sleep(60_000);
  const deadline = Instant.now().add(2);
  slept.reset(deadline);
  assertEquals(isolate.driver.timers, before);
  assertEquals(slept.deadline.ms, deadline.ms);
  await slept;
});

test("Sleep.reset() after it has fired, polled or not, makes it wait again", async () => {
  for (const isPolled of [true, false]) {
    const slept = sleep(20);
    assertPending(slept);
    await sleep(25);
    assert(slept.isElapsed());
    if (isPolled) assertReady(slept);
    const deadline = Instant.now().add(3);
    slept.reset(deadline);
    assertFalse(slept.isElapsed());
    await slept;
    assert(Instant.now().compare(deadline) >= 0);
  }
});

test("Sleep.reset() while a task waits on it keeps the task waiting for the new deadline", async () => {
  // So long that a slow machine begins to wait before it is over.
  const slept = sleep(150);
  const later = Instant.now().add(160);
  const task = spawn(function* () {
    yield* slept;
    return Instant.now();
  });
  await turns(3);
  slept.reset(later);
  const woken = await task;
  assert(woken.compare(later) >= 0);
});

test("Sleep dropped by a waker during the turn in which it fires does no harm", async () => {
  const other = sleep(3);
  const first = sleep(3);
  const dropsOther = {
    wake: () => other[Symbol.dispose](),
  };
  const wakes = new Wakes();
  assertPending(first, { waker: dropsOther });
  assertPending(other, wakes);
  await sleep(6);
  assertReady(first);
  assertThrows(() => assertReady(other), TypeError);
});

test("Sleep works in select() beside others, and leaves no timer behind", async () => {
  const won = await select({ slow: sleep(60_000), quick: sleep(1), slower: sleep(70_000) });
  assertEquals(won.branch, "quick");
});

test("sleep() ends within a future that wakes itself all the time", async () => {
  let slept: Sleep | undefined;
  let polls = 0;
  await pollFn((cx) => {
    polls += 1;
    // Not sooner: on a busy machine the first poll may come late.
    slept ??= sleep(10);
    if (slept.poll(cx) !== Pending) return true;
    cx.waker.wake();
    return Pending;
  });
  assert(Instant.now().compare(slept!.deadline) >= 0);
  assert(polls > 1);
});

test("sleep() and timeout() of 512 tasks at once, none early", async () => {
  const one = (wait: () => Steps<void>) =>
    spawn(function* () {
      const start = Instant.now();
      yield* wait();
      return start.elapsed();
    });
  const sleeping = function* () {
    yield* sleep(10);
  };
  const timing = function* () {
    try {
      yield* timeout(10, pending());
    } catch (error) {
      assertInstanceOf(error, ElapsedError);
    }
  };
  const tasks = Array.from({ length: 512 }, (_, i) => one(i % 2 === 0 ? sleeping : timing));
  for (const task of tasks) {
    const elapsed = await task;
    assert(elapsed >= 10, `${elapsed} ms`);
  }
});
