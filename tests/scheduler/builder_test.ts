/**
 * The runtime builder.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { RuntimeBuilder } from "../../scheduler/builder.ts";
import { Runtime } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";

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
