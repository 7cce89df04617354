/**
 * Intervals: when each tick is due, with each behaviour after a late one.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Instant } from "../../time/instant.ts";
import {
  type Interval,
  interval,
  intervalAt,
  type MissedTickBehavior,
} from "../../time/interval.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";
import { assertReady as ready } from "../../testing/asserts.ts";
import { taskSpawn } from "../../testing/test_task.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, turns } from "../helpers/wakes.ts";

/** Takes the tick that is due. */
function take(ticks: Interval): Instant {
  return ready(taskSpawn(ticks).enter((cx) => ticks.pollTick(cx)));
}

/**
 * Takes a tick at each of the times, all counted from the start, and answers with when each was
 * due. No timer runs meanwhile, so the clock may be turned at will.
 */
function takeAt(behavior: MissedTickBehavior, period: number, times: number[]): number[] {
  let now = 1_000_000;
  const start = now;
  using _clock = stub(isolate.driver, "now", () => now);
  const ticks = interval(period);
  ticks.missedTickBehavior = behavior;
  return times.map((time) => {
    now = start + time;
    return take(ticks).ms - start;
  });
}

test("interval() ticks at once and then once per period", () => {
  assertEquals(takeAt("burst", 100, [0, 100, 200, 300]), [0, 100, 200, 300]);
});

test("interval() that is a little late does not drift, whatever the behaviour", () => {
  for (const behavior of ["burst", "delay", "skip"] as const) {
    assertEquals(takeAt(behavior, 100, [0, 103, 205, 304.5, 400]), [0, 100, 200, 300, 400]);
  }
});

test(`interval() with "burst" catches up, tick by tick`, () => {
  assertEquals(
    takeAt("burst", 100, [0, 100, 450, 450, 451, 500, 600]),
    [0, 100, 200, 300, 400, 500, 600],
  );
});

test(`interval() with "delay" begins anew after a late tick`, () => {
  assertEquals(takeAt("delay", 100, [0, 100, 450, 550, 650]), [0, 100, 200, 550, 650]);
  assertEquals(takeAt("delay", 100, [0, 106, 206]), [0, 100, 206]);
});

test(`interval() with "skip" goes on with the first tick of the schedule that lies ahead`, () => {
  assertEquals(takeAt("skip", 100, [0, 100, 450, 500, 600]), [0, 100, 200, 500, 600]);
  assertEquals(takeAt("skip", 100, [0, 399, 400]), [0, 100, 400]);
});

test(`interval() with "skip" that is late by whole periods goes to the next one`, () => {
  assertEquals(takeAt("skip", 100, [0, 400, 500]), [0, 100, 500]);
});

test("interval() counts a tick as missed when it is more than 5 ms late", () => {
  assertEquals(takeAt("delay", 100, [0, 105, 200]), [0, 100, 200]);
  assertEquals(takeAt("delay", 100, [0, 105.5, 205.5]), [0, 100, 205.5]);
});

test("interval() with a period of fractions keeps them", () => {
  assertEquals(takeAt("burst", 0.25, [0, 0.25, 0.5, 0.75]), [0, 0.25, 0.5, 0.75]);
});

test("intervalAt() begins at its start", async () => {
  const start = Instant.now().add(3);
  const ticks = intervalAt(start, 2);
  assertEquals(ticks.deadline.ms, start.ms);
  const first = await ticks.tick();
  assertEquals(first.ms, start.ms);
  assert(Instant.now().compare(start) >= 0);
  assertEquals((await ticks.tick()).ms, start.ms + 2);
});

test("Interval.tick() never comes before it is due", async () => {
  const ticks = interval(1.3);
  for (let i = 0; i < 10; i++) {
    const due = await ticks.tick();
    assert(Instant.now().compare(due) >= 0);
  }
});

test("Interval.tick() that is given up is not lost", async () => {
  const ticks = intervalAt(Instant.now().add(60_000), 1000);
  const next = ticks.deadline;
  const tick = ticks.tick();
  assertPending(tick);
  tick[Symbol.dispose]();
  assertEquals(ticks.deadline.ms, next.ms);
  ticks.resetAt(Instant.now().sub(1));
  await ticks.tick();
});

test("Interval.tick() twice at a time gives two ticks, and neither early", async () => {
  const ticks = intervalAt(Instant.now().add(2), 10);
  const take = () =>
    spawn(function* () {
      const due = yield* ticks.tick();
      return { due, at: Instant.now() };
    });
  const both = await Promise.all([take(), take()]);
  for (const { due, at } of both) assert(at.compare(due) >= 0, `${due.ms - at.ms} ms early`);
  assertEquals(Math.abs(both[0]!.due.ms - both[1]!.due.ms), 10);
});

const RESETS: [string, (ticks: Interval) => void, number][] = [
  ["reset", (ticks) => ticks.reset(), 10_100],
  ["resetImmediately", (ticks) => ticks.resetImmediately(), 10_000],
  ["resetAfter", (ticks) => ticks.resetAfter({ milliseconds: 7 }), 10_007],
  ["resetAt", (ticks) => ticks.resetAt(new Instant(10_042)), 10_042],
];

for (const [name, reset, expected] of RESETS) {
  test(`Interval.${name}() sets when the next tick is due, and the period goes on`, () => {
    let now = 10_000;
    using _clock = stub(isolate.driver, "now", () => now);
    const ticks = intervalAt(new Instant(9_990), 100);
    reset(ticks);
    assertEquals(ticks.deadline.ms, expected);
    now = expected;
    take(ticks);
    assertEquals(ticks.deadline.ms, expected + 100);
    assertEquals(ticks.period, 100);
  });
}

test("Interval.resetAt() moves a tick that is waited for", async () => {
  // So far ahead that a slow machine begins to wait before it is due.
  const ticks = intervalAt(Instant.now().add(150), 50);
  const task = spawn(function* () {
    const due = yield* ticks.tick();
    return { due, at: Instant.now() };
  });
  await turns(3);
  const later = Instant.now().add(160);
  ticks.resetAt(later);
  const { due, at } = await task;
  assertEquals(due.ms, later.ms);
  assert(at.compare(due) >= 0, `${due.ms - at.ms} ms early`);
});

test("interval() throws a RangeError at the call for a period of 0, negative or NaN", () => {
  for (const period of [0, -1, NaN, {}]) {
    assertThrows(() => interval(period), RangeError);
    assertThrows(() => intervalAt(Instant.now(), period), RangeError);
  }
  assertThrows(() => interval("1" as unknown as number), TypeError);
});

test("interval() of the longest period ticks once and waits", () => {
  const ticks = interval(Infinity);
  ticks.resetAt(new Instant(0));
  assertReady(ticks.tick());
  const second = ticks.tick();
  ticks.reset();
  assertPending(second);
  second[Symbol.dispose]();
  assertEquals(isolate.driver.timers, 0);
});

test("Interval is an async iterable of the instants at which its ticks were due", async () => {
  const start = Instant.now();
  const seen: number[] = [];
  for await (const due of intervalAt(start, 1)) {
    seen.push(due.ms - start.ms);
    if (seen.length === 4) break;
  }
  assertEquals(seen.map(Math.round), [0, 1, 2, 3]);
});

test("Interval keeps its mean rate although each tick is taken late", async () => {
  const start = Instant.now();
  const ticks = intervalAt(start, 4);
  for (let i = 0; i < 5; i++) {
    const due = await ticks.tick();
    assertEquals(Math.round((due.ms - start.ms) * 1000), i * 4000);
    await sleep(1);
  }
  await sleepUntil(ticks.deadline);
});
