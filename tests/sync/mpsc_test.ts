/**
 * Bounded channels: order, back-pressure, sending and receiving.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { Pending } from "../../future/poll.ts";
import { select } from "../../future/select.ts";
import { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mpsc } from "../../sync/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { assertNothing, assertNotSent, recvNow } from "./_channels.ts";

test("mpsc.channel() delivers what was sent, and then the end", async () => {
  const [tx, rx] = mpsc.channel<number>(16);
  (await tx.reserve()).send(1);
  tx.trySend(2);
  await tx.send(3);
  tx.close();
  assertEquals(await rx.recv(), 1);
  assertEquals(await rx.recv(), 2);
  assertEquals(await rx.recv(), 3);
  assertEquals(await rx.recv(), undefined);
  assertEquals(await rx.recv(), undefined);
});

test("mpsc.channel() connects two tasks", async () => {
  const [tx, rx] = mpsc.channel<number>(16);
  const sending = spawn(function* () {
    using sender = tx;
    yield* sender.send(1);
    yield* sender.send(2);
  });
  assertEquals([await rx.recv(), await rx.recv(), await rx.recv()], [1, 2, undefined]);
  await sending;
});

test("mpsc.channel() wants a whole number from 1", () => {
  for (const capacity of [0, -1, 1.5, NaN, Infinity, 2 ** 60, "1" as unknown as number]) {
    assertThrows(() => mpsc.channel(capacity), RangeError, "Cannot make a channel");
  }
});

test("mpsc.channel() carries any value, also undefined", async () => {
  class Bare {}
  const [tx, rx] = mpsc.channel<unknown>(4);
  const bare = new Bare();
  for (const value of [bare, undefined, null, 0]) tx.clone().trySend(value);
  assertStrictEquals(await rx.recv(), bare);
  assertStrictEquals(rx.tryRecv(), undefined);
  assertStrictEquals(rx.pollNext(new Wakes()), null);
  assertStrictEquals(rx.tryNext(), 0);
  assertStrictEquals(rx.tryNext(), Pending);
});

test("Sender.send() is lazy: nothing is sent until it is polled", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const send = tx.send(1);
  assert(rx.isEmpty());
  assertReady(send);
  assertEquals(recvNow(rx), 1);
  assertThrows(() => pollOnce(send), TypeError, "Cannot poll a future again");
  assert(rx.isEmpty());
});

test("Sender.send() waits for room, first come, first served", () => {
  const [tx, rx] = mpsc.channel<string>(1);
  tx.trySend("zero");
  const [one, two] = [tx.send("one"), tx.clone().send("two")];
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(one, first);
  assertPending(two, second);
  assertEquals(recvNow(rx), "zero");
  assertEquals([first.count, second.count], [1, 0]);
  // The room belongs to the first of those who wait, who has not been polled yet.
  assertNotSent(() => tx.trySend("barging"), "full");
  assertPending(two, second);
  assertReady(one, first);
  assertEquals(recvNow(rx), "one");
  assertEquals(second.count, 1);
  assertReady(two, second);
  assertEquals(recvNow(rx), "two");
});

test("Sender.send() that is dropped loses its value and passes its room on", () => {
  const [tx, rx] = mpsc.channel<string>(1);
  tx.trySend("zero");
  const [one, two] = [tx.send("one"), tx.send("two")];
  const second = new Wakes();
  assertPending(one);
  assertPending(two, second);
  recvNow(rx);
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  assert(second.isWoken());
  assertReady(two, second);
  assertEquals(recvNow(rx), "two");
  assertEquals(tx.capacity(), 1);
});

test("Sender.send() that loses a select has sent nothing", async () => {
  const [tx, rx] = mpsc.channel<string>(1);
  await tx.send("zero");
  const { branch } = await select({ send: tx.send("lost"), other: yieldNow() });
  assertEquals(branch, "other");
  assertEquals(await rx.recv(), "zero");
  assertNothing(rx, "empty");
  assertEquals(tx.capacity(), 1);
});

test("Sender.trySend() fails when the channel is full, and hands the value back", async () => {
  const [tx, rx] = mpsc.channel<string>(1);
  tx.trySend("hello");
  const error = assertNotSent(() => tx.trySend("fail"), "full");
  assertEquals(error.value, "fail");
  assertEquals(error.name, "TrySendError");
  assertEquals(await rx.recv(), "hello");
  tx.trySend("goodbye");
  tx.close();
  assertEquals(await rx.recv(), "goodbye");
  assertEquals(await rx.recv(), undefined);
});

test("Receiver.tryRecv() makes room for Sender.trySend()", () => {
  const [tx, rx] = mpsc.channel<string>(1);
  tx.trySend("hello");
  assertNotSent(() => tx.trySend("fail"), "full");
  assertEquals(rx.tryRecv(), "hello");
  tx.trySend("goodbye");
  tx.close();
  assertEquals(rx.tryRecv(), "goodbye");
  assertNothing(rx, "disconnected");
});

test("Receiver.tryRecv() tells an empty channel from one that has ended", () => {
  const [tx, rx] = mpsc.channel<string>(5);
  const fill = (count: number) => {
    for (let i = 0; i < count; i++) tx.trySend("hello");
  };
  const drain = (count: number) => {
    for (let i = 0; i < count; i++) assertEquals(rx.tryRecv(), "hello");
  };
  fill(5);
  assertNotSent(() => tx.trySend("hello"), "full");
  drain(5);
  assertNothing(rx, "empty");
  fill(4);
  drain(1);
  fill(2);
  assertNotSent(() => tx.trySend("hello"), "full");
  drain(5);
  assertNothing(rx, "empty");
  fill(3);
  tx.close();
  drain(3);
  assertNothing(rx, "disconnected");
});

test("Receiver.tryRecv() finds a channel that was closed empty, and disconnected", () => {
  const [tx, rx] = mpsc.channel<number>(5);
  rx.close();
  assertNothing(rx, "disconnected");
  assert(tx.isClosed());
});

test("Receiver.tryRecv() finds a closed channel empty as long as a permit is out", () => {
  const [tx, rx] = mpsc.channel<string>(5);
  tx.trySend("hello");
  const [one, two] = [tx.tryReserve(), tx.tryReserve()];
  rx.close();
  assertEquals(rx.tryRecv(), "hello");
  assertNothing(rx, "empty");
  one.send("last");
  assertEquals(rx.tryRecv(), "last");
  assertNothing(rx, "empty");
  two.release();
  assertNothing(rx, "disconnected");
});

test("Receiver.tryNext() answers without throwing", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  assertStrictEquals(rx.tryNext(), Pending);
  tx.trySend(1);
  assertEquals(rx.tryNext(), 1);
  tx.close();
  assertStrictEquals(rx.tryNext(), End);
});

test("Sender.capacity() goes down with what is sent and reserved", async () => {
  const [tx, rx] = mpsc.channel<null>(10);
  const capacities = () => [tx.capacity(), tx.maxCapacity(), rx.capacity(), rx.maxCapacity()];
  assertEquals(capacities(), [10, 10, 10, 10]);
  using _permit = await tx.reserve();
  assertEquals(capacities(), [9, 10, 9, 10]);
  await tx.send(null);
  assertEquals(capacities(), [8, 10, 8, 10]);
});

test("Sender.sameChannel() compares channels", () => {
  const [tx] = mpsc.channel<number>(1);
  const [other] = mpsc.channel<number>(1);
  assert(tx.sameChannel(tx.clone()));
  assertFalse(tx.sameChannel(other));
});
