/**
 * What threads run when they begin and when they end.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { test } from "../../helpers/leak_guard.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import { spawn, spawnBlocking } from "../../../task/mod.ts";
import {
  begins,
  beginsBadly,
  ends,
  hasBegun,
  parks,
  parksAndSpawns,
  parksBadly,
  unparks,
  watch,
} from "./fixtures/hooks.ts";

test("RuntimeBuilder.onThreadStart() runs in each worker and each blocking thread, once", async () => {
  const builder = Runtime.builder().multiThread().workerThreads(2).onThreadStart(begins);
  await using runtime = builder.build();
  await runtime.run(async () => {
    const seen = await Promise.all([
      ...Array.from({ length: 20 }, () => spawn(hasBegun)),
      spawnBlocking(hasBegun),
      spawnBlocking(hasBegun),
    ]);
    assertEquals(new Set(seen), new Set([1]));
    assertEquals(hasBegun(), 0);
  });
});

test("RuntimeBuilder.onThreadStop() runs in each thread that ends, after its tasks", async () => {
  const log = new SharedArrayBuffer(4);
  const runtime = Runtime.builder().multiThread().workerThreads(2).onThreadStop(ends).build();
  await runtime.spawnBlocking(watch, log);
  await runtime.spawn(watch, log);
  assertEquals(new Int32Array(log)[0], 0);
  await runtime.shutdown();
  assertEquals(new Int32Array(log)[0], 2);
});

/** Waits until a word of a log has at least this value. */
async function reaches(log: SharedArrayBuffer, place: number, value: number): Promise<void> {
  const words = new Int32Array(log);
  const alive = setInterval(() => {}, 1000);
  for (let now = Atomics.load(words, place); now < value; now = Atomics.load(words, place)) {
    await Atomics.waitAsync(words, place, now).value;
  }
  clearInterval(alive);
}

test("RuntimeBuilder.onThreadPark() and onThreadUnpark() run in turns in a worker", async () => {
  const log = new SharedArrayBuffer(12);
  const words = new Int32Array(log);
  const builder = Runtime.builder().multiThread().workerThreads(1);
  await using runtime = builder.onThreadPark(parks).onThreadUnpark(unparks).build();
  await runtime.spawn(watch, log);
  await reaches(log, 0, 1);
  for (let round = 0; round < 3; round++) {
    const [parked, unparked] = [Atomics.load(words, 0), Atomics.load(words, 1)];
    await runtime.spawn(hasBegun);
    await reaches(log, 1, unparked + 1);
    await reaches(log, 0, parked + 1);
  }
  assertEquals(words[2], 0);
});

test("a hook of RuntimeBuilder.onThreadPark() may spawn", async () => {
  const log = new SharedArrayBuffer(8);
  const builder = Runtime.builder().multiThread().workerThreads(1);
  await using runtime = builder.onThreadPark(parksAndSpawns).build();
  await runtime.spawn(watch, log);
  await reaches(log, 0, 1);
});

test("a worker goes on although its hook for rests throws", async () => {
  const log = new SharedArrayBuffer(8);
  await using runtime = Runtime.builder().multiThread().workerThreads(1).onThreadPark(parksBadly)
    .build();
  await runtime.spawn(watch, log);
  await reaches(log, 0, 1);
  assertEquals(await runtime.spawn(hasBegun), 0);
});

test("a hook that throws does not keep a thread from its tasks", async () => {
  await using runtime = Runtime.builder().onThreadStart(beginsBadly).build();
  assertEquals(await runtime.spawnBlocking(hasBegun), 0);
});

test("RuntimeBuilder refuses hooks that are not portable", () => {
  assertThrows(() => Runtime.builder().onThreadStart((() => {}) as never), TypeError, "by task()");
  assertThrows(() => Runtime.builder().onThreadStop((() => {}) as never), TypeError, "by task()");
  assertThrows(() => Runtime.builder().onThreadPark((() => {}) as never), TypeError, "by task()");
  assertThrows(() => Runtime.builder().onThreadUnpark((() => {}) as never), TypeError, "by task()");
});
