/**
 * Broadcast channels: who gets what, closing, and what the handles tell.
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
import { select } from "../../future/select.ts";
import { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { broadcast } from "../../sync/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { Seeded } from "./_cancel.ts";

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

test("broadcast.Receiver.close() lets go of what remains", () => {
  const [tx, rx1] = broadcast.channel<string>(16);
  const rx2 = tx.subscribe();
  tx.send("one");
  tx.send("two");
  assertEquals([rx1.tryRecv(), rx2.tryRecv()], ["one", "one"]);
  assertEquals(tx.len(), 1);
  rx2.close();
  rx2[Symbol.dispose]();
  assertEquals([tx.len(), tx.receiverCount()], [1, 1]);
  rx1.close();
  assertEquals([tx.len(), tx.receiverCount()], [0, 0]);
  assertEquals(rx1.len(), 0);
  assertNothing(rx1, "closed");
});

test("broadcast.Receiver.close() wakes who waits", async () => {
  const [tx, rx] = broadcast.channel<string>(16);
  const recv = rx.recv();
  const next = rx.next();
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(recv, first);
  assertPending(next, second);
  rx.close();
  assertEquals([first.count, second.count], [1, 1]);
  assertThrows(() => pollOnce(recv), broadcast.ClosedError);
  assertEquals(assertReady(next), undefined);
  assert(rx.isTerminated());
  assertThrows(() => tx.send("nobody"), broadcast.SendError);
  await assertRejects(async () => await rx.recv(), broadcast.ClosedError);
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

test("the last sender that is closed ends every receiver", () => {
  const [tx, rx1] = broadcast.channel<null>(16);
  const rx2 = tx.subscribe();
  const other = tx.clone();
  const [one, two] = [rx1.recv(), rx2.recv()];
  const [first, second] = [new Wakes(), new Wakes()];
  assertPending(one, first);
  assertPending(two, second);
  tx.close();
  tx.close();
  assertFalse(first.isWoken() || second.isWoken());
  assertPending(one, first);
  assertPending(two, second);
  assertFalse(rx1.isClosed());
  other[Symbol.dispose]();
  assert(rx1.isClosed());
  assertEquals([first.count, second.count], [1, 1]);
  const error = assertThrows(() => pollOnce(one), broadcast.ClosedError);
  assertEquals(error.name, "ClosedError");
  assertThrows(() => pollOnce(two), broadcast.ClosedError);
});

test("a closed channel still gives what was sent", () => {
  for (const [capacity, count] of [[1, 1], [2, 2], [4, 3]] as const) {
    const [tx, rx] = broadcast.channel<number>(capacity);
    for (let i = 0; i < count; i++) tx.send(i);
    assertEquals(rx.sizeHint(), [count, undefined]);
    tx.close();
    assertEquals(rx.sizeHint(), [count, count]);
    for (let i = 0; i < count; i++) {
      assertFalse(rx.isTerminated());
      assertEquals(rx.tryRecv(), i);
    }
    assert(rx.isTerminated());
    assertNothing(rx, "closed");
  }
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

test("broadcast.Receiver.resubscribe() to a closed channel gives a receiver at its end", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  tx.close();
  assertNothing(rx.resubscribe(), "closed");
});

test("broadcast.Sender.len() counts what some receiver has yet to receive", () => {
  const [tx, rx1] = broadcast.channel<number>(4);
  const rx2 = tx.subscribe();
  assertEquals([tx.len(), tx.isEmpty()], [0, true]);
  for (let i = 0; i < 3; i++) tx.send(i);
  assertEquals([tx.len(), tx.isEmpty()], [3, false]);
  rx1.tryRecv();
  rx1.tryRecv();
  assertEquals(tx.len(), 3);
  rx2.tryRecv();
  assertEquals([tx.len(), tx.isEmpty()], [2, false]);
  for (let i = 0; i < 3; i++) tx.send(i);
  assertEquals([tx.len(), tx.isEmpty()], [4, false]);
});

test("broadcast.Sender.len() is that of the slowest receiver, whatever happens", () => {
  const random = new Seeded(3);
  const [tx, rx1] = broadcast.channel<number>(16);
  const rx2 = tx.subscribe();
  for (let i = 0; i < 1000; i++) {
    const rx = [rx1, rx2][random.below(4)];
    if (rx === undefined) tx.send(0);
    else tryIgnoring(rx);
    assertEquals(tx.len(), Math.min(Math.max(rx1.len(), rx2.len()), 16));
  }
});

function tryIgnoring(rx: broadcast.Receiver<number>): void {
  try {
    rx.tryRecv();
  } catch (error) {
    assert(error instanceof broadcast.TryRecvError);
  }
}

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

test("broadcast.Sender.closed() completes when there is no receiver left", () => {
  const [tx, rx1] = broadcast.channel<null>(1);
  const rx2 = tx.subscribe();
  const closed = tx.closed();
  const cx = new Wakes();
  assertPending(closed, cx);
  rx1.close();
  assertFalse(cx.isWoken());
  assertPending(closed, cx);
  rx2.close();
  assert(cx.isWoken());
  assertReady(closed, cx);
  assertThrows(() => pollOnce(closed), TypeError);
});

test("broadcast.Sender.closed() goes on waiting when a receiver has come", () => {
  const [tx, rx1] = broadcast.channel<null>(1);
  const closed = tx.closed();
  const cx = new Wakes();
  assertPending(closed, cx);
  rx1.close();
  assert(cx.isWoken());
  const rx2 = tx.subscribe();
  assertPending(closed, cx);
  rx2.close();
  assert(cx.isWoken());
  assertReady(closed, cx);
  assertReady(tx.closed());
  const rx3 = tx.subscribe();
  const again = tx.closed();
  assertPending(again, cx);
  rx3.close();
  assert(cx.isWoken());
  assertReady(again, cx);
});

test("new broadcast.Sender() has no receivers, so it is closed", () => {
  const tx = new broadcast.Sender<null>(1);
  assertReady(tx.closed());
  using _rx = tx.subscribe();
  const closed = tx.closed();
  assertPending(closed);
  closed[Symbol.dispose]();
});

test("broadcast.Sender.receiverCount() counts receivers", () => {
  const tx = new broadcast.Sender<number>(16);
  assertEquals(tx.receiverCount(), 0);
  const one = tx.subscribe();
  assertEquals(tx.receiverCount(), 1);
  const two = one.resubscribe();
  const three = tx.subscribe();
  assertEquals(tx.receiverCount(), 3);
  three.close();
  one.close();
  one.close();
  assertEquals(tx.receiverCount(), 1);
  two.close();
  assertEquals(tx.receiverCount(), 0);
  const [other, rx] = broadcast.channel<number>(16);
  assertEquals(other.receiverCount(), 1);
  using _again = rx.resubscribe();
  assertEquals(other.receiverCount(), 2);
});

test("sameChannel() compares channels of senders and of receivers", () => {
  const [tx, rx] = broadcast.channel<number>(1);
  const [other, foreign] = broadcast.channel<number>(1);
  assert(tx.sameChannel(tx.clone()));
  assertFalse(tx.sameChannel(other));
  assert(rx.sameChannel(rx.resubscribe()));
  assertFalse(rx.sameChannel(foreign));
});

test("a broadcast.Sender that was closed cannot be used", () => {
  const [tx] = broadcast.channel<number>(1);
  const other = tx.clone();
  tx.close();
  const uses: (() => unknown)[] = [
    () => tx.send(1),
    () => tx.subscribe(),
    () => tx.closed(),
    () => tx.receiverCount(),
    () => tx.len(),
    () => tx.isEmpty(),
    () => tx.clone(),
    () => tx.downgrade(),
    () => tx.strongCount(),
    () => tx.weakCount(),
    () => tx.sameChannel(other),
    () => other.sameChannel(tx),
  ];
  for (const use of uses) assertThrows(use, TypeError, "this sender was closed");
});
