/**
 * `test()` with workers.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../helpers/leak_guard.ts";
import { pending } from "../../future/ready.ts";
import { parallelism } from "../../host/thread.ts";
import { currentRuntime, spawn } from "../../scheduler/runtime.ts";
import { runTest } from "../../testing/test.ts";
import { whichThread } from "../task/fixtures/blocking.ts";

test("test() runs the body in a runtime with the workers that it asks for", async () => {
  const seen: unknown[] = [];
  const look = async () => {
    const { handle, workers } = currentRuntime();
    const isElsewhere = await spawn(whichThread) !== whichThread();
    seen.push([handle.runtimeFlavor, workers, isElsewhere]);
  };
  await runTest("name", { workerThreads: 1 }, look);
  await runTest("name", { flavor: "multiThread", workerThreads: 2 }, look);
  await runTest("name", { flavor: "currentThread" }, look);
  assertEquals(seen, [["multiThread", 1, true], ["multiThread", 2, true], [
    "currentThread",
    0,
    false,
  ]]);
  await runTest("name", { flavor: "multiThread" }, () => {
    assertEquals(currentRuntime().workers, parallelism());
  });
});

test("test() with workers fails on a task that is left", async () => {
  let task: PromiseLike<unknown> | undefined;
  const body = async () => {
    await spawn(whichThread);
    task = spawn(pending());
  };
  const message = `Leaks of "name": 1 more tasks`;
  await assertRejects(() => runTest("name", { workerThreads: 1 }, body), Error, message);
  await assertRejects(async () => await task);
});
