/**
 * Channels whose receivers all get every value, between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import { sendAll, sumAll } from "./fixtures/channels.ts";

const { broadcast, mpsc } = shared;

test("shared.broadcast receivers get all values, of any size, from when they came", () => {
  leavesNothing(() => {
    const [tx, first] = broadcast.channel<unknown>(4);
    assertEquals(tx.send({ a: 1 }), 1);
    const second = tx.subscribe();
    assertEquals(tx.send("x".repeat(3000)), 2);
    assertEquals([first.len(), second.len()], [2, 1]);
    assertEquals([first.tryRecv(), first.tryRecv()], [{ a: 1 }, "x".repeat(3000)]);
    assertEquals(second.tryRecv(), "x".repeat(3000));
    assertEquals(assertThrows(() => second.tryRecv(), broadcast.TryRecvError).kind, "empty");
    for (const handle of [tx, first, second]) handle.close();
  });
});

test("shared.broadcast.Receiver.recv() waits, and serves those who wait in their order", () => {
  leavesNothing(() => {
    const [tx, rx] = broadcast.channel<number>(4);
    const other = tx.subscribe();
    const wakes = [new Wakes(), new Wakes(), new Wakes()];
    const recvs = [rx.recv(), rx.recv(), other.recv()];
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    tx.send(1);
    tx.send(2);
    assertEquals([wakes[0]!.isWoken(), wakes[2]!.isWoken()], [true, true]);
    assertEquals(assertReady(recvs[0]!), 1);
    assert(wakes[1]!.isWoken());
    assertEquals(assertReady(recvs[1]!), 2);
    assertEquals(assertReady(recvs[2]!), 1);
    const dropped = rx.recv();
    assertPending(dropped);
    dropped[Symbol.dispose]();
    assertEquals(ownLink().underWay, 0);
    for (const handle of [tx, rx, other]) handle.close();
  });
});

test("a shared.broadcast receiver that lags is told how many values it has lost", () => {
  leavesNothing(() => {
    const [tx, rx] = broadcast.channel<number>(3);
    for (let i = 0; i < 10; i++) tx.send(i);
    assertEquals(assertThrows(() => assertReady(rx.recv()), broadcast.LaggedError).skipped, 6);
    assertEquals([assertReady(rx.recv()), assertReady(rx.recv())], [6, 7]);
    for (let i = 10; i < 13; i++) tx.send(i);
    const error = assertThrows(() => rx.tryRecv(), broadcast.TryRecvError);
    assertEquals([error.kind, error.skipped, rx.tryRecv()], ["lagged", 1, 9]);
    tx.close();
    rx.close();
  });
});

test("a shared.broadcast channel ends when all senders are closed", () => {
  leavesNothing(() => {
    const [tx, rx] = broadcast.channel<number>(4);
    const other = tx.clone();
    assertEquals(tx.strongCount(), 2);
    tx.send(1);
    tx.close();
    assertEquals(rx.tryRecv(), 1);
    const wakes = new Wakes();
    const recv = rx.recv();
    assertPending(recv, wakes);
    other.close();
    assert(wakes.isWoken());
    assertThrows(() => assertReady(recv), broadcast.ClosedError);
    assertEquals(assertReady(rx.next()), undefined);
    assertEquals(assertThrows(() => rx.tryRecv(), broadcast.TryRecvError).kind, "closed");
    assertThrows(() => tx.send(2), TypeError, "it was closed");
    rx.close();
  });
});

test("shared.broadcast senders learn when there is no receiver, and may get one again", () => {
  leavesNothing(() => {
    const [tx, rx] = broadcast.channel<number>(4);
    const wakes = [new Wakes(), new Wakes()];
    const closed = tx.closed();
    const recv = rx.recv();
    assertPending(closed, wakes[0]);
    assertPending(recv, wakes[1]);
    rx.close();
    assert(wakes.every((wake) => wake.isWoken()));
    assertReady(closed);
    assertThrows(() => assertReady(recv), broadcast.ClosedError);
    assertEquals(assertThrows(() => tx.send(1), broadcast.SendError).value, 1);
    const again = tx.subscribe();
    assertEquals([tx.receiverCount(), tx.send(2), again.tryRecv()], [1, 1, 2]);
    tx.close();
    again.close();
  });
});

test("what cannot be kept is refused by a shared.broadcast channel", () => {
  for (const capacity of [0, -1, 1.5, 2 ** 17, NaN]) {
    assertThrows(() => broadcast.channel(capacity), RangeError, "Cannot make a channel");
  }
  leavesNothing(() => {
    const [tx, rx] = broadcast.channel<unknown>(2);
    const [inner, innerRx] = mpsc.channel<number>(1);
    assertThrows(() => tx.send(() => 1), DOMException);
    assertThrows(() => tx.send(inner), DOMException, "a handle or shared memory in it");
    assertThrows(() => tx.send(new Uint8Array(2 ** 27)), RangeError, "shared memory is full");
    assert(rx.isEmpty());
    inner.close();
    innerRx[Symbol.dispose]();
    tx.close();
    rx.close();
  });
});

test("a shared.broadcast receiver moves, and goes on where it was", () => {
  leavesNothing(() => {
    const [carrier, carried] = mpsc.channel<shared.broadcast.Receiver<number>>(2);
    const [tx, rx] = broadcast.channel<number>(4);
    tx.send(1);
    tx.send(2);
    assertEquals(rx.tryRecv(), 1);
    const recv = rx.recv();
    assertReady(recv);
    const waiting = rx.recv();
    assertPending(waiting);
    assertThrows(() => carrier.trySend(rx), TypeError, "somebody waits");
    waiting[Symbol.dispose]();
    tx.send(3);
    carrier.trySend(rx);
    assertThrows(() => carrier.trySend(rx), TypeError);
    const moved = carried.tryRecv();
    assertEquals([moved.tryRecv(), tx.receiverCount()], [3, 1]);
    for (const handle of [carrier, tx, moved]) handle.close();
    carried[Symbol.dispose]();
  });
});

test("shared.broadcast values reach receivers in other isolates", async () => {
  await withWorkers(async () => {
    const [tx, rx] = broadcast.channel<number>(1024);
    const others = [tx.subscribe(), tx.subscribe()].map((other) => spawn(sumAll, other));
    const sender = spawn(sendAll, tx, 1000);
    tx.close();
    let sum = 0;
    for await (const value of rx) sum += value;
    assertEquals(sum, 500_500);
    for (const other of others) assertEquals(await other, [500_500, 0]);
    await sender;
    rx.close();
  });
});

test("a shared.broadcast receiver in another isolate gets or counts every value", async () => {
  await withWorkers(async () => {
    const [tx, rx] = broadcast.channel<number>(8);
    const handle = spawn(sumAll, rx);
    for (let i = 0; i < 20_000; i++) tx.send(1);
    tx.close();
    const [sum, lost] = await handle;
    assertEquals(sum! + lost!, 20_000);
  });
});
