/**
 * `race` and `selectOk`: the first of many.
 *
 * @module
 */

import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { resetBudget } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { race, selectOk } from "../../future/race.ts";
import { pending, ready } from "../../future/ready.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting, stubborn } from "./_gate.ts";

test("race() has the value of the first, and drops the others", () => {
  const log: string[] = [];
  const first = gate<number>(log, "first");
  const wakes = new Wakes();
  const all = race(noting(log, "a"), first.future, noting(log, "b"));
  assertPending(all, wakes);
  first.open(1);
  assert(wakes.isWoken());
  assertEquals(assertReady(all, wakes), 1);
  assertEquals(log.slice(-2), ["a dropped", "b dropped"]);
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
});

test("race() fails with the first that fails, and drops the others", () => {
  const log: string[] = [];
  const all = race(noting(log, "a"), failing(new RangeError("own")));
  assertThrows(() => pollOnce(all), RangeError, "own");
  assertEquals(log.at(-1), "a dropped");
});

test("race() begins anywhere, so that no ready future starves the others", () => {
  const wins = [0, 0, 0];
  for (let i = 0; i < 600; i++) wins[assertReady(race(ready(0), ready(1), ready(2)))]! += 1;
  // Each is due 200; less than 100 has a probability below 1e-17.
  for (const count of wins) assertGreater(count, 100);
});

test("race() drops all when it is dropped, also when dropping one throws", () => {
  const log: string[] = [];
  const all = race(noting(log, "a"), stubborn(), noting(log, "b"));
  assertThrows(() => all[Symbol.dispose](), RangeError, "stubborn");
  assertEquals(log, ["a dropped", "b dropped"]);
});

test("race() without budget polls nothing until the next turn", async () => {
  const wakes = new Wakes();
  const all = race(ready(1));
  resetBudget(0);
  assertEquals<unknown>(all.poll(wakes), Pending);
  await turns();
  assert(wakes.isWoken());
  assertEquals(assertReady(all, wakes), 1);
});

test("race() takes promises", async () => {
  assertEquals(await race(pending<string>(), Promise.resolve("now")), "now");
});

test("race() throws at the call when there is no future, or something else", () => {
  assertThrows(() => race(), RangeError, "Cannot race no futures");
  assertThrows(() => race(1 as never), TypeError, "found number");
});

test("selectOk() passes over failures, has the first success, and drops the others", () => {
  const log: string[] = [];
  const first = gate<number>(log, "first");
  const all = selectOk(failing(new RangeError("a")), first.future, noting(log, "c"));
  assertPending(all);
  assertPending(all);
  first.open(1);
  assertEquals(assertReady(all), 1);
  assertEquals(log, ["c polled", "c polled", "c dropped"]);
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
});

test("selectOk() throws all errors, in the order of the arguments, when all have failed", () => {
  const [a, b] = [gate<number>(), gate<number>()];
  const all = selectOk(a.future, b.future);
  const failure = new RangeError("b");
  b.fail(failure);
  assertPending(all);
  a.fail(undefined);
  const error = assertThrows(() => pollOnce(all), AggregateError, "all have failed");
  assertEquals(error.errors, [undefined, failure]);
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
});

test("selectOk() drops what has not ended when it is dropped", () => {
  const log: string[] = [];
  const all = selectOk(failing(1), noting(log, "a"), noting(log, "b"));
  assertPending(all);
  all[Symbol.dispose]();
  all[Symbol.dispose]();
  assertEquals(log, ["a polled", "b polled", "a dropped", "b dropped"]);
});

test("selectOk() that one of its futures drops ends there, and drops that one after its poll", () => {
  const log: string[] = [];
  const dropping = pollFn(() => {
    all[Symbol.dispose]();
    return Pending;
  }, () => log.push("dropping dropped"));
  const all = selectOk(dropping, noting(log, "after"));
  assertThrows(() => pollOnce(all), TypeError, "Cannot poll a future again");
  assertEquals(log, ["after dropped", "dropping dropped"]);
});

test("selectOk() takes promises, and throws at the call when there is no future", async () => {
  assertEquals(await selectOk(Promise.reject(1), Promise.resolve(2)), 2);
  await assertRejects(async () => await selectOk(Promise.reject(1)), AggregateError);
  assertThrows(() => selectOk(), RangeError, "Cannot select from no futures");
});
