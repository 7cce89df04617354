/**
 * One value, from one task to another.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { resetBudget } from "../../future/budget.ts";
import { select } from "../../future/select.ts";
import { Pending } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import * as oneshot from "../../sync/oneshot/mod.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

function assertRecvFails(rx: oneshot.Receiver<unknown>): void {
  assertThrows(() => pollOnce(rx), oneshot.RecvError, "Cannot receive a value");
}

function assertTryRecvFails(rx: oneshot.Receiver<unknown>, kind: "empty" | "closed"): void {
  assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, kind);
}

function assertSendFails<T>(tx: oneshot.Sender<T>, value: T): void {
  const error = assertThrows(() => tx.send(value), oneshot.SendError) as oneshot.SendError<T>;
  assertEquals([error.value, error.name], [value, "SendError"]);
}

Deno.test("oneshot.Sender.send() wakes the receiver, which gets the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertPending(rx, wakes);
  tx.send(1);
  assert(wakes.isWoken());
  assertEquals(assertReady(rx), 1);
});

test("a oneshot receiver is awaited like any future", async () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(1);
  assertEquals(await rx, 1);
  const [later, answer] = oneshot.channel<string>();
  const task = spawn(function* () {
    return yield* answer;
  });
  later.send("later");
  assertEquals(await task, "later");
});

Deno.test("a oneshot channel takes undefined for a value like others", () => {
  const [tx, rx] = oneshot.channel<undefined>();
  tx.send(undefined);
  assertFalse(rx.isEmpty());
  assertEquals(assertReady(rx), undefined);
});

Deno.test("oneshot.Sender.close() wakes the receiver, which fails", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertPending(rx, wakes);
  tx.close();
  assert(wakes.isWoken());
  assertRecvFails(rx);
});

Deno.test("a oneshot sender leaves the value it has sent when its block ends", () => {
  const [tx, rx] = oneshot.channel<number>();
  {
    using sender = tx;
    sender.send(1);
  }
  assertEquals(assertReady(rx), 1);
});

Deno.test("a oneshot sender that goes out of scope without sending lets the receiver fail", () => {
  const [tx, rx] = oneshot.channel<number>();
  {
    using _sender = tx;
  }
  assertRecvFails(rx);
});

Deno.test("oneshot.Sender.send() to a receiver that was dropped fails and hands the value back", () => {
  const [tx, rx] = oneshot.channel<number>();
  rx[Symbol.dispose]();
  assertSendFails(tx, 1);
});

Deno.test("dropping a oneshot receiver wakes who polls pollClosed()", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertEquals(tx.pollClosed(wakes), Pending);
  assertFalse(tx.isClosed());
  rx[Symbol.dispose]();
  assert(wakes.isWoken());
  assert(tx.isClosed());
  assertEquals(tx.pollClosed(wakes), undefined);
  assertEquals(tx.pollClosed(wakes), undefined);
  assertSendFails(tx, 1);
});

test("oneshot.Sender.closed() waits until the receiver is dropped in another task", async () => {
  const [tx, rx] = oneshot.channel<void>();
  const other = spawn(() => rx[Symbol.dispose]());
  await tx.closed();
  await other;
});

Deno.test("every oneshot.Sender.closed() in flight is served", () => {
  const [tx, rx] = oneshot.channel<number>();
  const [first, second, dropped] = [tx.closed(), tx.closed(), tx.closed()];
  const wakes = [first, second, dropped].map((wait) => {
    const woken = new Wakes();
    assertPending(wait, woken);
    return woken;
  });
  dropped[Symbol.dispose]();
  rx.close();
  assertEquals(wakes.map(({ count }) => count), [1, 1, 0]);
  assertReady(first);
  assertReady(second);
  for (const ended of [first, dropped]) {
    assertThrows(() => pollOnce(ended), TypeError, "Cannot poll a future again");
  }
});

Deno.test("oneshot.Sender.closed() completes when the receiver has its value", () => {
  const [tx, rx] = oneshot.channel<number>();
  const [closed, wakes] = [tx.closed(), new Wakes()];
  assertPending(closed, wakes);
  tx.send(1);
  assertPending(closed, wakes);
  assertReady(rx);
  assert(wakes.isWoken());
  assertReady(closed);
});

Deno.test("oneshot.Receiver.close() leaves a value that was sent to be received", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(1);
  rx.close();
  assertEquals(assertReady(rx), 1);
});

Deno.test("oneshot.Receiver.close() without a value wakes the sender, and the receiver fails", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertEquals(tx.pollClosed(wakes), Pending);
  rx.close();
  assert(wakes.isWoken());
  assert(tx.isClosed());
  assertEquals(tx.pollClosed(wakes), undefined);
  assertSendFails(tx, 1);
  assertRecvFails(rx);
});

Deno.test("oneshot.Receiver.close() wakes who waits for the value", () => {
  const [, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertPending(rx, wakes);
  rx.close();
  rx.close();
  assertEquals(wakes.count, 1);
  assertRecvFails(rx);
});

Deno.test("oneshot.Receiver.tryRecv() after close() takes a value that was sent", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(1);
  rx.close();
  assertEquals(rx.tryRecv(), 1);
});

Deno.test("oneshot.Receiver.tryRecv() after close() without a value fails", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  assertEquals(tx.pollClosed(wakes), Pending);
  rx.close();
  assert(wakes.isWoken());
  assert(tx.isClosed());
  assertEquals(tx.pollClosed(wakes), undefined);
  assertTryRecvFails(rx, "closed");
});

Deno.test("a oneshot receiver that tryRecv() has found closed cannot be polled", () => {
  const [, rx] = oneshot.channel<number>();
  rx.close();
  assertTryRecvFails(rx, "closed");
  assertThrows(() => pollOnce(rx), TypeError, "Cannot poll a future again");
});

Deno.test("oneshot.Receiver.tryRecv() fails as empty while a value may still come", () => {
  const [tx, rx] = oneshot.channel<number>();
  assertTryRecvFails(rx, "empty");
  assertFalse(rx.isTerminated());
  tx.send(1);
  assertEquals(rx.tryRecv(), 1);
});

Deno.test("oneshot.Receiver.tryRecv() fails as closed when the sender was dropped", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.close();
  assertTryRecvFails(rx, "closed");
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.close() after the value was taken does nothing", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(17);
  assertEquals(rx.tryRecv(), 17);
  rx.close();
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.tryRecv() fails as closed after it has taken the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(17);
  assertEquals(rx.tryRecv(), 17);
  assertTryRecvFails(rx, "closed");
  rx.close();
});

Deno.test("oneshot.Receiver.tryRecv() fails as closed after a poll has taken the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(17);
  assertEquals(assertReady(rx), 17);
  assertTryRecvFails(rx, "closed");
  rx.close();
});

Deno.test("both ends of a oneshot channel forget whom to wake when they are dropped", () => {
  const [tx, rx] = oneshot.channel<number>();
  const [txWakes, rxWakes] = [new Wakes(), new Wakes()];
  assertEquals(tx.pollClosed(txWakes), Pending);
  assertPending(rx, rxWakes);
  rx[Symbol.dispose]();
  tx.close();
  assertEquals([txWakes.count, rxWakes.count], [1, 0]);
});

Deno.test("a oneshot receiver wakes the waker of its last poll", () => {
  const [tx, rx] = oneshot.channel<number>();
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(rx, first);
  assertPending(rx, second);
  tx.send(1);
  assertEquals([first.count, second.count], [0, 1]);
  assertReady(rx, second);
});

Deno.test("oneshot.Sender.pollClosed() wakes the waker of its last poll", () => {
  const [tx, rx] = oneshot.channel<number>();
  const [first, second] = [new Wakes(), new Wakes()];
  assertEquals(tx.pollClosed(first), Pending);
  assertEquals(tx.pollClosed(second), Pending);
  rx[Symbol.dispose]();
  assertEquals([first.count, second.count], [0, 1]);
  assertEquals(tx.pollClosed(second), undefined);
});

Deno.test("oneshot.Receiver.isTerminated() is true once a poll has given the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  assertFalse(rx.isTerminated());
  tx.send(17);
  assertFalse(rx.isTerminated());
  assertEquals(assertReady(rx), 17);
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.isTerminated() is true once tryRecv() has given the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(17);
  assertFalse(rx.isTerminated());
  assertEquals(rx.tryRecv(), 17);
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.isTerminated() is true once a poll has found the sender dropped", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.close();
  assertFalse(rx.isTerminated());
  assertRecvFails(rx);
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.isTerminated() is true once a poll has found the receiver closed", () => {
  const [, rx] = oneshot.channel<number>();
  rx.close();
  assertFalse(rx.isTerminated());
  assertRecvFails(rx);
  assert(rx.isTerminated());
});

Deno.test("oneshot.Receiver.isEmpty() is false from send() until a poll takes the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  assert(rx.isEmpty());
  tx.send(17);
  assertFalse(rx.isEmpty());
  assertEquals(assertReady(rx), 17);
  assert(rx.isEmpty());
});

Deno.test("oneshot.Receiver.isEmpty() is false from send() until tryRecv() takes the value", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.send(17);
  assertFalse(rx.isEmpty());
  assertEquals(rx.tryRecv(), 17);
  assert(rx.isEmpty());
});

Deno.test("oneshot.Receiver.isEmpty() is true when the sender was dropped", () => {
  const [tx, rx] = oneshot.channel<number>();
  tx.close();
  assert(rx.isEmpty());
  assertRecvFails(rx);
  assert(rx.isEmpty());
});

Deno.test("oneshot.Receiver.isEmpty() is true when the receiver was closed or dropped", () => {
  const [, closed] = oneshot.channel<number>();
  closed.close();
  assert(closed.isEmpty());
  const [tx, dropped] = oneshot.channel<number>();
  tx.send(1);
  dropped[Symbol.dispose]();
  assert(dropped.isEmpty());
});

Deno.test("a oneshot sender cannot be used twice", () => {
  const [tx] = oneshot.channel<number>();
  tx.send(1);
  assertThrows(() => tx.send(2), TypeError, "Cannot send a value");
  const [closed] = oneshot.channel<number>();
  closed.close();
  assertThrows(() => closed.send(1), TypeError, "Cannot send a value");
});

Deno.test("a oneshot sender that failed fails again, and has not sent", () => {
  const [tx, rx] = oneshot.channel<number>();
  rx.close();
  assertSendFails(tx, 1);
  assertSendFails(tx, 2);
  assertRecvFails(rx);
});

Deno.test("both ends of a oneshot channel spend the budget only when they are ready", () => {
  const [tx, rx] = oneshot.channel<number>();
  const wakes = new Wakes();
  resetBudget(1);
  assertEquals([rx.poll(wakes), tx.pollClosed(wakes)], [Pending, Pending]);
  tx.send(1);
  assertEquals(rx.poll(wakes), 1);
  assertEquals(tx.pollClosed(wakes), Pending);
  resetBudget(1);
  assertEquals(tx.pollClosed(wakes), undefined);
  const [other, answer] = oneshot.channel<number>();
  other.send(2);
  assertEquals(answer.poll(wakes), Pending);
  assertEquals(assertReady(answer), 2);
});

test("a oneshot receiver whose timeout has elapsed is closed", async () => {
  const [tx, rx] = oneshot.channel<number>();
  await assertRejects(async () => await timeout(1, rx), ElapsedError);
  assertSendFails(tx, 1);
});

test("a oneshot receiver that loses a select is closed", async () => {
  const [tx, rx] = oneshot.channel<number>();
  await select({ now: ready(1), rx }, { biased: true });
  assert(tx.isClosed());
});

test("a task that is aborted while it waits for a oneshot value closes the channel", async () => {
  const [tx, rx] = oneshot.channel<number>();
  const task = spawn(async () => await rx);
  const closed = tx.closed();
  spawn(() => task.abort());
  await closed;
});
