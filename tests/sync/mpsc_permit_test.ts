/**
 * Permits of bounded channels.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { assertNothing, assertNotSent, recvNow } from "./_channels.ts";

/** Requires that the future fails because the channel is closed. */
function assertRefused(future: Future<unknown>): void {
  assertThrows(() => pollOnce(future), mpsc.SendError);
}

test("Sender.reserve() waits for room; sending, receiving and releasing make some", async () => {
  const [tx, rx] = mpsc.channel<number>(2);
  const one = await tx.reserve();
  const two = await tx.clone().reserve();
  const [three, four] = [tx.clone().reserve(), tx.clone().reserve()];
  const [third, fourth] = [new Wakes(), new Wakes()];
  assertPending(three, third);
  assertPending(four, fourth);
  one.send(1);
  assertFalse(third.isWoken());
  assertEquals(await rx.recv(), 1);
  assert(third.isWoken());
  assertFalse(fourth.isWoken());
  two.release();
  assert(fourth.isWoken());
  const five = tx.reserve();
  assertPending(five);
  five[Symbol.dispose]();
  assertReady(three, third).release();
  assertReady(four, fourth).release();
  assertEquals(tx.capacity(), 2);
});

test("Sender.reserve() that is dropped lets the next in line have the room", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  tx.trySend(0);
  const [first, second] = [new Wakes(), new Wakes()];
  const one = tx.reserve();
  assertPending(one, first);
  const two = tx.clone().reserve();
  assertPending(two, second);
  one[Symbol.dispose]();
  assertEquals(await rx.recv(), 0);
  assert(second.isWoken());
  assertFalse(first.isWoken());
  two[Symbol.dispose]();
  assertEquals(tx.capacity(), 1);
  tx.close();
});

test("Sender.trySend() finds no room that is on its way to somebody who reserves", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  (await tx.reserve()).send(1);
  const reserve = tx.reserve();
  const cx = new Wakes();
  assertPending(reserve, cx);
  assertEquals(await rx.recv(), 1);
  assert(cx.isWoken());
  assertNotSent(() => tx.trySend(1337), "full");
  assertReady(reserve, cx).send(2);
  assertEquals(await rx.recv(), 2);
});

test("Permit.release() gives the room to those who wait", async () => {
  const [tx] = mpsc.channel<number>(1);
  const permit = await tx.reserve();
  const waiting = tx.clone().reserve();
  const cx = new Wakes();
  assertPending(waiting, cx);
  permit[Symbol.dispose]();
  assert(cx.isWoken());
  assertReady(waiting, cx).release();
});

test("Permit is used once: the room never goes back twice", () => {
  const [tx, rx] = mpsc.channel<number>(2);
  const sent = tx.tryReserve();
  sent.send(1);
  assertThrows(() => sent.send(2), TypeError, "Cannot use a permit again");
  sent.release();
  sent[Symbol.dispose]();
  assertEquals([tx.capacity(), rx.len()], [1, 1]);
  const released = tx.tryReserve();
  released.release();
  released.release();
  assertThrows(() => released.send(3), TypeError);
  assertEquals(tx.capacity(), 1);
});

test("Permit.send() works after the receiver has closed, and after it is gone", () => {
  const [tx, rx] = mpsc.channel<number>(2);
  const [one, two] = [tx.tryReserve(), tx.tryReserve()];
  rx.close();
  one.send(1);
  assertEquals(recvNow(rx), 1);
  rx[Symbol.dispose]();
  two.send(2);
  assertEquals([rx.len(), rx.capacity()], [0, 2]);
});

test("Permit that outlives all senders keeps the channel from ending", () => {
  const [tx, rx] = mpsc.channel<number>(2);
  const permit = tx.tryReserve();
  tx.close();
  const recv = rx.recv();
  const cx = new Wakes();
  assertPending(recv, cx);
  assertNothing(rx, "empty");
  permit.send(1);
  assert(cx.isWoken());
  assertEquals(assertReady(recv, cx), 1);
  assertNothing(rx, "disconnected");
});

test("Sender.tryReserve() fails when the channel is full", async () => {
  const [tx, rx] = mpsc.channel<string>(1);
  const permit = tx.tryReserve();
  assertNotSent(() => tx.tryReserve(), "full");
  permit.send("foo");
  assertEquals(await rx.recv(), "foo");
  tx.tryReserve().release();
  using _permit = tx.tryReserve();
  assertEquals(tx.capacity(), 0);
});

test("Sender.reserveMany() wants a whole number up to the capacity", () => {
  const [tx] = mpsc.channel<null>(1);
  for (const count of [2, 2 ** 60, Infinity, -1, 0.5, NaN]) {
    assertThrows(() => tx.reserveMany(count), RangeError, "Cannot reserve");
  }
});

test("Sender.tryReserveMany() finds a channel full that never has that much room", () => {
  const [tx, rx] = mpsc.channel<null>(1);
  assert(tx.tryReserveMany(0).next().done);
  assertNotSent(() => tx.tryReserveMany(2), "full");
  assertNotSent(() => tx.tryReserveMany(Number.MAX_SAFE_INTEGER), "full");
  assertThrows(() => tx.tryReserveMany(-1), RangeError, "Cannot reserve -1 permits");
  rx[Symbol.dispose]();
  assertNotSent(() => tx.tryReserveMany(0), "closed");
});

test("Sender.reserveMany() and tryReserveMany() of nothing succeed unless closed", async () => {
  const [tx, rx] = mpsc.channel<null>(1);
  assert(tx.tryReserveMany(0).next().done);
  assert((await tx.reserveMany(0)).next().done);
  tx.trySend(null);
  assert(tx.tryReserveMany(0).next().done);
  assert((await tx.reserveMany(0)).next().done);
  rx[Symbol.dispose]();
  assertNotSent(() => tx.tryReserveMany(0), "closed");
  assertRefused(tx.reserveMany(0));
});

test("Sender.reserveMany() gives as many permits as were asked for", async () => {
  const [tx, rx] = mpsc.channel<string>(100);
  for (let count = 0; count < 100; count++) {
    for (const permit of await tx.reserveMany(count)) {
      permit.send("foo");
      assertEquals(await rx.recv(), "foo");
    }
    assertNothing(rx, "empty");
  }
});

test("Sender.tryReserveMany() gives as many permits as were asked for", async () => {
  const [tx, rx] = mpsc.channel<string>(100);
  for (let count = 0; count < 100; count++) {
    for (const permit of tx.tryReserveMany(count)) {
      permit.send("foo");
      assertEquals(await rx.recv(), "foo");
    }
    assertNothing(rx, "empty");
  }
});

test("Sender.reserveMany() and tryReserveMany() fail when the channel is closed", () => {
  const [tx, rx] = mpsc.channel<null>(100);
  rx[Symbol.dispose]();
  assertRefused(tx.reserveMany(10));
  assertNotSent(() => tx.tryReserveMany(10), "closed");
});

test("PermitIterator gives back what a loop that ended early has left", () => {
  for (let all = 1; all < 20; all++) {
    for (let used = 0; used < all; used++) {
      const [tx, rx] = mpsc.channel<number>(all);
      const permits = tx.tryReserveMany(all);
      assertEquals([permits.len(), tx.capacity()], [all, 0]);
      assertNotSent(() => tx.tryReserveMany(1), "full");
      let left = used;
      for (const permit of permits) {
        if (left-- === 0) {
          permit.release();
          break;
        }
        permit.send(0);
      }
      assertEquals(tx.capacity(), all - used);
      tx.tryReserveMany(1).release();
      assertNotSent(() => tx.tryReserveMany(all - used + 1), "full");
      for (let i = 0; i < used; i++) assertEquals(recvNow(rx), 0);
      assertEquals(tx.capacity(), all);
    }
  }
});

test("PermitIterator that is disposed gives all its room to those who wait", async () => {
  for (const count of [1, 2, 50]) {
    const [tx] = mpsc.channel<number>(count);
    const permits = await tx.reserveMany(count);
    const waiting = tx.clone().reserveMany(count);
    const cx = new Wakes();
    assertPending(waiting, cx);
    permits[Symbol.dispose]();
    permits.release();
    assert(cx.isWoken());
    assertReady(waiting, cx).release();
    assertEquals(tx.capacity(), count);
  }
});

test("Sender.reserveMany() is not overtaken by smaller requests", async () => {
  const [tx, rx] = mpsc.channel<number>(3);
  for (let i = 0; i < 3; i++) tx.trySend(i);
  const big = tx.reserveMany(3);
  assertPending(big);
  const small = tx.reserve();
  const cx = new Wakes();
  assertPending(small, cx);
  await rx.recv();
  await rx.recv();
  assertFalse(cx.isWoken());
  big[Symbol.dispose]();
  assert(cx.isWoken());
  assertReady(small, cx).release();
});
