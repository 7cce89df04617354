/**
 * Threads whose module is elsewhere, as in a program that a bundler has put together.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { moduleBeside } from "../../../host/module_url.ts";
import { Runtime } from "../../../scheduler/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { blockingRunsOwnThread, runsOwnThread } from "./fixtures/own_thread_tasks.ts";

const own = moduleBeside(import.meta.url, "./fixtures/own_thread");
// No name of a module of ours, of which the tests in a browser notice that it is missing.
const missing = new URL("./fixtures/missing", import.meta.url);

test("RuntimeBuilder.threadModule() is what workers and blocking threads run", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(1).threadModule(own).build();
  assertEquals(await runtime.spawn(runsOwnThread), true);
  assertEquals(await runtime.spawnBlocking(runsOwnThread), true);
  assertEquals(await runtime.spawn(blockingRunsOwnThread), true);
});

test("RuntimeBuilder.threadModule() holds until the runtime is shut down", async () => {
  await Runtime.builder().threadModule(own).build().shutdown();
  await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
  assertEquals(await runtime.spawn(runsOwnThread), false);
});

test("RuntimeBuilder.threadModule() holds for runtimes that say nothing of it", async () => {
  await using _first = Runtime.builder().threadModule(own.href).build();
  await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
  assertEquals(await runtime.spawn(runsOwnThread), true);
});

test("a thread whose module cannot be loaded says where it was and what to set", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(1).threadModule(missing)
    .build();
  const calls = [
    ["workers", async () => await runtime.spawn(runsOwnThread)],
    ["threads", async () => await runtime.spawnBlocking(runsOwnThread)],
  ] as const;
  for (const [what, call] of calls) {
    const { message } = await assertRejects(call, Error);
    assertStringIncludes(message, `Cannot start ${what}: `);
    assertStringIncludes(message, missing.href);
    assertStringIncludes(message, "use RuntimeBuilder.threadModule()");
  }
});

test("RuntimeBuilder.threadModule() refuses an address that is not absolute", () => {
  assertThrows(
    () => Runtime.builder().threadModule("./thread.js"),
    TypeError,
    'Cannot use "./thread.js" as the module of threads: it is not absolute',
  );
});
