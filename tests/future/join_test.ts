/**
 * `join`: all futures, in one task.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { join, joinAll } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";
import { fourTimes, gate, greedyAndModest, noting, stubborn } from "./_gate.ts";

test("join() of nothing is ready with an empty array", () => {
  assertEquals(assertReady(join()), []);
});

test("join() has the values in the order of the arguments, whatever the order of the ends", () => {
  const first = gate<string>();
  const second = gate<string>();
  const wakes = new Wakes();
  const both = join(first.future, second.future);
  assertPending(both, wakes);
  second.open("second");
  assert(wakes.isWoken());
  assertPending(both, wakes);
  first.open("first");
  assertEquals(assertReady(both, wakes), ["first", "second"]);
});

test("join() polls a future no more once it has ended", () => {
  const first = gate<number>();
  const second = gate<number>();
  const both = join(first.future, second.future);
  assertPending(both);
  first.open(1);
  assertPending(both);
  assertPending(both);
  assertEquals(first.polls(), 2);
  assertEquals(second.polls(), 3);
  both[Symbol.dispose]();
});

test("join() drives all futures to their end although one fails", () => {
  const failing = gate<number>();
  const going = gate<number>();
  const both = join(failing.future, going.future);
  failing.fail(new RangeError("first"));
  assertPending(both);
  assertPending(both);
  going.open(1);
  assertThrows(() => pollOnce(both), RangeError, "first");
  assertEquals(going.polls(), 3);
});

test("join() throws the first failure by the order of the arguments, not of time", () => {
  const first = gate<number>();
  const second = gate<number>();
  const both = join(first.future, second.future);
  second.fail(new Error("second"));
  assertPending(both);
  first.fail(new RangeError("first"));
  assertThrows(() => pollOnce(both), RangeError, "first");
});

test("join() keeps undefined apart from waiting, as a value and as a failure", async () => {
  assertEquals(assertReady(join(ready(undefined), ready(null))), [undefined, null]);
  const failing = pollFn<number>(() => {
    throw undefined;
  });
  let failed = false;
  await join(failing).then(() => {}, () => void (failed = true));
  assert(failed);
});

test("join() drops what has not ended when it is dropped", () => {
  const log: string[] = [];
  const ended = gate<number>(log, "ended");
  const waiting = gate<number>(log, "waiting");
  const late = gate<number>(log, "late");
  const all = join(waiting.future, ended.future, late.future);
  ended.open(1);
  assertPending(all);
  all[Symbol.dispose]();
  assertEquals(log, ["waiting dropped", "late dropped"]);
});

test("join() drops the rest although dropping one of them throws", () => {
  const log: string[] = [];
  const all = join(stubborn(), gate(log, "other").future);
  assertPending(all);
  assertThrows(() => all[Symbol.dispose](), RangeError, "stubborn");
  assertEquals(log, ["other dropped"]);
});

test("join() takes promises", async () => {
  assertEquals(await join(Promise.resolve(1), ready("two")), [1, "two"]);
  await assertRejects(
    async () => await join(Promise.reject(new RangeError("own")), ready(1)),
    RangeError,
    "own",
  );
});

test("join() throws a TypeError at the call for what is neither future nor promise", () => {
  assertThrows(
    () => join(5 as unknown as Promise<number>),
    TypeError,
    "expected a future or a promise, found number",
  );
  assertThrows(() => join(undefined as unknown as Promise<number>), TypeError, "found undefined");
});

test("join() does not end while one of many never does", async () => {
  const wakes = new Wakes();
  using all = join(...Array.from({ length: 100 }, (_, i) => ready(i)), pending());
  assertPending(all, wakes);
  await turns(2);
  assertFalse(wakes.isWoken());
});

test("join() begins every poll with the next future", async () => {
  const log: number[] = [];
  await join(fourTimes(log, 1), fourTimes(log, 2), fourTimes(log, 3));
  assertEquals(log, [1, 2, 3, 2, 3, 1, 3, 1, 2, 1, 2, 3]);
});

test("joinAll() with biased begins every poll with the first future", async () => {
  const log: number[] = [];
  await joinAll([1, 2, 3].map((name) => fourTimes(log, name)), { biased: true });
  assertEquals(log, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

test("join() does not let a future that uses up the budget starve the others", async () => {
  const log: string[] = [];
  await spawn(join(...greedyAndModest(log)));
  assertEquals(log, ["modest after 1 rounds", "greedy"]);
});

test("joinAll() takes anything that can be iterated, and none", () => {
  assertEquals(assertReady(joinAll(new Set([ready(1), ready(2)]))), [1, 2]);
  assertEquals(assertReady(joinAll([])), []);
  assertEquals(assertReady(joinAll(new Set<Promise<1>>(), { biased: true })), []);
});

test("joinAll() leaves the array that it is given as it was", () => {
  const given = [Promise.resolve(1), ready(2)];
  const before = [...given];
  using _all = joinAll(given);
  assertEquals(given, before);
  assert(given.every((one, i) => one === before[i]));
});

test("joinAll() throws a TypeError at the call for what is neither future nor promise", () => {
  assertThrows(() => joinAll([ready(1), 5 as never]), TypeError, "found number");
});

test("join() polled after its end throws a TypeError, also when it was dropped", () => {
  const ended = join(ready(1));
  assertEquals(assertReady(ended), [1]);
  assertThrows(() => pollOnce(ended), TypeError, "Cannot poll a future again");
  const dropped = join(pending());
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  assertThrows(() => pollOnce(dropped), TypeError, "Cannot poll a future again");
});

test("join() that one of its futures drops ends there, and drops that one after its poll", () => {
  const log: string[] = [];
  const dropping = pollFn(() => {
    all[Symbol.dispose]();
    log.push("polled to the end");
    return Pending;
  }, () => log.push("dropping dropped"));
  const all = join(noting(log, "before"), dropping, noting(log, "after"));
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
  assertEquals(log, [
    "before polled",
    "before dropped",
    "after dropped",
    "polled to the end",
    "dropping dropped",
  ]);
});
