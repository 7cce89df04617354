/**
 * `select`: the first of several futures.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

/** A future that waits for ever and notes its polls and its end. */
function noting(log: string[], name: string) {
  return pollFn(() => {
    log.push(`${name} polled`);
    return Pending;
  }, () => log.push(`${name} dropped`));
}

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
  const failing = pollFn<number>(() => {
    throw new RangeError("own");
  });
  const first = select({ a: noting(log, "a"), failing, b: noting(log, "b") }, { biased: true });
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
  const stubborn = pollFn(() => Pending, () => {
    throw new RangeError("stubborn");
  });
  const first = select({ stubborn, other: noting(log, "other") }, { biased: true });
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
  const first = select({
    a: pollFn(() => {
      throw new RangeError("own");
    }),
  });
  assertThrows(() => pollOnce(first), RangeError, "own");
  assertThrows(() => pollOnce(first), TypeError, "Cannot poll a future again");
});
