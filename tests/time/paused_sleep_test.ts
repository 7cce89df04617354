/**
 * `sleep` on a paused clock: exact ends, resets in every state, far deadlines.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { select } from "../../future/select.ts";
import { isolate } from "../../scheduler/isolate.ts";
import {
  assertElapsed,
  assertPending,
  assertReady,
  taskSpawn,
  test,
  TestTask,
} from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import { advance } from "../../time/pause.ts";
import { type Sleep, sleep, sleepUntil } from "../../time/sleep.ts";

const PAUSED = { startPaused: true };
const YEAR = { hours: 365 * 24 };

test("sleepUntil() now ends at once, and is elapsed then", PAUSED, async () => {
  const now = Instant.now();
  const slept = sleepUntil(now);
  assertFalse(slept.isElapsed());
  await slept;
  assertElapsed(now, 0);
  assert(slept.isElapsed());
});

test("Sleep.isElapsed() is false until the timer has fired", PAUSED, async () => {
  const slept = sleep(10);
  assertFalse(slept.isElapsed());
  assertPending(taskSpawn(slept).poll());
  assertFalse(slept.isElapsed());
  await slept;
  assert(slept.isElapsed());
});

test("Sleep.isElapsed() stays false for a sleep that was dropped before its end", PAUSED, () => {
  const slept = sleep(10);
  slept[Symbol.dispose]();
  assertFalse(slept.isElapsed());
});

test("sleep() on a paused clock takes exactly as long as it says", PAUSED, async () => {
  for (const ms of [1, 10, 60, 63, 64, 65, 4095, 4096, 262_144, 1_000_000_007]) {
    const now = Instant.now();
    await sleep(ms);
    assertEquals(now.elapsed(), ms);
  }
});

test("sleepUntil() rounds fractions up to the next millisecond", PAUSED, async () => {
  for (let i = 0; i < 5; i++) {
    const now = Instant.now();
    await sleepUntil(now.add(1).add({ nanoseconds: 1000 }));
    assertEquals(now.elapsed(), 2);
  }
});

test("sleepUntil() wraps around the finest slots", PAUSED, async () => {
  for (let i = 0; i < 64; i++) {
    await sleep(5);
    const now = Instant.now();
    await sleepUntil(now.add(60));
    assertEquals(now.elapsed(), 60);
  }
});

test("Sleep.reset() to later, before it fires", PAUSED, async () => {
  const now = Instant.now();
  const slept = polled(now, 100);
  slept.reset(Instant.now().add(200));
  await slept;
  assertElapsed(now, 200);
});

test("Sleep.reset() to earlier, before time has passed", PAUSED, async () => {
  const now = Instant.now();
  const slept = polled(now, 100);
  slept.reset(now.add(80));
  await slept;
  assertElapsed(now, 80);
});

test("Sleep.reset() to earlier, after time has passed", PAUSED, async () => {
  const now = Instant.now();
  const slept = polled(now, 100);
  await sleep(10);
  slept.reset(now.add(80));
  await slept;
  assertElapsed(now, 80);
});

test("Sleep.reset() after it has ended", PAUSED, async () => {
  const now = Instant.now();
  const slept = sleepUntil(now.add(100));
  await slept;
  assertElapsed(now, 100);
  slept.reset(now.add(110));
  await slept;
  assertElapsed(now, 110);
});

test("Sleep.reset() into the past wakes who waits", PAUSED, async () => {
  const now = Instant.now();
  const task = taskSpawn(sleepUntil(now.add(100)));
  assertPending(task.poll());
  await sleep(50);
  assertFalse(task.isWoken());
  task.inner.reset(now.add(40));
  assert(task.isWoken());
  assertReady(task.poll());
});

test(
  "Sleep.reset() after it has fired makes it pending, and moves its deadline",
  PAUSED,
  async () => {
    const slept = sleep(1);
    const { deadline } = slept;
    await slept;
    slept.reset(Instant.now().add({ seconds: 600 }));
    assertNotEquals(deadline, slept.deadline);
    using task = taskSpawn(slept);
    assertPending(task.poll());
    assertPending(task.poll());
  },
);

test("Sleep.reset() of a sleep that was dropped begins anew", PAUSED, async () => {
  const now = Instant.now();
  const slept = sleep(10);
  assertPending(taskSpawn(slept).poll());
  slept[Symbol.dispose]();
  slept.reset(now.add(30));
  await slept;
  assertElapsed(now, 30);
});

test("sleep() of several years ends", PAUSED, async () => {
  for (let i = 0; i < 5; i++) {
    const now = Instant.now();
    await sleep(YEAR);
    assertElapsed(now, YEAR);
  }
  const deadline = Instant.now().add({ hours: 10 * YEAR.hours });
  await sleepUntil(deadline);
  assert(Instant.now().compare(deadline) >= 0);
  assert(Instant.now().compare(deadline.add(1)) <= 0);
});

test("sleep() of more than the range of the wheel ends on time", PAUSED, async () => {
  const now = Instant.now();
  await sleepUntil(now.add({ hours: 5 * YEAR.hours }));
  assertElapsed(now, { hours: 5 * YEAR.hours });
});

test("sleep() of Infinity ends after thirty years", PAUSED, async () => {
  const now = Instant.now();
  await sleep(Infinity);
  assertElapsed(now, { hours: 30 * YEAR.hours });
});

test("sleep() of almost the longest duration does not overflow", PAUSED, async () => {
  const now = Instant.now();
  await sleep(Number.MAX_VALUE);
  await sleep({ hours: 30 * YEAR.hours - 1 });
  assert(now.elapsed() > 59 * 365 * 86_400_000);
});

test("sleep() of a nanosecond wins over one of thirty years", PAUSED, async () => {
  const won = await select({
    never: sleep({ seconds: 2 ** 64 / 10 }),
    soon: sleep({ nanoseconds: 1 }),
  });
  assertEquals(won.branch, "soon");
});

test("sleep() of 0, two hundred times", async () => {
  for (let i = 0; i < 200; i++) await sleep(0);
});

test("sleep() that was reset to the time of another is dropped after that", PAUSED, async () => {
  const start = Instant.now();
  const [a, b, c] = [5, 5, 10].map((ms) => taskSpawn(sleep(ms))) as [Task, Task, Task];
  for (const task of [a, b, c]) assertPending(task.poll());
  b.inner.reset(start.add(10));
  await a.inner;
  b[Symbol.dispose]();
  await c.inner;
  assertElapsed(start, 10);
});

test("sleep() may be dropped by the wake of another", PAUSED, async () => {
  const list: Sleep[] = [];
  let wakes = 0;
  const waker = {
    wake() {
      wakes += 1;
      for (const slept of list.splice(0)) slept[Symbol.dispose]();
    },
  };
  for (let i = 0; i < 100; i++) {
    const slept = sleep(10);
    new TestTask(slept).enter(() => slept.poll({ waker }));
    list.push(slept);
  }
  await sleep(11);
  assertEquals(wakes, 1);
  assertEquals(isolate.driver.timers, 0);
});

test("sleep() a hundred thousand times at once", PAUSED, async () => {
  const start = Instant.now();
  let ended = 0;
  let isOrdered = true;
  let last = 0;
  const one = async (ms: number) => {
    await sleep(ms);
    ended += 1;
    isOrdered &&= ms >= last;
    last = ms;
  };
  const all = Array.from({ length: 100_000 }, (_, i) => one((i * 7919) % 100_003));
  await Promise.all(all);
  assertEquals([ended, isOrdered], [100_000, true]);
  assertEquals(start.elapsed(), 100_002);
});

test("sleep() fires when the clock is advanced to its end, not before", PAUSED, async () => {
  const task = taskSpawn(sleep(300));
  assertPending(task.poll());
  await advance(299);
  assertFalse(task.isWoken());
  await advance(1);
  assert(task.isWoken());
  assertReady(task.poll());
});

type Task = TestTask<Sleep>;

/** A sleep that is in the wheel. */
function polled(now: Instant, ms: number): Sleep {
  const slept = sleepUntil(now.add(ms));
  assertPending(taskSpawn(slept).poll());
  return slept;
}
