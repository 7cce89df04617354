/**
 * Timeouts on a paused clock: who wins when, and what they leave.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BUDGET, hasBudget, resetBudget } from "../../future/budget.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import {
  assertPending,
  assertReadyEq,
  assertReadyErr,
  taskSpawn,
  test,
} from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import { advance } from "../../time/pause.ts";
import { sleepUntil } from "../../time/sleep.ts";
import { ElapsedError, timeout, timeoutAt } from "../../time/timeout.ts";

const PAUSED = { startPaused: true };

/** A future that completes when the test says so. */
function signal() {
  let value: number | undefined;
  let waker: { wake(): void } | undefined;
  const future = pollFn<number>((cx) => {
    waker = cx.waker;
    return value ?? Pending;
  });
  const send = (sent: number) => {
    value = sent;
    waker?.wake();
  };
  return { future, send };
}

test("timeoutAt() now lets a future that is ready win", () => {
  assertReadyEq(taskSpawn(timeoutAt(Instant.now(), ready(1))).poll(), 1);
});

test("timeoutAt() a second ago lets a future that is ready win", () => {
  assertReadyEq(taskSpawn(timeoutAt(Instant.now().sub(1000), ready(1))).poll(), 1);
});

test("timeoutAt() waits for its future until shortly before the deadline", PAUSED, async () => {
  const { future, send } = signal();
  using task = taskSpawn(timeoutAt(Instant.now().add(100), future));
  assertPending(task.poll());
  await advance(90);
  assertPending(task.poll());
  send(7);
  assert(task.isWoken());
  assertReadyEq(task.poll(), 7);
});

test("timeout() waits for its future until shortly before the deadline", PAUSED, async () => {
  const { future, send } = signal();
  using task = taskSpawn(timeout(100, future));
  assertPending(task.poll());
  await advance(90);
  assertPending(task.poll());
  send(7);
  assertReadyEq(task.poll(), 7);
});

test("timeout() may be longer than the clock can tell", PAUSED, async () => {
  const { future, send } = signal();
  using task = taskSpawn(timeout({ seconds: 2 ** 64 }, future));
  assertPending(task.poll());
  await advance({ hours: 24 * 365 * 10 });
  assertPending(task.poll());
  send(7);
  assertReadyEq(task.poll(), 7);
});

test("timeoutAt() now elapses for a future that is not ready", PAUSED, async () => {
  const task = taskSpawn(timeoutAt(Instant.now(), pending()));
  await advance(1);
  assertReadyErr(() => task.poll(), ElapsedError);
});

test("timeoutAt() elapses when the clock has passed its deadline", PAUSED, async () => {
  const task = taskSpawn(timeoutAt(Instant.now().add(300), pending()));
  assertPending(task.poll());
  await advance(301);
  assert(task.isWoken());
  assertReadyErr(() => task.poll(), ElapsedError);
});

test("timeout() of a future that is ready starts no timer", PAUSED, () => {
  using driver = watchTimers();
  assertReadyEq(taskSpawn(timeout(1000, ready(1))).poll(), 1);
  assertEquals(driver.started, 0);
  using waiting = taskSpawn(timeout(1000, pending()));
  assertPending(waiting.poll());
  assertEquals(driver.started, 1);
});

/** Counts the timers that are started. */
function watchTimers() {
  const { driver } = isolate;
  const counter = {
    started: 0,
    [Symbol.dispose]() {
      Reflect.deleteProperty(driver, "startFreshTimer");
    },
  };
  const start = driver.startFreshTimer.bind(driver);
  driver.startFreshTimer = (...args) => {
    counter.started += 1;
    return start(...args);
  };
  return counter;
}

test("timeout() looks at the clock when its future has used up the budget", PAUSED, async () => {
  const greedy = pollFn(() => {
    resetBudget(0);
    return Pending;
  });
  const task = taskSpawn(timeout(10, greedy));
  assertPending(task.poll());
  await advance(10);
  assertReadyErr(() => task.poll(), ElapsedError);
});

test(
  "timeout() that elapses uses up budget, so a loop of them lets others run",
  PAUSED,
  async () => {
    let elapsed = 0;
    let others = 0;
    const past = Instant.now().sub(1);
    const other = spawn(() => void others++);
    const task = spawn(function* () {
      while (others === 0) {
        try {
          yield* timeoutAt(past, pending());
        } catch {
          elapsed += 1;
        }
      }
    });
    await task;
    await other;
    assert(elapsed <= 2 * BUDGET, `${elapsed} timeouts`);
  },
);

test("timeout() that has no budget to begin with waits for its next turn", PAUSED, () => {
  const task = taskSpawn(timeoutAt(Instant.now().sub(1), pending()));
  assertPending(task.enter((cx, limited) => {
    resetBudget(0);
    return limited.poll(cx);
  }));
  assertEquals(hasBudget(), false);
  assertReadyErr(() => task.poll(), ElapsedError);
});

test("Timeout.intoInner() takes the future out as it stands, and stops the timer", PAUSED, () => {
  const timers = isolate.driver.timers;
  let drops = 0;
  const inner = pollFn(() => Pending, () => drops++);
  const limited = timeout(100, inner);
  assertEquals(limited.getRef(), inner);
  assertPending(taskSpawn(limited).poll());
  assertEquals(isolate.driver.timers, timers + 1);
  assertEquals(limited.intoInner(), inner);
  assertEquals(isolate.driver.timers, timers);
  limited[Symbol.dispose]();
  assertEquals(drops, 0);
  assertThrows(() => limited.intoInner(), TypeError);
  assertThrows(() => taskSpawn(limited).poll(), TypeError, "Cannot poll a future again");
});

test("timeout() in a generator elapses once, and drops what it waited for", PAUSED, async () => {
  const log: string[] = [];
  const waiting = future(function* () {
    try {
      yield* sleepUntil(Instant.now().add(1000));
    } finally {
      log.push("dropped");
    }
  });
  const task = spawn(function* () {
    try {
      yield* timeout(10, waiting);
    } catch (error) {
      assert(error instanceof ElapsedError);
      log.push("elapsed");
    }
  });
  await task;
  assertEquals(log, ["dropped", "elapsed"]);
  await assertRejects(async () => await waiting, TypeError);
});
