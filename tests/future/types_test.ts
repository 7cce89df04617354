/**
 * What the type checker knows of futures, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import { abortable, type Aborter } from "../../future/abortable.ts";
import { borrow } from "../../future/borrow.ts";
import { branch, when } from "../../future/branch.ts";
import { andThen, mapped, orElse } from "../../future/chain.ts";
import { fromPromise } from "../../future/from_promise.ts";
import type { Future, Steps } from "../../future/future.ts";
import { isFuture } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import type { IntoFuture, Output } from "../../future/into_future.ts";
import { join, joinAll, tryJoin, tryJoinAll } from "../../future/join.ts";
import { lazy } from "../../future/lazy.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { race, selectOk } from "../../future/race.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { withSignal } from "../../future/signal.ts";
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
    assertType<IsExact<Output<typeof cut>, string>>(true);
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

  async branches(maybe: Future<string | undefined>) {
    const length = (text: string) => text.length;
    const first = await select({
      guarded: branch(ready(1), { if: false }),
      refuted: branch(ready(1), { match: (count) => count > 1 }),
      narrowed: branch(maybe, { match: (text) => text !== undefined }),
      handled: branch(maybe, { match: (text) => text !== undefined, handle: length }),
      inline: branch(maybe, {
        match: (text) => text !== undefined,
        handle: (text) => text.length > 1,
      }),
      promised: branch(ready(1), { handle: (count) => Promise.resolve(`${count}`) }),
      stepped: branch(ready(1), {
        *handle(count) {
          yield* sleep(count);
          return 1n;
        },
      }),
      later: when(true, () => Promise.resolve("a")),
    });
    if (first.branch === "guarded") assertType<IsExact<typeof first.value, number>>(true);
    if (first.branch === "refuted") assertType<IsExact<typeof first.value, number>>(true);
    if (first.branch === "narrowed") assertType<IsExact<typeof first.value, string>>(true);
    if (first.branch === "handled") assertType<IsExact<typeof first.value, number>>(true);
    if (first.branch === "inline") assertType<IsExact<typeof first.value, boolean>>(true);
    if (first.branch === "promised") assertType<IsExact<typeof first.value, string>>(true);
    if (first.branch === "stepped") assertType<IsExact<typeof first.value, bigint>>(true);
    if (first.branch === "later") assertType<IsExact<typeof first.value, string>>(true);
    // @ts-expect-error Without a pattern, the handler may get undefined.
    branch(maybe, { handle: length });
    // @ts-expect-error This pattern does not tell it apart.
    branch(maybe, { match: () => true, handle: length });
    // @ts-expect-error A number is not awaitable here.
    branch(1);
    // @ts-expect-error The future is made by a function.
    when(true, ready(1));
    // @ts-expect-error The condition of when() comes first.
    when(true, () => ready(1), { if: true });
    // @ts-expect-error A branch is for select(), not for join().
    join(branch(ready(1)));
  },

  async elses(list: Future<number>[]) {
    const first = await select({ a: ready(1) }, { else: () => ready("none") });
    assertType<IsExact<typeof first.branch, "a" | "else">>(true);
    if (first.branch === "else") assertType<IsExact<typeof first.value, string>>(true);
    const plain = await select({}, { else: 7 });
    assertType<IsExact<typeof plain.branch, "else">>(true);
    assertType<IsExact<typeof plain.value, number>>(true);
    const at = await select([ready(1), ready("a")], { else: undefined });
    assertType<IsExact<typeof at.index, 0 | 1 | -1>>(true);
    if (at.index === 1) assertType<IsExact<typeof at.value, string>>(true);
    const dynamic = await select(list);
    assertType<IsExact<typeof dynamic, { readonly index: number; readonly value: number }>>(true);
    // @ts-expect-error Without else there is no such branch.
    if ((await select({ a: ready(1) })).branch === "else") return;
  },

  async lists(list: Set<Future<number>>) {
    const first = race(ready(1), Promise.resolve("a"));
    assertType<IsExact<typeof first, Future<number | string>>>(true);
    const all = joinAll(list);
    assertType<IsExact<typeof all, Future<number[]>>>(true);
    const pair = joinAll([ready(1), ready("a")], { biased: true });
    assertType<IsExact<typeof pair, Future<[number, string]>>>(true);
    const tried = tryJoin(ready(1), Promise.resolve("two"));
    assertType<IsExact<typeof tried, Future<[number, string]>>>(true);
    const triedAll = await tryJoinAll(list);
    assertType<IsExact<typeof triedAll, number[]>>(true);
    const any = selectOk(ready(1), Promise.resolve("a"));
    assertType<IsExact<typeof any, Future<number | string>>>(true);
    // @ts-expect-error The options of join() are those of joinAll().
    join(ready(1), { biased: true });
  },

  chains(signal: AbortSignal) {
    const length = mapped(Promise.resolve("a"), (text) => text.length);
    assertType<IsExact<typeof length, Future<number>>>(true);
    const then = andThen(ready(1), (ms) => sleep(ms));
    assertType<IsExact<typeof then, Future<void>>>(true);
    const either = orElse(ready(1), () => Promise.resolve("a"));
    assertType<IsExact<typeof either, Future<number | string>>>(true);
    const made = lazy(() => Promise.resolve("a"));
    assertType<IsExact<typeof made, Future<string>>>(true);
    const [waiting, aborter] = abortable(ready(1));
    assertType<IsExact<typeof waiting, Future<number>>>(true);
    assertType<IsExact<typeof aborter, Aborter>>(true);
    const guarded = withSignal(Promise.resolve("a"), signal);
    assertType<IsExact<typeof guarded, Future<string>>>(true);
    const borrowed = borrow(sleep(1));
    assertType<IsExact<typeof borrowed, Future<void>>>(true);
    // @ts-expect-error A promise has no future to be borrowed.
    borrow(Promise.resolve(1));
    // @ts-expect-error What follows is a future; mapped() is for values.
    andThen(ready(1), (value) => value);
    // @ts-expect-error The aborter does not tell the future's value.
    aborter.value;
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
