/**
 * `tryJoin`: all futures, or the first failure.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tryJoin, tryJoinAll } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, fourTimes, gate, greedyAndModest, noting, stubborn } from "./_gate.ts";

test("tryJoin() of nothing is ready with an empty array", () => {
  assertEquals(assertReady(tryJoin()), []);
  assertEquals(assertReady(tryJoinAll([], { biased: true })), []);
});

test("tryJoin() has the values in the order of the arguments", () => {
  assertEquals(assertReady(tryJoin(ready(1))), [1]);
  assertEquals(assertReady(tryJoin(ready(1), ready("two"))), [1, "two"]);
  assertEquals(assertReady(tryJoinAll([ready(1), ready(2)], { biased: true })), [1, 2]);
  assertEquals(assertReady(tryJoinAll(new Set([ready(1), ready(2)]))), [1, 2]);
});

test("tryJoin() waits for all, whatever the order of the ends", () => {
  const [first, second] = [gate<string>(), gate<number>()];
  const wakes = new Wakes();
  const both = tryJoin(first.future, second.future);
  assertPending(both, wakes);
  second.open(123);
  assert(wakes.isWoken());
  assertPending(both, wakes);
  first.open("hello");
  assert(wakes.isWoken());
  assertEquals(assertReady(both, wakes), ["hello", 123]);
});

test("tryJoin() drops the others at the first failure, and throws it", () => {
  const log: string[] = [];
  const [first, second] = [gate<string>(log, "first"), gate<number>(log, "second")];
  const all = tryJoin(first.future, second.future, noting(log, "third"));
  assertPending(all);
  second.open(123);
  assertPending(all);
  first.fail(new RangeError("first"));
  log.length = 0;
  assertThrows(() => pollOnce(all), RangeError, "first");
  assertEquals(log, ["third polled", "third dropped"]);
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
});

test("tryJoin() polls no other future after a failure", () => {
  const log: string[] = [];
  const all = tryJoin(noting(log, "a"), failing(new RangeError("own")), noting(log, "b"));
  assertThrows(() => pollOnce(all), RangeError, "own");
  assertEquals(log, ["a polled", "a dropped", "b dropped"]);
});

test("tryJoin() throws the failure before an error of a future that is dropped", () => {
  const log: string[] = [];
  const all = tryJoin(stubborn(), failing(new SyntaxError("own")), noting(log, "b"));
  assertThrows(() => pollOnce(all), SyntaxError, "own");
  assertEquals(log, ["b dropped"]);
});

test("tryJoin() drops what has not ended when it is dropped", () => {
  const log: string[] = [];
  const all = tryJoin(noting(log, "a"), ready(1), noting(log, "b"));
  assertPending(all);
  all[Symbol.dispose]();
  all[Symbol.dispose]();
  assertEquals(log, ["a polled", "b polled", "a dropped", "b dropped"]);
});

test("tryJoin() takes promises, and fails with the reason of one", async () => {
  const failure = Promise.reject(new RangeError("own"));
  await assertRejects(async () => await tryJoin(pending(), failure), RangeError, "own");
});

test("tryJoin() throws a TypeError at the call for what is neither future nor promise", () => {
  assertThrows(() => tryJoin(5 as never), TypeError, "found number");
});

test("tryJoin() begins every poll with the next future", async () => {
  const log: number[] = [];
  await tryJoin(fourTimes(log, 1), fourTimes(log, 2), fourTimes(log, 3));
  assertEquals(log, [1, 2, 3, 2, 3, 1, 3, 1, 2, 1, 2, 3]);
});

test("tryJoinAll() with biased begins every poll with the first future", async () => {
  const log: number[] = [];
  await tryJoinAll([1, 2, 3].map((name) => fourTimes(log, name)), { biased: true });
  assertEquals(log, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

test("tryJoin() does not let a future that uses up the budget starve the others", async () => {
  const log: string[] = [];
  await spawn(tryJoin(...greedyAndModest(log)));
  assertEquals(log, ["modest after 1 rounds", "greedy"]);
});

test("tryJoin() that one of its futures drops ends there, and drops that one after its poll", () => {
  const log: string[] = [];
  const dropping = pollFn(() => {
    all[Symbol.dispose]();
    log.push("polled to the end");
    return Pending;
  }, () => log.push("dropping dropped"));
  const all = tryJoin(dropping, noting(log, "after"));
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
  assertEquals(log, ["after dropped", "polled to the end", "dropping dropped"]);
});
