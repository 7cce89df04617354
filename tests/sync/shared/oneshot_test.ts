/**
 * Channels for a single value, between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import { answer, awaitInner, closeReceiver, closeSender } from "./fixtures/channels.ts";

const { oneshot } = shared;

test("shared.oneshot hands a value over, of any size", () => {
  leavesNothing(() => {
    for (const value of [1, undefined, { text: "x".repeat(10) }, new Uint8Array(100_000)]) {
      const [tx, rx] = oneshot.channel<unknown>();
      const wakes = new Wakes();
      assert(rx.isEmpty());
      assertPending(rx, wakes);
      tx.send(value);
      assert(wakes.isWoken());
      assertFalse(rx.isEmpty());
      assertEquals(assertReady(rx), value);
      assert(rx.isTerminated());
      assertThrows(() => assertReady(rx), TypeError);
    }
  });
});

test("a shared.oneshot sender sends once", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<number>();
    tx.send(1);
    assertThrows(() => tx.send(2), TypeError, "it has sent");
    tx.close();
    assertEquals(rx.tryRecv(), 1);
    assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, "closed");
  });
});

test("a shared.oneshot receiver fails when its sender is closed", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<number>();
    assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, "empty");
    const wakes = new Wakes();
    assertPending(rx, wakes);
    tx.close();
    assert(wakes.isWoken());
    assertThrows(() => assertReady(rx), oneshot.RecvError);
  });
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<number>();
    tx.close();
    assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, "closed");
    assert(rx.isTerminated());
  });
});

test("shared.oneshot.Receiver.close() refuses a value, and keeps one that is there", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<number>();
    const wakes = [new Wakes(), new Wakes()];
    const closed = tx.closed();
    assertPending(closed, wakes[0]);
    assertPending(rx, wakes[1]);
    rx.close();
    assert(wakes.every((wake) => wake.isWoken()));
    assertReady(closed);
    assert(tx.isClosed());
    assertEquals(assertThrows(() => tx.send(3), oneshot.SendError).value, 3);
    assertThrows(() => assertReady(rx), oneshot.RecvError);
    tx.close();
  });
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<number>();
    tx.send(1);
    rx.close();
    assertEquals(assertReady(rx), 1);
  });
});

test("dropping a shared.oneshot receiver disposes of the value", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<shared.oneshot.Sender<number>>();
    const [inner, innerRx] = oneshot.channel<number>();
    tx.send(inner);
    assertThrows(() => inner.send(1), TypeError);
    rx[Symbol.dispose]();
    rx[Symbol.dispose]();
    assertThrows(() => assertReady(innerRx), oneshot.RecvError);
  });
});

test("what cannot travel is refused by a shared.oneshot sender, which stays open", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<unknown>();
    assertThrows(() => tx.send(() => 1), DOMException);
    assertThrows(() => tx.send(new Uint8Array(2 ** 27)), RangeError, "shared memory is full");
    tx.send(1);
    assertEquals(assertReady(rx), 1);
  });
});

test("a shared.oneshot receiver that is waited for cannot be sent", () => {
  leavesNothing(() => {
    const [tx, rx] = oneshot.channel<unknown>();
    const [inner, innerRx] = oneshot.channel<number>();
    assertPending(innerRx);
    assertThrows(() => tx.send(innerRx), TypeError, "somebody waits");
    inner.send(1);
    tx.close();
    assertEquals(assertReady(innerRx), 1);
    rx[Symbol.dispose]();
  });
});

test("shared.oneshot senders answer from other isolates", async () => {
  await withWorkers(async () => {
    for (let i = 0; i < 100; i++) {
      const [tx, rx] = oneshot.channel<number>();
      const handle = spawn(answer, i, tx);
      assertEquals(await rx, i + 1);
      await handle;
    }
  });
});

test("shared.oneshot receivers travel through shared.oneshot channels", async () => {
  await withWorkers(async () => {
    const [tx, rx] = oneshot.channel<shared.oneshot.Receiver<string>>();
    const [innerTx, innerRx] = oneshot.channel<string>();
    const handle = spawn(awaitInner, rx);
    tx.send(innerRx);
    innerTx.send("through");
    assertEquals(await handle, "through");
  });
});

test("an end of a shared.oneshot channel learns that the other one is gone elsewhere", async () => {
  await withWorkers(async () => {
    const [tx, rx] = oneshot.channel<number>();
    spawn(closeSender, tx);
    await assertRejects(async () => await rx, oneshot.RecvError);
    const [tx2, rx2] = oneshot.channel<number>();
    spawn(closeReceiver, rx2);
    await tx2.closed();
    assertThrows(() => tx2.send(1), oneshot.SendError);
    tx2.close();
  });
});
