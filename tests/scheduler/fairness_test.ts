/**
 * Nobody starves: the budget, the yields and the timers of the isolate's scheduler.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Future, Steps } from "../../future/future.ts";
import { spawn } from "../../scheduler/runtime.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { Instant } from "../../time/instant.ts";
import { pause, resume } from "../../time/pause.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";

/** An operation that is always ready and costs a unit of the budget. */
function always(): Future<void> {
  return sleepUntil(new Instant(0));
}

type Greedy = (isDone: () => boolean, step: () => void) => JoinHandle<void>;

/** Tasks that never wait: what they ask for is ready every time. */
const GREEDY: Record<string, Greedy> = {
  "yield*": (isDone, step) =>
    spawn(function* (): Steps<void> {
      while (!isDone()) {
        yield* always();
        step();
      }
    }),
  "await": (isDone, step) =>
    spawn(async () => {
      while (!isDone()) {
        await always();
        step();
      }
    }),
};

for (const [style, greedy] of Object.entries(GREEDY)) {
  test(`a task that never waits does not starve other tasks (${style})`, async () => {
    let isDone = false;
    let steps = 0;
    const busy = greedy(() => isDone, () => steps++);
    const others = [0, 1].map((kind) => {
      const run = () => {
        isDone = ++ended === 2;
      };
      return kind === 0
        ? spawn(function* () {
          for (let i = 0; i < 20; i++) yield* yieldNow();
          run();
        })
        : spawn(async () => {
          for (let i = 0; i < 20; i++) await yieldNow();
          run();
        });
    });
    let ended = 0;
    for (const other of others) await other;
    await busy;
    assert(steps > 0);
  });

  test(`a task that never waits does not starve timers, of edo and of the host (${style})`, async () => {
    let isDone = false;
    const busy = greedy(() => isDone, () => {});
    const order: string[] = [];
    const timers = spawn(function* () {
      yield* sleep(5);
      order.push("edo");
    });
    const host = new Promise<void>((resolve) =>
      setTimeout(() => {
        order.push("host");
        resolve();
      }, 5)
    );
    await timers;
    await host;
    isDone = true;
    await busy;
    assertEquals(order.sort(), ["edo", "host"]);
  });

  test(`a task that never waits completes a bounded number of operations at a time (${style})`, async () => {
    let isDone = false;
    let run = 0;
    let longest = 0;
    const busy = greedy(() => isDone, () => longest = Math.max(longest, ++run));
    const other = spawn(function* () {
      for (let i = 0; i < 50; i++) {
        run = 0;
        yield* yieldNow();
      }
      isDone = true;
    });
    await other;
    await busy;
    // 128 units for a poll, of which two may follow one another, and the step that it ends with.
    // Continuations share what the tasks of their round are due.
    assertLessOrEqual(longest, style === "yield*" ? 257 : 128 * 4);
    assert(longest >= 1);
  });
}

test("two tasks that never wait share the thread", async () => {
  const steps = [0, 0];
  const isDone = () => steps[0]! + steps[1]! > 20_000;
  const tasks = [0, 1].map((i) => GREEDY["yield*"]!(isDone, () => steps[i]! += 1));
  for (const task of tasks) await task;
  assert(Math.abs(steps[0]! - steps[1]!) <= 256, `${steps}`);
});

test("two tasks that wake each other do not starve a third", async () => {
  let isDone = false;
  const pong = () => spawn(() => {});
  const pingPong = spawn(async () => {
    while (!isDone) await pong();
  });
  await sleep(5);
  isDone = true;
  await pingPong;
});

test("many tasks that yield all make progress at the same pace", async () => {
  const counts = new Array<number>(50).fill(0);
  const tasks = counts.map((_, i) =>
    spawn(function* () {
      while (Math.max(...counts) < 30) {
        counts[i]! += 1;
        yield* yieldNow();
      }
    })
  );
  for (const task of tasks) await task;
  assert(Math.min(...counts) >= 28, `${counts}`);
});

test("tasks run first in, first out, also those that are woken", async () => {
  const order: string[] = [];
  pause();
  const tasks = ["a", "b", "c"].map((name) =>
    spawn(function* () {
      order.push(`${name}1`);
      yield* sleepUntil(deadline);
      order.push(`${name}2`);
    })
  );
  const deadline = Instant.now().add(3);
  for (const task of tasks) await task;
  resume();
  assertEquals(order, ["a1", "b1", "c1", "a2", "b2", "c2"]);
});
