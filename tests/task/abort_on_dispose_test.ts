/**
 * Tasks that do not outlive their handle.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { spawn } from "../../scheduler/runtime.ts";
import {
  AbortOnDispose,
  abortOnDispose,
  AbortOnDisposeHandle,
} from "../../task/abort_on_dispose.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

test("AbortOnDisposeHandle aborts its task when it is disposed", async () => {
  const handle = spawn(pending());
  const owner = abortOnDispose(handle);
  assert(owner instanceof AbortOnDisposeHandle);
  await turns(2);
  assertFalse(owner.isFinished());
  owner[Symbol.dispose]();
  await assertCancelled(handle);
  assert(owner.isFinished());
});

test("AbortOnDisposeHandle.abort() and its abort handle abort the task", async () => {
  for (const direct of [true, false]) {
    const owner = abortOnDispose(spawn(pending()));
    if (direct) owner.abort();
    else owner.abortHandle().abort();
    await assertCancelled(owner);
    assert(owner.isFinished());
  }
});

test("AbortOnDisposeHandle.detach() lets the task go", async () => {
  const owner = abortOnDispose(spawn(pending()));
  const handle = owner.detach();
  assertEquals(handle.id, owner.id);
  owner[Symbol.dispose]();
  await turns(2);
  assertFalse(handle.isFinished());
  handle.abort();
  await assertCancelled(handle);
});

test("AbortOnDisposeHandle is a future of the task's value", async () => {
  using owner = abortOnDispose(spawn(function* () {
    yield* yieldNow();
    return 7;
  }));
  assertEquals(await Promise.all([owner, owner]), [7, 7]);
  const again = spawn(function* () {
    return (yield* owner) + (yield* owner);
  });
  assertEquals(await again, 14);
  assertEquals(assertReady(owner), 7);
});

test("AbortOnDisposeHandle that loses a select aborts its task", async () => {
  const handle = spawn(pending());
  const won = await select({ task: abortOnDispose(handle), other: ready(1) });
  assertEquals(won.branch, "other");
  await assertCancelled(handle);
});

test("AbortOnDisposeHandle wakes all who wait, in tasks and by hand", async () => {
  const gate = Promise.withResolvers<number>();
  using owner = abortOnDispose(spawn(() => gate.promise));
  const wakes = new Wakes();
  assertPending(owner, wakes);
  const waiting = [1, 2].map(() =>
    spawn(function* () {
      return yield* owner;
    })
  );
  await turns(2);
  gate.resolve(3);
  assertEquals(await Promise.all(waiting), [3, 3]);
  assertEquals(wakes.count, 1);
});

test("AbortOnDisposeHandle aborts its task when the task that awaits it is aborted", async () => {
  for (const kind of ["async", "generator"]) {
    const inner = spawn(pending());
    const owner = abortOnDispose(inner);
    const outer = kind === "async" ? spawn(async () => await owner) : spawn(function* () {
      return yield* owner;
    });
    await turns(2);
    outer.abort();
    await assertCancelled(outer);
    await assertCancelled(inner);
  }
});

test("AbortOnDispose aborts its task when it is disposed", async () => {
  const handle = spawn(pending());
  const owner = abortOnDispose(handle.abortHandle());
  assert(owner instanceof AbortOnDispose);
  owner[Symbol.dispose]();
  await assertCancelled(handle);
});

test("AbortOnDispose.abort() aborts its task", async () => {
  const handle = spawn(pending());
  const owner = abortOnDispose(handle.abortHandle());
  owner.abort();
  await assertCancelled(handle);
  assert(owner.isFinished());
});

test("AbortOnDispose.detach() lets the task go", async () => {
  const handle = spawn(pending());
  const owner = abortOnDispose(handle.abortHandle());
  assertEquals(owner.detach().id, handle.id);
  owner[Symbol.dispose]();
  await turns(2);
  assertFalse(handle.isFinished());
  handle.abort();
  await assertCancelled(handle);
});

test("abortOnDispose() throws a TypeError for what is no handle", () => {
  // @ts-expect-error A future is no handle.
  assertThrows(() => abortOnDispose(ready(1)), TypeError, "Cannot own a task");
});
