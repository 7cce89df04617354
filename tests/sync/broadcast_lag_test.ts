/**
 * Receivers that are too slow.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { broadcast } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

function assertLagged(rx: broadcast.Receiver<unknown>, skipped: number): void {
  const error = assertThrows(() => rx.tryRecv(), broadcast.TryRecvError);
  assertEquals([error.kind, error.skipped], ["lagged", skipped]);
}

function assertNothing(rx: broadcast.Receiver<unknown>, kind: "empty" | "closed"): void {
  assertEquals(assertThrows(() => rx.tryRecv(), broadcast.TryRecvError).kind, kind);
}

function sendAll(tx: broadcast.Sender<number>, ...values: number[]): void {
  for (const value of values) tx.send(value);
}

function assertReceives(rx: broadcast.Receiver<number>, ...values: number[]): void {
  for (const value of values) assertEquals(rx.tryRecv(), value);
}

test("lag is told once, and then receiving goes on at the oldest value that was kept", () => {
  const [tx, rx1] = broadcast.channel<number>(2);
  const rx2 = tx.subscribe();
  sendAll(tx, 1, 2);
  assertReceives(rx1, 1);
  sendAll(tx, 3);
  assertLagged(rx2, 1);
  assertReceives(rx2, 2);
  assertReceives(rx1, 2, 3);
  sendAll(tx, 4, 5);
  assertLagged(rx2, 1);
  sendAll(tx, 6);
  assertLagged(rx2, 1);
  assertReceives(rx2, 5, 6);
});

test("a receiver that stays within the capacity does not lag", () => {
  const [tx, slow] = broadcast.channel<number>(2);
  const fast = tx.subscribe();
  sendAll(tx, 1, 2);
  assertReceives(fast, 1, 2);
  assertNothing(fast, "empty");
  assertReceives(slow, 1, 2);
  assertNothing(slow, "empty");
});

test("lag counts all the values that were overwritten", () => {
  const [tx, rx] = broadcast.channel<number>(4);
  sendAll(tx, 1, 2, 3, 4);
  assertReceives(rx, 1);
  sendAll(tx, 5, 6, 7, 8);
  assertLagged(rx, 3);
  assertReceives(rx, 5, 6, 7, 8);
  assertNothing(rx, "empty");
});

test("lag follows the capacity rounded up to a power of two", () => {
  const [tx, rx] = broadcast.channel<number>(3);
  sendAll(tx, 1, 2, 3, 4);
  assertEquals(rx.len(), 4);
  assertReceives(rx, 1);
  sendAll(tx, 5);
  assertEquals(rx.len(), 4);
  sendAll(tx, 6);
  assertEquals(rx.len(), 5);
  assertLagged(rx, 1);
  assertReceives(rx, 3, 4, 5, 6);
  assertNothing(rx, "empty");
});

test("broadcast.Receiver.recv(), next() and tryNext() throw the LaggedError", async () => {
  const [tx, rx] = broadcast.channel<number>(2);
  sendAll(tx, 10, 20, 30);
  const error = await assertRejects(async () => await rx.recv(), broadcast.LaggedError);
  assertEquals([error.name, error.skipped], ["LaggedError", 1]);
  assertEquals([await rx.recv(), await rx.recv()], [20, 30]);
  sendAll(tx, 40, 50, 60);
  await assertRejects(async () => await rx.next(), broadcast.LaggedError);
  assertEquals([await rx.next(), await rx.next()], [50, 60]);
  sendAll(tx, 70, 80, 90);
  assertThrows(() => rx.tryNext(), broadcast.LaggedError);
  assertEquals([rx.tryNext(), rx.tryNext(), rx.tryNext()], [80, 90, Pending]);
});

test("a pending broadcast.Receiver.recv() may lag, and who waits behind it gets the value", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  const [one, two] = [rx.recv(), rx.recv()];
  const cx = new Wakes();
  assertPending(one);
  assertPending(two, cx);
  sendAll(tx, 1, 2, 3);
  assertFalse(cx.isWoken());
  assertThrows(() => pollOnce(one), broadcast.LaggedError);
  assert(cx.isWoken());
  assertEquals(assertReady(two), 2);
});

test("a receiver may lag, catch up and lag again", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  for (const first of [1, 4, 7]) {
    sendAll(tx, first, first + 1, first + 2);
    assertLagged(rx, 1);
    assertReceives(rx, first + 1, first + 2);
    assertNothing(rx, "empty");
  }
});

test("lag is that of one receiver", () => {
  const [tx, slow] = broadcast.channel<number>(2);
  const fast = tx.subscribe();
  sendAll(tx, 1, 2);
  assertReceives(fast, 1, 2);
  sendAll(tx, 3, 4);
  assertReceives(fast, 3, 4);
  assertLagged(slow, 2);
  assertReceives(slow, 3, 4);
  assertNothing(slow, "empty");
  assertNothing(fast, "empty");
});

test("a receiver may lag again before it has received anything", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  sendAll(tx, 1, 2, 3);
  assertLagged(rx, 1);
  sendAll(tx, 4, 5, 6);
  assertLagged(rx, 3);
  assertReceives(rx, 5, 6);
  assertNothing(rx, "empty");
});

test("a channel of one lags with the second value", () => {
  const [tx, rx] = broadcast.channel<number>(1);
  sendAll(tx, 1);
  assertReceives(rx, 1);
  sendAll(tx, 2, 3);
  assertLagged(rx, 1);
  assertReceives(rx, 3);
  assertNothing(rx, "empty");
});

test("a receiver that has lagged recovers, also when the channel was closed since", () => {
  for (const [capacity, sent] of [[1, 2], [2, 3], [2, 4]] as const) {
    for (const isClosed of [true, false]) {
      const [tx, rx] = broadcast.channel<number>(capacity);
      for (let i = 1; i <= sent; i++) tx.send(i);
      if (isClosed) tx.close();
      assertLagged(rx, sent - capacity);
      for (let i = sent - capacity + 1; i <= sent; i++) assertReceives(rx, i);
      assertNothing(rx, isClosed ? "closed" : "empty");
    }
  }
});

test("broadcast.Receiver.len() counts what was lost until that is told", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  sendAll(tx, 1, 2, 3, 4);
  assertEquals(rx.len(), 4);
  assertEquals(rx.sizeHint(), [2, undefined]);
  assertLagged(rx, 2);
  for (const left of [2, 1]) {
    assertEquals(rx.len(), left);
    rx.tryRecv();
  }
  assertEquals([rx.len(), rx.isEmpty()], [0, true]);
});

test("broadcast.Receiver.len() may exceed the rounded capacity", () => {
  const [tx, rx] = broadcast.channel<number>(3);
  sendAll(tx, 10, 20, 30, 40);
  assertEquals(rx.len(), 4);
  assertReceives(rx, 10);
  sendAll(tx, 50, 60);
  assertEquals(rx.len(), 5);
  assertLagged(rx, 1);
});

test("broadcast.Receiver.resubscribe() does not inherit the lag", () => {
  const [tx, rx] = broadcast.channel<number>(1);
  sendAll(tx, 1, 2);
  const other = rx.resubscribe();
  assertLagged(rx, 1);
  assertNothing(other, "empty");
  assertReceives(rx, 2);
  assertNothing(rx, "empty");
  assertNothing(other, "empty");
});

test("a receiver that lags can be closed", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  using fast = tx.subscribe();
  sendAll(tx, 1, 2, 3, 4, 5);
  rx.close();
  assertEquals(tx.len(), 2);
  assertLagged(fast, 3);
  assertReceives(fast, 4, 5);
  assertEquals(tx.len(), 0);
});

test("lag throws in a loop, which can be started again", async () => {
  const [tx, rx] = broadcast.channel<number>(2);
  sendAll(tx, 1, 2, 3);
  await assertRejects(() => Array.fromAsync(rx), broadcast.LaggedError);
  tx.close();
  assertEquals(await Array.fromAsync(rx), [2, 3]);
});

test("broadcast.Receiver.lossy() leaves out what was lost, and tells how much", async () => {
  const [tx, rx] = broadcast.channel<number>(2);
  const lost: number[] = [];
  const lossy = rx.lossy((skipped) => lost.push(skipped));
  sendAll(tx, 1, 2, 3);
  assertEquals([await lossy.next(), await lossy.next()], [2, 3]);
  sendAll(tx, 4, 5, 6, 7);
  assertEquals(await lossy.next(), 6);
  tx.close();
  assertEquals(await Array.fromAsync(lossy), [7]);
  assertEquals(lost, [1, 2]);

  const [quietTx, quiet] = broadcast.channel<number>(1);
  sendAll(quietTx, 1, 2);
  quietTx.close();
  assertEquals(await Array.fromAsync(quiet.lossy()), [2]);
});

test("broadcast.Receiver.lossy() waits, and disposing it closes the receiver", () => {
  const [tx, rx] = broadcast.channel<number>(2);
  const lossy = rx.lossy();
  const cx = new Wakes();
  resetBudget(BUDGET);
  assertEquals(lossy.pollNext(cx), Pending);
  tx.send(1);
  assert(cx.isWoken());
  assertEquals(lossy.pollNext(cx), 1);
  lossy[Symbol.dispose]();
  assertEquals(tx.receiverCount(), 0);
});

test("two senders and a receiver: what was received and what was lost is all that was sent", () => {
  for (let order = 0; order < 64; order++) {
    const [tx, rx] = broadcast.channel<number>(2);
    const received: number[] = [];
    let lost = 0;
    const take = () => {
      try {
        received.push(rx.tryRecv());
        return true;
      } catch (error) {
        if (!(error instanceof broadcast.TryRecvError)) throw error;
        lost += error.skipped;
        return error.kind === "lagged";
      }
    };
    for (let i = 0; i < 6; i++) {
      tx.send(i);
      if ((order >> i & 1) === 1) take();
    }
    while (take());
    assertEquals(received.length + lost, 6);
    assertEquals(received, received.toSorted((a, b) => a - b));
  }
});
