/**
 * Who is notified, and that no notification is lost.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import type { Context } from "../../future/context.ts";
import { join } from "../../future/join.ts";
import { select } from "../../future/select.ts";
import { ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { type Notified, Notify } from "../../sync/notify.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

/** So many futures, each in the queue. */
function waiting(notify: Notify, count: number): [Notified[], Wakes[]] {
  const futures = Array.from({ length: count }, () => notify.notified());
  const wakes = futures.map(() => new Wakes());
  futures.forEach((future, index) => assertPending(future, wakes[index]!));
  return [futures, wakes];
}

Deno.test("Notify.notifyOne() without a waiter leaves a permit that the next future takes", () => {
  const notify = new Notify();
  const notified = notify.notified();
  notify.notifyOne();
  assertReady(notified);
  assertPending(notify.notified());
});

Deno.test("Notify keeps one permit at most", () => {
  const notify = new Notify();
  notify.notifyOne();
  notify.notifyOne();
  notify.notifyLast();
  assertReady(notify.notified());
  assertPending(notify.notified());
});

Deno.test("Notify.notifyOne() notifies the future that has waited longest", () => {
  const notify = new Notify();
  const [[first, second]] = waiting(notify, 2);
  notify.notifyOne();
  assertReady(first!);
  assertPending(second!);
});

Deno.test("Notify.notifyLast() notifies the future that began to wait last", () => {
  const notify = new Notify();
  const [[first, second]] = waiting(notify, 2);
  notify.notifyLast();
  assertPending(first!);
  assertReady(second!);
});

Deno.test("Notify.notifyLast() without a waiter leaves a permit", () => {
  const notify = new Notify();
  notify.notifyLast();
  assertReady(notify.notified());
});

Deno.test("Notify.notifyOne() wakes a future that waits", () => {
  const notify = new Notify();
  const [[notified], [wakes]] = waiting(notify, 1);
  notify.notifyOne();
  assertEquals(wakes!.count, 1);
  assertReady(notified!);
});

Deno.test("Notify.notifyOne() wakes one future only", () => {
  const notify = new Notify();
  const [[first, second], wakes] = waiting(notify, 2);
  notify.notifyOne();
  assertEquals(wakes.map(({ count }) => count), [1, 0]);
  assertReady(first!);
  assertPending(second!);
});

Deno.test("a permit of Notify serves one future, and the next notification another", () => {
  const notify = new Notify();
  notify.notifyOne();
  const wakes = new Wakes();
  const [first, second] = [notify.notified(), notify.notified()];
  assertReady(first);
  assertPending(second, wakes);
  notify.notifyOne();
  assert(wakes.isWoken());
  assertReady(second);
});

Deno.test("a future of Notify that is dropped while it waits leaves the queue", () => {
  const notify = new Notify();
  const [[first, second], [, wakes]] = waiting(notify, 2);
  first![Symbol.dispose]();
  notify.notifyOne();
  assert(wakes!.isWoken());
  assertReady(second!);
  assertPending(notify.notified());
});

Deno.test("a notified future that is dropped wakes the next one", () => {
  const notify = new Notify();
  const [[first, second], wakes] = waiting(notify, 2);
  notify.notifyOne();
  assertEquals(wakes.map(({ count }) => count), [1, 0]);
  first![Symbol.dispose]();
  assertEquals(wakes.map(({ count }) => count), [1, 1]);
  assertReady(second!);
});

Deno.test("a notification by notifyOne() that is dropped goes to the one that has waited longest", () => {
  const notify = new Notify();
  const [[first, second, third]] = waiting(notify, 3);
  notify.notifyOne();
  first![Symbol.dispose]();
  assertReady(second!);
  assertPending(third!);
});

Deno.test("a notification by notifyLast() that is dropped goes to the one that came last", () => {
  const notify = new Notify();
  const [[first, second, third]] = waiting(notify, 3);
  notify.notifyLast();
  third![Symbol.dispose]();
  assertReady(second!);
  assertPending(first!);
});

Deno.test("a notification that is dropped with nobody waiting becomes the permit", () => {
  const notify = new Notify();
  const [[first]] = waiting(notify, 1);
  notify.notifyOne();
  first![Symbol.dispose]();
  first![Symbol.dispose]();
  assertReady(notify.notified());
  assertPending(notify.notified());
});

Deno.test("a notification by notifyWaiters() that is dropped goes nowhere", () => {
  const notify = new Notify();
  const [[first]] = waiting(notify, 1);
  notify.notifyWaiters();
  first![Symbol.dispose]();
  assertPending(notify.notified());
});

Deno.test("Notify.notifyWaiters() notifies all that wait and leaves no permit", () => {
  const notify = new Notify();
  const [futures, wakes] = waiting(notify, 3);
  notify.notifyWaiters();
  assertEquals(wakes.map(({ count }) => count), [1, 1, 1]);
  for (const future of futures) assertReady(future);
  assertPending(notify.notified());
});

Deno.test("Notify.notifyWaiters() reaches a future that was made and not polled", () => {
  const notify = new Notify();
  const before = notify.notified();
  notify.notifyWaiters();
  assertReady(before);
  assertPending(notify.notified());
});

Deno.test("one notifyWaiters() does not complete two waits that follow each other", () => {
  const notify = new Notify();
  const [[first]] = waiting(notify, 1);
  notify.notifyWaiters();
  assertReady(first!);
  assertPending(notify.notified());
});

Deno.test("Notify.notifyWaiters() reaches futures alike that were polled and that were not", () => {
  for (const polled of [[false, false], [false, true], [true, false], [true, true]]) {
    const notify = new Notify();
    const futures = [notify.notified(), notify.notified()];
    futures.forEach((future, index) => polled[index] && assertPending(future));
    notify.notifyWaiters();
    futures.forEach((future) => assertReady(future));
  }
});

Deno.test("a future that notifyWaiters() has completed leaves the permit to others", () => {
  const notify = new Notify();
  const unpolled = notify.notified();
  notify.notifyWaiters();
  notify.notifyOne();
  assertReady(unpolled);
  assertReady(notify.notified());
});

Deno.test("Notify.notifyOne() after notifyWaiters() leaves a permit though a notified future is dropped", () => {
  const notify = new Notify();
  const [[first]] = waiting(notify, 1);
  notify.notifyWaiters();
  notify.notifyOne();
  first![Symbol.dispose]();
  assertReady(notify.notified());
});

Deno.test("a waker may notify in its turn", () => {
  const notify = new Notify();
  const [others] = waiting(notify, 1);
  const first = notify.notified();
  let woken = 0;
  const cx: Context = {
    waker: {
      wake() {
        woken += 1;
        others.push(notify.notified());
        assertPending(others[1]!);
        others[0]![Symbol.dispose]();
        notify.notifyWaiters();
      },
    },
  };
  assertPending(first, cx);
  notify.notifyWaiters();
  assertEquals(woken, 1);
  assertReady(first);
  assertReady(others[1]!);
});

Deno.test("a waker that throws does not keep notifyWaiters() from the others", () => {
  const notify = new Notify();
  const bad = notify.notified();
  const cx: Context = {
    waker: {
      wake() {
        throw new Error("The waker failed");
      },
    },
  };
  assertPending(bad, cx);
  const [futures] = waiting(notify, 32);
  assertThrows(() => notify.notifyWaiters(), Error, "The waker failed");
  for (const future of futures) assertReady(future);
});

Deno.test("Notified completes at its first poll though it was not enabled", () => {
  const notify = new Notify();
  const notified = notify.notified();
  notify.notifyOne();
  assertReady(notified);
});

Deno.test("Notified.enable() joins the queue", () => {
  const notify = new Notify();
  const notified = notify.notified();
  assertFalse(notified.enable());
  assertPending(notify.notified());
  notify.notifyOne();
  assertReady(notified);
  assert(notified.enable());
});

Deno.test("Notified.enable() leaves a future without a notification pending", () => {
  const notify = new Notify();
  const notified = notify.notified();
  assertFalse(notified.enable());
  assertPending(notified);
});

Deno.test("Notified.enable() after a poll does not join a second time", () => {
  const notify = new Notify();
  const notified = notify.notified();
  assertPending(notified);
  assertFalse(notified.enable());
  notify.notifyOne();
  notify.notifyOne();
  assertReady(notified);
  assertReady(notify.notified());
});

Deno.test("Notified.enable() takes the permit, for good", () => {
  const notify = new Notify();
  notify.notifyOne();
  const [first, second] = [notify.notified(), notify.notified()];
  assert(first.enable());
  assertFalse(second.enable());
  first[Symbol.dispose]();
  assertPending(second);
});

Deno.test("Notified.enable() throws once the future was dropped", () => {
  const notified = new Notify().notified();
  notified[Symbol.dispose]();
  assertThrows(() => notified.enable(), TypeError, "Cannot poll a future again");
});

Deno.test("the waker of the last poll of a Notified is woken", () => {
  const notify = new Notify();
  const notified = notify.notified();
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(notified, first);
  assertPending(notified, second);
  notify.notifyOne();
  assertEquals([first.count, second.count], [0, 1]);
});

Deno.test("a Notified that has completed, or was dropped, cannot be polled", () => {
  const notify = new Notify();
  const [[completed, dropped]] = waiting(notify, 2);
  notify.notifyOne();
  assertReady(completed!);
  dropped![Symbol.dispose]();
  for (const ended of [completed!, dropped!]) {
    assertThrows(() => pollOnce(ended), TypeError, "Cannot poll a future again");
  }
});

Deno.test("a Notified that nobody polls is in no queue", () => {
  const notify = new Notify();
  for (let i = 0; i < 10; i++) notify.notified();
  notify.notifyOne();
  assertReady(notify.notified());
});

test("tasks that hand a notification to each other all get their turn", async () => {
  const [ping, pong] = [new Notify(), new Notify()];
  const order: string[] = [];
  const first = spawn(function* () {
    for (let i = 0; i < 3; i++) {
      order.push("ping");
      ping.notifyOne();
      yield* pong.notified();
    }
  });
  const second = spawn(async () => {
    for (let i = 0; i < 3; i++) {
      await ping.notified();
      order.push("pong");
      pong.notifyOne();
    }
  });
  await join(first, second);
  assertEquals(order, ["ping", "pong", "ping", "pong", "ping", "pong"]);
});

test("a task that is aborted passes its notification on", async () => {
  const notify = new Notify();
  const first = spawn(() => notify.notified());
  const second = spawn(() => notify.notified());
  await yieldNow();
  notify.notifyOne();
  first.abort();
  await second;
  assert(first.isFinished());
});

test("a Notified that loses a select passes its notification on", async () => {
  const notify = new Notify();
  const loser = notify.notified();
  assertFalse(loser.enable());
  const other = notify.notified();
  assertFalse(other.enable());
  notify.notifyOne();
  await select({ now: ready(1), loser }, { biased: true });
  await other;
});

Deno.test("Notify.notifyWaiters() wakes each of thousands of waiters once", () => {
  const notify = new Notify();
  let steps = 0;
  const cx: Context = { waker: { wake: () => void steps++ } };
  const futures = Array.from({ length: 10_000 }, () => notify.notified());
  for (const future of futures) pollOnce(future, cx);
  notify.notifyWaiters();
  assertEquals(steps, futures.length);
  for (const future of futures) assertReady(future);
});
