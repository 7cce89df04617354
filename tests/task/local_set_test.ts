/**
 * Tasks that run only while somebody drives them.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { future } from "../../future/generator.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { mpsc, oneshot } from "../../sync/mod.ts";
import { consumeBudget, hasBudgetRemaining } from "../../task/coop.ts";
import { LocalSet, spawnLocal } from "../../task/local_set.ts";
import { tryTaskId } from "../../task/task_id.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

test("LocalSet.runUntil() lets spawnLocal() spawn into the set, and drives the task", async () => {
  using local = new LocalSet();
  const value = await local.runUntil(future(function* () {
    return yield* spawnLocal(() => 5);
  }));
  assertEquals(value, 5);
});

test("LocalSet runs its tasks only while it is driven", async () => {
  using local = new LocalSet();
  const log: string[] = [];
  const task = local.spawnLocal(function* () {
    log.push("begun");
    yield* yieldNow();
    log.push("ended");
  });
  await turns(3);
  assertEquals(log, []);
  assertPending(local);
  assertEquals(log, ["begun"]);
  await turns(3);
  assertEquals(log, ["begun"]);
  await local;
  assertEquals(log, ["begun", "ended"]);
  assert(task.isFinished());
});

test("LocalSet as a future completes when its tasks have ended, and may be awaited again", async () => {
  using local = new LocalSet();
  await local;
  const seen: number[] = [];
  for (let round = 0; round < 2; round++) {
    for (const ms of [1, 2]) {
      local.spawnLocal(function* () {
        yield* sleep(ms);
        seen.push(round);
      });
    }
    await local;
  }
  assertEquals(seen, [0, 0, 1, 1]);
});

test("LocalSet as a future drives tasks that its tasks have spawned", async () => {
  using local = new LocalSet();
  const log: string[] = [];
  local.spawnLocal(function* () {
    spawnLocal(function* () {
      yield* yieldNow();
      log.push("inner");
    });
    yield* yieldNow();
    log.push("outer");
  });
  local.spawnLocal(function* () {
    yield* yieldNow();
    log.push("other");
  });
  await local;
  assertEquals(log.toSorted(), ["inner", "other", "outer"]);
});

test("LocalSet.enter() makes it the set of spawnLocal(), until the guard is disposed", async () => {
  using local = new LocalSet();
  let ran = 0;
  {
    using _guard = local.enter();
    spawnLocal(() => void ran++);
  }
  await turns(2);
  assertEquals(ran, 0);
  await local;
  assertEquals(ran, 1);
  assertEquals(await spawnLocal(() => 3), 3);
});

test("LocalSet.enter() nests, and its guards are disposed in the reverse order", async () => {
  using outer = new LocalSet();
  using inner = new LocalSet();
  const outerGuard = outer.enter();
  const innerGuard = inner.enter();
  const task = spawnLocal(() => "inner");
  assertThrows(() => outerGuard[Symbol.dispose](), TypeError, "another was entered later");
  innerGuard[Symbol.dispose]();
  outerGuard[Symbol.dispose]();
  await inner;
  assertEquals(await task, "inner");
});

test("LocalSet.enter() leaves timers of the tasks working", async () => {
  using local = new LocalSet();
  const [tx, rx] = oneshot.channel<void>();
  let spawned;
  {
    using _guard = local.enter();
    spawned = spawnLocal(function* () {
      yield* sleep(0);
      tx.send();
    });
  }
  await local.runUntil(rx);
  await local;
  assert(spawned.isFinished());
});

test("spawnLocal() outside of every LocalSet spawns in the runtime", async () => {
  await using runtime = Runtime.builder().build();
  const [own, inside] = await runtime.run(async () => [
    currentRuntime() === runtime,
    await spawnLocal(() => currentRuntime() === runtime),
  ]);
  assert(own && inside);
});

test("spawnLocal() in the tasks of a set spawns into the set, spawn() into the runtime", async () => {
  using local = new LocalSet();
  const log: string[] = [];
  const note = (what: string) => () => void log.push(what);
  const tasks = [
    local.spawnLocal(function* () {
      spawnLocal(note("generator"));
      yield* yieldNow();
      spawnLocal(note("generator, later"));
    }),
    local.spawnLocal(async () => {
      spawnLocal(note("async"));
      await yieldNow();
      spawnLocal(note("async, later"));
    }),
    local.spawnLocal(() => void spawn(note("runtime"))),
  ];
  assertPending(local);
  await turns(3);
  // The async function goes on by itself; what it spawns waits until the set is driven.
  assertEquals(log.toSorted(), ["async", "generator", "runtime"]);
  await local;
  for (const task of tasks) await task;
  assertEquals(log.length, 5);
});

test("LocalSet tasks spawn where the set was made, and have ids", async () => {
  await using runtime = Runtime.builder().build();
  const local = runtime.handle.enter();
  using set = new LocalSet();
  local[Symbol.dispose]();
  const task = set.spawnLocal(() => [currentRuntime() === runtime, tryTaskId()], { name: "own" });
  await set;
  assertEquals(await task, [true, task.id]);
  assertEquals(task.name, "own");
  assert(set.id !== new LocalSet().id);
});

test("LocalSet nests: a task may drive a set of its own", async () => {
  using outer = new LocalSet();
  const task = outer.spawnLocal(function* () {
    using inner = new LocalSet();
    const before = tryTaskId();
    const ids = yield* inner.runUntil(future(function* () {
      return [tryTaskId(), yield* spawnLocal(() => tryTaskId())];
    }));
    return [before === ids[0], ids[0] !== ids[1], before === tryTaskId()];
  });
  await outer;
  assertEquals(await task, [true, true, true]);
});

test("LocalSet tasks can be joined from elsewhere", async () => {
  using local = new LocalSet();
  const [tx, rx] = oneshot.channel<string>();
  const task = local.spawnLocal(rx);
  const joiner = spawn(function* () {
    return yield* task;
  });
  const driver = spawn(local);
  await turns(2);
  tx.send("joined");
  assertEquals(await joiner, "joined");
  await driver;
});

test("LocalSet that is disposed drops its tasks there and then", () => {
  const local = new LocalSet();
  const log: string[] = [];
  local.spawnLocal(pollFn(() => Pending, () => log.push("future")));
  local.spawnLocal(function* () {
    using _resource = { [Symbol.dispose]: () => log.push("using") };
    try {
      yield* pending();
    } finally {
      log.push("finally");
    }
  });
  assertPending(local);
  local.spawnLocal(pollFn(() => Pending, () => log.push("not begun")));
  local[Symbol.dispose]();
  assertEquals(log.toSorted(), ["finally", "future", "not begun", "using"]);
  local[Symbol.dispose]();
});

test("LocalSet that is disposed makes its tasks end as cancelled, async functions at their waits", async () => {
  const local = new LocalSet();
  const log: string[] = [];
  const tasks = [
    local.spawnLocal(pending()),
    local.spawnLocal(function* () {
      yield* pending();
    }),
    local.spawnLocal(async () => {
      try {
        await sleep(60_000);
      } finally {
        log.push("async finally");
      }
    }),
  ];
  assertPending(local);
  await turns(1);
  local[Symbol.dispose]();
  for (const task of tasks) await assertCancelled(task);
  assertEquals(log, ["async finally"]);
  await assertCancelled(local.spawnLocal(() => 1));
});

test("LocalSet that is disposed reports a finally block that would have to wait", async () => {
  const local = new LocalSet();
  const task = local.spawnLocal(function* () {
    try {
      yield* pending();
    } finally {
      yield* yieldNow();
    }
  });
  assertPending(local);
  local[Symbol.dispose]();
  const failure = await failureOf(task);
  assert(failure.isPanic() && failure.cause instanceof TypeError);
});

test("LocalSet that is disposed by one of its tasks ends that one at its next wait", async () => {
  const local = new LocalSet();
  const log: string[] = [];
  const other = local.spawnLocal(pollFn(() => Pending, () => log.push("other dropped")));
  const task = local.spawnLocal(function* () {
    local[Symbol.dispose]();
    log.push("goes on");
    yield* pending();
    log.push("not reached");
  });
  await local;
  await assertCancelled(task);
  await assertCancelled(other);
  assertEquals(log, ["other dropped", "goes on"]);
});

test("LocalSet that is disposed ignores wakes that come later, and such from a drop", async () => {
  const local = new LocalSet();
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const [first, second] = [oneshot.channel<void>(), oneshot.channel<void>()];
  local.spawnLocal(function* () {
    while ((yield* rx.recv()) !== undefined);
  });
  local.spawnLocal(function* () {
    yield* second[1];
  });
  local.spawnLocal(function* () {
    try {
      yield* first[1];
    } finally {
      second[0].send();
    }
  });
  await local.runUntil(yieldNow());
  tx.send(1);
  local[Symbol.dispose]();
  tx.close();
  await turns(3);
  assertPending(pending());
});

test("LocalSet that is dropped as a future stops being driven, and keeps its tasks", async () => {
  using local = new LocalSet();
  const task = local.spawnLocal(yieldNow());
  const { branch } = await select({ local, other: ready(1) }, { biased: true });
  assertEquals(branch, "other");
  assertFalse(task.isFinished());
  await local;
  assert(task.isFinished());
});

test("LocalSet.runUntil() leaves other tasks in the set, and drops its future when it is dropped", async () => {
  using local = new LocalSet();
  const task = local.spawnLocal(pending());
  assertEquals(await local.runUntil(Promise.resolve(4)), 4);
  assertFalse(task.isFinished());
  let drops = 0;
  const run = local.runUntil(pollFn(() => Pending, () => drops++));
  assertPending(run);
  run[Symbol.dispose]();
  run[Symbol.dispose]();
  assertEquals(drops, 1);
  assertThrows(() => pollOnce(run), TypeError);
  const failing = local.runUntil(pollFn(() => {
    throw new RangeError("own");
  }));
  assertThrows(() => pollOnce(failing), RangeError);
});

test("LocalSet runs 61 tasks in one poll at most, and asks for the next one", () => {
  using local = new LocalSet();
  let ran = 0;
  for (let i = 0; i < 100; i++) local.spawnLocal(() => void ran++);
  const wakes = new Wakes();
  assertPending(local, wakes);
  assertEquals([ran, wakes.count], [61, 1]);
  assertReady(local, wakes);
  assertEquals(ran, 100);
});

test("LocalSet wakes who drives it when a task is spawned or woken from outside", async () => {
  using local = new LocalSet();
  const wakes = new Wakes();
  const [tx, rx] = oneshot.channel<number>();
  const task = local.spawnLocal(rx);
  assertPending(local, wakes);
  assertFalse(wakes.isWoken());
  local.spawnLocal(() => {});
  assert(wakes.isWoken());
  assertPending(local, wakes);
  tx.send(1);
  assert(wakes.isWoken());
  assertReady(local, wakes);
  assertEquals(await task, 1);
});

test("LocalSet wakes a driver whose future waits for a task that is spawned elsewhere", async () => {
  using local = new LocalSet();
  const driver = spawn(local.runUntil(pending()));
  await turns(2);
  await local.spawnLocal(ready(1));
  driver.abort();
  await assertCancelled(driver);
});

test("LocalSet may have several drivers: one that leaves hands on to the next", async () => {
  using local = new LocalSet();
  const first = local.runUntil(yieldNow());
  const [one, two] = [new Wakes(), new Wakes()];
  assertPending(first, one);
  const all = local.runUntil(pending());
  assertPending(all, two);
  for (let i = 0; i < 3; i++) local.spawnLocal(() => {});
  assert(one.isWoken() && two.isWoken());
  await turns(2);
  assertReady(first);
  assert(two.isWoken());
  assertPending(all, two);
  all[Symbol.dispose]();
  assertReady(local);
});

test("LocalSet drives many tasks that wait for each other and for the runtime's", async () => {
  using local = new LocalSet();
  const handles = Array.from({ length: 128 }, () =>
    local.spawnLocal(function* () {
      yield* spawnLocal(function* () {});
    }));
  await local.runUntil(join(...handles));
  const COUNT = 500;
  let [received, ended] = [0, 0];
  const [tx, rx] = mpsc.unboundedChannel<oneshot.Receiver<void>>();
  await local.runUntil(future(function* () {
    const sender = spawn(function* () {
      const senders: oneshot.Sender<void>[] = [];
      for (let i = 0; i < COUNT; i++) {
        const [one, other] = oneshot.channel<void>();
        senders.push(one);
        tx.send(other);
      }
      yield* yieldNow();
      for (const one of senders) one.send();
      tx.close();
    });
    for (let item = yield* rx.recv(); item !== undefined; item = yield* rx.recv()) {
      const waited = item;
      received += 1;
      spawnLocal(function* () {
        yield* waited;
        ended += 1;
      });
    }
    yield* sender;
  }));
  await local;
  assertEquals([received, ended], [COUNT, COUNT]);
});

test("LocalSet.runUntil() shares the budget of its caller, each task has its own", () => {
  using local = new LocalSet();
  const count = function* () {
    let rounds = 0;
    for (; hasBudgetRemaining(); rounds++) yield* consumeBudget();
    return rounds;
  };
  let own = 0;
  local.spawnLocal(function* () {
    own = yield* count();
  });
  const wakes = new Wakes();
  resetBudget(10);
  const run = local.runUntil(future(function* () {
    const rounds = yield* count();
    yield* pending();
    return rounds;
  }));
  assertEquals(run.poll(wakes), Pending);
  assertEquals(own, BUDGET);
  assertFalse(hasBudgetRemaining());
  resetBudget(10);
  local.spawnLocal(count);
  assertEquals(run.poll(wakes), Pending);
  assert(hasBudgetRemaining());
  run[Symbol.dispose]();
});

test("LocalSet ends by the failure of a task if it is told to", async () => {
  using local = new LocalSet({ unhandledPanic: "shutdown" });
  let drops = 0;
  const other = local.spawnLocal(pollFn(() => Pending, () => drops++));
  const run = local.runUntil(future(function* () {
    spawnLocal(() => {
      throw new RangeError("boom");
    });
    yield* pending();
  }));
  const failure = await failureOf(run);
  assert(failure.isPanic() && failure.cause instanceof RangeError);
  assertEquals(drops, 1);
  await assertCancelled(other);
});

test("LocalSet.spawnLocal() throws a TypeError for what it cannot run", () => {
  using local = new LocalSet();
  // @ts-expect-error A promise has begun already.
  assertThrows(() => local.spawnLocal(Promise.resolve(1)), TypeError);
  // @ts-expect-error A name is a string.
  assertThrows(() => local.spawnLocal(() => 1, { name: 5 }), TypeError, "Cannot name a task");
});
