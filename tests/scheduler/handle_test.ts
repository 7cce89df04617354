/**
 * Handles and metrics of runtimes.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { pending } from "../../future/ready.ts";
import { Handle } from "../../scheduler/handle.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { whichThread } from "../task/fixtures/blocking.ts";
import { assertCancelled } from "../helpers/outcomes.ts";

test("Handle.current() is that of the runtime in which it is asked for", async () => {
  await using runtime = Runtime.builder().name("own").build();
  assertStrictEquals(runtime.handle, runtime.handle);
  const seen = await Promise.all([
    runtime.run(() => Handle.current()),
    runtime.run(async () => {
      await yieldNow();
      return Handle.tryCurrent();
    }),
    runtime.run(function* () {
      yield* yieldNow();
      return yield* spawn(() => Handle.current());
    }),
  ]);
  for (const handle of seen) assertStrictEquals(handle, runtime.handle);
  assertEquals([seen[0].name, seen[0].runtimeFlavor], ["own", "currentThread"]);
});

test("Handle.runtimeFlavor tells whether the runtime has workers", async () => {
  await using several = Runtime.builder().multiThread().workerThreads(2).build();
  await using single = Runtime.builder().currentThread().build();
  const flavorOf = (runtime: Runtime) => runtime.run(() => Handle.current().runtimeFlavor);
  assertEquals(await flavorOf(several), "multiThread");
  assertEquals(await flavorOf(single), "currentThread");
  assertEquals([several.workers, single.workers], [2, 0]);
  assertEquals([several.metrics().numWorkers(), single.metrics().numWorkers()], [2, 1]);
  assertEquals(await several.handle.spawn(whichThread) === whichThread(), false);
});

test("Handle.spawnBlocking() runs on another thread", async () => {
  await using runtime = Runtime.builder().build();
  assertEquals(await runtime.handle.spawnBlocking(whichThread) === whichThread(), false);
  const metrics = runtime.metrics();
  assertEquals([metrics.numBlockingThreads(), metrics.blockingQueueDepth()], [1, 0]);
});

test("Handle.current() outside of every runtime is that of the isolate's default one", async () => {
  const handle = Handle.current();
  assertStrictEquals(Handle.tryCurrent(), handle);
  assertEquals(handle.name, undefined);
  assertEquals(await handle.spawn(() => currentRuntime().handle === handle), true);
});

test("Handle.id is the same for one runtime and different for two", async () => {
  await using first = Runtime.builder().build();
  await using second = Runtime.builder().build();
  assertEquals(first.handle.id, first.id);
  assertNotEquals(first.handle.id, second.handle.id);
  assertEquals(await first.run(() => Handle.current().id), first.id);
});

test("Handle.enter() nests with that of others, in the reverse order only", async () => {
  await using first = Runtime.builder().build();
  await using second = Runtime.builder().build();
  const outer = first.handle.enter();
  const inner = second.handle.enter();
  assertStrictEquals(Handle.current(), second.handle);
  assertThrows(() => outer[Symbol.dispose](), TypeError);
  inner[Symbol.dispose]();
  assertStrictEquals(Handle.current(), first.handle);
  outer[Symbol.dispose]();
});

test("Handle.spawn() after the shutdown answers with a task that was aborted", async () => {
  const runtime = Runtime.builder().build();
  const { handle } = runtime;
  assertEquals(await handle.spawn(() => 1, { name: "named" }), 1);
  await runtime.shutdown();
  await assertCancelled(handle.spawn(() => 1));
  await assertCancelled(handle.spawn(pending()));
});

test("RuntimeMetrics count the tasks that are alive and were spawned, and those that wait", async () => {
  await using runtime = Runtime.builder().build();
  const metrics = runtime.handle.metrics();
  assertEquals([metrics.numWorkers(), metrics.numAliveTasks()], [1, 0]);
  const waiting = runtime.spawn(pending());
  const depth = metrics.globalQueueDepth();
  assert(depth >= 1);
  runtime.spawn(() => {});
  assertEquals(metrics.globalQueueDepth(), depth + 1);
  assertEquals([metrics.numAliveTasks(), metrics.spawnedTasksCount()], [2, 2]);
  await runtime.run(() => {});
  assertEquals([metrics.numAliveTasks(), metrics.spawnedTasksCount()], [1, 3]);
  waiting.abort();
  await assertCancelled(waiting);
  assertEquals(metrics.numAliveTasks(), 0);
  assertEquals(runtime.metrics().spawnedTasksCount(), 3);
});
