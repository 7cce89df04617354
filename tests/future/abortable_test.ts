/**
 * `abortable`, `fromAbortSignal` and `withSignal`: ending a future from elsewhere.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { abortable, Aborted } from "../../future/abortable.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { fromAbortSignal, withSignal } from "../../future/signal.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting } from "./_gate.ts";

/** A signal that counts its listeners. */
function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...[type, listener, options]: Parameters<typeof add>) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (...[type, listener]: Parameters<typeof remove>) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  return { controller, signal, listeners };
}

test("abortable() that is aborted wakes, drops its source in the next poll, and fails", () => {
  const log: string[] = [];
  const wakes = new Wakes();
  const [waiting, aborter] = abortable(noting(log, "a"));
  assertPending(waiting, wakes);
  assertFalse(aborter.isAborted);
  aborter.abort();
  assert(aborter.isAborted);
  assert(wakes.isWoken());
  assertEquals(log, ["a polled"]);
  assertThrows(() => pollOnce(waiting, wakes), Aborted, "the future was aborted");
  assertEquals(log, ["a polled", "a dropped"]);
  assertThrows(() => pollOnce(waiting), TypeError, "Cannot poll a future again");
});

test("abortable() that is aborted before its first poll never polls its source", () => {
  const log: string[] = [];
  const [waiting, aborter] = abortable(noting(log, "a"));
  aborter.abort();
  assertThrows(() => pollOnce(waiting), Aborted);
  assertEquals(log, ["a dropped"]);
});

test("abortable() has its value, or its failure, if it is not aborted, and abort() does nothing then", () => {
  const wakes = new Wakes();
  const source = gate<number>();
  const [waiting, aborter] = abortable(source.future);
  assertPending(waiting, wakes);
  source.open(1);
  assertEquals(assertReady(waiting, wakes), 1);
  wakes.isWoken();
  aborter.abort();
  assertFalse(wakes.isWoken());
  assertThrows(() => pollOnce(waiting), TypeError, "Cannot poll a future again");
  assertThrows(() => pollOnce(abortable(failing(new RangeError("own")))[0]), RangeError, "own");
});

test("abortable() that aborts itself in its poll is dropped after it; a value goes first", () => {
  const log: string[] = [];
  const [waiting, aborter] = abortable(pollFn(() => {
    aborter.abort();
    return Pending;
  }, () => log.push("dropped")));
  assertThrows(() => pollOnce(waiting), Aborted);
  assertEquals(log, ["dropped"]);
  const [winning, other] = abortable(pollFn(() => {
    other.abort();
    return 1;
  }));
  assertEquals(assertReady(winning), 1);
});

test("abortable() that is dropped drops its source, and is woken no more", () => {
  const log: string[] = [];
  const wakes = new Wakes();
  const [waiting, aborter] = abortable(noting(log, "a"));
  assertPending(waiting, wakes);
  waiting[Symbol.dispose]();
  aborter.abort();
  aborter.abort();
  assertFalse(wakes.isWoken());
  assertEquals(log, ["a polled", "a dropped"]);
});

test("abortable() ends a task's wait from another task", async () => {
  const [nap, aborter] = abortable(sleep(60_000));
  const task = spawn(async () => {
    await assertRejects(async () => await nap, Aborted);
    return "woken";
  });
  await sleep(1);
  aborter.abort();
  assertEquals(await task, "woken");
});

test("fromAbortSignal() fails with the reason of the signal, at once if it is aborted already", () => {
  const { controller, signal, listeners } = countedSignal();
  const wakes = new Wakes();
  const aborted = fromAbortSignal(signal);
  assertEquals(listeners.size, 0);
  assertPending(aborted, wakes);
  assertPending(aborted, wakes);
  assertEquals(listeners.size, 1);
  controller.abort(new RangeError("own"));
  assert(wakes.isWoken());
  assertThrows(() => pollOnce(aborted), RangeError, "own");
  assertEquals(listeners.size, 0);
  assertThrows(() => pollOnce(aborted), TypeError, "Cannot poll a future again");
  assertThrows(() => pollOnce(fromAbortSignal(signal)), RangeError, "own");
  assertThrows(() => pollOnce(fromAbortSignal(AbortSignal.abort())), DOMException, "abort");
});

test("fromAbortSignal() that is dropped listens no more", () => {
  const { controller, signal, listeners } = countedSignal();
  const wakes = new Wakes();
  const aborted = fromAbortSignal(signal);
  assertPending(aborted, wakes);
  aborted[Symbol.dispose]();
  assertEquals(listeners.size, 0);
  controller.abort();
  assertFalse(wakes.isWoken());
});

test("fromAbortSignal() is a branch of a select", async () => {
  const controller = new AbortController();
  const waiting = spawn(async () =>
    await select({ nap: sleep(60_000), gone: fromAbortSignal(controller.signal) })
  );
  await sleep(1);
  controller.abort(new RangeError("own"));
  const error = await assertRejects(async () => await waiting, Error);
  assert(error.cause instanceof RangeError);
});

test("fromAbortSignal() throws a TypeError at the call for what is no signal", () => {
  assertThrows(() => fromAbortSignal({} as never), TypeError, "expected an AbortSignal");
  assertThrows(() => fromAbortSignal(undefined as never), TypeError, "found undefined");
});

test("withSignal() drops its source when the signal is aborted, and fails with the reason", () => {
  const log: string[] = [];
  const { controller, signal, listeners } = countedSignal();
  const wakes = new Wakes();
  const waiting = withSignal(noting(log, "a"), signal);
  assertPending(waiting, wakes);
  controller.abort(new RangeError("own"));
  assert(wakes.isWoken());
  assertThrows(() => pollOnce(waiting, wakes), RangeError, "own");
  assertEquals(log, ["a polled", "a dropped"]);
  assertEquals(listeners.size, 0);
  assertThrows(() => pollOnce(waiting), TypeError, "Cannot poll a future again");
});

test("withSignal() looks at the signal first", () => {
  const log: string[] = [];
  const waiting = withSignal(noting(log, "a"), AbortSignal.abort(new RangeError("own")));
  assertThrows(() => pollOnce(waiting), RangeError, "own");
  assertEquals(log, ["a dropped"]);
});

test("withSignal() listens no more once its source has completed, failed or was dropped", () => {
  const { signal, listeners } = countedSignal();
  const source = gate<number>();
  const completing = withSignal(source.future, signal);
  assertPending(completing);
  assertEquals(listeners.size, 1);
  source.open(1);
  assertEquals(assertReady(completing), 1);
  assertEquals(listeners.size, 0);
  const failed = withSignal(failing(new RangeError("own")), signal);
  assertThrows(() => pollOnce(failed), RangeError, "own");
  assertEquals(listeners.size, 0);
  const log: string[] = [];
  const dropped = withSignal(noting(log, "a"), signal);
  assertPending(dropped);
  dropped[Symbol.dispose]();
  assertEquals(log, ["a polled", "a dropped"]);
  assertEquals(listeners.size, 0);
  assertThrows(() => pollOnce(dropped), TypeError, "Cannot poll a future again");
});

test("withSignal() stops a sleep", async () => {
  const signal = AbortSignal.abort(new RangeError("own"));
  await assertRejects(async () => await withSignal(sleep(60_000), signal), RangeError, "own");
  assertEquals(await withSignal(ready(1), new AbortController().signal), 1);
});
