/**
 * Entering a runtime: which one `spawn` uses.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { pending } from "../../future/ready.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns } from "../helpers/wakes.ts";

test("Runtime.enter() makes it the runtime of spawn until the guard is disposed", async () => {
  await using runtime = Runtime.builder().build();
  const outer = currentRuntime();
  {
    using _guard = runtime.enter();
    assertStrictEquals(currentRuntime(), runtime);
    const task = spawn(pending());
    assertEquals(runtime.aliveTasks, 1);
    task.abort();
  }
  assertStrictEquals(currentRuntime(), outer);
});

test("Runtime.enter() nests, and its guards are disposed in reverse order only", async () => {
  await using first = Runtime.builder().build();
  await using second = Runtime.builder().build();
  const outer = currentRuntime();
  const firstGuard = first.enter();
  const secondGuard = second.enter();
  assertThrows(() => firstGuard[Symbol.dispose](), TypeError, "another was entered later");
  assertStrictEquals(currentRuntime(), second);
  secondGuard[Symbol.dispose]();
  assertStrictEquals(currentRuntime(), first);
  firstGuard[Symbol.dispose]();
  assertStrictEquals(currentRuntime(), outer);
});

test("Runtime.enter() of the same runtime twice nests as well", async () => {
  await using runtime = Runtime.builder().build();
  const outer = currentRuntime();
  const guards = [runtime.enter(), runtime.enter()];
  guards[1]![Symbol.dispose]();
  assertStrictEquals(currentRuntime(), runtime);
  guards[0]![Symbol.dispose]();
  assertStrictEquals(currentRuntime(), outer);
});

test("a task keeps its runtime although another one is entered meanwhile", async () => {
  await using runtime = Runtime.builder().build();
  const outer = currentRuntime();
  const task = spawn(async () => {
    await sleep(2);
    return currentRuntime();
  });
  await turns(2);
  {
    using _guard = runtime.enter();
    assertStrictEquals(await task, outer);
  }
});
