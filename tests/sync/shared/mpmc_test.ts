/**
 * Channels with many senders and many receivers, between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { End } from "../../../future/end.ts";
import { select } from "../../../future/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { JoinError, spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import {
  addBlocking,
  collect,
  type Item,
  offer,
  serveAny,
  waitInVain,
} from "./fixtures/channels.ts";

const { mpmc, mpsc } = shared;

/** A channel whose handles are gone in the end. */
function withChannel<T>(
  capacity: number,
  main: (tx: shared.mpmc.Sender<T>, rx: shared.mpmc.Receiver<T>) => void,
): void {
  leavesNothing(() => {
    const [tx, rx] = mpmc.channel<T>(capacity);
    using _tx = tx;
    using _rx = rx;
    main(tx, rx);
  });
}

test("shared.mpmc receivers that wait get the values in the order in which they came", () => {
  withChannel<number>(4, (tx, rx) => {
    using other = rx.clone();
    assertEquals(tx.receiverCount(), 2);
    assert(rx.sameChannel(other));
    const wakes = [new Wakes(), new Wakes(), new Wakes()];
    const recvs = [rx.recv(), other.recv(), rx.recv()];
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    tx.trySend(1);
    tx.trySend(2);
    assertEquals(wakes.map((wake) => wake.isWoken()), [true, true, false]);
    assertEquals(rx.len(), 0);
    // What was given to one nobody else takes, in whatever order they look.
    assertThrows(() => other.tryRecv(), mpmc.TryRecvError);
    assertEquals(assertReady(recvs[1]!), 2);
    assertEquals(assertReady(recvs[0]!), 1);
    tx.trySend(3);
    assertEquals(assertReady(recvs[2]!), 3);
  });
});

test("a shared.mpmc recv that is given up passes its value on, or back to the front", () => {
  withChannel<number>(4, (tx, rx) => {
    const wakes = [new Wakes(), new Wakes()];
    const recvs = [rx.recv(), rx.recv()];
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    tx.trySend(1);
    assertEquals(wakes.map((wake) => wake.isWoken()), [true, false]);
    recvs[0]![Symbol.dispose]();
    assert(wakes[1]!.isWoken());
    tx.trySend(2);
    assertEquals(rx.len(), 1);
    recvs[1]![Symbol.dispose]();
    assertEquals([rx.tryRecv(), rx.tryRecv()], [1, 2]);
    const unpolled = rx.recv();
    const waiting = rx.recv();
    assertPending(waiting);
    unpolled[Symbol.dispose]();
    waiting[Symbol.dispose]();
    tx.trySend(3);
    assertEquals(assertReady(rx.recv()), 3);
  });
});

test("a shared.mpmc channel ends for all receivers when the last sender is closed", () => {
  withChannel<number>(4, (tx, rx) => {
    const other = tx.clone();
    assertEquals(tx.senderCount(), 2);
    assert(tx.sameChannel(other));
    const wakes = [new Wakes(), new Wakes()];
    const recvs = [rx.recv(), rx.recv()];
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    tx.close();
    tx.close();
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    other.trySend(1);
    other.close();
    assertEquals(assertReady(recvs[0]!), 1);
    assert(wakes[1]!.isWoken());
    assertEquals(assertReady(recvs[1]!), undefined);
    assert(rx.isClosed());
    assertEquals(assertThrows(() => rx.tryRecv(), mpmc.TryRecvError).kind, "disconnected");
    assertThrows(() => other.send(1), TypeError, "it was closed");
  });
});

test("a shared.mpmc channel closes with its last receiver, and disposes of what was sent", () => {
  withChannel<unknown>(4, (tx, rx) => {
    const other = rx.clone();
    rx[Symbol.dispose]();
    tx.trySend(0);
    assertEquals(other.tryRecv(), 0);
    const [innerTx, innerRx] = mpsc.channel<number>(1);
    tx.trySend({ reply: innerTx, text: "x".repeat(500) });
    innerTx.close();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "empty");
    other[Symbol.dispose]();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "disconnected");
    assertEquals(assertThrows(() => tx.trySend(1), mpmc.TrySendError).kind, "closed");
    innerRx[Symbol.dispose]();
    assertThrows(() => other.recv(), TypeError, "it was disposed of");
  });
});

test("a shared.mpmc value that was given to one who gives up after the last receiver is gone is disposed of", () => {
  withChannel<unknown>(4, (tx, rx) => {
    const recv = rx.recv();
    assertPending(recv);
    const [innerTx, innerRx] = mpsc.channel<number>(1);
    tx.trySend(innerTx);
    innerTx.close();
    rx[Symbol.dispose]();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "empty");
    recv[Symbol.dispose]();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "disconnected");
    innerRx[Symbol.dispose]();
  });
});

test("shared.mpmc.Receiver.pollNext() keeps its place until unpoll()", () => {
  withChannel<number>(2, (tx, rx) => {
    const cx = new Wakes();
    const first = rx.pollNext(cx);
    assert(typeof first === "symbol");
    tx.trySend(1);
    assert(cx.isWoken());
    rx.unpoll();
    assertEquals(rx.tryRecv(), 1);
    tx.close();
    assertEquals(rx.pollNext(cx), End);
  });
});

test("shared.mpmc handles block the thread for as long as they are told", () => {
  withChannel<number>(1, (tx, rx) => {
    tx.sendSync(1);
    const full = assertThrows(() => tx.sendSync(2, 1), mpmc.SendTimeoutError);
    assertEquals([full.kind, full.value], ["timeout", 2]);
    assertEquals(rx.recvSync(), 1);
    assertEquals(assertThrows(() => rx.recvSync(1), mpmc.TryRecvError).kind, "empty");
    assertThrows(() => rx.recvSync(-1), RangeError, "Cannot receive: found a timeout of -1 ms");
    rx.close();
    assertThrows(() => tx.sendSync(3), mpmc.SendError);
    assertEquals(rx.recvSync(), undefined);
  });
});

test("select between two shared.mpmc channels loses no value", async () => {
  const [tx, rx] = mpmc.channel<number>(1);
  const [otherTx, otherRx] = mpmc.channel<number>(1);
  const seen: number[] = [];
  tx.trySend(1);
  otherTx.trySend(2);
  for (let i = 0; i < 2; i++) {
    const { value } = await select({ a: rx.recv(), b: otherRx.recv() });
    seen.push(value!);
  }
  assertEquals(seen.toSorted(), [1, 2]);
  for (const handle of [tx, otherTx, rx, otherRx]) handle[Symbol.dispose]();
});

test("shared.mpmc receivers in several isolates share the values, each once", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpmc.channel<Item>(16);
    const takers = [0, 1, 2].map(() => spawn(collect, rx));
    const senders = [0, 1, 2].map((from) => spawn(offer, tx, from, 300));
    tx.close();
    rx[Symbol.dispose]();
    for (const sender of senders) await sender;
    const lists: Item[][] = [];
    for (const taker of takers) lists.push(await taker);
    for (const list of lists) {
      for (const from of [0, 1, 2]) {
        const counts = list.filter((item) => item.from === from).map((item) => item.count);
        assertEquals(counts, counts.toSorted((a, b) => a - b));
      }
    }
    const all = lists.flat();
    assert(all.every(({ count, text }) => text.length === count % 300));
    const names = new Set(all.map(({ from, count }) => `${from}:${count}`));
    assertEquals([all.length, names.size], [900, 900]);
  });
});

test("threads that block share a shared.mpmc channel with tasks that await", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpmc.channel<number>(2);
    const [sums, results] = mpmc.channel<number>(1);
    const handle = spawn(addBlocking, rx, sums);
    rx[Symbol.dispose]();
    sums.close();
    for (let i = 1; i <= 100; i++) {
      await tx.send(i);
      assertEquals(await results.recv(), i * (i + 1) / 2);
    }
    tx.close();
    assertEquals(await handle, 5050);
    assertEquals(await results.recv(), undefined);
    results[Symbol.dispose]();
  });
});

test("handles travel through shared.mpmc channels, also before their module is loaded", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpmc.channel<[number, shared.mpsc.Sender<number>]>(2);
    const handles = [spawn(serveAny, rx), spawn(serveAny, rx)];
    rx[Symbol.dispose]();
    for (let i = 0; i < 50; i++) {
      const [reply, answer] = mpsc.channel<number>(1);
      await tx.send([i, reply]);
      reply.close();
      assertEquals(await answer.recv(), i * 2);
      assertEquals(await answer.recv(), undefined);
      answer[Symbol.dispose]();
    }
    tx.close();
    for (const handle of handles) await handle;
  });
});

test("a task that is aborted on another thread gives its place at a shared.mpmc channel up", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpmc.channel<number>(2);
    const [ready, isReady] = mpmc.channel<number>(1);
    const handle = spawn(waitInVain, rx, ready);
    assertEquals(await isReady.recv(), 1);
    handle.abort();
    const error = await assertRejects(async () => await handle, JoinError);
    assert(error.isCancelled);
    assertEquals(tx.receiverCount(), 1);
    await tx.send(5);
    assertEquals(await rx.recv(), 5);
    for (const end of [tx, rx, ready, isReady]) end[Symbol.dispose]();
  });
});
