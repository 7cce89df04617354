/**
 * How broadcast channels end, and what their handles tell.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { broadcast } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { Seeded } from "../helpers/seeded.ts";
import { reaches } from "./_channels.ts";

/** Requires that there is nothing to take, and says why. */
function assertNothing(rx: broadcast.Receiver<unknown>, kind: "empty" | "closed"): void {
  const error = assertThrows(() => rx.tryRecv(), broadcast.TryRecvError);
  assertEquals([error.name, error.kind, error.skipped], ["TryRecvError", kind, 0]);
}

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

test("a broadcast channel lets go of what everybody has received, and of what nobody will", () => {
  const [tx, rx1] = broadcast.channel<object>(2);
  const rx2 = tx.subscribe();
  const values = [{}, {}, {}, {}] as const;
  const isKept = () => values.map((value) => reaches(tx, value));
  tx.send(values[0]);
  rx1.tryRecv();
  assertEquals(isKept(), [true, false, false, false]);
  rx2.tryRecv();
  assertEquals(isKept(), [false, false, false, false]);
  for (const value of values.slice(1)) tx.send(value);
  assertEquals(isKept(), [false, false, true, true]);
  rx1.close();
  assertEquals(isKept(), [false, false, true, true]);
  rx2.close();
  assertEquals(isKept(), [false, false, false, false]);
});

test("a broadcast channel lets go of a receiver that is closed while it waits", () => {
  const [tx, rx1] = broadcast.channel<number>(2);
  const rx2 = tx.subscribe();
  const rx3 = tx.subscribe();
  const waits = [rx1, rx2, rx3].map((rx) => rx.recv());
  for (const wait of waits) assertPending(wait);
  for (const wait of waits) assert(reaches(tx, wait));
  rx2.close();
  assertEquals(waits.map((wait) => reaches(tx, wait)), [true, false, true]);
  rx3.close();
  rx1.close();
  assertEquals(waits.map((wait) => reaches(tx, wait)), [false, false, false]);
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
