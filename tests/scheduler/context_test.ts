/**
 * Which task is the current one, along every way that code can take; and who hears of failures
 * that nobody joins.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { join } from "../../future/join.ts";
import { pending } from "../../future/ready.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { asyncContext } from "../../host/async_context.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { currentTask } from "../../scheduler/task_context.ts";
import { Notify } from "../../sync/notify.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";

test("currentTask() is the task in every kind of task, and nothing outside", async () => {
  assertStrictEquals(currentTask(), undefined);
  const seen: (number | undefined)[] = [];
  const note = () => void seen.push(currentTask()?.id);
  const tasks = [
    spawn(note),
    spawn(pollFn(note)),
    spawn(function* () {
      yield* sleep(1);
      note();
    }),
    spawn(async () => {
      await sleep(1);
      note();
    }),
  ];
  for (const task of tasks) await task;
  assertEquals(seen.toSorted(), tasks.map(({ id }) => id));
  assertStrictEquals(currentTask(), undefined);
});

test("currentTask() follows an async function through awaits of every kind", async () => {
  const ids: (number | undefined)[] = [];
  const note = () => void ids.push(currentTask()?.id);
  const task = spawn(async () => {
    note();
    await null;
    note();
    await sleep(1);
    note();
    await yieldNow();
    note();
    await new Promise((resolve) => setTimeout(resolve, 1));
    note();
    await Promise.all([
      sleep(1),
      (async () => {
        await sleep(1);
        note();
      })(),
    ]);
    await spawn(() => {});
    note();
    await join(sleep(1), sleep(1));
    note();
  });
  await task;
  assertEquals(ids, new Array(8).fill(task.id));
});

test("currentTask() of interleaved tasks does not leak from one into another", async () => {
  const wrong: string[] = [];
  const make = (i: number) => {
    const check = (where: string) => {
      if (currentTask()?.id !== task.id) wrong.push(`${where} of ${i}`);
    };
    const task: JoinHandle<void> = i % 2 === 0
      ? spawn(async () => {
        for (let k = 0; k < 5; k++) {
          await (k % 2 === 0 ? yieldNow() : sleep(1));
          check("await");
          await Promise.resolve();
          check("microtask");
        }
      })
      : spawn(function* () {
        for (let k = 0; k < 5; k++) {
          yield* k % 2 === 0 ? yieldNow() : sleep(1);
          check("yield*");
        }
      });
    return task;
  };
  const tasks = Array.from({ length: 20 }, (_, i) => make(i));
  for (const task of tasks) await task;
  assertEquals(wrong, []);
});

test("currentTask() is restored after a task that throws", async () => {
  const failure = await failureOf(spawn(pollFn(() => {
    throw new RangeError("own");
  })));
  assert(failure.isPanic());
  const seen: unknown[] = [];
  await new Promise<void>((resolve) =>
    void setImmediate(() => {
      seen.push(currentTask());
      resolve();
    })
  );
  assertEquals(seen, [undefined]);
});

test("spawn() inside of a task belongs to its runtime, outside to the entered one", async () => {
  await using runtime = Runtime.builder().build();
  const inside = await runtime.run(async () => {
    await sleep(1);
    return await spawn(() => currentRuntime());
  });
  assertStrictEquals(inside, runtime);
});

test("a task begun from another one's wake does not inherit its async-local storage", async () => {
  const storage = asyncContext<string>();
  const seen: (string | undefined)[] = [];
  const gate = Promise.withResolvers<void>();
  const waiting = storage.run("waiter", () =>
    spawn(async () => {
      await gate.promise;
      await sleep(1);
      seen.push(storage.getStore());
    }));
  await turns(2);
  storage.run("opener", () => gate.resolve());
  await waiting;
  // A task begins in the scheduler's turn; what it must never see is the store of somebody else.
  assert(seen[0] === "waiter" || seen[0] === undefined, `${seen}`);
});

test("a value of AsyncLocalStorage survives await of futures", async () => {
  const storage = asyncContext<string>();
  const seen = await storage.run("mine", async () => {
    const found: (string | undefined)[] = [];
    await sleep(1);
    found.push(storage.getStore());
    await spawn(async () => await sleep(1));
    found.push(storage.getStore());
    await yieldNow();
    found.push(storage.getStore());
    return found;
  });
  assertEquals(seen, ["mine", "mine", "mine"]);
});

test("abort() of one task does not reach into a function that another one called", async () => {
  const log: string[] = [];
  const mayEnd = new Notify();
  const shared = async (name: string) => {
    await mayEnd.notified();
    log.push(name);
  };
  const first = spawn(() => shared("first"));
  const second = spawn(() => shared("second"));
  await turns(2);
  first.abort();
  await assertCancelled(first);
  mayEnd.notifyOne();
  await second;
  assertEquals(log, ["second"]);
});

test("a failure that nobody joins is reported on the console, once", async () => {
  using error = stub(console, "error");
  const own = new RangeError("nobody looks");
  const task = spawn(() => {
    throw own;
  });
  await turns(4);
  assertSpyCalls(error, 1);
  assertEquals(error.calls[0]!.args, [`Task ${task.id} failed and nobody joined it:`, own]);
});

test("a failure is not reported when somebody joins, before or just after it", async () => {
  using error = stub(console, "error");
  const fail = () => {
    throw new RangeError("own");
  };
  await failureOf(spawn(fail));
  await failureOf(spawn(async () => {
    await sleep(1);
    fail();
  }));
  const dropped = spawn(pending());
  dropped.abort();
  await turns(4);
  assertSpyCalls(error, 0);
});

test("a failure in the cleanup of an aborted task is reported as well", async () => {
  using error = stub(console, "error");
  const task = spawn(async () => {
    try {
      await pending();
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new RangeError("cleanup");
    }
  });
  await turns(2);
  task.abort();
  await turns(5);
  assertSpyCalls(error, 1);
});
