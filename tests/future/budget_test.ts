/**
 * The budget, and the executor that serves while there is no scheduler.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, hasBudget, proceed, refund, resetBudget } from "../../future/budget.ts";
import { type Executor, executor, installExecutor } from "../../future/executor.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Instant } from "../../time/instant.ts";
import { sleep } from "../../time/sleep.ts";
import { ElapsedError, timeout, timeoutAt } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertReady, turns, Wakes } from "../helpers/wakes.ts";
import { program } from "../helpers/program.ts";

/** Runs `body` with an executor that only notes what it is asked. */
function withExecutor(body: (deferred: unknown[]) => void): void {
  const installed = executor();
  const deferred: unknown[] = [];
  const noting: Executor = {
    schedule: (job) => installed.schedule(job),
    defer: (waker) => void deferred.push(waker),
    owner: () => undefined,
  };
  installExecutor(noting);
  try {
    body(deferred);
  } finally {
    installExecutor(installed);
    resetBudget(BUDGET);
  }
}

test("BUDGET is 128 operations, as in Tokio", () => {
  assertEquals(BUDGET, 128);
});

test("proceed() takes one unit and defers the waker when none is left", () => {
  withExecutor((deferred) => {
    const wakes = new Wakes();
    resetBudget(2);
    assert(proceed(wakes) && hasBudget());
    assert(proceed(wakes));
    assertFalse(hasBudget());
    assertFalse(proceed(wakes));
    assertEquals(deferred, [wakes]);
    assertFalse(wakes.isWoken());
  });
});

test("refund() gives back the unit of an operation without progress", () => {
  withExecutor((deferred) => {
    resetBudget(1);
    for (let i = 0; i < 10; i++) {
      assert(proceed(new Wakes()));
      refund();
    }
    assertEquals(deferred, []);
  });
});

test("a sleep that is pending costs no budget", () => {
  using waiting = sleep(60_000);
  withExecutor((deferred) => {
    resetBudget(1);
    for (let i = 0; i < 10; i++) assertStrictEquals(waiting.poll(new Wakes()), Pending);
    assertEquals(deferred, []);
    assert(hasBudget());
  });
});

test("a join handle that is pending costs no budget", async () => {
  const task = spawn(pending());
  withExecutor((deferred) => {
    const wakes = new Wakes();
    resetBudget(1);
    for (let i = 0; i < 10; i++) assertStrictEquals(task.poll(wakes), Pending);
    assertEquals(deferred, []);
    assert(hasBudget());
  });
  task[Symbol.dispose]();
  task.abort();
  await turns(2);
});

test("a join handle whose task has ended costs one unit", async () => {
  const task = spawn(() => 1);
  await task;
  withExecutor((deferred) => {
    resetBudget(1);
    assertEquals(task.poll(new Wakes()), 1);
    assertFalse(hasBudget());
    assertStrictEquals(task.poll(new Wakes()), Pending);
    assertEquals(deferred.length, 1);
  });
});

test("timeout() looks at the clock although its future has used up the budget", () => {
  withExecutor(() => {
    const greedy = () =>
      pollFn(() => {
        resetBudget(0);
        return Pending;
      });
    resetBudget(BUDGET);
    const over = timeoutAt(new Instant(0), greedy());
    assertThrows(() => over.poll(new Wakes()), ElapsedError);
    assertFalse(hasBudget(), "the future must not get a new budget by the clock");
    using waiting = timeout(60_000, greedy());
    assertStrictEquals(waiting.poll(new Wakes()), Pending);
    assertFalse(hasBudget());
  });
});

test("ready work beside the budget: pollFn() and ready() take no unit", () => {
  withExecutor((deferred) => {
    resetBudget(0);
    assertEquals(pollFn(() => 1).poll(new Wakes()), 1);
    assertEquals(deferred, []);
  });
  assertEquals(assertReady(pollFn(() => 1)), 1);
});

test("futures work without a scheduler, on the host's microtasks", async () => {
  const { code, output } = await program(`
    import { future, join, Pending, pollFn, ready, select } from "./future/mod.ts";
    const twice = (value) => {
      let polls = 0;
      return pollFn((cx) => {
        if (polls++ === 1) return value;
        cx.waker.wake();
        return Pending;
      });
    };
    const sum = future(function* () {
      return (yield* twice(1)) + (yield* ready(2));
    });
    const all = [await sum, await join(twice(1), ready(2)), await select({ a: twice(3) })];
    console.log(JSON.stringify(all));
  `);
  assertEquals(output, `[3,[1,2],{"branch":"a","value":3}]\n`);
  assertEquals(code, 0);
});

test("without a scheduler, an await that is out of budget goes on in its next turn, with a new one", async () => {
  const { code, output } = await program(`
    import { Pending, pollFn, select } from "./future/mod.ts";
    import { BUDGET, proceed, resetBudget } from "./future/budget.ts";
    const order = [];
    const unit = () => pollFn((cx) => proceed(cx.waker) ? 1 : Pending);
    resetBudget(1);
    queueMicrotask(() => order.push("other"));
    let sum = 0;
    for (let i = 0; i < 10 * BUDGET; i++) sum += await unit();
    order.push(sum);
    resetBudget(0);
    order.push((await select({ unit: unit() })).branch);
    let units = 0;
    resetBudget(0);
    await pollFn((cx) => {
      while (proceed(cx.waker)) units += 1;
      return units > BUDGET ? units : Pending;
    });
    console.log(...order, units);
  `);
  assertEquals(output, "other 1280 unit 256\n");
  assertEquals(code, 0);
});
