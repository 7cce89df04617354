/**
 * Futures where plain JavaScript expects a promise.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { fromPromise } from "../../future/from_promise.ts";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { ready } from "../../future/ready.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

/** A future that fails in the scheduler's next turn, or at once. */
function failing(error: unknown, late: boolean): Future<never> {
  let polls = 0;
  return pollFn<never>((cx) => {
    if (late && polls++ === 0) {
      cx.waker.wake();
      return Pending;
    }
    throw error;
  });
}

function late<T>(value: T): Future<T> {
  let polls = 0;
  return pollFn((cx) => {
    if (polls++ > 0) return value;
    cx.waker.wake();
    return Pending;
  });
}

test("Promise.resolve(), Promise.all() and Promise.race() take futures", async () => {
  assertEquals(await Promise.resolve(ready(1)), 1);
  assertEquals(await Promise.resolve(late(2)), 2);
  assertEquals(await Promise.all([late(1), ready("two"), 3, Promise.resolve(4)]), [1, "two", 3, 4]);
  using slow = sleep(60_000);
  assertEquals(await Promise.race([slow, late("quick")]), "quick");
});

test("Promise.allSettled() takes futures that fail", async () => {
  const error = new RangeError("own");
  assertEquals(await Promise.allSettled([failing(error, true), failing(error, false), late(1)]), [
    { status: "rejected", reason: error },
    { status: "rejected", reason: error },
    { status: "fulfilled", value: 1 },
  ]);
});

test("an async function may return a future: its caller gets the value", async () => {
  // deno-lint-ignore require-await
  const outer = async () => late(5);
  assertEquals(await outer(), 5);
});

test("Future.then() chains like a promise, for values that are there and that come later", async () => {
  for (const make of [ready, late]) {
    const chained = make(1).then((value) => value + 1).then((value) => `${value}`);
    assertStrictEquals(await chained, "2");
  }
});

test("Future.then() adopts what a callback returns: a promise or a future", async () => {
  for (const make of [ready, late]) {
    assertEquals(await make(1).then((value) => Promise.resolve(value + 1)), 2);
    assertEquals(await make(1).then((value) => late(value + 2)), 3);
    assertEquals(await make(1).then(() => undefined).then((value) => value === undefined), true);
  }
});

test("Future.then() hands a failure to the second callback and goes on from there", async () => {
  for (const when of [true, false]) {
    const mended = failing(new Error("own"), when).then(
      () => "value",
      (error: unknown) => `caught ${(error as Error).message}`,
    );
    assertEquals(await mended.then((text) => `${text}!`), "caught own!");
  }
});

test("Future.then() without callbacks passes the outcome on", async () => {
  for (const when of [true, false]) {
    const passed = failing(new RangeError("own"), when).then().then((value) => value);
    await assertRejects(async () => await passed, RangeError, "own");
    assertEquals(await (when ? late(1) : ready(1)).then(null, null), 1);
  }
});

test("Future.then() turns what a callback throws into a rejection of the chain", async () => {
  for (const make of [ready, late]) {
    const broken = make(1).then(() => {
      throw new RangeError("callback");
    });
    await assertRejects(async () => await broken, RangeError, "callback");
  }
});

test("Future.then() lets several chains hang on one result", async () => {
  for (const make of [ready, late]) {
    const base = make(1).then((value) => value + 1);
    assertEquals(await Promise.all([base, base.then((value) => value * 2)]), [2, 4]);
  }
});

/** Runs `cause` and answers with the rejection that nobody handled. */
async function unhandled(cause: () => void): Promise<unknown> {
  const seen = Promise.withResolvers<unknown>();
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    seen.resolve(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note, { once: true });
  try {
    cause();
    return await seen.promise;
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
}

test("Future.then() reports a failure that nobody handles as an unhandled rejection", async () => {
  for (const when of [true, false]) {
    const error = new RangeError("nobody handles me");
    assertStrictEquals(await unhandled(() => failing(error, when).then(() => {})), error);
  }
});

test("Future.then() reports what a callback throws and nobody handles", async () => {
  for (const make of [ready, late]) {
    const error = new RangeError("from a callback");
    const reason = await unhandled(() =>
      make(1).then(() => {
        throw error;
      })
    );
    assertStrictEquals(reason, error);
  }
});

test("Future.then() awaits a future that needs many polls", async () => {
  let polls = 0;
  const slow = pollFn((cx) => {
    if (++polls === 100) return polls;
    cx.waker.wake();
    cx.waker.wake();
    return Pending;
  });
  assertEquals(await slow, 100);
  assertEquals(polls, 100);
});

test("fromPromise() is pending until the promise has settled, then wakes once", async () => {
  const source = Promise.withResolvers<string>();
  const wakes = new Wakes();
  const wrapped = fromPromise(source.promise);
  assertPending(wrapped, wakes);
  source.resolve("value");
  await turns();
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(wrapped, wakes), "value");
});

test("fromPromise() fails with the reason of the promise, also with undefined", async () => {
  await assertRejects(async () => await fromPromise(Promise.reject(new RangeError("own"))));
  const reasons: unknown[] = [];
  await fromPromise(Promise.reject(undefined)).then(null, (reason) => void reasons.push(reason));
  assertEquals(reasons, [undefined]);
});

test("fromPromise() that was dropped ignores a late value and a late rejection", async () => {
  for (const settle of ["resolve", "reject"] as const) {
    const source = Promise.withResolvers<string>();
    const wakes = new Wakes();
    const wrapped = fromPromise(source.promise);
    assertPending(wrapped, wakes);
    wrapped[Symbol.dispose]();
    // An unhandled rejection would fail the whole run.
    source[settle]("late");
    await turns(2);
    assert(!wakes.isWoken());
  }
});

test("yieldNow() works in a plain await", async () => {
  assertEquals(await yieldNow(), undefined);
});
