/**
 * `timeout` and `timeoutAt`.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import type { Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { Instant } from "../../time/instant.ts";
import { pause, resume } from "../../time/pause.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";
import { ElapsedError, timeout, timeoutAt } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertReady, turns } from "../helpers/wakes.ts";

test("timeout() hands over the value of a future that is in time", async () => {
  assertEquals(await timeout(60_000, ready(1)), 1);
  assertEquals(await timeout(60_000, sleep(1).then(() => 2)), 2);
  assertEquals(await timeout(60_000, Promise.resolve(3)), 3);
});

test("timeout() fails with an ElapsedError when the time is up", async () => {
  const start = performance.now();
  const error = await assertRejects(async () => await timeout(3, pending()), ElapsedError);
  assert(performance.now() - start >= 3);
  assertInstanceOf(error, Error);
  assertEquals(error.name, "ElapsedError");
  assertEquals(error.message, "Cannot wait any longer: the deadline has elapsed");
});

test("timeout() of 0 lets a ready future win, and a waiting one lose", async () => {
  assertEquals(assertReady(timeout(0, ready("in time"))), "in time");
  await assertRejects(async () => await timeout(0, pending()), ElapsedError);
});

test("timeoutAt() a deadline that has passed lets a ready future win", async () => {
  assertEquals(assertReady(timeoutAt(new Instant(0), ready("in time"))), "in time");
  await assertRejects(async () => await timeoutAt(new Instant(0), pending()), ElapsedError);
});

test("timeout() takes the value of a future that is due at the same time", async () => {
  // On a clock that runs, the deadline might pass between the polls of the two.
  pause();
  for (let i = 0; i < 5; i++) {
    const deadline = Instant.now().add(2);
    await timeoutAt(deadline, sleepUntil(deadline));
  }
  resume();
});

test("timeoutAt() gives up at its deadline and not before", async () => {
  const deadline = Instant.now().add(4);
  await assertRejects(async () => await timeoutAt(deadline, pending()), ElapsedError);
  assert(Instant.now().compare(deadline) >= 0);
});

test("timeout() counts from the call, not from the first poll", async () => {
  const late = timeout(5, pending());
  await new Promise((resolve) => setTimeout(resolve, 10));
  const start = performance.now();
  await assertRejects(async () => await late, ElapsedError);
  assert(performance.now() - start < 5);
});

test("timeout() passes on the failure of its future, and stops the timer", async () => {
  const failing = pollFn<number>(() => {
    throw new RangeError("own");
  });
  await assertRejects(async () => await timeout(60_000, failing), RangeError, "own");
  await assertRejects(
    async () => await timeout(60_000, Promise.reject(new RangeError("own"))),
    RangeError,
    "own",
  );
});

test("timeout() drops its future when the time is up", async () => {
  const log: string[] = [];
  const waiting = future(function* () {
    try {
      yield* pending();
    } finally {
      log.push("finally");
    }
  });
  await assertRejects(async () => await timeout(1, waiting), ElapsedError);
  assertEquals(log, ["finally"]);
});

test("timeout() that is dropped drops its future and its timer", () => {
  let drops = 0;
  const waiting = timeout(60_000, pollFn(() => Pending, () => drops++));
  waiting.poll({ waker: { wake() {} } });
  waiting[Symbol.dispose]();
  assertEquals(drops, 1);
});

test("timeout() fails with what dropping its future throws", async () => {
  const stubborn = pollFn(() => Pending, () => {
    throw new RangeError("stubborn");
  });
  await assertRejects(async () => await timeout(1, stubborn), RangeError, "stubborn");
});

test("timeout() cannot be starved by a future that uses up the budget", async () => {
  // Each of these sleeps has ended, so each costs a unit of the budget and none waits.
  const greedy = function* (): Steps<never> {
    for (;;) yield* sleepUntil(new Instant(0));
  };
  const task = spawn(function* () {
    yield* timeout(5, future(greedy));
  });
  const failure = await assertRejects(async () => await task);
  assertInstanceOf((failure as Error).cause, ElapsedError);
});

test("timeout() ends a future that yields for ever", async () => {
  const busy = future(function* () {
    for (;;) yield* yieldNow();
  });
  await assertRejects(async () => await timeout(3, busy), ElapsedError);
});

test("timeout() of a promise leaves the promise alone", async () => {
  const late = Promise.withResolvers<number>();
  await assertRejects(async () => await timeout(1, late.promise), ElapsedError);
  late.resolve(5);
  assertEquals(await late.promise, 5);
  await turns();
});

test("timeout() nests: the shorter one wins", async () => {
  const start = performance.now();
  await assertRejects(async () => await timeout(60_000, timeout(2, pending())), ElapsedError);
  await assertRejects(async () => await timeout(2, timeout(60_000, pending())), ElapsedError);
  assert(performance.now() - start < 30_000);
});

test("timeout() may be as long as one likes", async () => {
  assertEquals(await timeout(Infinity, sleep(1).then(() => 1)), 1);
  assertEquals(await timeout({ hours: 24 * 365 * 100 }, ready(1)), 1);
});

test("timeout() throws at the call for a wrong duration or source", () => {
  assertThrows(() => timeout(-1, ready(1)), RangeError, "Cannot use a duration of -1 ms");
  assertThrows(() => timeout(NaN, ready(1)), RangeError);
  assertThrows(() => timeout(1, 5 as unknown as Promise<number>), TypeError, "found number");
});
