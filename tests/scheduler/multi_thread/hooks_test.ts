/**
 * What threads run when they begin and when they end.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Runtime } from "../../../scheduler/mod.ts";
import { spawn, spawnBlocking } from "../../../task/mod.ts";
import { begins, beginsBadly, ends, hasBegun, watch } from "./fixtures/hooks.ts";

Deno.test("RuntimeBuilder.onThreadStart() runs in each worker and each blocking thread, once", async () => {
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

Deno.test("RuntimeBuilder.onThreadStop() runs in each thread that ends, after its tasks", async () => {
  const log = new SharedArrayBuffer(4);
  const runtime = Runtime.builder().multiThread().workerThreads(2).onThreadStop(ends).build();
  await runtime.spawnBlocking(watch, log);
  await runtime.spawn(watch, log);
  assertEquals(new Int32Array(log)[0], 0);
  await runtime.shutdown();
  assertEquals(new Int32Array(log)[0], 2);
});

Deno.test("a hook that throws does not keep a thread from its tasks", async () => {
  await using runtime = Runtime.builder().onThreadStart(beginsBadly).build();
  assertEquals(await runtime.spawnBlocking(hasBegun), 0);
});

Deno.test("RuntimeBuilder refuses hooks that are not portable", () => {
  assertThrows(() => Runtime.builder().onThreadStart((() => {}) as never), TypeError, "by task()");
  assertThrows(() => Runtime.builder().onThreadStop((() => {}) as never), TypeError, "by task()");
});
