/**
 * Intervals on a paused clock: the exact instants of their ticks, and who is woken for them.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Context } from "../../future/context.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { End, Source } from "../../future/source.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import {
  assertElapsed,
  assertPending,
  assertReady,
  assertReadyEq,
  taskSpawn,
  test,
  type TestTask,
} from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import {
  type Interval,
  interval,
  intervalAt,
  type MissedTickBehavior,
} from "../../time/interval.ts";
import { advance } from "../../time/pause.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";

const PAUSED = { startPaused: true };

/** Steps of a scenario: by how much the clock moves, and the ticks that are due then. */
type Step = readonly [ms: number, ...due: number[]] | ((ticks: Interval) => void);

/** Runs a scenario with an interval of 300 ms that begins now; ticks count from there. */
async function check(behavior: MissedTickBehavior, steps: readonly Step[]): Promise<void> {
  const start = Instant.now();
  using task = taskSpawn(intervalAt(start, 300));
  task.inner.missedTickBehavior = behavior;
  assertReadyEq(pollTick(task), start);
  assertPending(pollTick(task));
  for (const step of steps) {
    if (typeof step === "function") {
      step(task.inner);
      continue;
    }
    const [ms, ...due] = step;
    await advance(ms);
    for (const tick of due) assertReadyEq(pollTick(task), start.add(tick));
    assertPending(pollTick(task));
  }
}

function pollTick(task: TestTask<Interval>): Poll<Instant> {
  return task.enter((cx, ticks) => ticks.pollTick(cx));
}

test(
  `Interval with "burst" gives the ticks that it missed one upon another`,
  PAUSED,
  () =>
    check("burst", [
      [100],
      [200, 300],
      [650, 600, 900],
      [200],
      [100, 1200],
      [250, 1500],
      [300, 1800],
    ]),
);

test(
  `Interval with "delay" ticks one period after a late tick was taken`,
  PAUSED,
  () =>
    check("delay", [
      [100],
      [200, 300],
      [650, 600],
      [100],
      [200, 1250],
      [300, 1550],
      [300, 1850],
    ]),
);

test(`Interval with "skip" leaves out the ticks that it missed`, PAUSED, () =>
  check("skip", [
    [100],
    [200, 300],
    [650, 600],
    [250, 1200],
    [300, 1500],
    [300, 1800],
  ]));

test("Interval.reset() while a tick is awaited", PAUSED, () =>
  check("burst", [
    [100],
    [200, 300],
    [100],
    (ticks) => ticks.reset(),
    [250],
    [50, 700],
    [300, 1000],
  ]));

test("Interval.resetImmediately() while a tick is awaited", PAUSED, () =>
  check("burst", [
    [100],
    [200, 300],
    [100],
    (ticks) => ticks.resetImmediately(),
    [0, 400],
    [100],
    [200, 700],
  ]));

test("Interval.resetAfter() while a tick is awaited", PAUSED, () =>
  check("burst", [
    [100],
    [200, 300],
    [100],
    (ticks) => ticks.resetAfter(20),
    [20, 420],
    [100],
    [200, 720],
  ]));

test("Interval.resetAt() while a tick is awaited", PAUSED, () =>
  check("burst", [
    [100],
    [200, 300],
    [100],
    (ticks) => ticks.resetAt(Instant.now().add(40)),
    [40, 440],
    [100],
    [200, 740],
  ]));

test("Interval.resetAt() to later than the next tick", PAUSED, () =>
  check("burst", [
    [100],
    [200, 300],
    [100],
    (ticks) => ticks.resetAt(Instant.now().add(1000)),
    [300],
    [300],
    [300],
    [100, 1400],
    [300, 1700],
  ]));

test("Interval.resetImmediately() wakes who waits", PAUSED, () => {
  using task = taskSpawn(intervalAt(Instant.now().add(1000), 300));
  assertPending(pollTick(task));
  task.inner.resetImmediately();
  assert(task.isWoken());
});

test("interval() ticks where the clock is advanced to", PAUSED, async () => {
  const start = Instant.now();
  using task = taskSpawn(intervalAt(start, 300));
  assertReadyEq(pollTick(task), start);
  assertPending(pollTick(task));
  for (const [ms, ...due] of [[100], [200, 300], [400, 600], [500, 900, 1200]] as const) {
    const before = Instant.now();
    await advance(ms);
    assertElapsed(before, ms);
    for (const tick of due) assertReadyEq(pollTick(task), start.add(tick));
    assertPending(pollTick(task));
  }
});

test("interval() of a period of 0 throws at the call", PAUSED, () => {
  assertThrows(() => intervalAt(Instant.now(), 0), RangeError, "a period of 0 ms");
});

test("interval() of the longest period ticks at once", PAUSED, () => {
  using task = taskSpawn(interval(Infinity));
  assertReady(pollTick(task));
  assertPending(pollTick(task));
});

/** Gives every fourth number of ticks, up to twelve. */
class EveryFourth extends Source<number> {
  #count = 0;
  readonly #ticks = interval(10);
  readonly #wakesItself: boolean;

  constructor(wakesItself: boolean) {
    super();
    this.#wakesItself = wakesItself;
  }

  pollNext(cx: Context): Poll<number | End> {
    if (this.#count >= 12) return End;
    if (this.#ticks.pollTick(cx) === Pending) return Pending;
    this.#count += 1;
    if (this.#count % 4 === 0) return this.#count;
    if (this.#wakesItself) cx.waker.wake();
    return Pending;
  }

  [Symbol.dispose](): void {
    this.#ticks[Symbol.dispose]();
  }
}

async function takeAll(source: EveryFourth): Promise<number[]> {
  const items: number[] = [];
  const task = spawn(function* () {
    for (let item; (item = yield* source.next()) !== undefined;) items.push(item);
  });
  try {
    await timeout(150, task);
  } catch (error) {
    if (!(error instanceof ElapsedError)) throw error;
    task.abort();
    await assertRejects(async () => await task);
  }
  source[Symbol.dispose]();
  return items;
}

test("Interval.pollTick() within a source that wakes itself", PAUSED, async () => {
  assertEquals(await takeAll(new EveryFourth(true)), [4, 8, 12]);
});

test("Interval.pollTick() that was ready does not wake again", PAUSED, async () => {
  assertEquals(await takeAll(new EveryFourth(false)), []);
});

test("Interval.tick() serves those who wait in the order of their coming", PAUSED, async () => {
  const start = Instant.now();
  const ticks = intervalAt(start.add(10), 10);
  const order: string[] = [];
  const take = (name: string) =>
    spawn(function* () {
      const due = yield* ticks.tick();
      order.push(`${name} ${due.durationSince(start)} at ${start.elapsed()}`);
    });
  for (const task of ["a", "b", "c"].map(take)) await task;
  assertEquals(order, ["a 10 at 10", "b 20 at 20", "c 30 at 30"]);
});

test("Interval.tick() that is given up at the head hands on to the next", PAUSED, async () => {
  const start = Instant.now();
  const ticks = intervalAt(start.add(10), 10);
  using first = taskSpawn(ticks.tick());
  using second = taskSpawn(ticks.tick());
  assertPending(first.poll());
  assertPending(second.poll());
  first[Symbol.dispose]();
  assert(second.isWoken());
  assertPending(second.poll());
  await advance(10);
  assert(second.isWoken());
  assertReadyEq(second.poll(), start.add(10));
});

test("Interval.tick() and pollTick() are both woken, and take a tick each", PAUSED, async () => {
  const start = Instant.now();
  const ticks = intervalAt(start.add(10), 10);
  using task = taskSpawn(ticks);
  using tick = taskSpawn(ticks.tick());
  assertPending(tick.poll());
  assertPending(pollTick(task));
  await advance(10);
  assert(task.isWoken() && tick.isWoken());
  assertReadyEq(pollTick(task), start.add(10));
  assertPending(tick.poll());
  await advance(10);
  assertReadyEq(tick.poll(), start.add(20));
});

test("Interval needs no timer once nobody waits for a tick", PAUSED, () => {
  const before = isolate.driver.timers;
  const ticks = intervalAt(Instant.now().add(10), 10);
  using tick = taskSpawn(ticks.tick());
  assertPending(tick.poll());
  assertEquals(isolate.driver.timers, before + 1);
  tick[Symbol.dispose]();
  assertEquals(isolate.driver.timers, before);
});

test("Interval that is disposed ends loops and next(), and fails ticks", PAUSED, async () => {
  const ticks = interval(10);
  const looping = spawn(async () => {
    let count = 0;
    for await (const _due of ticks) if (++count === 3) ticks[Symbol.dispose]();
    return count;
  });
  assertEquals(await looping, 3);
  assertEquals(await ticks.next(), undefined);
  await assertRejects(
    async () => await ticks.tick(),
    TypeError,
    "Cannot wait for a tick: the interval has been disposed",
  );
  ticks.reset();
  assertEquals(taskSpawn(ticks).pollNext(), End);
});

test("Interval that is disposed wakes all who wait", PAUSED, () => {
  const ticks = intervalAt(Instant.now().add(10), 10);
  const waits = [taskSpawn(ticks.next()), taskSpawn(ticks.next())];
  for (const wait of waits) assertPending(wait.poll());
  ticks[Symbol.dispose]();
  for (const wait of waits) {
    assert(wait.isWoken());
    assertReadyEq(wait.poll(), undefined);
  }
});

test("Interval in a loop does not overtake a tick() that waits", PAUSED, async () => {
  const start = Instant.now();
  const ticks = intervalAt(start.add(10), 10);
  using tick = taskSpawn(ticks.tick());
  assertPending(tick.poll());
  const looped = ticks[Symbol.asyncIterator]().next();
  using next = taskSpawn(ticks.next());
  assertPending(next.poll());
  await advance(35);
  assertPending(next.poll());
  assertReadyEq(tick.poll(), start.add(10));
  assertEquals(await looped, { done: false, value: start.add(20) });
  assertReadyEq(next.poll(), start.add(30));
});

test("Interval needs no timer once a loop, a stream or a hand has given up", PAUSED, async () => {
  const before = isolate.driver.timers;
  const ticks = intervalAt(Instant.now().add(10), 10);
  const loop = ticks[Symbol.asyncIterator]();
  const waiting = loop.next();
  assertEquals(isolate.driver.timers, before + 1);
  await loop.return!();
  assertEquals(await waiting, { done: true, value: undefined });
  assertEquals(isolate.driver.timers, before);

  using task = taskSpawn(ticks);
  using tick = taskSpawn(ticks.tick());
  assertPending(pollTick(task));
  assertPending(tick.poll());
  tick[Symbol.dispose]();
  assertEquals(isolate.driver.timers, before + 1);
  ticks.unpoll();
  assertEquals(isolate.driver.timers, before);

  assertPending(pollTick(task));
  using other = taskSpawn(ticks.tick());
  assertPending(other.poll());
  ticks.unpoll();
  assertEquals(isolate.driver.timers, before + 1);
});

test(
  "Interval wakes a task that is out of budget, also when it has dropped tick()",
  PAUSED,
  async () => {
    const ticks = interval(1);
    await advance(1000);
    let waits = 0;
    const count = await spawn(pollFn((cx) => {
      for (let taken = 0;; taken++) {
        using tick = ticks.tick();
        if (tick.poll(cx) !== Pending) continue;
        waits += 1;
        return waits < 3 ? Pending : taken;
      }
    }));
    assertEquals([waits, count], [3, 128]);
  },
);

test("Interval has no end until it is disposed", PAUSED, () => {
  const ticks = interval(10);
  assertEquals(ticks.sizeHint(), [Infinity, undefined]);
  assertEquals(ticks.isTerminated(), false);
  ticks[Symbol.dispose]();
  assertEquals(ticks.sizeHint(), [0, 0]);
  assertEquals(ticks.isTerminated(), true);
});
