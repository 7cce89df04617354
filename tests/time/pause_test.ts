/**
 * `pause`, `resume`, `advance`, and the clock that moves by itself.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { assertElapsed, assertPending, assertReady, taskSpawn, test } from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import { advance, pause, resume } from "../../time/pause.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { Seeded } from "../helpers/seeded.ts";
import { turns } from "../helpers/wakes.ts";

const PAUSED = { startPaused: true };

/** Lets real time pass. */
function hostDelay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test("pause() works in the main function", () => {
  pause();
  assert(isolate.driver.isPaused);
});

test("pause() works in a task", function* () {
  yield* spawn(() => pause());
  assert(isolate.driver.isPaused);
});

test("pause() keeps the clock standing while real time passes", PAUSED, async () => {
  const now = Instant.now();
  for (let i = 0; i < 5; i++) {
    await hostDelay(1);
    assertEquals(Instant.now(), now);
  }
});

test("pause() puts the clock at the next whole millisecond, and not farther", () => {
  const before = Instant.now();
  pause();
  const now = Instant.now();
  assertEquals(now.ms, Math.ceil(now.ms));
  assert(now.compare(before) >= 0);
});

test("pause() twice throws", PAUSED, () => {
  assertThrows(pause, TypeError, "Cannot pause the clock: it is paused already");
});

test("resume() on a running clock throws", () => {
  assertThrows(resume, TypeError, "Cannot resume the clock: it is running, pause it first");
  pause();
  resume();
  assertThrows(resume, TypeError);
});

test("resume() lets time go on from where it stands", async () => {
  const start = Instant.now();
  pause();
  await advance({ seconds: 10 });
  const advanced = Instant.now();
  assert(advanced.durationSince(start) >= 10_000);
  assert(advanced.durationSince(start) < 11_000);
  resume();
  await hostDelay(2);
  assert(Instant.now().compare(advanced) > 0);
  assert(advanced.elapsed() < 1000);
});

test("pause() works again after resume()", async () => {
  const start = Instant.now();
  pause();
  await advance({ seconds: 10 });
  resume();
  pause();
  await advance({ seconds: 10 });
  assert(start.elapsed() >= 20_000);
  assert(start.elapsed() < 21_000);
});

test("resume() never puts the clock back", async () => {
  let last = Instant.now();
  for (let i = 0; i < 50; i++) {
    pause();
    await advance(0.1 + i / 7);
    resume();
    const now = Instant.now();
    assert(now.compare(last) >= 0, `${now} after ${last}`);
    last = now;
  }
});

test("resume() leaves timers their deadlines, which come in real time", async () => {
  pause();
  isolate.driver.hold();
  const slept = sleep(20);
  const task = spawn(slept);
  await turns(3);
  await advance(10);
  resume();
  isolate.driver.release();
  const start = performance.now();
  await task;
  const took = performance.now() - start;
  assert(took > 8, `took ${took} ms`);
});

test("pause() makes sleeps deterministic", async () => {
  const run = async () => {
    pause();
    const random = new Seeded(1);
    const start = Instant.now();
    const times: number[] = [];
    for (let i = 0; i < 1000; i++) {
      await sleep(random.next() * 1000);
      times.push(start.elapsed());
    }
    resume();
    return times;
  };
  assertEquals(await run(), await run());
});

test("a paused clock moves to the first timer when nothing happens", PAUSED, async () => {
  const start = Instant.now();
  const began = performance.now();
  await sleep({ hours: 1 });
  assertEquals(start.elapsed(), 3_600_000);
  assert(performance.now() - began < 10_000);
});

test("a paused clock ends sleeps in the order of their deadlines", PAUSED, async () => {
  const order: number[] = [];
  const start = Instant.now();
  const sleeper = (ms: number) =>
    spawn(function* () {
      yield* sleep(ms);
      order.push(ms);
      assertEquals(start.elapsed(), ms);
    });
  await join(...[30_000, 10, 3_600_000, 1, 500].map(sleeper));
  assertEquals(order, [1, 10, 500, 30_000, 3_600_000]);
});

test("a paused clock stands while tasks have something to do", PAUSED, async () => {
  const start = Instant.now();
  const slept = spawn(sleep(5));
  for (let i = 0; i < 500; i++) await yieldNow();
  assertEquals(start.elapsed(), 0);
  await slept;
  assertEquals(start.elapsed(), 5);
});

test("a paused clock waits for continuations and for one turn of the host", PAUSED, async () => {
  const start = Instant.now();
  using far = taskSpawn(sleep(1000));
  assertPending(far.poll());
  for (let i = 0; i < 100; i++) await Promise.resolve();
  await turns(1);
  assertEquals(start.elapsed(), 0);
});

test("a paused clock does not wait for what the host alone does", PAUSED, async () => {
  const late = hostDelay(20).then(() => "host");
  await assertRejects(async () => await timeout(1000, late), ElapsedError);
  assertEquals(await late, "host");
});

test(
  "a paused clock stands while it is held, and goes on when it is released",
  PAUSED,
  async () => {
    const start = Instant.now();
    isolate.driver.hold();
    const slept = spawn(sleep(50));
    await hostDelay(5);
    assertEquals(start.elapsed(), 0);
    isolate.driver.release();
    await slept;
    assertEquals(start.elapsed(), 50);
  },
);

test("a paused clock lets a timeout elapse", PAUSED, async () => {
  const start = Instant.now();
  await assertRejects(async () => await timeout({ minutes: 5 }, pending()), ElapsedError);
  assertEquals(start.elapsed(), 300_000);
});

test("advance() moves the clock exactly as far as it says", PAUSED, async () => {
  for (const ms of [1, 100, 51.592, 0.001, 3141.592, 3123.456, 0.000001, 0]) {
    const start = Instant.now();
    await advance(ms);
    assert(Math.abs(start.elapsed() - ms) < 1e-6, `${start.elapsed()} instead of ${ms}`);
  }
});

test("advance() adds up: ten times a tenth is one", PAUSED, async () => {
  const slept = taskSpawn(sleep(1));
  assertPending(slept.poll());
  const start = Instant.now();
  for (let i = 0; i < 9; i++) await advance(0.1);
  assertPending(slept.poll());
  await advance(0.1);
  assertEquals(start.elapsed(), 1);
  assert(slept.isWoken());
  assertReady(slept.poll());
});

test("advance() on a running clock throws at the call", () => {
  assertThrows(
    () => advance(1),
    TypeError,
    "Cannot advance the clock: it is running, pause it first",
  );
});

test("advance() that is polled after resume() throws", async () => {
  pause();
  const moved = advance(1);
  resume();
  await assertRejects(async () => await moved, TypeError, "it is running");
});

test("advance() throws at the call for a wrong duration", PAUSED, () => {
  for (const wrong of [-1, NaN, Infinity]) assertThrows(() => advance(wrong), RangeError);
  assertThrows(() => advance("1" as unknown as number), TypeError);
});

test("advance() is lazy, and moves once", PAUSED, () => {
  const start = Instant.now();
  const moved = taskSpawn(advance(10));
  assertEquals(start.elapsed(), 0);
  assertPending(moved.poll());
  assertEquals(start.elapsed(), 10);
  assertReady(moved.poll());
  assertEquals(start.elapsed(), 10);
  assertThrows(() => moved.poll(), TypeError);
});

test(
  "advance() leaves a sleep pending that is due later, polled before or not",
  PAUSED,
  async () => {
    for (const isPolled of [true, false]) {
      const start = Instant.now();
      using slept = taskSpawn(sleepUntil(start.add(300)));
      if (isPolled) assertPending(slept.poll());
      const before = Instant.now();
      await advance(100);
      assertElapsed(before, 100);
      assertPending(slept.poll());
      assert(!slept.isWoken());
    }
  },
);

test("advance() leaves a sleep of the same future pending that is due later", PAUSED, async () => {
  for (const isPolled of [true, false]) {
    const slept = sleepUntil(Instant.now().add(300));
    const moved = advance(100);
    const before = Instant.now();
    let isMoved = false;
    await pollFn((cx) => {
      if (isPolled && !isMoved) assertPending(slept.poll(cx));
      if (moved.poll(cx) === Pending) {
        isMoved = true;
        return Pending;
      }
      assertElapsed(before, 100);
      assertPending(slept.poll(cx));
      slept[Symbol.dispose]();
    });
    assert(isMoved);
  }
});

test("advance() of a fraction leaves a long sleep pending", PAUSED, async () => {
  const start = Instant.now();
  await advance(1);
  using slept = taskSpawn(sleepUntil(start.add({ seconds: 60 })));
  assertPending(slept.poll());
  const before = Instant.now();
  await advance({ microseconds: 51_592 });
  assert(Math.abs(before.elapsed() - 51.592) < 1e-6);
  assertPending(slept.poll());
});

test("advance() past a timer in one step wakes it", PAUSED, async () => {
  const slept = taskSpawn(sleep(1));
  assertPending(slept.poll());
  await advance({ microseconds: 250 });
  assertPending(slept.poll());
  await advance({ microseconds: 1500 });
  assert(slept.isWoken());
  assertReady(slept.poll());
});

test("advance() up to a timer in several steps wakes it with the last", PAUSED, async () => {
  const slept = taskSpawn(sleep(1));
  assertPending(slept.poll());
  for (let i = 0; i < 3; i++) {
    await advance({ microseconds: 250 });
    assertPending(slept.poll());
  }
  await advance({ microseconds: 250 });
  assert(slept.isWoken());
  assertReady(slept.poll());
});

test(
  "advance() lets those run once whom it has woken, and does not wait for their ends",
  PAUSED,
  async () => {
    const log: string[] = [];
    const task = spawn(function* () {
      yield* sleep(10);
      log.push("woken");
      yield* sleep(10);
      log.push("ended");
    });
    await yieldNow();
    await advance(25);
    assertEquals(log, ["woken"]);
    await task;
    assertEquals(log, ["woken", "ended"]);
  },
);

test("advance() over several timers fires them together, in their order", PAUSED, async () => {
  const order: number[] = [];
  const start = Instant.now();
  const tasks = [30, 10, 20].map((ms) =>
    spawn(function* () {
      yield* sleepUntil(start.add(ms));
      order.push(ms);
      assertEquals(start.elapsed(), 50);
    })
  );
  await yieldNow();
  await advance(50);
  await join(...tasks);
  assertEquals(order, [10, 20, 30]);
});

test("advance() that is given up after its poll has moved the clock", PAUSED, () => {
  const start = Instant.now();
  using moved = taskSpawn(advance(10));
  assertPending(moved.poll());
  moved[Symbol.dispose]();
  assertEquals(start.elapsed(), 10);
});
