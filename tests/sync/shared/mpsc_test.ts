/**
 * Channels with many senders and one receiver, between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../../scheduler/multi_thread/handle.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import { giveBack, type Item, produce, serve, sum, takeSome } from "./fixtures/channels.ts";

const { mpsc } = shared;

test("shared.mpsc.Receiver.recv() serves those who wait in their order", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<number>(4);
    const wakes = [new Wakes(), new Wakes(), new Wakes()];
    const recvs = wakes.map(() => rx.recv());
    recvs.forEach((recv, i) => assertPending(recv, wakes[i]));
    recvs[1]![Symbol.dispose]();
    tx.trySend(1);
    tx.trySend(2);
    assert(wakes[0]!.isWoken());
    assertEquals(assertReady(recvs[0]!), 1);
    assert(wakes[2]!.isWoken());
    assertEquals(assertReady(recvs[2]!), 2);
    tx.close();
    rx[Symbol.dispose]();
  });
});

test("a shared.mpsc recv that is given up waits no more", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<number>(4);
    const recv = rx.recv();
    assertPending(recv);
    assertEquals(ownLink().underWay, 1);
    recv[Symbol.dispose]();
    assertEquals(ownLink().underWay, 0);
    tx.trySend(1);
    assertEquals(rx.tryRecv(), 1);
    tx.close();
    rx[Symbol.dispose]();
  });
});

test("shared.mpsc.Receiver.recvMany() takes what is there", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<number>(8);
    const wakes = new Wakes();
    const many = rx.recvMany(3);
    assertPending(many, wakes);
    for (let i = 0; i < 5; i++) tx.trySend(i);
    assert(wakes.isWoken());
    assertEquals(assertReady(many), [0, 1, 2]);
    assertEquals(assertReady(rx.recvMany(3, [9])), [9, 3, 4]);
    assertEquals(assertReady(rx.recvMany(0)), []);
    tx.close();
    assertEquals(assertReady(rx.recvMany(3)), []);
    assertThrows(() => rx.recvMany(-1), RangeError, "Cannot receive up to -1 values");
    rx[Symbol.dispose]();
  });
});

/** Sends another one when it arrives, if there is room, as a sender in another thread might. */
class Again implements WireHandle {
  static sender: shared.mpsc.Sender<Again>;

  constructor(readonly round: number) {}

  [toWire](): WireForm {
    return { kind: again, data: [this.round] };
  }
}

const again = registerHandle(import.meta, "Again", {
  decode(round: number) {
    if (round < 100 && Again.sender.capacity() > 0) Again.sender.trySend(new Again(round + 1));
    return new Again(round);
  },
});

test("M4 shared.mpsc.Receiver.recvMany() comes to an end, however fast more is sent", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<Again>(4);
    Again.sender = tx;
    tx.trySend(new Again(0));
    const batch = assertReady(rx.recvMany(Infinity));
    // The first one, and as many as there is room.
    assertEquals(batch.map(({ round }) => round), [0, 1, 2, 3, 4]);
    assertEquals([rx.len(), rx.capacity()], [0, 4]);
    tx.close();
    rx[Symbol.dispose]();
  });
});

test("shared.mpsc.Receiver.recvMany() gives all room back, also after what cannot be read", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<unknown>(4);
    for (const value of [1, new Unreadable(), 2, 3]) tx.trySend(value);
    const into: unknown[] = [];
    assertThrows(() => assertReady(rx.recvMany(Infinity, into)), TypeError, "on purpose");
    assertEquals(into, [1]);
    assertEquals(rx.capacity(), 2);
    assertEquals(assertReady(rx.recvMany(Infinity)), [2, 3]);
    assertEquals(rx.capacity(), 4);
    tx.close();
    rx[Symbol.dispose]();
  });
});

class Unreadable implements WireHandle {
  [toWire](): WireForm {
    return { kind: unreadable, data: [] };
  }
}

const unreadable = registerHandle(import.meta, "Unreadable", {
  decode(): object {
    throw new TypeError("Cannot be read, on purpose");
  },
});

test("a shared.mpsc channel ends when the last sender is closed", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<number>(4);
    const other = tx.clone();
    assertEquals(tx.strongCount(), 2);
    assert(tx.sameChannel(other));
    const wakes = new Wakes();
    const recv = rx.recv();
    assertPending(recv, wakes);
    tx.close();
    tx.close();
    assertPending(recv, wakes);
    other.trySend(1);
    other.close();
    assert(wakes.isWoken());
    assertEquals(assertReady(recv), 1);
    assert(rx.isClosed());
    assertEquals(assertThrows(() => rx.tryRecv(), mpsc.TryRecvError).kind, "disconnected");
    assertThrows(() => other.send(1), TypeError, "it was closed");
    rx[Symbol.dispose]();
  });
});

test("disposing of a shared.mpsc receiver ends its waits and disposes of what was sent", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<unknown>(4);
    const wakes = new Wakes();
    const recv = rx.recv();
    assertPending(recv, wakes);
    rx[Symbol.dispose]();
    assert(wakes.isWoken());
    assertEquals(assertReady(recv), undefined);
    assertThrows(() => tx.trySend(1), mpsc.TrySendError);
    tx.close();
  });
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<unknown>(4);
    const [innerTx, innerRx] = mpsc.channel<number>(1);
    tx.trySend({ reply: innerTx, text: "x".repeat(500) });
    innerTx.close();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "empty");
    rx[Symbol.dispose]();
    assertEquals(assertThrows(() => innerRx.tryRecv(), mpsc.TryRecvError).kind, "disconnected");
    innerRx[Symbol.dispose]();
    tx.close();
  });
});

test("a shared.mpsc receiver at which somebody waits, or that is gone, cannot be sent", () => {
  leavesNothing(() => {
    const [tx, rx] = mpsc.channel<unknown>(2);
    const [inner, innerRx] = mpsc.channel<number>(1);
    const recv = innerRx.recv();
    assertPending(recv);
    assertThrows(() => tx.trySend(innerRx), TypeError, "somebody waits");
    recv[Symbol.dispose]();
    tx.trySend(innerRx);
    assertThrows(() => tx.trySend(innerRx), TypeError, "disposed of or sent");
    assertThrows(() => innerRx.tryRecv(), TypeError, "this receiver was sent");
    const moved = rx.tryRecv() as shared.mpsc.Receiver<number>;
    inner.trySend(5);
    assertEquals(moved.tryRecv(), 5);
    moved[Symbol.dispose]();
    inner.close();
    tx.close();
    rx[Symbol.dispose]();
  });
});

test("shared.mpsc senders of several isolates send to one receiver, each in order", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpsc.channel<Item>(16);
    const tasks = [0, 1, 2, 3].map((from) => spawn(produce, tx, from, 400));
    tx.close();
    const next = [0, 0, 0, 0];
    for await (const { from, count, text } of rx) {
      assertEquals(count, next[from]!++);
      assertEquals(text.length, count % 300);
    }
    assertEquals(next, [400, 400, 400, 400]);
    for (const task of tasks) await task;
    rx[Symbol.dispose]();
  });
});

test("a shared.mpsc receiver receives in another isolate", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpsc.channel<number>(8);
    const handle = spawn(sum, rx);
    for (let i = 1; i <= 1000; i++) await tx.send(i);
    tx.close();
    assertEquals(await handle, 500_500);
  });
});

test("handles travel through shared.mpsc channels, also before their module is loaded", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpsc.channel<[number, shared.mpsc.Sender<number>]>(2);
    const handle = spawn(serve, rx);
    for (let i = 0; i < 50; i++) {
      const [reply, answer] = mpsc.channel<number>(1);
      await tx.send([i, reply]);
      reply.close();
      assertEquals(await answer.recv(), i * 2);
      assertEquals(await answer.recv(), undefined);
      answer[Symbol.dispose]();
    }
    tx.close();
    await handle;
  });
});

test("a shared.mpsc sender learns that the receiver in another isolate is gone", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpsc.channel<number>(4);
    const handle = spawn(takeSome, rx, 3);
    const closed = Promise.resolve(tx.closed());
    const error = await assertRejects(async () => {
      for (let i = 0;; i++) await tx.send(i);
    }, mpsc.SendError);
    assert(typeof error.value === "number");
    await closed;
    assertEquals((await handle)[0], 0);
    tx.close();
  });
});

test("a shared.mpsc receiver moves there and back", async () => {
  await withWorkers(async () => {
    const [tx, rx] = mpsc.channel<number>(4);
    tx.trySend(1);
    const back = await spawn(giveBack, rx);
    tx.trySend(2);
    tx.close();
    assertEquals([await back.recv(), await back.recv(), await back.recv()], [1, 2, undefined]);
    back[Symbol.dispose]();
  });
});
