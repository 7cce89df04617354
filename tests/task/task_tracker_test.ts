/**
 * Waiting until work has ended.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { pending, ready } from "../../future/ready.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { Runtime } from "../../scheduler/runtime.ts";
import { LocalSet } from "../../task/local_set.ts";
import { TaskTracker } from "../../task/task_tracker.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

test("TaskTracker.close() and reopen() tell whether they have changed anything", () => {
  const tracker = new TaskTracker();
  assertFalse(tracker.isClosed());
  assert(tracker.close());
  assert(tracker.isClosed());
  assertFalse(tracker.close());
  assert(tracker.reopen());
  assertFalse(tracker.reopen());
  assertFalse(tracker.isClosed());
});

test("TaskTracker.size counts tokens", () => {
  const tracker = new TaskTracker();
  const tokens = Array.from({ length: 10 }, (_, i) => {
    assertEquals([tracker.size, tracker.isEmpty()], [i, i === 0]);
    return tracker.token();
  });
  assert(tokens.every((token) => token.taskTracker === tracker));
  for (const [i, token] of tokens.entries()) {
    assertEquals(tracker.size, 10 - i);
    token[Symbol.dispose]();
    token[Symbol.dispose]();
  }
  assertEquals(tracker.size, 0);
});

test("TaskTracker.wait() ends at once when it is closed and empty", () => {
  const tracker = new TaskTracker();
  tracker.close();
  const waiting = tracker.wait();
  assertReady(waiting);
  assertThrows(() => pollOnce(waiting), TypeError);
});

test("TaskTracker.wait() ends though the tracker was reopened after the call", () => {
  const tracker = new TaskTracker();
  tracker.close();
  const waiting = tracker.wait();
  tracker.reopen();
  assertReady(waiting);
  assertPending(tracker.wait());
});

test("TaskTracker.wait() is woken by close()", () => {
  const tracker = new TaskTracker();
  const wakes = new Wakes();
  const waiting = tracker.wait();
  assertPending(waiting, wakes);
  assertFalse(wakes.isWoken());
  tracker.close();
  assert(wakes.isWoken());
  assertReady(waiting);
});

test("TaskTracker.wait() is woken by close() though it is reopened before the poll", () => {
  const tracker = new TaskTracker();
  const wakes = new Wakes();
  const waiting = tracker.wait();
  assertPending(waiting, wakes);
  tracker.close();
  tracker.reopen();
  assert(wakes.isWoken());
  assertReady(waiting);
});

test("TaskTracker.wait() is woken by the end of the last task", () => {
  const tracker = new TaskTracker();
  tracker.close();
  const token = tracker.token();
  const wakes = new Wakes();
  const waiting = tracker.wait();
  assertPending(waiting, wakes);
  token[Symbol.dispose]();
  assert(wakes.isWoken());
  assertReady(waiting);
});

test("TaskTracker.wait() is woken by the end of the last task though another one comes", () => {
  const tracker = new TaskTracker();
  tracker.close();
  const token = tracker.token();
  const wakes = new Wakes();
  const waiting = tracker.wait();
  assertPending(waiting, wakes);
  token[Symbol.dispose]();
  using _second = tracker.token();
  assert(wakes.isWoken());
  assertReady(waiting);
  assertPending(tracker.wait());
});

test("TaskTracker.wait() is not woken by an open tracker that becomes empty", () => {
  const tracker = new TaskTracker();
  const token = tracker.token();
  const wakes = new Wakes();
  const waiting = tracker.wait();
  assertPending(waiting, wakes);
  token[Symbol.dispose]();
  using _second = tracker.token();
  assertFalse(wakes.isWoken());
  tracker.close();
  assertFalse(wakes.isWoken());
  assertPending(waiting, wakes);
});

test("TaskTracker.wait() is woken when close() comes between two ends", () => {
  for (const closeFirst of [true, false]) {
    const tracker = new TaskTracker();
    const tokens = [tracker.token(), tracker.token()];
    const wakes = new Wakes();
    const waiting = tracker.wait();
    assertPending(waiting, wakes);
    tokens[0]![Symbol.dispose]();
    if (closeFirst) tracker.close();
    tokens[1]![Symbol.dispose]();
    if (!closeFirst) tracker.close();
    assertEquals(wakes.count, 1);
    assertReady(waiting);
  }
});

test("TaskTracker.wait() wakes all who wait, and none who gave up", () => {
  const tracker = new TaskTracker();
  const waits = Array.from({ length: 10 }, () => ({ future: tracker.wait(), wakes: new Wakes() }));
  for (const { future, wakes } of waits) assertPending(future, wakes);
  waits[3]!.future[Symbol.dispose]();
  tracker.close();
  assertEquals(waits.map(({ wakes }) => wakes.count), [1, 1, 1, 0, 1, 1, 1, 1, 1, 1]);
  for (const [i, { future }] of waits.entries()) if (i !== 3) assertReady(future);
});

test("TaskTracker.spawn() counts a task until its end, however it ends", async () => {
  const tracker = new TaskTracker();
  const gate = Promise.withResolvers<number>();
  const value = tracker.spawn(() => gate.promise, { name: "gated" });
  const aborted = tracker.spawn(pending());
  const failing = tracker.spawn(() => {
    throw new RangeError("own");
  });
  assertEquals([tracker.size, value.name], [3, "gated"]);
  await assertRejects(async () => await failing);
  assertEquals(tracker.size, 2);
  aborted.abort();
  await assertCancelled(aborted);
  assertEquals(tracker.size, 1);
  tracker.close();
  const waiting = tracker.wait();
  assertPending(waiting);
  gate.resolve(7);
  await waiting;
  assertEquals(await value, 7);
});

test("TaskTracker.spawn() works on a closed tracker, and in a given runtime", async () => {
  await using runtime = Runtime.builder().build();
  const tracker = new TaskTracker();
  tracker.close();
  const task = tracker.spawn(yieldNow(), { on: runtime });
  assertEquals([tracker.size, runtime.aliveTasks], [1, 1]);
  await tracker.wait();
  assert(task.isFinished());
});

test("TaskTracker does not end its tasks", async () => {
  let done = 0;
  (() => {
    const tracker = new TaskTracker();
    for (let i = 0; i < 3; i++) {
      tracker.spawn(function* () {
        yield* yieldNow();
        done += 1;
      });
    }
  })();
  await turns(3);
  assertEquals(done, 3);
});

test("TaskTracker.trackFuture() counts from the call until the future has ended", async () => {
  const tracker = new TaskTracker();
  const value = tracker.trackFuture(ready(5));
  const failing = tracker.trackFuture(Promise.reject(new RangeError("own")));
  let drops = 0;
  const dropped = tracker.trackFuture(pollFn(() => {
    throw new Error("never polled");
  }, () => drops++));
  const cut = tracker.trackFuture(pending());
  assertEquals(tracker.size, 4);
  assertEquals(await value, 5);
  await assertRejects(async () => await failing, RangeError);
  assertEquals(tracker.size, 2);
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  assertEquals([tracker.size, drops], [1, 1]);
  assertPending(cut);
  cut[Symbol.dispose]();
  assertEquals(tracker.size, 0);
  assertThrows(() => pollOnce(cut), TypeError);
});

test("TaskTracker.spawnLocal() counts tasks of a LocalSet, also when that is disposed", async () => {
  const tracker = new TaskTracker();
  const local = new LocalSet();
  tracker.spawnLocal(() => 1, { on: local });
  tracker.spawnLocal(pending(), { on: local });
  tracker.close();
  assertEquals(tracker.size, 2);
  assertPending(local);
  assertEquals(tracker.size, 1);
  const waiting = tracker.wait();
  assertPending(waiting);
  local[Symbol.dispose]();
  await waiting;
  tracker.spawnLocal(() => 2);
  await tracker.wait();
});
