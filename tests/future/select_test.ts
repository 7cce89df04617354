/**
 * `select`: the first of several futures.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting, stubborn, unit } from "./_gate.ts";

test("select() throws a RangeError at the call when there is no branch", () => {
  assertThrows(() => select({}), RangeError, "Cannot select from no branches");
});

test("select() throws a TypeError at the call for a branch that is no future", () => {
  assertThrows(() => select({ a: 1 as unknown as Promise<1> }), TypeError, "found number");
});

test("select() names the branch that has won", () => {
  assertEquals(assertReady(select({ never: pending(), now: ready(1) })), {
    branch: "now",
    value: 1,
  });
});

test("select() names its own branches, whatever those of the one before were called", () => {
  const selects: Future<{ branch: string }>[] = [
    select({ a: pending(), b: ready(1) }),
    select({ a: ready(1), b: pending() }),
    select({ a: pending(), c: ready(1) }),
    select({ a: pending(), c: pending(), d: ready(1) }),
    select({ a: ready(1) }),
    select({ b: ready(1), a: pending() }),
  ];
  const winners = selects.map((one) => assertReady(one).branch);
  assertEquals(winners, ["b", "a", "c", "d", "a", "b"]);
});

test("select() keeps the names that its branches had at the call", () => {
  const branches: Record<string, Future<number>> = { a: pending(), b: ready(1) };
  const first = select(branches);
  delete branches["a"];
  assertEquals(assertReady(first), { branch: "b", value: 1 });
});

test("select() does not look at what an object of branches inherits", () => {
  const branches: Record<string, Future<number>> = Object.create({ inherited: ready(0) });
  branches["own"] = ready(1);
  for (let i = 0; i < 2; i++) {
    assertEquals(assertReady(select(branches, { biased: true })), { branch: "own", value: 1 });
    branches["own"] = ready(1);
  }
});

test("select() waits for all branches with one waker", () => {
  let isOpen = false;
  let wake = () => {};
  const wakes = new Wakes();
  const first = select({
    a: pending(),
    b: pollFn((cx) => {
      wake = () => cx.waker.wake();
      return isOpen ? "open" : Pending;
    }),
  });
  assertPending(first, wakes);
  isOpen = true;
  wake();
  assert(wakes.isWoken());
  assertEquals(assertReady(first, wakes).value, "open");
});

test("select() drops the losers before it hands over the value, and not the winner", () => {
  const log: string[] = [];
  const winner = pollFn(() => 1, () => log.push("winner dropped"));
  const won = select({ a: noting(log, "a"), winner, b: noting(log, "b") }, { biased: true });
  assertEquals(assertReady(won), { branch: "winner", value: 1 });
  assertEquals(log, ["a polled", "a dropped", "b dropped"]);
});

test("select() with biased polls the branches in the order written, at every poll", () => {
  const log: string[] = [];
  const first = select({ a: noting(log, "a"), b: noting(log, "b"), c: noting(log, "c") }, {
    biased: true,
  });
  for (let i = 0; i < 20; i++) assertPending(first);
  const round = ["a polled", "b polled", "c polled"];
  assertEquals(log, Array.from({ length: 20 }, () => round).flat());
  first[Symbol.dispose]();
});

test("select() with biased always takes the first that is ready", () => {
  for (let i = 0; i < 50; i++) {
    const won = assertReady(select({ a: pending(), b: ready(1), c: ready(2) }, { biased: true }));
    assertEquals(won.branch, "b");
  }
});

test("select() starts anywhere, so that no ready branch starves the others", () => {
  const wins = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 600; i++) {
    wins[assertReady(select({ a: ready(1), b: ready(2), c: ready(3) })).branch] += 1;
  }
  // Each is due 200; less than 100 has a probability below 1e-17.
  for (const [name, count] of Object.entries(wins)) assertGreater(count, 100, name);
});

test("select() fails with the error of a branch, and drops the others", async () => {
  const log: string[] = [];
  const first = select({
    a: noting(log, "a"),
    failing: failing(new RangeError("own")),
    b: noting(log, "b"),
  }, { biased: true });
  await assertRejects(async () => await first, RangeError, "own");
  assertEquals(log, ["a polled", "a dropped", "b dropped"]);
});

test("select() drops all branches when it is dropped", () => {
  const log: string[] = [];
  const first = select({ a: noting(log, "a"), b: noting(log, "b") });
  first[Symbol.dispose]();
  assertEquals(log, ["a dropped", "b dropped"]);
});

test("select() drops the other losers although dropping one of them throws", () => {
  const log: string[] = [];
  const first = select({ stubborn: stubborn(), other: noting(log, "other") }, { biased: true });
  assertPending(first);
  assertThrows(() => first[Symbol.dispose](), RangeError, "stubborn");
  assertEquals(log, ["other polled", "other dropped"]);
});

test("select() takes promises, and ignores the rejection of a loser", async () => {
  const late = Promise.withResolvers<number>();
  const won = await select({ late: late.promise, now: ready("now") });
  assertEquals(won, { branch: "now", value: "now" });
  late.reject(new Error("nobody waits any more"));
  await late.promise.catch(() => {});
});

test("select() treats undefined and null as values", () => {
  assertEquals(assertReady(select({ a: ready(undefined) })), { branch: "a", value: undefined });
  assertEquals(assertReady(select({ a: ready(null) })), { branch: "a", value: null });
});

test("select() throws a TypeError when it is polled after a branch has failed", () => {
  const first = select({ a: failing(new RangeError("own")) });
  assertThrows(() => pollOnce(first), RangeError, "own");
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
});

test("select() of a list says which index has won", () => {
  assertEquals(assertReady(select([pending(), ready("a")])), { index: 1, value: "a" });
  assertThrows(() => select([]), RangeError, "Cannot select from no branches");
});

test("select() of a list polls in its order when biased", () => {
  const log: string[] = [];
  const first = select([noting(log, "a"), noting(log, "b")], { biased: true });
  assertPending(first);
  assertPending(first);
  first[Symbol.dispose]();
  assertEquals(log, ["a polled", "b polled", "a polled", "b polled", "a dropped", "b dropped"]);
});

test("select() with biased puts names that are whole numbers first, as JavaScript does", () => {
  const log: string[] = [];
  using first = select({ b: noting(log, "b"), 7: noting(log, "7") }, { biased: true });
  assertPending(first);
  assertEquals(log, ["7 polled", "b polled"]);
});

test("select() has no limit of branches", () => {
  const wins = new Set<number>();
  for (let i = 0; i < 200; i++) {
    wins.add(assertReady(select(Array.from({ length: 100 }, (_, j) => ready(j)))).value);
  }
  assertGreater(wins.size, 50);
});

test("select() drops all losers although dropping one throws, and then throws that error", () => {
  const log: string[] = [];
  const first = select([stubborn(), ready(1), noting(log, "other")], { biased: true });
  assertThrows(() => pollOnce(first), RangeError, "stubborn");
  assertEquals(log, ["other dropped"]);
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
});

test("select() throws the error of a branch before the one of a loser that is dropped", () => {
  const log: string[] = [];
  const losers = [stubborn(), failing(new SyntaxError("own")), noting(log, "other")];
  assertThrows(() => pollOnce(select(losers, { biased: true })), SyntaxError, "own");
  assertEquals(log, ["other dropped"]);
});

test("select() without budget polls no branch until the next turn", async () => {
  const wakes = new Wakes();
  const first = select({ budgeted: unit(), free: ready(1) }, { biased: true });
  resetBudget(0);
  assertEquals(first.poll(wakes), Pending);
  assertFalse(wakes.isWoken());
  await turns();
  assert(wakes.isWoken());
  assertEquals(assertReady(first, wakes).branch, "budgeted");
});

test("select() can be made and won as often as there is budget, and no more", async () => {
  const once = () => select({ unit: unit(), ready: ready(undefined) }, { biased: true });
  resetBudget(BUDGET);
  for (let i = 0; i < BUDGET; i++) {
    assertEquals(once().poll(new Wakes()), { branch: "unit", value: undefined });
  }
  const wakes = new Wakes();
  using last = once();
  assertEquals(last.poll(wakes), Pending);
  await turns();
  assert(wakes.isWoken());
});

test("select() that one of its branches drops ends there, and drops that one after its poll", () => {
  const log: string[] = [];
  const dropping = pollFn(() => {
    first[Symbol.dispose]();
    log.push("polled to the end");
    return Pending;
  }, () => log.push("dropping dropped"));
  const first = select([noting(log, "a"), dropping, noting(log, "b")], { biased: true });
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
  assertEquals(log, [
    "a polled",
    "a dropped",
    "b dropped",
    "polled to the end",
    "dropping dropped",
  ]);
});

test("select() inside of join() and of another select()", () => {
  const inner = gate<string>();
  const both = join(select({ a: select([pending(), inner.future]), b: pending() }), ready(2));
  assertPending(both);
  inner.open("in");
  assertEquals(assertReady(both), [{ branch: "a", value: { index: 1, value: "in" } }, 2]);
});

test("select() runs only one of two branches that are ready", () => {
  let begun = 0;
  const count = (value: number) =>
    future(function* () {
      begun += 1;
      return yield* ready(value);
    });
  const { branch, value } = assertReady(select({ one: count(1), two: count(2) }));
  assertEquals([begun, branch], [1, value === 1 ? "one" : "two"]);
});
