/**
 * Aborting async functions: the `await` they are in throws `Cancelled`, once.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { fromPromise } from "../../future/from_promise.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { Cancelled } from "../../scheduler/join_error.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { followsPromises } from "../../host/async_context.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, assertPanicked, failureOf } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";

test("abort() unwinds an async function through its finally and using blocks", async () => {
  const log: string[] = [];
  const inner = async () => {
    try {
      await sleep(60_000);
      log.push("not reached");
    } finally {
      log.push("inner finally");
    }
  };
  const task = spawn(async () => {
    using _resource = { [Symbol.dispose]: () => log.push("using") };
    try {
      await inner();
      log.push("not reached");
    } finally {
      log.push("outer finally");
    }
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["inner finally", "outer finally", "using"]);
});

test("abort() throws a Cancelled into the await, and drops what is awaited", async () => {
  let seen: unknown;
  const slept = sleep(60_000);
  const task = spawn(async () => {
    try {
      await slept;
    } catch (error) {
      seen = error;
      throw error;
    }
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertInstanceOf(seen, Cancelled);
  assertInstanceOf(seen, Error);
  assertEquals(seen.name, "Cancelled");
  assertEquals(seen.message, "Cannot go on: the task was aborted");
});

test("abort() is delivered once: cleanup may await what it needs", async () => {
  const log: string[] = [];
  const task = spawn(async () => {
    try {
      await pending();
    } finally {
      await sleep(1);
      log.push("slept");
      task.abort();
      await yieldNow();
      await sleep(1);
      log.push("slept again");
    }
  });
  await turns(2);
  task.abort();
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["slept", "slept again"]);
});

test("abort() loses against a task that swallows Cancelled: its value wins", async () => {
  const task = spawn(async () => {
    try {
      await pending();
    } catch (error) {
      assertInstanceOf(error, Cancelled);
    }
    await sleep(1);
    return "value";
  });
  await turns(2);
  task.abort();
  assertEquals(await task, "value");
});

test("abort() before the start drops the function without running it", async () => {
  let runs = 0;
  const task = spawn(async () => {
    runs += 1;
    await null;
  });
  task.abort();
  await assertCancelled(task);
  assertEquals(runs, 0);
});

test("abort() of a task that waits on a host promise ends it at its next wait on edo", async () => {
  const log: string[] = [];
  const host = Promise.withResolvers<void>();
  const task = spawn(async () => {
    try {
      await host.promise;
      log.push("host promise");
      await sleep(60_000);
      log.push("not reached");
    } finally {
      log.push("finally");
    }
  });
  await turns(2);
  task.abort();
  await turns(5);
  assertFalse(task.isFinished());
  host.resolve();
  await assertCancelled(task);
  assertEquals(log, ["host promise", "finally"]);
}, { ignore: !followsPromises });

test("abort() reaches a host promise that was wrapped by fromPromise()", async () => {
  const task = spawn(async () => {
    await fromPromise(new Promise<void>(() => {}));
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
});

test("abort() drops the future whose await it interrupts before it begins", async () => {
  let polls = 0;
  let drops = 0;
  const host = Promise.withResolvers<void>();
  const task = spawn(async () => {
    await host.promise;
    await pollFn(() => ++polls, () => drops++);
  });
  await turns(2);
  task.abort();
  host.resolve();
  await assertCancelled(task);
  assertEquals([polls, drops], [0, 1]);
}, { ignore: !followsPromises });

test("abort() ends all waits of a task that has several", async () => {
  const log: string[] = [];
  const wait = async (name: string) => {
    try {
      await sleep(60_000);
    } catch (error) {
      log.push(`${name} ${(error as Error).name}`);
      throw error;
    }
  };
  const task = spawn(async () => {
    await Promise.all([wait("a"), wait("b"), wait("c")]);
  });
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["a Cancelled", "b Cancelled", "c Cancelled"]);
});

test("abort() of a task that awaits another task leaves the other one running", async () => {
  const other = spawn(async () => {
    await sleep(100);
    return 1;
  });
  const task = spawn(async () => await other);
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertFalse(other.isFinished());
  assertEquals(await other, 1);
});

test("abort() of a finished task changes nothing", async () => {
  const task = spawn(async () => await sleep(1).then(() => 5));
  assertEquals(await task, 5);
  task.abort();
  task.abortHandle().abort();
  assertEquals(await task, 5);
});

test("abort() from inside of the task takes effect at its next wait", async () => {
  const log: string[] = [];
  const task = spawn(async () => {
    task.abort();
    log.push("goes on");
    await null;
    log.push("and on");
    await sleep(0);
    log.push("not reached");
  });
  await assertCancelled(task);
  assertEquals(log, ["goes on", "and on"]);
});

test("abort() whose cleanup throws ends as a panic with that error", async () => {
  const error = new RangeError("cleanup failed");
  const task = spawn(async () => {
    try {
      await pending();
    } finally {
      await sleep(0);
      // deno-lint-ignore no-unsafe-finally
      throw error;
    }
  });
  await turns(2);
  task.abort();
  await assertPanicked(task, error);
});

test("Cancelled thrown by a task that nobody aborted is a panic", async () => {
  const failure = await failureOf(spawn(() => {
    throw new Cancelled();
  }));
  assert(failure.isPanic());
});

test("abort() of one task throws Cancelled in no other one", async () => {
  const ended: string[] = [];
  const make = (name: string) =>
    spawn(async () => {
      await sleep(100);
      await sleep(1);
      ended.push(name);
    });
  const [a, b, c] = [make("a"), make("b"), make("c")];
  await turns(2);
  b.abort();
  await assertCancelled(b);
  await a;
  await c;
  assertEquals(ended, ["a", "c"]);
});

test("abort() reaches code that the task calls through promises and callbacks", async () => {
  const task = spawn(async () => {
    await Promise.resolve().then(() => null);
    const nested = async () => {
      await null;
      await pending();
    };
    await Promise.race([nested(), new Promise(() => {})]);
  });
  await turns(3);
  task.abort();
  await assertCancelled(task);
});
