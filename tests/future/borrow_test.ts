/**
 * `borrow`: waiting on a future without owning it.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { borrow } from "../../future/borrow.ts";
import { branch } from "../../future/branch.ts";
import { future } from "../../future/generator.ts";
import { ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, gate } from "./_gate.ts";

test("borrow() that is dropped leaves the other future as it is", () => {
  const log: string[] = [];
  const other = gate<number>(log);
  for (let i = 0; i < 3; i++) {
    const borrowed = borrow(other.future);
    assertPending(borrowed);
    borrowed[Symbol.dispose]();
    assertThrows(() => pollOnce(borrowed), TypeError, "Cannot poll a future again");
  }
  const wakes = new Wakes();
  const last = borrow(other.future);
  assertPending(last, wakes);
  other.open(1);
  assert(wakes.isWoken());
  assertEquals(assertReady(last), 1);
  assertEquals(log, []);
});

test("borrow() of a loser goes on with what it has, instead of anew", () => {
  const log: string[] = [];
  const step = gate<void>();
  const work = future(function* () {
    log.push("begun");
    yield* step.future;
    return "done";
  });
  assertEquals(
    assertReady(select({ work: borrow(work), now: ready(1) }, { biased: true })).branch,
    "now",
  );
  step.open();
  assertEquals(assertReady(select({ work: borrow(work) })), { branch: "work", value: "done" });
  assertEquals(log, ["begun"]);
});

test("borrow() lets the handler of the winner wait on the loser", () => {
  const [a, b] = [ready(1), ready(2)];
  const won = assertReady(select([
    branch(borrow(a), {
      *handle(value) {
        return [value, yield* b];
      },
    }),
    branch(borrow(b), {
      *handle(value) {
        return [yield* a, value];
      },
    }),
  ]));
  assertEquals(won.value, [1, 2]);
});

test("borrow() passes a failure on, and ends with it", () => {
  const borrowed = borrow(failing(new RangeError("own")));
  assertThrows(() => pollOnce(borrowed), RangeError, "own");
  assertThrows(() => pollOnce(borrowed), TypeError, "Cannot poll a future again");
});

test("borrow() that has completed throws a TypeError when it is polled again", () => {
  const once = ready(1);
  const borrowed = borrow(once);
  assertEquals(assertReady(borrowed), 1);
  assertThrows(() => pollOnce(borrowed), TypeError, "Cannot poll a future again");
  assertThrows(() => pollOnce(borrow(once)), TypeError, "Cannot poll a future again");
});

test("borrow() throws a TypeError at the call for what is no future", () => {
  assertThrows(() => borrow(Promise.resolve(1) as never), TypeError, "expected a future");
});

test("borrow() twice makes two futures that are awaited one after the other", async () => {
  const [one, two] = [ready(1), ready(2)];
  assertEquals([await borrow(one), await borrow(two)], [1, 2]);
});
