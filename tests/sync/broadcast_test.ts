/**
 * Broadcast channels: who gets what, closing, and what the handles tell.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { select } from "../../future/select.ts";
import { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { broadcast } from "../../sync/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

/** Requires that there is nothing to take, and says why. */
function assertNothing(rx: broadcast.Receiver<unknown>, kind: "empty" | "closed"): void {
  const error = assertThrows(() => rx.tryRecv(), broadcast.TryRecvError);
  assertEquals([error.name, error.kind, error.skipped], ["TryRecvError", kind, 0]);
}

test("broadcast.Receiver.tryRecv() takes what was sent", () => {
  const [tx, rx] = broadcast.channel<string>(16);
  assertNothing(rx, "empty");
  assertEquals(tx.send("hello"), 1);
  assertEquals(rx.tryRecv(), "hello");
  assertNothing(rx, "empty");
});

test("broadcast.Sender.send() reaches every receiver", () => {
  const [tx, one] = broadcast.channel<object>(16);
  const two = tx.subscribe();
  const value = {};
  assertEquals(tx.send(value), 2);
  assertStrictEquals(one.tryRecv(), value);
  assertStrictEquals(two.tryRecv(), value);
  assertNothing(one, "empty");
  assertNothing(two, "empty");
});

test("a pending broadcast.Receiver.recv() is woken by a send", () => {
  const [tx, rx] = broadcast.channel<string>(16);
  const recv = rx.recv();
  const cx = new Wakes();
  assertPending(recv, cx);
  tx.send("hello");
  assert(cx.isWoken());
  assertEquals(assertReady(recv, cx), "hello");
  assertThrows(() => pollOnce(recv), TypeError, "Cannot poll a future again");
});

test("the pending recv() of every receiver are woken, and only these", () => {
  const [tx, rx1] = broadcast.channel<string>(16);
  const rx2 = tx.subscribe();
  const [first, second] = [new Wakes(), new Wakes()];
  let [one, two] = [rx1.recv(), rx2.recv()];
  assertPending(one, first);
  assertPending(two, second);
  tx.send("hello");
  assertEquals([first.count, second.count], [1, 1]);
  assertEquals([assertReady(one, first), assertReady(two, second)], ["hello", "hello"]);

  [one, two] = [rx1.recv(), rx2.recv()];
  assertPending(one, first);
  tx.send("world");
  assertEquals([first.count, second.count], [2, 1]);
  assertEquals([assertReady(one), assertReady(two)], ["world", "world"]);
});

test("a pending broadcast.Receiver.recv() wakes the last one that polled it", () => {
  const [tx, rx] = broadcast.channel<string>(1);
  const [first, second] = [new Wakes(), new Wakes()];
  using recv = rx.recv();
  assertPending(recv, first);
  assertPending(recv, second);
  tx.send("hello");
  assertEquals([first.count, second.count], [0, 1]);
});

test("a receiver that is slow does not hold up another", () => {
  const [tx, rx1] = broadcast.channel<string>(16);
  const rx2 = tx.subscribe();
  const slow = rx2.recv();
  const cx = new Wakes();
  const first = rx1.recv();
  assertPending(first, cx);
  assertPending(slow);
  tx.send("one");
  assert(cx.isWoken());
  tx.send("two");
  assertEquals(assertReady(first), "one");
  assertEquals(assertReady(rx1.recv()), "two");
  const third = rx1.recv();
  assertPending(third, cx);
  tx.send("three");
  assert(cx.isWoken());
  assertEquals(assertReady(third), "three");
  assertEquals(assertReady(slow), "one");
  assertEquals([rx2.tryRecv(), rx2.tryRecv()], ["two", "three"]);
});

test("two pending recv() of one receiver get the values in the order in which they asked", () => {
  const [tx, rx] = broadcast.channel<number>(4);
  const [one, two] = [rx.recv(), rx.recv()];
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(one, first);
  assertPending(two, second);
  tx.send(1);
  assertPending(two, second);
  assertEquals(assertReady(one, first), 1);
  assertFalse(second.isWoken());
  tx.send(2);
  assert(second.isWoken());
  assertEquals(assertReady(two, second), 2);
});

test("broadcast.Receiver.recv() that is dropped passes the news on", () => {
  const [tx, rx] = broadcast.channel<number>(4);
  const [one, two] = [rx.recv(), rx.recv()];
  const second = new Wakes();
  assertPending(one);
  assertPending(two, second);
  tx.send(1);
  one[Symbol.dispose]();
  assert(second.isWoken());
  assertEquals(assertReady(two), 1);

  // Dropped without news: the one behind is woken by the next.
  const [three, four] = [rx.recv(), rx.recv()];
  assertPending(three);
  assertPending(four, second);
  three[Symbol.dispose]();
  assertFalse(second.isWoken());
  tx.send(2);
  assert(second.isWoken());
  assertEquals(assertReady(four), 2);
});

test("broadcast.Receiver.recv() that loses a select has taken nothing", async () => {
  const [tx, rx] = broadcast.channel<number>(4);
  const { branch } = await select({ value: rx.recv(), other: yieldNow() });
  assertEquals(branch, "other");
  tx.send(1);
  assertEquals(await rx.recv(), 1);
});

test("broadcast.Receiver.pollNext() keeps the waker of the last poll", () => {
  const [tx, rx] = broadcast.channel<number>(4);
  const [first, second] = [new Wakes(), new Wakes()];
  resetBudget(BUDGET);
  assertStrictEquals(rx.pollNext(first), Pending);
  assertStrictEquals(rx.pollNext(second), Pending);
  tx.send(1);
  assertEquals([first.count, second.count], [0, 1]);
  assertEquals(rx.pollNext(second), 1);
  assertStrictEquals(rx.pollNext(second), Pending);
  tx.close();
  assertEquals(second.count, 2);
  assertStrictEquals(rx.pollNext(second), End);
  assertStrictEquals(rx.tryNext(), End);
});

test("a loop over a broadcast.Receiver ends when the channel does", async () => {
  const [tx, rx] = broadcast.channel<number>(4);
  const sending = spawn(function* () {
    for (let i = 0; i < 10; i++) {
      tx.send(i);
      yield* yieldNow();
    }
    tx.close();
  });
  assertEquals(await Array.fromAsync(rx), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await sending;
  assertEquals(await rx.next(), undefined);
});

test("broadcast.Receiver.next() answers with the end instead of an error", async () => {
  const [tx, rx] = broadcast.channel<number | undefined>(4);
  tx.send(undefined);
  tx.send(1);
  tx.close();
  assertEquals([await rx.next(), await rx.next(), await rx.next()], [undefined, 1, undefined]);
});

test("broadcast.Sender.send() fails without receivers, and its value is not kept", () => {
  const [tx, rx] = broadcast.channel<string>(16);
  rx.close();
  const error = assertThrows(() => tx.send("hello"), broadcast.SendError);
  assertEquals([error.name, error.value], ["SendError", "hello"]);
  const late = tx.subscribe();
  assertEquals(tx.send("world"), 1);
  assertEquals(late.tryRecv(), "world");
  assertNothing(late, "empty");
});

test("broadcast.channel() wants a whole number from 1 to 2 ** 30", () => {
  for (const capacity of [0, -1, 1.5, NaN, Infinity, 2 ** 30 + 1, 2 ** 53]) {
    assertThrows(() => broadcast.channel(capacity), RangeError, "Cannot make a channel");
    assertThrows(() => new broadcast.Sender(capacity), RangeError);
  }
  const [tx, rx] = broadcast.channel<number>(2 ** 30);
  tx.send(1);
  assertEquals(rx.tryRecv(), 1);
});

test("a channel of one holds one value after the other", () => {
  const [tx, rx] = broadcast.channel<number>(1);
  for (let i = 0; i < 3; i++) {
    tx.send(i);
    assertEquals(rx.tryRecv(), i);
    assertNothing(rx, "empty");
  }
});

test("broadcast.Receiver.resubscribe() begins with what is sent next", () => {
  const [tx, rx] = broadcast.channel<number>(3);
  tx.send(1);
  const other = rx.resubscribe();
  assertNothing(other, "empty");
  assertEquals(rx.tryRecv(), 1);
  tx.send(2);
  assertEquals(other.tryRecv(), 2);
  tx.send(3);
  assertEquals([rx.tryRecv(), rx.tryRecv()], [2, 3]);
  assertNothing(rx, "empty");
  assertEquals(other.tryRecv(), 3);
  assertNothing(other, "empty");
});

test("a send in the midst of waking does no harm", () => {
  const [tx, rx] = broadcast.channel<number>(16);
  const other = tx.subscribe();
  let wakes = 0;
  const sending = {
    wake() {
      wakes += 1;
      if (wakes === 1) tx.send(2);
      if (wakes === 1) other.close();
    },
  };
  const [one, two] = [rx.recv(), other.recv()];
  resetBudget(BUDGET);
  assertStrictEquals(one.poll({ waker: sending }), Pending);
  assertStrictEquals(two.poll({ waker: sending }), Pending);
  tx.send(1);
  assertEquals([assertReady(one), rx.tryRecv()], [1, 2]);
  assertThrows(() => pollOnce(two), broadcast.ClosedError);
});

test("broadcast.Receiver.recv() costs budget, also when it never waits", () => {
  const [tx, rx] = broadcast.channel<null>(8);
  using endless = future(function* () {
    while (true) {
      tx.send(null);
      yield* rx.recv();
    }
  });
  assertPending(endless);
  resetBudget(0);
  assertStrictEquals(rx.recv().poll(new Wakes()), Pending);
  assertStrictEquals(rx.pollNext(new Wakes()), Pending);
  resetBudget(BUDGET);
});
