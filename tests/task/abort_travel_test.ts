/**
 * Abort handles in other isolates than that of their task.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { pending } from "../../future/mod.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { Runtime } from "../../scheduler/mod.ts";
import { JoinError, type JoinHandle, spawn } from "../../task/mod.ts";
import { Line } from "../scheduler/multi_thread/_wire.ts";
import { test } from "../helpers/leak_guard.ts";
import { abort, awaitEnd, giveBack, hang, hasBegun, passOn } from "./fixtures/travel_tasks.ts";

/** Declares a test that runs on a runtime of two workers. */
function onWorkers(name: string, main: () => Promise<void>): void {
  test(name, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    await runtime.run(main);
  });
}

async function assertAborted(task: JoinHandle<unknown>): Promise<void> {
  const error = await assertRejects(() => Promise.resolve(task), JoinError);
  assert(error.isCancelled());
}

onWorkers("AbortHandle.abort() on a worker ends a task of the spawner", async () => {
  const task = spawn(pending(), { name: "patient" });
  const aborting = spawn(abort, task.abortHandle());
  await assertAborted(task);
  assertEquals(await aborting, { id: task.id, name: "patient", before: false });
});

onWorkers("AbortHandle.abort() ends the task after a handle was passed on", async () => {
  const task = spawn(pending());
  const aborting = spawn(passOn, task.abortHandle());
  await assertAborted(task);
  assertEquals((await aborting).id, task.id);
});

onWorkers("AbortHandle.abort() on one worker ends a task on another", async () => {
  const log = new SharedArrayBuffer(4);
  const task = spawn(hang, log);
  await hasBegun(log);
  await spawn(abort, task.abortHandle());
  await assertAborted(task);
});

onWorkers(
  "AbortHandle.isFinished() tells another isolate that the task has ended",
  async () => {
    const log = new SharedArrayBuffer(4);
    const task = spawn(pending());
    const waiting = spawn(awaitEnd, task.abortHandle(), log);
    await hasBegun(log);
    task.abort();
    await assertAborted(task);
    assertEquals(await waiting, false);
  },
);

onWorkers("AbortHandle of a task that has ended says so, and aborts nothing", async () => {
  const task = spawn(() => 1);
  assertEquals(await task, 1);
  assertEquals((await spawn(abort, task.abortHandle())).before, true);
  assertEquals(await task, 1);
});

onWorkers("AbortHandle comes back as a result", async () => {
  const task = spawn(pending());
  const handle = await spawn(giveBack, task.abortHandle());
  assertEquals([handle.id, handle.isFinished()], [task.id, false]);
  handle.abort();
  await assertAborted(task);
  assertEquals(handle.isFinished(), true);
});

test("AbortHandle that nobody takes leaves nothing behind", async () => {
  const line = new Line();
  const link = ownLink();
  const { arena } = link.domain;
  const bytesInUse = () => {
    arena.collect();
    return arena.bytesInUse;
  };
  const before = [bytesInUse(), link.underWay];
  const task = spawn(pending());
  const handle = task.abortHandle();
  for (let i = 0; i < 10; i++) {
    const payloads = [line.put([handle]), line.put([handle])];
    assertEquals(link.underWay, before[1]! + 1);
    for (const payload of payloads) payload.drop();
    assertEquals([bytesInUse(), link.underWay], before);
  }
  task.abort();
  await assertAborted(task);
});
