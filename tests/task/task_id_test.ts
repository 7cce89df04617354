/**
 * Ids and names of tasks.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import { LocalSet, spawnLocal } from "../../task/local_set.ts";
import { taskId, tryTaskId } from "../../task/task_id.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, turns } from "../helpers/wakes.ts";

test("taskId() is the id of the handle, in tasks of every kind", async () => {
  const tasks = [
    spawn(() => taskId()),
    spawn(pollFn(() => taskId())),
    spawn(function* () {
      yield* yieldNow();
      return taskId();
    }),
    spawn(async () => {
      await sleep(1);
      return taskId();
    }),
    spawnLocal(() => taskId()),
  ];
  for (const task of tasks) assertEquals(await task, task.id);
  assertEquals(new Set(tasks.map(({ id }) => id)).size, tasks.length);
});

test("taskId() outside of tasks throws a TypeError, tryTaskId() answers undefined", async () => {
  assertEquals(tryTaskId(), undefined);
  assertThrows(taskId, TypeError, "no task is running here");
  await null;
  assertEquals(tryTaskId(), undefined);
});

test("taskId() in main of Runtime.run() is that of its task, unlike in Tokio", async () => {
  await using runtime = Runtime.builder().build();
  const id = await runtime.run(async () => {
    await yieldNow();
    return tryTaskId();
  });
  assert(id !== undefined);
});

test("taskId() is known while a future is dropped, because of an abort and at its end", async () => {
  const seen: (number | undefined)[] = [];
  const note = () => void seen.push(tryTaskId());
  const aborted = spawn(pollFn(() => Pending, note));
  const ended = spawn(function* () {
    using _resource = { [Symbol.dispose]: note };
    yield* yieldNow();
  });
  await turns(3);
  aborted.abort();
  await assertCancelled(aborted);
  await ended;
  assertEquals(seen, [ended.id, aborted.id]);
});

test("taskId() is known while the future of a local task is dropped", () => {
  const local = new LocalSet();
  const seen: (number | undefined)[] = [];
  const note = () => void seen.push(tryTaskId());
  const begun = local.spawnLocal(pollFn(() => Pending, note));
  assertPending(local);
  const unbegun = local.spawnLocal(pollFn(() => Pending, note));
  local[Symbol.dispose]();
  assertEquals(seen.toSorted(), [begun.id, unbegun.id].toSorted());
  assertEquals(tryTaskId(), undefined);
});

test("taskId() of a task that another one drops is not that of the other", async () => {
  const local = new LocalSet();
  const seen: (number | undefined)[] = [];
  const inner = local.spawnLocal(pollFn(() => Pending, () => void seen.push(tryTaskId())));
  assertPending(local);
  const outer = spawn(() => {
    seen.push(tryTaskId());
    local[Symbol.dispose]();
    seen.push(tryTaskId());
  });
  await outer;
  assertEquals(seen, [outer.id, inner.id, outer.id]);
});

test("spawn() names tasks: on handles, in errors and on the console", async () => {
  using error = stub(console, "error");
  const named = spawn(() => 1, { name: "worker" });
  assertEquals([named.name, named.abortHandle().name], ["worker", "worker"]);
  assertEquals(spawn(() => 1).name, undefined);
  assertEquals(spawn(() => 1, {}).name, undefined);
  assertEquals(spawn(() => 1, { name: "" }).name, "");
  const failing = spawn(() => {
    throw new RangeError("own");
  }, { name: "failing" });
  const failure = await failureOf(failing);
  assertEquals(failure.message, `Cannot join task ${failing.id} (failing): it threw: own`);
  const aborted = spawn(pending(), { name: "aborted" });
  aborted.abort();
  const cancelled = await failureOf(aborted);
  assertEquals(cancelled.message, `Cannot join task ${aborted.id} (aborted): it was aborted`);
  const lost = spawn(() => {
    throw new RangeError("own");
  }, { name: "lost" });
  await turns(4);
  assertSpyCalls(error, 1);
  assertEquals(error.calls[0]!.args[0], `Task ${lost.id} (lost) failed and nobody joined it:`);
});

test("spawn() throws a TypeError for a name that is no string", () => {
  // @ts-expect-error A name is a string.
  assertThrows(() => spawn(() => 1, { name: 5 }), TypeError, "expected a string, found number");
});
