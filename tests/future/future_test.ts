/**
 * What every future promises: laziness, one completion, drop.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { type Future, isFuture } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { fromPromise } from "../../future/from_promise.ts";
import { select } from "../../future/select.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { Instant } from "../../time/instant.ts";
import { sleepUntil } from "../../time/sleep.ts";
import { timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

const PAST = new Instant(0);

/** One of every kind, ready within two polls. */
const KINDS: Record<string, () => Future<unknown>> = {
  "ready()": () => ready(1),
  "pollFn()": () => pollFn(() => 1),
  "future()": () =>
    future(function* () {
      return yield* ready(1);
    }),
  "join()": () => join(ready(1)),
  "select()": () => select({ a: ready(1) }),
  "timeout()": () => timeout(10_000, ready(1)),
  "yieldNow()": () => yieldNow(),
};

for (const [name, make] of Object.entries(KINDS)) {
  test(`${name} throws a TypeError when it is polled after its end`, () => {
    const made = make();
    if (pollOnce(made) === Pending) pollOnce(made);
    assertThrows(() => pollOnce(made), TypeError, "Cannot poll a future again");
  });

  test(`${name} throws a TypeError when it is polled after a drop`, () => {
    const made = make();
    made[Symbol.dispose]();
    assertThrows(() => pollOnce(made), TypeError, "Cannot poll a future again");
  });

  test(`${name} may be dropped twice, and after its end`, () => {
    const dropped = make();
    dropped[Symbol.dispose]();
    dropped[Symbol.dispose]();
    const ended = make();
    if (pollOnce(ended) === Pending) pollOnce(ended);
    ended[Symbol.dispose]();
  });
}

test("Sleep.poll() throws a TypeError after its end and after a drop", async () => {
  const slept = sleepUntil(PAST);
  await slept;
  assertThrows(() => pollOnce(slept), TypeError, "Cannot poll a future again");
  const dropped = sleepUntil(Instant.now().add(60_000));
  assertPending(dropped);
  dropped[Symbol.dispose]();
  assertThrows(() => pollOnce(dropped), TypeError, "Cannot poll a future again");
});

test("fromPromise() throws a TypeError when it is polled after its end", async () => {
  const wrapped = fromPromise(Promise.resolve(1));
  await turns();
  assertReady(wrapped);
  assertThrows(() => pollOnce(wrapped), TypeError, "Cannot poll a future again");
});

test("a future that fails has ended: the next poll throws a TypeError", () => {
  const fail = () => {
    throw new RangeError("own");
  };
  const failing: Record<string, Future<unknown>> = {
    "pollFn()": pollFn(fail),
    "future()": future(function* () {
      fail();
      yield* pending();
    }),
    "join()": join(pollFn(fail)),
    "select()": select({ a: pollFn(fail) }),
    "timeout()": timeout(10_000, pollFn(fail)),
  };
  for (const [name, made] of Object.entries(failing)) {
    assertThrows(() => pollOnce(made), RangeError, "own", name);
    assertThrows(() => pollOnce(made), TypeError, "Cannot poll a future again", name);
  }
});

test("Future does nothing until it is polled", async () => {
  let polls = 0;
  const lazy = () =>
    pollFn(() => {
      polls += 1;
      return polls;
    });
  const made = [
    lazy(),
    future(function* () {
      yield* lazy();
    }),
    join(lazy(), lazy()),
    select({ a: lazy(), b: lazy() }),
    timeout(10_000, lazy()),
  ];
  await turns(3);
  assertEquals(polls, 0);
  for (const one of made) one[Symbol.dispose]();
  assertEquals(polls, 0);
});

test("Future.then() begins at once: a value that is there calls back before it returns", () => {
  const seen: number[] = [];
  ready(1).then((value) => seen.push(value));
  assertEquals(seen, [1]);
});

test("Future.poll() asks only the waker of the last poll", () => {
  let waker: { wake(): void } | undefined;
  const made = pollFn((cx) => {
    waker = cx.waker;
    return Pending;
  });
  const first = new Wakes();
  const second = new Wakes();
  assertPending(made, first);
  assertPending(made, second);
  waker!.wake();
  assertFalse(first.isWoken());
  assert(second.isWoken());
  made[Symbol.dispose]();
});

test("Future.next() throws a TypeError outside of a generator future", () => {
  const iterator = ready(1)[Symbol.iterator]();
  assertThrows(() => iterator.next(), TypeError, "no generator future is being polled");
  const plain = function* () {
    return yield* ready(1);
  };
  assertThrows(() => plain().next(), TypeError, "no generator future is being polled");
});

test("isFuture() tells futures from other thenables", () => {
  assert(isFuture(ready(1)));
  assert(isFuture(pending()));
  assertFalse(isFuture(Promise.resolve(1)));
  assertFalse(isFuture({ then() {}, poll() {} }));
  assertFalse(isFuture(undefined));
});

test("ready() hands over the very value, also undefined and a promise", () => {
  assertStrictEquals(pollOnce(ready(undefined)), undefined);
  const promise = Promise.resolve(1);
  assertStrictEquals(pollOnce(ready(promise)), promise);
});

test("pending() never completes and never wakes", async () => {
  const wakes = new Wakes();
  using never = pending();
  assertPending(never, wakes);
  await turns(3);
  assertPending(never, wakes);
  assertFalse(wakes.isWoken());
});

test("pollFn() calls drop once, and only when it has not ended", () => {
  let drops = 0;
  const dropped = pollFn(() => Pending, () => drops++);
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  assertEquals(drops, 1);
  const ended = pollFn(() => 1, () => drops++);
  pollOnce(ended);
  ended[Symbol.dispose]();
  const failed = pollFn(() => {
    throw new Error("own");
  }, () => drops++);
  assertThrows(() => pollOnce(failed));
  failed[Symbol.dispose]();
  assertEquals(drops, 1);
});

test("pollFn() passes the context on and may wake itself", async () => {
  let polls = 0;
  const made = pollFn((cx) => {
    if (++polls === 3) return polls;
    cx.waker.wake();
    return Pending;
  });
  assertEquals(await made, 3);
});
