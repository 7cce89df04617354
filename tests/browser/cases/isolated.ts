/**
 * What differs between the thread of a page and others: a page may not block.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Runtime } from "../../../scheduler/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { add } from "../../scheduler/multi_thread/fixtures/tasks.ts";
import { countUpSync } from "../../sync/shared/fixtures/locks.ts";

Deno.test("the page is isolated, and its workers are threads of the browser", async () => {
  assert((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated);
  await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
  await runtime.run(async () => {
    for (let i = 0; i < 500; i++) assertEquals(await spawn(add, i, 1), i + 1);
  });
});

Deno.test("a lock that a page has to wait for by blocking refuses", async () => {
  const mutex = new shared.SharedMutex(1);
  using _guard = await mutex.lock();
  assertThrows(() => mutex.lockSync(), TypeError, "the host does not let this thread block");
});

Deno.test("a page and two workers take turns with a lock", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
  await runtime.run(async () => {
    const mutex = new shared.SharedMutex(0);
    const tasks = [1, 2].map(() => spawn(countUpSync, mutex, 50));
    for (let i = 0; i < 50; i++) {
      using guard = await mutex.lock();
      guard.value += 1;
    }
    for (const task of tasks) await task;
    using guard = await mutex.lock();
    assertEquals(guard.value, 150);
    mutex[Symbol.dispose]();
  });
});
