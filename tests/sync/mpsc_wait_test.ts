/**
 * Waiting at bounded channels: wake-ups, several who wait, time and budget.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

test("a pending Receiver.recv() is woken by a send, and by the end", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const cx = new Wakes();
  const recv = rx.recv();
  assertPending(recv, cx);
  tx.trySend(1);
  assert(cx.isWoken());
  assertEquals(assertReady(recv, cx), 1);

  const last = rx.recv();
  assertPending(last, cx);
  tx.close();
  assert(cx.isWoken());
  assertEquals(assertReady(last, cx), undefined);
  assertThrows(() => pollOnce(last), TypeError, "Cannot poll a future again");
});

test("a pending Receiver.recv() wakes the last one that polled it", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const [first, second] = [new Wakes(), new Wakes()];
  const recv = rx.recv();
  assertPending(recv, first);
  assertPending(recv, second);
  tx.trySend(1);
  assertEquals([first.count, second.count], [0, 1]);
  recv[Symbol.dispose]();
});

test("Receiver.pollRecv() keeps the waker of the last poll", () => {
  const [tx, rx] = mpsc.channel<number>(2);
  const [first, second] = [new Wakes(), new Wakes()];
  resetBudget(BUDGET);
  assertStrictEquals(rx.pollRecv(first), Pending);
  assertStrictEquals(rx.pollRecv(second), Pending);
  tx.trySend(1);
  assertEquals([first.count, second.count], [0, 1]);
  tx.trySend(2);
  assertEquals(second.count, 1);
  assertEquals(rx.pollRecv(second), 1);
  assertEquals(rx.pollRecv(second), 2);
  assertStrictEquals(rx.pollNext(second), Pending);
  tx.close();
  assertEquals(second.count, 2);
  assertStrictEquals(rx.pollNext(second), End);
  assertStrictEquals(rx.pollRecv(second), undefined);
});

test("two pending Receiver.recv() get the values in the order in which they asked", () => {
  const [tx, rx] = mpsc.channel<number>(4);
  const [one, two] = [rx.recv(), rx.recv()];
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(one, first);
  assertPending(two, second);
  tx.trySend(1);
  tx.trySend(2);
  // Polled the wrong way round: the value in front is that of the first.
  assertPending(two, second);
  assertPending(rx.recv());
  assertEquals(assertReady(one, first), 1);
  assert(second.isWoken());
  assertEquals(assertReady(two, second), 2);
});

test("Receiver.recv() that is dropped passes the news on", () => {
  const [tx, rx] = mpsc.channel<number>(4);
  const [one, two] = [rx.recv(), rx.recv()];
  const second = new Wakes();
  assertPending(one);
  assertPending(two, second);
  tx.trySend(1);
  assertFalse(second.isWoken());
  one[Symbol.dispose]();
  assert(second.isWoken());
  assertEquals(assertReady(two, second), 1);
});

test("all pending Receiver.recv() get the end", async () => {
  const [tx, rx] = mpsc.channel<number>(4);
  const all = Promise.all([rx.recv(), rx.recv(), rx.next()]);
  tx.close();
  assertEquals(await all, [undefined, undefined, undefined]);
});

test("two loops over one receiver share what comes", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const collect = async () => {
    const items: number[] = [];
    for await (const item of rx) items.push(item);
    return items;
  };
  const both = Promise.all([collect(), collect()]);
  for (let i = 0; i < 10; i++) await tx.send(i);
  tx.close();
  const [one, two] = await both;
  assertEquals([...one, ...two].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a loop over a receiver that was left can be taken up again", async () => {
  const [tx, rx] = mpsc.channel<number>(4);
  for (let i = 0; i < 3; i++) tx.trySend(i);
  for await (const item of rx) if (item === 1) break;
  assertFalse(rx.isClosed());
  tx.close();
  assertEquals(await Array.fromAsync(rx), [2]);
});

test("a channel of one serves many senders in the order in which they asked", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const tasks = [0, 1, 2, 3].map((id) =>
    spawn(function* () {
      for (let i = 0; i < 3; i++) yield* tx.send(id);
    })
  );
  const received: number[] = [];
  for (let i = 0; i < 12; i++) received.push(await rx.recv() as number);
  await Promise.all(tasks);
  // The first send of task 0 finds room, so its second one is the first that waits.
  assertEquals(received, [0, 0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3]);
});

test("Sender.send() and Receiver.recv() cost budget, also when they never wait", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const pairs = future(function* () {
    for (let i = 0; i < 1000; i++) {
      yield* tx.send(i);
      yield* rx.recv();
    }
  });
  assertPending(pairs);
  pairs[Symbol.dispose]();
  resetBudget(0);
  assertStrictEquals(rx.pollNext(new Wakes()), Pending);
  assertStrictEquals(rx.recv().poll(new Wakes()), Pending);
  assertStrictEquals(tx.send(1).poll(new Wakes()), Pending);
  resetBudget(BUDGET);
});

test("Receiver.recv() that is pending costs no budget", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const recv = rx.recv();
  resetBudget(1);
  for (let i = 0; i < 10; i++) assertStrictEquals(recv.poll(new Wakes()), Pending);
  tx.trySend(1);
  assertEquals(recv.poll(new Wakes()), 1);
  resetBudget(BUDGET);
});

test("Sender.sendTimeout() gives up in time and hands the value back", async () => {
  const [tx, rx] = mpsc.channel<number>(5);
  for (const value of [10, 20, 30, 40, 50]) await tx.sendTimeout(value, 1000);
  const late = await assertRejects(async () => await tx.sendTimeout(60, 2), mpsc.SendTimeoutError);
  assertEquals([late.name, late.kind, late.value], ["SendTimeoutError", "timeout", 60]);
  assertEquals(tx.capacity(), 0);
  rx.close();
  const closed = await assertRejects(
    async () => await tx.sendTimeout(70, { seconds: 1 }),
    mpsc.SendTimeoutError,
  );
  assertEquals([closed.kind, closed.value], ["closed", 70]);
  assertThrows(() => tx.sendTimeout(80, -1), RangeError);
});

test("Sender.sendTimeout() sends when there is room in time, and may be dropped", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  await tx.send(1);
  const sending = spawn(tx.sendTimeout(2, 60_000));
  const dropped = tx.sendTimeout(3, 60_000);
  assertPending(dropped);
  dropped[Symbol.dispose]();
  assertEquals(await rx.recv(), 1);
  await sending;
  assertEquals(await rx.recv(), 2);
  assertEquals(tx.capacity(), 1);
});
