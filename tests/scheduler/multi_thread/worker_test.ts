/**
 * A worker by itself, in the isolate of the test.
 *
 * @module
 */

import { assert, assertRejects } from "@std/assert";
import { nextTurn } from "../../../host/next_turn.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { Colleagues } from "../../../scheduler/multi_thread/pool.ts";
import { portableOf } from "../../../scheduler/multi_thread/portable.ts";
import { Queues } from "../../../scheduler/multi_thread/queues.ts";
import { TaskRunner } from "../../../scheduler/multi_thread/task_runner.ts";
import { Worker } from "../../../scheduler/multi_thread/worker.ts";
import { Cancelled } from "../../../scheduler/join_error.ts";
import { add } from "./fixtures/tasks.ts";

const turnOfHost = () => new Promise<void>(nextTurn);

Deno.test("a worker that stops has another turn for a task of its own that it has made ready", async () => {
  await using runtime = Runtime.builder().build();
  const link = ownLink();
  const queues = Queues.create(1, link.domain.records);
  const runner = new TaskRunner(link, runtime);
  const worker = new Worker(link, queues, 0, runner);
  worker.onStop = () => {};
  const call = new Colleagues(link, queues).call(portableOf(add)!, [1, 2]);
  const cancelled = assertRejects(async () => await call, Cancelled);
  while (!runner.isPreparing) {
    await turnOfHost();
    worker.turn(1);
  }
  while (!runner.hasReady) await turnOfHost();
  queues.stop();
  assert(worker.turn(1) > 0);
  await cancelled;
});
