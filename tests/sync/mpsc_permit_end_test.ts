/**
 * Permits of channels that are closed, and permits that own their sender.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { assertNotSent } from "./_channels.ts";

/** Requires that the future fails because the channel is closed. */
function assertRefused(future: Future<unknown>): void {
  assertThrows(() => pollOnce(future), mpsc.SendError);
}

test("Receiver.close() fails those who reserve, and waits for the permits that are out", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  const permit = await tx.reserve();
  const waiting = tx.clone().reserve();
  const refused = new Wakes();
  assertPending(waiting, refused);
  rx.close();
  assert(refused.isWoken());
  assertRefused(waiting);

  const recv = rx.recv();
  const cx = new Wakes();
  assertPending(recv, cx);
  permit.send(123);
  assert(cx.isWoken());
  assertEquals(assertReady(recv, cx), 123);
  assertEquals(await rx.recv(), undefined);
});

/** A way in which a permit comes to its end. */
const ENDS: Record<string, (tx: mpsc.Sender<null>) => () => void> = {
  "a permit that is disposed": (tx) => {
    const permit = tx.tryReserve();
    return () => permit[Symbol.dispose]();
  },
  "a permit that is sent with": (tx) => {
    const permit = tx.tryReserve();
    return () => permit.send(null);
  },
  "an iterator of permits that is disposed": (tx) => {
    const permits = tx.tryReserveMany(1);
    return () => permits[Symbol.dispose]();
  },
  "an owned permit that is disposed": (tx) => {
    const permit = tx.tryReserveOwned();
    return () => permit[Symbol.dispose]();
  },
  "an owned permit that is sent with": (tx) => {
    const permit = tx.tryReserveOwned();
    return () => void permit.send(null);
  },
  "an owned permit that is released": (tx) => {
    const permit = tx.tryReserveOwned();
    return () => void permit.release();
  },
};

for (const [end, begin] of Object.entries(ENDS)) {
  test(`the receiver of a closed channel is woken by ${end}`, () => {
    const [tx, rx] = mpsc.channel<null>(100);
    const finish = begin(tx);
    rx.close();
    const recv = rx.recv();
    const cx = new Wakes();
    assertPending(recv, cx);
    finish();
    assert(cx.isWoken());
    assertReady(recv, cx);
  });
}

test("the receiver of a closed channel is woken when another sender is left", async () => {
  const [tx, rx] = mpsc.channel<null>(100);
  using _other = tx.clone();
  const permit = await tx.reserve();
  rx.close();
  const recv = rx.recv();
  const cx = new Wakes();
  assertPending(recv, cx);
  permit.release();
  assert(cx.isWoken());
  assertEquals(assertReady(recv, cx), undefined);
});

for (const [how, finish] of [["fails", assertRefused], ["is dropped", drop]] as const) {
  test(`the receiver of a closed channel is woken when a reservation that was granted ${how}`, () => {
    const [tx, rx] = mpsc.channel<null>(1);
    const permit = tx.tryReserve();
    const reserve = tx.reserve();
    const granted = new Wakes();
    assertPending(reserve, granted);
    permit.release();
    assert(granted.isWoken());
    rx.close();
    const recv = rx.recv();
    const cx = new Wakes();
    assertPending(recv, cx);
    finish(reserve);
    assert(cx.isWoken());
    assertEquals(assertReady(recv, cx), undefined);
    assertEquals(tx.capacity(), 1);
  });

  test(`the receiver of a closed channel is woken when a partial reservation ${how}`, () => {
    const [tx, rx] = mpsc.channel<null>(2);
    const permit = tx.tryReserve();
    const reserve = tx.reserveMany(2);
    assertPending(reserve);
    rx.close();
    const recv = rx.recv();
    const cx = new Wakes();
    assertPending(recv, cx);
    permit.release();
    finish(reserve);
    assert(cx.isWoken());
    assertEquals(assertReady(recv, cx), undefined);
    assertEquals(tx.capacity(), 2);
  });
}

function drop(future: Future<unknown>): void {
  future[Symbol.dispose]();
}

test("the receiver ends when a permit is released and the one who got it is dropped", async () => {
  const [tx, rx] = mpsc.channel<null>(1);
  const permit = await tx.reserve();
  const waiting = tx.clone().reserve();
  const cx = new Wakes();
  assertPending(waiting, cx);
  rx.close();
  permit.release();
  assert(cx.isWoken());
  drop(waiting);
  assertEquals(await rx.recv(), undefined);
});

test("Sender.reserveOwned() makes the sender part of the permit", async () => {
  const [tx, rx] = mpsc.channel<string>(2);
  const permit = await tx.reserveOwned();
  assertThrows(() => tx.trySend("gone"), TypeError, "Cannot send: this sender was closed");
  assertEquals(rx.senderStrongCount(), 1);
  const sender = permit.send("one");
  assertThrows(() => permit.send("two"), TypeError, "Cannot use a permit again");
  assertThrows(() => permit.release(), TypeError);
  permit[Symbol.dispose]();
  assertEquals(sender.strongCount(), 1);
  const again = await sender.reserveOwned();
  const released = again.release();
  assertEquals([released.capacity(), rx.len()], [1, 1]);
  released.close();
  assertEquals(await Array.fromAsync(rx), ["one"]);
});

test("OwnedPermit that is disposed closes its sender", async () => {
  const [tx, rx] = mpsc.channel<string>(1);
  {
    using permit = tx.tryReserveOwned();
    assert(permit.sameChannel(permit));
  }
  assertEquals(rx.capacity(), 1);
  assertEquals(await rx.recv(), undefined);
});

test("Sender.reserveOwned() that is dropped, or fails, closes its sender", () => {
  const [tx, rx] = mpsc.channel<string>(1);
  const other = tx.clone();
  tx.trySend("full");
  const waiting = tx.reserveOwned();
  assertPending(waiting);
  assertEquals(other.strongCount(), 2);
  drop(waiting);
  drop(waiting);
  assertEquals(other.strongCount(), 1);
  drop(other.clone().reserveOwned());
  assertEquals(other.strongCount(), 1);
  rx.close();
  assertRefused(other.clone().reserveOwned());
  assertEquals(other.strongCount(), 1);
});

test("Sender.tryReserveOwned() that fails hands the sender back", () => {
  const [tx, rx] = mpsc.channel<number>(1);
  tx.trySend(1);
  const error = assertNotSent(() => tx.tryReserveOwned(), "full");
  assertEquals(error.value, tx);
  assertEquals(tx.strongCount(), 1);
  rx[Symbol.dispose]();
  assertNotSent(() => tx.tryReserveOwned(), "closed");
});

test("OwnedPermit.sameChannel() and sameChannelAsSender() compare channels", () => {
  const [tx] = mpsc.channel<number>(2);
  const [other] = mpsc.channel<number>(2);
  const [one, two, foreign] = [tx.clone(), tx.clone(), other.clone()].map((sender) =>
    sender.tryReserveOwned()
  ) as [mpsc.OwnedPermit<number>, mpsc.OwnedPermit<number>, mpsc.OwnedPermit<number>];
  assert(one.sameChannel(two));
  assertFalse(one.sameChannel(foreign));
  assert(one.sameChannelAsSender(tx));
  assertFalse(one.sameChannelAsSender(other));
  one.release();
  assertThrows(() => one.sameChannelAsSender(tx), TypeError);
});

test("the failure of Sender.send() carries the value, that of Sender.reserve() none", async () => {
  const [tx, rx] = mpsc.channel<string>(1);
  tx.trySend("full");
  const waiting = tx.send("late");
  assertPending(waiting);
  rx[Symbol.dispose]();
  const late = assertThrows(() => pollOnce(waiting), mpsc.SendError);
  assertEquals([late.name, late.value], ["SendError", "late"]);
  const never = await assertRejects(async () => await tx.send("never"), mpsc.SendError);
  assertEquals(never.value, "never");
  const reserve = await assertRejects(async () => await tx.reserve(), mpsc.SendError);
  assertEquals(reserve.value, undefined);
  assertRefused(tx.reserve());
});
