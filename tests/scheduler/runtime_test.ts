/**
 * Runtimes: who owns tasks, how they are shut down, and `run`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import { pending } from "../../future/ready.ts";
import { currentRuntime, run, Runtime, spawn } from "../../scheduler/runtime.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import { sleep } from "../../time/sleep.ts";
import { Notify } from "../../sync/notify.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";

test("run() answers with what main returns, whatever kind of function it is", async () => {
  assertEquals(await run(() => 1), 1);
  assertEquals(await run(async () => await sleep(1).then(() => 2)), 2);
  const generated = await run(function* () {
    yield* sleep(1);
    return 3;
  });
  assertEquals(generated, 3);
});

test("run() throws the very error that main throws", async () => {
  const error = new RangeError("own");
  const mains = [
    () => {
      throw error;
    },
    async () => {
      await sleep(1);
      throw error;
    },
  ];
  for (const main of mains) {
    assertStrictEquals(await assertRejects(() => run<void>(main)), error);
  }
  const generated = run(function* () {
    yield* sleep(1);
    throw error;
  });
  assertStrictEquals(await assertRejects(() => generated), error);
});

test("run() aborts what main has left behind, and waits for its cleanup", async () => {
  const log: string[] = [];
  const value = await run(async () => {
    spawn(async () => {
      try {
        await pending();
      } finally {
        await sleep(2);
        log.push("async");
      }
    });
    spawn(function* () {
      try {
        yield* pending();
      } finally {
        yield* sleep(2);
        log.push("generator");
      }
    });
    await sleep(1);
    return "value";
  });
  assertEquals(value, "value");
  assertEquals(log.sort(), ["async", "generator"]);
});

test("run() aborts leftovers also when main fails", async () => {
  let ended = false;
  const failing = run(async () => {
    spawn(async () => {
      try {
        await pending();
      } finally {
        ended = true;
      }
    });
    await sleep(1);
    throw new RangeError("own");
  });
  await assertRejects(() => failing, RangeError, "own");
  assert(ended);
});

test("run() rejects with a JoinError when its main is aborted", async () => {
  const aborted = run(async () => {
    const runtime = currentRuntime();
    void runtime.shutdown();
    await sleep(60_000);
  });
  const error = await assertRejects(() => aborted);
  assert(error instanceof JoinError && error.isCancelled());
});

test("run() gives main a runtime of its own, also to what it spawns", async () => {
  const outer = currentRuntime();
  const [main, child, grandchild] = await run(async () => {
    const own = currentRuntime();
    const spawned = spawn(async () => {
      await null;
      const inner = await spawn(function* () {
        yield* sleep(1);
        return currentRuntime();
      });
      return [currentRuntime(), inner] as const;
    });
    return [own, ...await spawned] as const;
  });
  assert(main !== outer && child === main && grandchild === main);
  assertStrictEquals(currentRuntime(), outer);
});

test("Runtime.aliveTasks counts tasks until they have ended", async () => {
  await using runtime = Runtime.builder().build();
  assertEquals(runtime.aliveTasks, 0);
  const tasks = [
    runtime.spawn(() => 1),
    runtime.spawn(async () => await sleep(1)),
    runtime.spawn(pending()),
  ];
  assertEquals(runtime.aliveTasks, 3);
  await tasks[0];
  assertEquals(runtime.aliveTasks, 2);
  await tasks[1];
  tasks[2]!.abort();
  await assertCancelled(tasks[2]!);
  assertEquals(runtime.aliveTasks, 0);
});

test("Runtime.run() may be called many times, and leaves the runtime going", async () => {
  await using runtime = Runtime.builder().build();
  let isDone = false;
  const background = await runtime.run(() => ({
    task: spawn(function* () {
      yield* sleep(3);
      isDone = true;
    }),
  }));
  assertEquals(await runtime.run(async () => await 2), 2);
  await background.task;
  assert(isDone);
});

test("Runtime.shutdown() aborts every task and waits until all have cleaned up", async () => {
  const runtime = Runtime.builder().build();
  let cleaned = 0;
  const tasks = Array.from({ length: 20 }, (_, i) =>
    runtime.spawn(async () => {
      try {
        await pending();
      } finally {
        await sleep(i % 3);
        cleaned += 1;
      }
    }));
  await turns(2);
  await runtime.shutdown();
  assertEquals(cleaned, 20);
  assertEquals(runtime.aliveTasks, 0);
  for (const task of tasks) await assertCancelled(task);
});

test("Runtime.shutdown() drops tasks that have not begun", async () => {
  const runtime = Runtime.builder().build();
  let runs = 0;
  const task = runtime.spawn(() => runs++);
  await runtime.shutdown();
  await assertCancelled(task);
  assertEquals(runs, 0);
});

test("Runtime.spawn() after a shutdown gives a task that was aborted", async () => {
  const runtime = Runtime.builder().build();
  await runtime.shutdown();
  let runs = 0;
  await assertCancelled(runtime.spawn(() => runs++));
  await assertCancelled(runtime.spawn(pending()));
  assertEquals([runs, runtime.aliveTasks], [0, 0]);
  await runtime.shutdown();
});

test("Runtime.shutdown() leaves the tasks of others alone", async () => {
  const mayEnd = new Notify();
  const other = spawn(async () => {
    await mayEnd.notified();
    return 1;
  });
  const runtime = Runtime.builder().build();
  runtime.spawn(pending());
  await runtime.shutdown();
  assertFalse(other.isFinished());
  mayEnd.notifyOne();
  assertEquals(await other, 1);
});

test("Runtime.shutdown() gives up after its timeout; the tasks end later", async () => {
  const runtime = Runtime.builder().build();
  const cleanUp = new Notify();
  const task = runtime.spawn(async () => {
    try {
      await pending();
    } finally {
      await cleanUp.notified();
    }
  });
  await turns(2);
  await runtime.shutdown({ timeoutMs: 5 });
  assertEquals(runtime.aliveTasks, 1);
  cleanUp.notifyOne();
  await assertCancelled(task);
  assertEquals(runtime.aliveTasks, 0);
});

test("Runtime.shutdown() does not wait for a task that waits on a promise of the host", async () => {
  const host = Promise.withResolvers<void>();
  const runtime = Runtime.builder().build();
  const task = runtime.spawn(async () => {
    await host.promise;
    await sleep(60_000);
  });
  await turns(2);
  await runtime.shutdown();
  assertFalse(task.isFinished());
  host.resolve();
  await assertCancelled(task);
});

test("Runtime is shut down by await using", async () => {
  let task;
  {
    await using runtime = Runtime.builder().build();
    task = runtime.spawn(pending());
    await turns(2);
  }
  assert(task.isFinished());
  const failure = await failureOf(task);
  assert(failure.isCancelled());
});
