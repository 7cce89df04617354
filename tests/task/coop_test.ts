/**
 * The cooperative budget, as tasks see it.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertInstanceOf, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Future, Steps } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { UdpSocket } from "../../net/udp_socket.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { coop } from "../../task/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";
import { needs } from "../helpers/needs.ts";

test("coop.consumeBudget() is ready 128 times in one poll of a task, and then lets others run", async () => {
  const order: string[] = [];
  const busy = spawn(function* () {
    for (let i = 0; i < BUDGET; i++) yield* coop.consumeBudget();
    order.push("used up");
    yield* coop.consumeBudget();
    order.push("goes on");
  });
  const other = spawn(() => void order.push("other"));
  await busy;
  await other;
  assertEquals(order, ["used up", "other", "goes on"]);
});

test("coop.consumeBudget() asks to be polled again when there is no budget", async () => {
  const wakes = new Wakes();
  const consumed = coop.consumeBudget();
  resetBudget(0);
  assertEquals(consumed.poll(wakes), Pending);
  await turns(2);
  assert(wakes.isWoken());
  assertReady(consumed, wakes);
  assertThrows(() => pollOnce(consumed), TypeError);
});

test("coop.hasBudgetRemaining() turns false when the budget is used up, and true in the next turn", async () => {
  const seen: boolean[] = [];
  await spawn(function* () {
    for (let i = 0; i < BUDGET; i++) {
      if (!coop.hasBudgetRemaining()) seen.push(true);
      yield* coop.consumeBudget();
    }
    seen.push(coop.hasBudgetRemaining());
    yield* yieldNow();
    seen.push(coop.hasBudgetRemaining());
  });
  assertEquals(seen, [false, true]);
});

test("a task that always has work to do is polled again once its budget is used up", async () => {
  let polls = 0;
  const rounds = await spawn(pollFn((cx) => {
    polls += 1;
    let rounds = 0;
    for (;;) {
      const operation = coop.pollProceed(cx);
      if (operation === Pending) return polls < 3 ? Pending : rounds;
      operation.madeProgress();
      rounds += 1;
    }
  }));
  assertEquals([polls, rounds], [3, BUDGET]);
});

test("coop.unconstrained() completes any number of operations in one poll", async () => {
  const order: string[] = [];
  const greedy = spawn(coop.unconstrained(future(function* () {
    for (let i = 0; i < BUDGET * 10; i++) yield* coop.consumeBudget();
    order.push("greedy");
    return coop.hasBudgetRemaining();
  })));
  const other = spawn(() => void order.push("other"));
  assert(await greedy);
  await other;
  assertEquals(order, ["greedy", "other"]);
});

test("coop.unconstrained() leaves the budget around it as it was", () => {
  const used = coop.unconstrained(future(function* () {
    for (let i = 0; i < 1000; i++) yield* coop.consumeBudget();
  }));
  resetBudget(1);
  const cx = new Wakes();
  used.poll(cx);
  assert(coop.hasBudgetRemaining());
  assertReady(coop.consumeBudget());
  resetBudget(1);
  coop.consumeBudget().poll(cx);
  assertFalse(coop.hasBudgetRemaining());
});

test("coop.unconstrained() drops what it polls, and lets it unwind", async () => {
  let drops = 0;
  const dropped = coop.unconstrained(pollFn(() => Pending, () => drops++));
  assertPending(dropped);
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  assertEquals(drops, 1);
  assertThrows(() => pollOnce(dropped), TypeError);
  const log: string[] = [];
  const task = spawn(coop.unconstrained(future(function* () {
    try {
      yield* pending();
    } finally {
      yield* yieldNow();
      log.push("cleaned");
    }
  })));
  await turns(2);
  task.abort();
  await assertCancelled(task);
  assertEquals(log, ["cleaned"]);
});

test("coop.cooperative() takes one operation for each future that completes", async () => {
  const rounds = await spawn(function* () {
    let rounds = 0;
    for (; coop.hasBudgetRemaining(); rounds++) yield* coop.cooperative(ready(rounds));
    return rounds;
  });
  assertEquals(rounds, BUDGET);
});

test("coop.cooperative() does not poll without budget, and gives back what it has not used", () => {
  let polls = 0;
  const waiting = coop.cooperative(pollFn(() => {
    polls += 1;
    return Pending;
  }));
  const cx = new Wakes();
  resetBudget(0);
  assertEquals(waiting.poll(cx), Pending);
  assertEquals(polls, 0);
  resetBudget(1);
  assertEquals(waiting.poll(cx), Pending);
  assertEquals(polls, 1);
  assert(coop.hasBudgetRemaining());
  waiting[Symbol.dispose]();
  assertThrows(() => pollOnce(waiting), TypeError);
});

test("coop.pollProceed() gives the operation back unless it has made progress", () => {
  const cx = new Wakes();
  resetBudget(1);
  const first = coop.pollProceed(cx);
  assertInstanceOf(first, coop.Proceed);
  assertFalse(coop.hasBudgetRemaining());
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert(coop.hasBudgetRemaining());
  const second = coop.pollProceed(cx);
  assertInstanceOf(second, coop.Proceed);
  second.madeProgress();
  second[Symbol.dispose]();
  assertFalse(coop.hasBudgetRemaining());
  assertEquals(coop.pollProceed(cx), Pending);
});

test("the budget is shared by the futures of one task, and each task has its own", async () => {
  const count = () =>
    future(function* () {
      let rounds = 0;
      for (; coop.hasBudgetRemaining(); rounds++) yield* coop.consumeBudget();
      return rounds;
    });
  const [shared, own] = await Promise.all([
    spawn(function* () {
      return yield* join(count(), count());
    }),
    spawn(count()),
  ]);
  assertEquals([shared[0] + shared[1], own], [BUDGET, BUDGET]);
});

test(
  "a task whose sockets are always ready lets others run when its budget is used up",
  async () => {
    using tx = await UdpSocket.bind("127.0.0.1:0");
    using rx = await UdpSocket.bind("127.0.0.1:0");
    await tx.connect(rx.localAddr());
    await rx.connect(tx.localAddr());
    let turnsOfTheOther = 0;
    const other = spawn(function* () {
      for (;;) {
        turnsOfTheOther += 1;
        yield* yieldNow();
      }
    });
    // Loopback delivers within the call, so nothing but the budget makes the task wait.
    const rounds = 1024;
    const polls = await spawn(counted(function* () {
      const buffer = new Uint8Array(16);
      for (let i = 0; i < rounds; i++) {
        yield* tx.send(new Uint8Array(12));
        assertEquals(yield* rx.recv(buffer), 12);
      }
    }));
    other.abort();
    await assertCancelled(other);
    assertEquals(polls, rounds * 2 / BUDGET);
    assert(turnsOfTheOther >= polls - 1, `${turnsOfTheOther} turns in ${polls} polls`);
  },
  needs("sockets"),
);

/** Counts the polls that a generator future takes. */
function counted(steps: () => Steps<void>): Future<number> {
  const source = future(steps);
  let polls = 0;
  return pollFn((cx) => {
    polls += 1;
    return source.poll(cx) === Pending ? Pending : polls;
  }, () => source[Symbol.dispose]());
}
