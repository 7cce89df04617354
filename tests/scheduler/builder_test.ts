/**
 * The runtime builder.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { RuntimeBuilder, type TaskMeta } from "../../scheduler/builder.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";

test("Runtime.builder() answers with a builder whose methods chain", async () => {
  const builder = Runtime.builder();
  assertInstanceOf(builder, RuntimeBuilder);
  assert(builder.currentThread() === builder);
  assert(builder.eventInterval(31).spinTurns(0).waitMs(0) === builder);
  await using runtime = builder.build();
  assertInstanceOf(runtime, Runtime);
  assertEquals(await runtime.run(() => 1), 1);
});

const RANGES: [
  keyof RuntimeBuilder & ("eventInterval" | "spinTurns" | "waitMs"),
  number[],
  number[],
][] = [
  ["eventInterval", [1, 61, 1_000_000], [0, -1, 1.5, NaN, Infinity]],
  ["spinTurns", [0, 1, 1000], [-1, 0.5, NaN, Infinity]],
  ["waitMs", [0, 1, 10], [-1, 11, 0.5, NaN, Infinity]],
];

for (const [method, right, wrong] of RANGES) {
  test(`RuntimeBuilder.${method}() throws a RangeError at the call for what is out of range`, () => {
    for (const value of wrong) {
      const error = assertThrows(() => Runtime.builder()[method](value), RangeError);
      assert(error.message.includes(`${value}`), error.message);
    }
    for (const value of right) Runtime.builder()[method](value);
  });
}

test("RuntimeBuilder makes a runtime that works at any setting", async () => {
  for (const interval of [1, 2, 1000]) {
    for (const [spins, waits] of [[0, 0], [100, 0], [0, 10]] as const) {
      const builder = Runtime.builder().eventInterval(interval).spinTurns(spins).waitMs(waits);
      await using runtime = builder.build();
      let done = 0;
      const tasks = Array.from({ length: 5 }, () =>
        runtime.spawn(function* () {
          for (let i = 0; i < 3; i++) yield* yieldNow();
          done += 1;
        }));
      for (const task of tasks) await task;
      assertEquals(done, 5);
    }
  }
});

test("RuntimeBuilder builds runtimes that are independent of each other", async () => {
  const builder = Runtime.builder();
  await using first = builder.build();
  await using second = builder.build();
  await first.shutdown();
  assertEquals(await second.run(() => 2), 2);
});

test("RuntimeBuilder.name() names the runtime, which has an id of its own", async () => {
  await using named = Runtime.builder().name("jobs").build();
  await using unnamed = Runtime.builder().build();
  assertEquals([named.name, unnamed.name], ["jobs", undefined]);
  assertNotEquals(named.id, unnamed.id);
  assertThrows(() => Runtime.builder().name(""), RangeError, "the name is empty");
});

/** Which branch a select chooses first, a number of times. */
async function choices(): Promise<string> {
  let names = "";
  for (let i = 0; i < 30; i++) {
    names += (await select({ a: ready(1), b: ready(1), c: ready(1) })).branch;
  }
  return names;
}

test("RuntimeBuilder.rngSeed() makes what is chosen at random the same for the same seed", async () => {
  const builder = Runtime.builder().rngSeed(7);
  const seen: string[] = [];
  for (let i = 0; i < 2; i++) {
    await using runtime = builder.build();
    seen.push(await runtime.run(choices));
  }
  assertEquals(seen[0], seen[1]);
  await using other = Runtime.builder().rngSeed(8).build();
  assertNotEquals(await other.run(choices), seen[0]);
  assertThrows(() => Runtime.builder().rngSeed(0.5), RangeError);
});

test("RuntimeBuilder.rngSeed() of a runtime comes back after another one inside of it", async () => {
  const alone = await (async () => {
    await using runtime = Runtime.builder().rngSeed(9).build();
    return await runtime.run(choices) + await runtime.run(choices);
  })();
  await using runtime = Runtime.builder().rngSeed(9).build();
  const first = await runtime.run(choices);
  {
    await using inner = Runtime.builder().rngSeed(10).build();
    await inner.run(choices);
  }
  assertEquals(first + await runtime.run(choices), alone);
});

test("RuntimeBuilder.startPaused() stops the clock until the shutdown, so a long sleep is short", async () => {
  {
    await using runtime = Runtime.builder().startPaused().build();
    assert(isolate.driver.isPaused);
    await using _second = Runtime.builder().startPaused().build();
    const begin = Date.now();
    await runtime.run(() => sleep(3_600_000));
    assert(Date.now() - begin < 60_000);
  }
  assert(!isolate.driver.isPaused);
  await using _running = Runtime.builder().startPaused(false).build();
  assert(!isolate.driver.isPaused);
});

test("RuntimeBuilder.startPaused() leaves a clock that stands to whoever has stopped it", async () => {
  isolate.driver.pause();
  await Runtime.builder().startPaused().build().shutdown();
  assert(isolate.driver.isPaused);
  isolate.driver.resume();
  const runtime = Runtime.builder().startPaused().build();
  isolate.driver.resume();
  await runtime.shutdown();
  assert(!isolate.driver.isPaused);
});

test("RuntimeBuilder.unhandledPanic() ends the runtime at the first failure of a task", async () => {
  using error = stub(console, "error");
  await using runtime = Runtime.builder().unhandledPanic("shutdown").build();
  const other = runtime.spawn(pending());
  const failure = await assertRejects(() =>
    runtime.run(async () => {
      spawn(() => {
        throw new RangeError("boom");
      });
      await sleep(60_000);
    }), JoinError);
  assert(failure.isPanic() && failure.cause instanceof RangeError);
  await assertCancelled(other);
  await assertCancelled(runtime.spawn(() => 1));
  await turns(4);
  assertSpyCalls(error, 1);
});

test("RuntimeBuilder.unhandledPanic() leaves the runtime alone by default", async () => {
  await using runtime = Runtime.builder().unhandledPanic("ignore").build();
  const failing = runtime.spawn(() => {
    throw new RangeError("boom");
  });
  assert((await failureOf(failing)).isPanic());
  assertEquals(await runtime.run(() => 1), 1);
  // @ts-expect-error There is no such way.
  assertThrows(() => Runtime.builder().unhandledPanic("restart"), TypeError);
});

test("RuntimeBuilder.onTaskSpawn() and onTaskTerminate() are told of every task", async () => {
  const log: string[] = [];
  const note = (what: string) => ({ id, name }: TaskMeta) => log.push(`${what} ${name ?? id}`);
  await using runtime = Runtime.builder()
    .onTaskSpawn(note("spawn")).onTaskTerminate(note("end")).build();
  const value = runtime.spawn(yieldNow(), { name: "value" });
  const aborted = runtime.spawn(pending());
  const failing = runtime.spawn(() => {
    throw new RangeError("own");
  }, { name: "failing" });
  assertEquals(log, ["spawn value", `spawn ${aborted.id}`, "spawn failing"]);
  aborted.abort();
  await value;
  await failureOf(failing);
  await assertCancelled(aborted);
  assertEquals(log.slice(3).toSorted(), [`end ${aborted.id}`, "end failing", "end value"]);
});

test("RuntimeBuilder.onTaskSpawn() that throws keeps the task from being spawned", async () => {
  const runtime = Runtime.builder().onTaskSpawn(() => {
    throw new RangeError("no");
  }).build();
  assertThrows(() => runtime.spawn(() => 1), RangeError, "no");
  assertEquals(runtime.aliveTasks, 0);
  await runtime.shutdown();
  await turns(1);
});
