/**
 * What the type checker knows of futures, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import { fromPromise } from "../../future/from_promise.ts";
import type { Future, Steps } from "../../future/future.ts";
import { isFuture } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import type { IntoFuture, Output } from "../../future/into_future.ts";
import { join } from "../../future/join.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { run } from "../../scheduler/runtime.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { type Sleep, sleep } from "../../time/sleep.ts";
import { timeout } from "../../time/timeout.ts";

/**
 * Never called: only its types count. Each `@ts-expect-error` is an error of the check by itself
 * when the line below it compiles.
 */
export const futures = {
  values() {
    assertType<IsExact<ReturnType<typeof ready<number>>, Future<number>>>(true);
    assertType<IsExact<Poll<string>, string | typeof Pending>>(true);
    const never = pending();
    assertType<IsExact<typeof never, Future<never>>>(true);
    const polled = pollFn((cx) => {
      cx.waker.wake();
      return Math.random() > 0.5 ? performance.now() : Pending;
    });
    assertType<IsExact<typeof polled, Future<number>>>(true);
    const wrapped = fromPromise(Promise.resolve("a"));
    assertType<IsExact<typeof wrapped, Future<string>>>(true);
    const cut = timeout({ seconds: 1 }, Promise.resolve("a"));
    assertType<IsExact<typeof cut, Future<string>>>(true);
  },

  narrowing(value: unknown, polled: Poll<number>) {
    if (isFuture(value)) assertType<IsExact<typeof value, Future<unknown>>>(true);
    if (polled !== Pending) assertType<IsExact<typeof polled, number>>(true);
  },

  generators() {
    const simple = future(function* () {
      const text = yield* ready("a");
      assertType<IsExact<typeof text, string>>(true);
      const nothing = yield* sleep(1);
      assertType<IsExact<typeof nothing, void>>(true);
      return text.length;
    });
    assertType<IsExact<typeof simple, Future<number>>>(true);
    function* part(): Steps<5> {
      yield* yieldNow();
      return 5;
    }
    const delegated = future(function* () {
      return yield* part();
    });
    assertType<IsExact<typeof delegated, Future<5>>>(true);
    // @ts-expect-error A promise is yielded.
    future(function* () {
      yield Promise.resolve(1);
    });
    // @ts-expect-error A future is yielded without *.
    future(function* () {
      yield ready(1);
    });
    // @ts-expect-error It is no generator function.
    future(async () => await 1);
  },

  joins() {
    const both = join(ready(1), Promise.resolve("two"), sleep(1));
    assertType<IsExact<typeof both, Future<[number, string, void]>>>(true);
    const none = join();
    assertType<IsExact<typeof none, Future<[]>>>(true);
    const many = join(...[1, 2].map((value) => ready(value)));
    assertType<IsExact<typeof many, Future<number[]>>>(true);
    // @ts-expect-error A number is not awaitable here.
    join(1);
  },

  async selects() {
    const first = await select({ count: ready(1), text: Promise.resolve("a") });
    assertType<IsExact<typeof first.branch, "count" | "text">>(true);
    if (first.branch === "count") assertType<IsExact<typeof first.value, number>>(true);
    else assertType<IsExact<typeof first.value, string>>(true);
    select({ a: ready(1) }, { biased: true });
    // @ts-expect-error There is no such option.
    select({ a: ready(1) }, { fair: true });
    // @ts-expect-error A number is not awaitable here.
    select({ a: 1 });
  },

  sources() {
    assertType<IsExact<Output<Future<number>>, number>>(true);
    assertType<IsExact<Output<Promise<number>>, number>>(true);
    assertType<IsExact<Output<Sleep>, void>>(true);
    assertType<IsExact<Output<number>, never>>(true);
    const sources: IntoFuture<number>[] = [ready(1), Promise.resolve(1), spawn(() => 1)];
    return sources;
  },

  async tasks() {
    const fromFuture = spawn(ready(1));
    assertType<IsExact<typeof fromFuture, JoinHandle<number>>>(true);
    const fromAsync = spawn(async () => await Promise.resolve("a"));
    assertType<IsExact<typeof fromAsync, JoinHandle<string>>>(true);
    const fromPlain = spawn(() => true);
    assertType<IsExact<typeof fromPlain, JoinHandle<boolean>>>(true);
    const fromGenerator = spawn(function* () {
      yield* sleep(1);
      return 1n;
    });
    assertType<IsExact<typeof fromGenerator, JoinHandle<bigint>>>(true);
    const fromEndless = spawn(function* () {
      while (true) yield* sleep(1);
    });
    assertType<IsExact<typeof fromEndless, JoinHandle<never>>>(true);
    const awaited = await fromGenerator;
    assertType<IsExact<typeof awaited, bigint>>(true);
    const main = run(function* () {
      yield* sleep(1);
      return "a";
    });
    assertType<IsExact<typeof main, Promise<string>>>(true);
    // @ts-expect-error A promise has begun already.
    spawn(Promise.resolve(1));
    // @ts-expect-error A number is no work.
    spawn(1);
    // @ts-expect-error A promise is yielded in a task.
    spawn(function* () {
      yield Promise.resolve(1);
    });
  },

  async awaits() {
    const value = await ready(1);
    assertType<IsExact<typeof value, number>>(true);
    const all = await Promise.all([ready(1), ready("a")]);
    assertType<IsExact<typeof all, [number, string]>>(true);
    const chained = await ready(1).then((count) => `${count}`);
    assertType<IsExact<typeof chained, string>>(true);
    // @ts-expect-error A future is no promise: there is no catch().
    ready(1).catch;
  },
};

Deno.test("the types of futures are as this module states, or it does not compile", () => {});
