/**
 * Task-local values that tasks inherit, in the same isolate and on workers.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { future } from "../../future/mod.ts";
import { Runtime } from "../../scheduler/mod.ts";
import {
  call,
  JoinSet,
  LocalSet,
  scope,
  spawn,
  spawnBlocking,
  spawnLocal,
  TaskLocal,
} from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  limits,
  local,
  lookAsync,
  lookFurther,
  lookLater,
  lookPlain,
  lookSteps,
  trace,
} from "./fixtures/structured.ts";

/** Declares a test that runs in this isolate, and one that runs on workers. */
function everywhere(name: string, main: () => Promise<void>): void {
  test(`${name}, here`, async () => {
    await using runtime = Runtime.builder().build();
    await runtime.run(main);
  });
  test(`${name}, on workers`, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    await runtime.run(main);
  });
}

/** Sets all values. */
const within = <T>(work: () => Promise<T>) =>
  trace.scope(
    "a",
    () => limits.scope({ most: 3, tags: new Set(["x"]) }, () => local.scope(1, work)),
  );

everywhere("an inheritable TaskLocal is seen by portable tasks of each style", async () => {
  const here = [await spawn(lookPlain), await spawn(lookSteps), await spawn(lookAsync)];
  const none = [undefined, undefined, undefined];
  assertEquals(here, [none, [none, none], [none, none]]);
  const seen = ["a", 3, undefined];
  await within(async () => {
    assertEquals(await spawn(lookPlain), seen);
    assertEquals(await spawn(lookPlain, 1, 2), seen);
    assertEquals(await spawn(lookSteps), [seen, seen]);
    assertEquals(await spawn(lookAsync), [seen, seen]);
    assertEquals(await spawn(lookLater), [seen, seen]);
    assertEquals(await spawnBlocking(lookPlain), seen);
    assertEquals(await call(lookPlain), seen);
  });
  assertEquals(await spawn(lookPlain), none);
});

everywhere(
  "an inheritable TaskLocal goes on from task to task, and the innermost counts",
  async () => {
    const seen = ["a", undefined, undefined];
    const inner = ["inner", undefined, undefined];
    assertEquals(
      await trace.scope("a", async () => await spawn(lookFurther)),
      [seen, seen, seen, inner],
    );
  },
);

everywhere("an inheritable TaskLocal reaches the tasks of sets and scopes", async () => {
  const seen = ["b", undefined, undefined];
  await trace.scope("b", async () => {
    using set = new JoinSet<unknown>();
    set.spawn(lookPlain);
    set.spawn(() => lookPlain());
    assertEquals(await set.joinAll(), [seen, seen]);
    assertEquals(await scope(async (s) => await s.spawn(lookPlain)), seen);
  });
});

test("a local task inherits the value itself, as it was when it was spawned", async () => {
  const tags = new Set(["x"]);
  let spawned;
  const scoped = limits.scope({ most: 1, tags }, function* () {
    spawned = spawn(() => limits.get());
    return yield* spawn(() => spawn(() => limits.get().tags));
  });
  assertStrictEquals(await await scoped, tags);
  assertStrictEquals((await spawned!).tags, tags);
  const inSet = new LocalSet();
  const spawnedWithin = () =>
    future(function* () {
      return yield* spawnLocal(() => limits.get().most);
    });
  const found = await limits.scope(
    { most: 2, tags },
    () => inSet.runUntil(spawnedWithin()),
  );
  assertEquals(found, 2);
});

test("a value that was taken is not inherited, nor what it hid", async () => {
  const seen = await trace.scope("outer", async () => {
    const inner = trace.scope("inner", async () => {
      inner.takeValue();
      return await spawn(() => trace.tryGet());
    });
    return await inner;
  });
  assertEquals(seen, undefined);
});

test("an inheritable TaskLocal needs a name of its own in its module", () => {
  const { meta } = { meta: { url: "file:///some.ts" } };
  new TaskLocal<number>("once", { inherit: meta });
  assertThrows(() => new TaskLocal<number>("once", { inherit: meta }), TypeError, '"once"');
  assertThrows(() => new TaskLocal<number>("", { inherit: meta }), TypeError, "no name");
  const wrong = true as unknown as ImportMeta;
  assertThrows(() => new TaskLocal<number>("x", { inherit: wrong }), TypeError, "import.meta");
});

test("a value that cannot travel is refused where a portable task is spawned", async () => {
  const odd = new TaskLocal<unknown>("odd", { inherit: import.meta });
  await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
  await runtime.run(async () => {
    await odd.scope(() => 1, async () => {
      assertThrows(() => spawn(lookPlain), DOMException);
      assertEquals(await spawn(() => typeof odd.get()), "function");
    });
  });
});
