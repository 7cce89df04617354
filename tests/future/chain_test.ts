/**
 * `mapped`, `andThen`, `orElse` and `lazy`: one thing after the other.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { andThen, mapped, orElse } from "../../future/chain.ts";
import type { Future } from "../../future/future.ts";
import { lazy } from "../../future/lazy.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting } from "./_gate.ts";

function fail(): never {
  throw new RangeError("own");
}

/** Requires that `outer`, made of a future that drops it while it is polled, drops that one too. */
function assertDropsAfterPoll(make: (inner: Future<void>) => Future<unknown>): void {
  const log: string[] = [];
  const outer = make(pollFn<void>(() => {
    outer[Symbol.dispose]();
    log.push("polled");
    return Pending;
  }, () => log.push("dropped")));
  assertThrows(() => pollOnce(outer), TypeError, "Cannot poll a future again");
  assertEquals(log, ["polled", "dropped"]);
}

test("mapped() has the new value, and calls for it once", () => {
  const source = gate<number>();
  const wakes = new Wakes();
  let calls = 0;
  const twice = mapped(source.future, (value) => {
    calls += 1;
    return value * 2;
  });
  assertPending(twice, wakes);
  source.open(21);
  assert(wakes.isWoken());
  assertEquals(assertReady(twice, wakes), 42);
  assertEquals(calls, 1);
  assertThrows(() => pollOnce(twice), TypeError, "Cannot poll a future again");
});

test("mapped() fails as its source, without a call, or as the call", () => {
  const never = (): never => {
    throw new Error("It was called");
  };
  assertThrows(() => pollOnce(mapped(failing(new RangeError("a")), never)), RangeError, "a");
  const thrown = mapped(ready(1), fail);
  assertThrows(() => pollOnce(thrown), RangeError, "own");
  assertThrows(() => pollOnce(thrown), TypeError, "Cannot poll a future again");
});

test("mapped() takes promises, and a promise for its new value stays one", async () => {
  const inner = Promise.resolve(1);
  assertEquals(await mapped(Promise.resolve("a"), (text) => text.length), 1);
  assertEquals(assertReady(mapped(ready(1), () => inner)), inner);
});

test("andThen() waits for the one, then for the other", () => {
  const [first, second] = [gate<number>(), gate<string>()];
  const wakes = new Wakes();
  const both = andThen(first.future, (value) => mapped(second.future, (text) => text + value));
  assertPending(both, wakes);
  first.open(1);
  assert(wakes.isWoken());
  assertPending(both, wakes);
  assertPending(both, wakes);
  second.open("a");
  assert(wakes.isWoken());
  assertEquals(assertReady(both, wakes), "a1");
  assertThrows(() => pollOnce(both), TypeError, "Cannot poll a future again");
});

test("andThen() fails as either of its futures, or as the call between them", () => {
  assertThrows(() => pollOnce(andThen(failing(new RangeError("a")), ready)), RangeError, "a");
  assertThrows(
    () => pollOnce(andThen(ready(1), () => failing(new RangeError("b")))),
    RangeError,
    "b",
  );
  assertThrows(() => pollOnce(andThen(ready(1), fail)), RangeError, "own");
  assertThrows(() => pollOnce(andThen(ready(1), () => 1 as never)), TypeError, "found number");
});

test("andThen() drops the one that is being waited on", () => {
  const log: string[] = [];
  const first = andThen(noting(log, "a"), () => noting(log, "b"));
  assertPending(first);
  first[Symbol.dispose]();
  const second = andThen(ready(1), () => noting(log, "c"));
  assertPending(second);
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  assertEquals(log, ["a polled", "a dropped", "c polled", "c dropped"]);
});

test("orElse() has the value of its source, without a call", () => {
  assertEquals(assertReady(orElse(ready(1), fail)), 1);
});

test("orElse() goes on with another future after a failure", () => {
  const source = gate<number>();
  const other = gate<string>();
  const wakes = new Wakes();
  const either = orElse(
    source.future,
    (error) => mapped(other.future, (text) => `${text}: ${error}`),
  );
  assertPending(either, wakes);
  source.fail("why");
  assert(wakes.isWoken());
  assertPending(either, wakes);
  other.open("other");
  assertEquals(assertReady(either, wakes), "other: why");
  assertThrows(() => pollOnce(either), TypeError, "Cannot poll a future again");
});

test("orElse() recovers once: a failure of the other future is thrown", () => {
  let calls = 0;
  const either = orElse(failing("first"), () => {
    calls += 1;
    return failing(new RangeError("second"));
  });
  assertThrows(() => pollOnce(either), RangeError, "second");
  assertThrows(() => pollOnce(either), TypeError, "Cannot poll a future again");
  assertEquals(calls, 1);
});

test("orElse() that is polled after its end recovers from nothing", () => {
  const either = orElse(pending(), fail);
  either[Symbol.dispose]();
  assertThrows(() => pollOnce(either), TypeError, "Cannot poll a future again");
});

test("lazy() calls once, at the first poll", () => {
  const log: string[] = [];
  const source = gate<number>();
  const later = lazy(() => {
    log.push("made");
    return source.future;
  });
  assertEquals(log, []);
  assertPending(later);
  assertPending(later);
  source.open(1);
  assertEquals(assertReady(later), 1);
  assertEquals(log, ["made"]);
  assertThrows(() => pollOnce(later), TypeError, "Cannot poll a future again");
});

test("lazy() that is dropped before its first poll calls nothing; later it drops what was made", () => {
  const never = lazy(fail);
  never[Symbol.dispose]();
  assertThrows(() => pollOnce(never), TypeError, "Cannot poll a future again");
  const log: string[] = [];
  const begun = lazy(() => noting(log, "a"));
  assertPending(begun);
  begun[Symbol.dispose]();
  assertEquals(log, ["a polled", "a dropped"]);
});

test("lazy() takes async functions, and throws a TypeError for what is no function", async () => {
  assertEquals(await lazy(async () => await Promise.resolve(1)), 1);
  await assertRejects(async () => await lazy(async () => await fail()), RangeError, "own");
  assertThrows(() => lazy(ready(1) as never), TypeError, "expected a function, found object");
});

test("mapped(), andThen(), orElse() and lazy() that are dropped in the middle of a poll drop what was polled after it", () => {
  assertDropsAfterPoll((inner) => mapped(inner, fail));
  assertDropsAfterPoll((inner) => andThen(inner, fail));
  assertDropsAfterPoll((inner) => andThen(ready(1), () => inner));
  assertDropsAfterPoll((inner) => orElse(inner, fail));
  assertDropsAfterPoll((inner) => orElse(failing(1), () => inner));
  assertDropsAfterPoll((inner) => lazy(() => inner));
});

test("andThen() that is dropped by the call between its futures drops the second one", () => {
  const log: string[] = [];
  const both: Future<never> = andThen(ready(1), () => {
    both[Symbol.dispose]();
    return noting(log, "second");
  });
  assertThrows(() => pollOnce(both), TypeError, "Cannot poll a future again");
  assertEquals(log, ["second dropped"]);
});
