/**
 * What the type checker knows of tasks and their sets, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future, Steps } from "../../future/future.ts";
import { pending, ready } from "../../future/ready.ts";
import type { AbortHandle, JoinHandle } from "../../scheduler/join_handle.ts";
import { Handle } from "../../scheduler/handle.ts";
import { spawn } from "../../scheduler/runtime.ts";
import {
  type AbortOnDispose,
  abortOnDispose,
  type AbortOnDisposeHandle,
  CancellationToken,
  coop,
  JoinMap,
  type JoinOutcome,
  JoinQueue,
  JoinSet,
  type KeyedOutcome,
  LocalSet,
  scope,
  spawnLocal,
  task,
  TaskLocal,
  type TaskScope,
  TaskTracker,
  withCancellationToken,
} from "../../task/mod.ts";

function* steps(): Steps<bigint> {
  yield* ready(1);
  return 1n;
}

/** Never called: only its types count. */
export const tasks = {
  spawning() {
    const named = spawn(steps, { name: "named" });
    assertType<IsExact<typeof named, JoinHandle<bigint>>>(true);
    const local = spawnLocal(async () => await Promise.resolve("a"));
    assertType<IsExact<typeof local, JoinHandle<string>>>(true);
    const on = Handle.current().spawn(ready(true));
    assertType<IsExact<typeof on, JoinHandle<boolean>>>(true);
    // @ts-expect-error There is no such option.
    spawn(steps, { label: "named" });
    // @ts-expect-error A promise has begun already.
    spawnLocal(Promise.resolve(1));
  },

  portable(s: TaskScope) {
    const portable = task(import.meta, function portable(a: number, b?: string): string {
      return `${a}${b}`;
    });
    const steps = task(import.meta, function* steps(a: Date): Steps<bigint> {
      return BigInt(yield* ready(a.getTime()));
    });
    const inScope = s.spawn(portable, 1);
    assertType<IsExact<typeof inScope, JoinHandle<string>>>(true);
    const ofSteps = s.spawn(steps, new Date());
    assertType<IsExact<typeof ofSteps, JoinHandle<bigint>>>(true);
    const tracked = new TaskTracker().spawn(portable, 1, "b");
    assertType<IsExact<typeof tracked, JoinHandle<string>>>(true);
    const inSet = new JoinSet<string>().spawn(portable, 1, "b");
    assertType<IsExact<typeof inSet, AbortHandle>>(true);
    new JoinSet<bigint>().spawn(steps, new Date());
    new JoinQueue<string>().spawn(portable, 1);
    new JoinMap<string, bigint>().spawn("key", steps, new Date());
    // @ts-expect-error It wants a number.
    s.spawn(portable, "1");
    // @ts-expect-error It wants an argument.
    new TaskTracker().spawn(portable);
    // @ts-expect-error It gives a string.
    new JoinSet<number>().spawn(portable, 1);
    // @ts-expect-error It wants a date.
    new JoinMap<string, bigint>().spawn("key", steps, 1);
  },

  inherited() {
    const meta = import.meta;
    const plain = new TaskLocal<{ readonly a: number; readonly b: Set<string> }>("plain", {
      inherit: meta,
    });
    assertType<IsExact<ReturnType<typeof plain["get"]>["a"], number>>(true);
    new TaskLocal<CancellationToken>("token", { inherit: meta });
    // @ts-expect-error A function cannot travel.
    new TaskLocal<() => void>("function", { inherit: meta });
    // @ts-expect-error A future within cannot either.
    new TaskLocal<{ readonly a: Future<number> }>("future", { inherit: meta });
    // @ts-expect-error Without a name nobody finds it.
    new TaskLocal<number>(undefined, { inherit: meta });
  },

  async sets() {
    using set = new JoinSet<number>();
    const handle = set.spawn(() => 1, { on: Handle.current(), name: "one" });
    assertType<IsExact<typeof handle, AbortHandle>>(true);
    const next = await set.joinNext();
    assertType<IsExact<typeof next, number | undefined>>(true);
    const pair = await set.joinNextWithId();
    assertType<IsExact<typeof pair, [id: number, value: number] | undefined>>(true);
    for await (const outcome of set) {
      assertType<IsExact<typeof outcome, JoinOutcome<number>>>(true);
      // @ts-expect-error Whether there is a value has to be asked first.
      outcome.value;
      if (outcome.ok) assertType<IsExact<typeof outcome.value, number>>(true);
    }
    const all = await new JoinQueue<string>().joinAll();
    assertType<IsExact<typeof all, string[]>>(true);
    // @ts-expect-error The set is of numbers.
    set.spawn(() => "text");
    // @ts-expect-error The set is of numbers.
    new JoinSet<number>([ready("text")]);
    // @ts-expect-error A local set is not where spawn() spawns.
    set.spawn(() => 1, { on: new LocalSet() });
  },

  async maps() {
    using map = new JoinMap<string, number>();
    map.spawn("key", steps as never);
    const next = await map.joinNext();
    assertType<IsExact<typeof next, KeyedOutcome<string, number> | undefined>>(true);
    if (next?.ok) assertType<IsExact<typeof next.value, number>>(true);
    // @ts-expect-error The keys are strings.
    map.abort(1);
    const tracked = new TaskTracker().spawn(steps);
    assertType<IsExact<typeof tracked, JoinHandle<bigint>>>(true);
  },

  owners() {
    assertType<IsExact<ReturnType<typeof make>, AbortOnDisposeHandle<bigint>>>(true);
    function make() {
      return abortOnDispose(spawn(steps));
    }
    const owner = abortOnDispose(spawn(steps).abortHandle());
    assertType<IsExact<typeof owner, AbortOnDispose>>(true);
  },

  scopes() {
    const value = scope(async (s) => {
      const child = s.spawn(steps);
      assertType<IsExact<typeof child, JoinHandle<bigint>>>(true);
      return await child;
    });
    assertType<IsExact<typeof value, Future<bigint>>>(true);
    const generator = scope(function* (s) {
      return yield* s.spawn(steps);
    });
    assertType<IsExact<typeof generator, Future<bigint>>>(true);
    // @ts-expect-error A promise is yielded.
    scope(function* () {
      yield Promise.resolve(1);
    });
  },

  locals() {
    const local = new TaskLocal<string>();
    const scoped = local.scope("a", steps);
    assertType<IsExact<ReturnType<typeof scoped.takeValue>, string | undefined>>(true);
    const future: Future<bigint> = scoped;
    assertType<IsExact<ReturnType<typeof local.get>, string>>(true);
    // @ts-expect-error The value is a string.
    local.scope(1, steps);
    return future;
  },

  tokens() {
    const token = new CancellationToken();
    const run = token.runUntilCancelled(ready(1));
    assertType<IsExact<typeof run, Future<number | undefined>>>(true);
    const cut = withCancellationToken(Promise.resolve("a"), token);
    assertType<IsExact<typeof cut, Future<string | undefined>>>(true);
    const free = coop.unconstrained(pending());
    assertType<IsExact<typeof free, Future<never>>>(true);
    // @ts-expect-error A token is made from nothing.
    new CancellationToken(token);
  },
};

Deno.test("the types of tasks are as this module states, or it does not compile", () => {});
