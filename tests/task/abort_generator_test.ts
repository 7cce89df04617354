/**
 * Aborting tasks of futures and generators: what they wait on is dropped.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { Instant } from "../../time/instant.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";
import { timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, assertPanicked } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";

test("abort() drops a spawned future", async () => {
  let drops = 0;
  const task = spawn(pollFn(() => Pending, () => drops++));
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(drops, 1);
});

test("abort() before the start drops a spawned future without polling it", async () => {
  let polls = 0;
  let drops = 0;
  const task = spawn(pollFn(() => ++polls, () => drops++));
  task.abort();
  await assertCancelled(task);
  assertEquals([polls, drops], [0, 1]);
});

test("abort() before the start drops a generator function without running it", async () => {
  let runs = 0;
  const task = spawn(function* () {
    runs += 1;
    yield* pending();
  });
  task.abort();
  await assertCancelled(task);
  assertEquals(runs, 0);
});

test("abort() drops what a generator waits on and runs its finally and using blocks", async () => {
  const log: string[] = [];
  const task = spawn(function* () {
    using _resource = { [Symbol.dispose]: () => log.push("using") };
    try {
      yield* pollFn(() => Pending, () => log.push("wait dropped"));
      log.push("not reached");
    } finally {
      log.push("finally");
    }
  });
  await turns(2);
  task.abort();
  assertEquals(log, []);
  await assertCancelled(task);
  assertEquals(log, ["wait dropped", "finally", "using"]);
});

test("abort() twice while a generator cleans up does not end the cleanup", async () => {
  const log: string[] = [];
  const task = spawn(function* () {
    try {
      yield* pending();
    } finally {
      yield* sleep(2);
      log.push("cleaned");
    }
  });
  await turns(2);
  task.abort();
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["cleaned"]);
});

test("abort() runs the finally block of a generator that was not waiting at its end", async () => {
  let cleanups = 0;
  const task = spawn(function* () {
    for (;;) {
      try {
        yield* yieldNow();
      } finally {
        cleanups += 1;
      }
    }
  });
  await turns(5);
  const before = cleanups;
  assert(before > 0);
  task.abort();
  await assertCancelled(task);
  assert(cleanups > before);
});

test("abort() whose finally block throws ends as a panic with that error", async () => {
  const error = new RangeError("cleanup failed");
  for (const mayWait of [false, true]) {
    const task = spawn(function* () {
      try {
        yield* pending();
      } finally {
        if (mayWait) yield* sleep(1);
        // deno-lint-ignore no-unsafe-finally
        throw error;
      }
    });
    await turns(2);
    task.abort();
    await assertPanicked(task, error);
  }
});

test("abort() of a future whose drop throws ends as a panic with that error", async () => {
  const error = new RangeError("drop failed");
  const task = spawn(pollFn(() => Pending, () => {
    throw error;
  }));
  await turns(2);
  task.abort();
  await assertPanicked(task, error);
});

test("abort() loses against a task that completes in the same turn", async () => {
  const task = spawn(function* () {
    yield* sleep(0);
    task.abort();
    return "value";
  });
  assertEquals(await task, "value");
});

test("abort() from inside of the task takes effect at its next wait", async () => {
  const log: string[] = [];
  const task = spawn(function* () {
    yield* sleep(0);
    task.abort();
    log.push("goes on");
    yield* pending();
    log.push("not reached");
  });
  await assertCancelled(task);
  assertEquals(log, ["goes on"]);
});

test("abort() from inside of a function that returns a future ends the task", async () => {
  let drops = 0;
  const task: JoinHandle<unknown> = spawn((): PromiseLike<unknown> => {
    task.abort();
    return pollFn(() => Pending, () => drops++);
  });
  await turns(5);
  assert(task.isFinished());
  await assertCancelled(task);
  assertEquals(drops, 1);
});

test("abort() stops the timers that a task waits on", async () => {
  const waits = [
    () => sleep(60_000),
    () => sleepUntil(Instant.now().add(60_000)),
    () => timeout(60_000, pending()),
    () => timeout(60_000, sleep(60_000)),
  ];
  const tasks = waits.map((wait) =>
    spawn(function* () {
      yield* wait();
    })
  );
  await turns(2);
  for (const task of tasks) task.abort();
  for (const task of tasks) await assertCancelled(task);
});

test("abort() unwinds nested generator futures from the inside out", async () => {
  const log: string[] = [];
  const level = (depth: number): ReturnType<typeof future<void>> =>
    future(function* () {
      try {
        if (depth === 0) yield* pending();
        else yield* level(depth - 1);
      } finally {
        log.push(`${depth}`);
      }
    });
  const task = spawn(level(3));
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["0", "1", "2", "3"]);
});

test("abort() of a task that waits on another leaves the other one running", async () => {
  const other = spawn(function* () {
    yield* sleep(100);
    return 1;
  });
  const task = spawn(function* () {
    return yield* other;
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertFalse(other.isFinished());
  assertEquals(await other, 1);
});

test("abort() of many tasks in any order ends each of them", async () => {
  const tasks = Array.from(
    { length: 100 },
    (_, i) =>
      i % 2 === 0 ? spawn(pending()) : spawn(async () => {
        await pending();
      }),
  );
  await turns(2);
  for (let i = 0; i < tasks.length; i++) tasks[(i * 37) % tasks.length]!.abort();
  for (const task of tasks) await assertCancelled(task);
});
