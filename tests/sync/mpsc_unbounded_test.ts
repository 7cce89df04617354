/**
 * Unbounded channels, and receiving many at once from either kind.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";
import { assertNothing } from "./_channels.ts";

test("mpsc.unboundedChannel() delivers what was sent, and then the end", async () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  tx.send(1);
  tx.send(2);
  assertEquals(await rx.recv(), 1);
  assertEquals(await rx.recv(), 2);
  tx.close();
  assertEquals(await rx.recv(), undefined);
});

test("mpsc.unboundedChannel() connects two tasks", async () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const sending = spawn(() => {
    tx.send(1);
    tx.send(2);
    tx.close();
  });
  assertEquals([await rx.recv(), await rx.recv(), await rx.recv()], [1, 2, undefined]);
  await sending;
});

test("mpsc.unboundedChannel() is a source", async () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const sending = spawn(() => {
    for (let i = 0; i < 5; i++) tx.send(i);
    tx.close();
  });
  assertEquals(await Array.fromAsync(rx), [0, 1, 2, 3, 4]);
  await sending;
});

test("mpsc.unboundedChannel() carries any value", async () => {
  class Bare {}
  const [tx, rx] = mpsc.unboundedChannel<Bare | undefined>();
  const bare = new Bare();
  tx.clone().send(bare);
  tx.send(undefined);
  assertStrictEquals(await rx.recv(), bare);
  assertStrictEquals(rx.tryRecv(), undefined);
});

test("UnboundedSender.send() hands the value back when the channel is closed", () => {
  const [tx, rx] = mpsc.unboundedChannel<string>();
  rx.close();
  const error = assertThrows(() => tx.send("late"), mpsc.SendError);
  assertEquals(error.value, "late");
});

test("UnboundedReceiver.tryRecv() tells an empty channel from one that has ended", () => {
  for (let count = 0; count < 100; count++) {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    for (let i = 0; i < count; i++) tx.send(i);
    for (let i = 0; i < count; i++) assertEquals(rx.tryRecv(), i);
    assertNothing(rx, "empty");
    tx.close();
    assertNothing(rx, "disconnected");
  }
});

test("UnboundedReceiver.tryRecv() finds a channel that was closed empty, and disconnected", () => {
  const [_tx, rx] = mpsc.unboundedChannel<number>();
  rx.close();
  assertNothing(rx, "disconnected");
});

test("UnboundedSender.sameChannel() compares channels", () => {
  const [tx] = mpsc.unboundedChannel<number>();
  const [other] = mpsc.unboundedChannel<number>();
  assert(tx.sameChannel(tx.clone()));
  assertFalse(tx.sameChannel(other));
});

test("Receiver.recvMany() takes what is there, up to the limit", async () => {
  const [tx, rx] = mpsc.channel<number>(2);
  assertEquals(await rx.recvMany(0), []);
  const sending = spawn(function* () {
    for (const value of [1, 2, 7, 0]) yield* tx.send(value);
    tx.close();
  });
  const buffer: number[] = [];
  while (buffer.length < 4) assertStrictEquals(await rx.recvMany(3, buffer), buffer);
  assertEquals(buffer, [1, 2, 7, 0]);
  assertEquals(await rx.recvMany(3), []);
  await sending;
});

test("UnboundedReceiver.recvMany() takes what is there, up to the limit", async () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  assertEquals(await rx.recvMany(0), []);
  for (const value of [7, 13, 100, 1002]) tx.send(value);
  assertEquals(await rx.recvMany(0), []);
  const buffer: number[] = [];
  for (let count = 1; count <= 4; count++) {
    assertEquals((await rx.recvMany(1, buffer)).length, count);
  }
  assertEquals(buffer, [7, 13, 100, 1002]);
  buffer.length = 0;
  for (const value of [5, 6, 7, 2]) tx.send(value);
  await rx.recvMany(32, buffer);
  assertEquals(buffer, [5, 6, 7, 2]);
  tx.close();
  assertEquals(await rx.recvMany(4), []);
  assertEquals(await rx.recv(), undefined);
});

test("Receiver.recvMany() leaves what is beyond the limit, and waits for a sender", async () => {
  const [tx, rx] = mpsc.channel<string>(100);
  const expected = [..."abcdefghi"];
  for (const value of [...expected, "one more"]) await tx.send(value);
  const buffer: string[] = [];
  await rx.recvMany(9, buffer);
  assertEquals(buffer, expected);
  assertEquals(tx.capacity(), 99);
  await rx.recvMany(9, buffer);
  assertEquals(buffer, [...expected, "one more"]);
  const sending = spawn(function* () {
    using sender = tx;
    yield* sender.send("final");
  });
  assertEquals(await rx.recvMany(9), ["final"]);
  assertEquals(await rx.recvMany(9), []);
  await sending;
});

test("UnboundedReceiver.recvMany() leaves what is beyond the limit, and waits for a sender", async () => {
  const [tx, rx] = mpsc.unboundedChannel<string>();
  const expected = [..."abcdefghi"];
  for (const value of [...expected, "one more"]) tx.send(value);
  assertEquals(await rx.recvMany(9), expected);
  assertEquals(await rx.recvMany(Infinity), ["one more"]);
  const sending = spawn(() => {
    tx.send("final");
    tx.close();
  });
  assertEquals(await rx.recvMany(9), ["final"]);
  assertEquals(await rx.recvMany(9), []);
  await sending;
});

test("recvMany() of a closed channel appends nothing", async () => {
  const receivers = [mpsc.channel<number>(1)[1], mpsc.unboundedChannel<number>()[1]];
  for (const rx of receivers) {
    rx.close();
    assertEquals(await rx.recvMany(1, [1]), [1]);
  }
});

test("recvMany() makes room for all that it takes at once", () => {
  const [tx, rx] = mpsc.channel<number>(3);
  for (let i = 0; i < 3; i++) tx.trySend(i);
  const [one, two] = [tx.send(3), tx.send(4)];
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(one, first);
  assertPending(two, second);
  assertEquals(assertReady(rx.recvMany(10)), [0, 1, 2]);
  assertEquals([first.count, second.count], [1, 1]);
  assertReady(one);
  assertReady(two);
  assertEquals(tx.capacity(), 1);
});

test("recvMany() that is pending stands in line, and may be dropped", () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const many = rx.recvMany(10);
  const one = rx.recv();
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(many, first);
  assertPending(one, second);
  tx.send(1);
  assertEquals([first.count, second.count], [1, 0]);
  many[Symbol.dispose]();
  assertEquals(second.count, 1);
  assertEquals(assertReady(one), 1);
});

test("pollRecvMany() appends what is there, and keeps the waker of the last poll", () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const cx = new Wakes();
  resetBudget(BUDGET);
  assertStrictEquals(rx.pollRecvMany(cx, 2), Pending);
  for (let i = 0; i < 3; i++) tx.send(i);
  assertEquals(cx.count, 1);
  const into: number[] = [];
  assertStrictEquals(rx.pollRecvMany(cx, 2, into), into);
  assertEquals(into, [0, 1]);
  resetBudget(0);
  assertStrictEquals(rx.pollRecvMany(cx, 2, into), Pending);
  resetBudget(BUDGET);
  rx.pollRecvMany(cx, 2, into);
  tx.close();
  assertEquals(rx.pollRecvMany(cx, 2), []);
  assertEquals(into, [0, 1, 2]);
});

test("recvMany() wants a whole number or Infinity", () => {
  const [, rx] = mpsc.channel<number>(1);
  for (const limit of [-1, 0.5, NaN, -Infinity]) {
    assertThrows(() => rx.recvMany(limit), RangeError, "Cannot receive up to");
    assertThrows(() => rx.pollRecvMany(new Wakes(), limit), RangeError);
  }
});
