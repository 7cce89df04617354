/**
 * Join handles and abort handles.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { future } from "../../future/generator.ts";
import { join } from "../../future/join.ts";
import { pending } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { Pending } from "../../future/poll.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

test("JoinHandle may be awaited many times, before and after the end", async () => {
  const value = { some: "value" };
  const task = spawn(async () => {
    await sleep(1);
    return value;
  });
  const both = await Promise.all([task, task]);
  assert(both[0] === value && both[1] === value);
  assertStrictEquals(await task, value);
});

test("JoinHandle hands every awaiter the same JoinError", async () => {
  const task = spawn(() => {
    throw new RangeError("own");
  });
  const first = await failureOf(task);
  assertStrictEquals(await failureOf(task), first);
});

test("JoinHandle may be yielded to many times", async () => {
  const task = spawn(function* () {
    yield* sleep(1);
    return 2;
  });
  const sum = spawn(function* () {
    return (yield* task) + (yield* task);
  });
  assertEquals(await sum, 4);
});

test("JoinHandle.poll() wakes whoever polled it, once, at the end", async () => {
  const wakes = new Wakes();
  const task = spawn(function* () {
    yield* sleep(2);
    return 1;
  });
  assertPending(task, wakes);
  assertPending(task, wakes);
  await task;
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(task, wakes), 1);
  assertEquals(assertReady(task, wakes), 1);
});

test("JoinHandle wakes all tasks that wait on it, also inside of combinators", async () => {
  const task = spawn(function* () {
    yield* sleep(2);
    return "value";
  });
  const waiting = Array.from({ length: 3 }, () =>
    spawn(function* () {
      return (yield* select({ late: sleep(1000), task: join(task) }, { biased: true })).branch;
    }));
  assertEquals(await Promise.all(waiting), ["task", "task", "task"]);
});

test("JoinHandle may be waited on twice in one task, and one wait given up", async () => {
  const task = spawn(function* () {
    yield* sleep(10);
    return "value";
  });
  const impatient = future(function* () {
    try {
      yield* timeout(1, task);
      return "early";
    } catch (error) {
      return error instanceof ElapsedError ? "elapsed" : "other";
    }
  });
  const both = spawn(function* () {
    const all = join(task, impatient);
    return (yield* select({ late: sleep(1000), all }, { biased: true })).value;
  });
  assertEquals(await both, ["value", "elapsed"]);
});

test("JoinHandle that a select has given up can be awaited afterwards", async () => {
  const task = spawn(function* () {
    yield* sleep(5);
    return 1;
  });
  const won = await select({ task, quick: sleep(1) });
  assertEquals(won.branch, "quick");
  assertEquals(await task, 1);
});

test("dropping a JoinHandle leaves the task running", async () => {
  const done = Promise.withResolvers<void>();
  {
    using _task = spawn(function* () {
      yield* sleep(1);
      done.resolve();
    });
  }
  await done.promise;
});

test("dropping a JoinHandle that was polled stops waiting and nothing else", async () => {
  const wakes = new Wakes();
  const task = spawn(function* () {
    yield* sleep(1);
    return 1;
  });
  assertPending(task, wakes);
  task[Symbol.dispose]();
  assertEquals(await task, 1);
  assertFalse(wakes.isWoken());
  assertEquals(assertReady(task), 1);
});

test("JoinHandle.isFinished() turns true only after the finally blocks ran", async () => {
  for (const kind of ["generator", "async"]) {
    const mayEnd = Promise.withResolvers<void>();
    const task = kind === "async"
      ? spawn(async () => {
        try {
          await pending();
        } finally {
          await mayEnd.promise;
          await sleep(1);
        }
      })
      : spawn(function* () {
        try {
          yield* pending();
        } finally {
          yield* sleep(5);
        }
      });
    await turns(3);
    task.abort();
    await turns(3);
    assertFalse(task.isFinished(), kind);
    assertFalse(task.abortHandle().isFinished(), kind);
    mayEnd.resolve();
    await assertCancelled(task);
    assert(task.isFinished(), kind);
    assert(task.abortHandle().isFinished(), kind);
  }
});

test("JoinHandle wakes its joiners in the order in which they began to wait", async () => {
  const order: number[] = [];
  const task = spawn(function* () {
    yield* sleep(2);
  });
  const waiting = [0, 1, 2, 3].map((i) =>
    spawn(function* () {
      yield* task;
      order.push(i);
    })
  );
  for (const one of waiting) await one;
  assertEquals(order, [0, 1, 2, 3]);
});

test("a task that joins itself waits until it is aborted", async () => {
  const task: JoinHandle<void> = spawn(function* (): Generator<never, void, void> {
    yield* task as unknown as Iterable<never>;
  });
  await turns(3);
  assertFalse(task.isFinished());
  task.abort();
  await assertCancelled(task);
});

test("AbortHandle.abort() ends the task as JoinHandle.abort() does", async () => {
  const task = spawn(pending());
  const handle = task.abortHandle();
  task[Symbol.dispose]();
  handle.abort();
  const failure = await failureOf(task);
  assert(failure.isCancelled() && !failure.isPanic());
  assert(failure instanceof JoinError && failure instanceof Error);
  assertEquals(failure.name, "JoinError");
  assertEquals(failure.taskId, handle.id);
  assertEquals(failure.cause, undefined);
  assertEquals(failure.message, `Cannot join task ${handle.id}: it was aborted`);
});

test("JoinHandle.abort() wakes a joiner that waits by hand", async () => {
  const wakes = new Wakes();
  const task = spawn(pending());
  assertPending(task, wakes);
  task.abort();
  await turns(2);
  assert(wakes.isWoken());
  const failure = await failureOf(task);
  assert(failure.isCancelled());
});

test("JoinHandle.poll() of a task that never ends stays pending", async () => {
  const task = spawn(pending());
  await turns(3);
  assertPending(task);
  assertStrictEquals(task.poll(new Wakes()), Pending);
  task[Symbol.dispose]();
  task.abort();
  await assertCancelled(task);
});
