/**
 * `call`: portable tasks as futures, on workers and in this isolate.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "../helpers/leak_guard.ts";
import { Runtime } from "../../scheduler/mod.ts";
import { call, JoinError, spawn } from "../../task/mod.ts";
import { sleep } from "../../time/mod.ts";
import { add, echo, fail, hang } from "../scheduler/multi_thread/fixtures/tasks.ts";

const runtimes = {
  "on a worker": () => Runtime.builder().multiThread().workerThreads(1).build(),
  "in this isolate": () => Runtime.builder().build(),
};

/** Waits until a task of a log has come so far. */
async function reached(log: SharedArrayBuffer, state: number): Promise<void> {
  while (Atomics.load(new Int32Array(log), 0) < state) await sleep(1);
}

for (const [where, build] of Object.entries(runtimes)) {
  test(`call() ${where} begins when it is awaited, and gives the value`, async () => {
    await using runtime = build();
    await runtime.run(async () => {
      const log = new SharedArrayBuffer(4);
      using _never = call(hang, log);
      assertEquals(await call(add, 1, 2), 3);
      assertEquals(await spawn(call(echo, "spawned")), "spawned");
      assertEquals(Atomics.load(new Int32Array(log), 0), 0);
    });
  });

  test(`call() ${where} fails with what the task throws`, async () => {
    await using runtime = build();
    await runtime.run(async () => {
      await assertRejects(async () => await call(fail, "on purpose"), RangeError, "on purpose");
    });
  });

  test(`call() ${where} that is dropped has the task end`, async () => {
    await using runtime = build();
    await runtime.run(async () => {
      const log = new SharedArrayBuffer(4);
      const dropped = call(hang, log);
      dropped.poll({ waker: { wake() {} } });
      await reached(log, 1);
      dropped[Symbol.dispose]();
      await reached(log, 2);
    });
  });

  test(`call() ${where} as a task that is aborted ends with its cleanup`, async () => {
    await using runtime = build();
    await runtime.run(async () => {
      const log = new SharedArrayBuffer(4);
      const task = spawn(call(hang, log));
      await reached(log, 1);
      task.abort();
      const error = await assertRejects(async () => await task, JoinError);
      assert(error.isCancelled());
      assertEquals(Atomics.load(new Int32Array(log), 0), 2);
    });
  });
}
