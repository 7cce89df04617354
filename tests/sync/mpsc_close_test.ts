/**
 * How channels of both kinds end, and what they tell about themselves meanwhile.
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
import { Pending } from "../../future/poll.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { assertNothing, assertNotSent, reaches, recvNow } from "./_channels.ts";

/** A channel of either kind that has room for 100 values, and how to send at once. */
interface Kind {
  readonly tx: mpsc.Sender<number> | mpsc.UnboundedSender<number>;
  readonly rx: mpsc.AnyReceiver<number>;
  send(value: number): void;
}

const KINDS: Record<string, () => Kind> = {
  "a bounded channel": () => {
    const [tx, rx] = mpsc.channel<number>(100);
    return { tx, rx, send: (value) => tx.trySend(value) };
  },
  "an unbounded channel": () => {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    return { tx, rx, send: (value) => tx.send(value) };
  },
};

for (const [kind, make] of Object.entries(KINDS)) {
  test(`${kind} that was closed and is empty is at its end`, async () => {
    const { tx, rx, send } = make();
    assertFalse(rx.isClosed());
    assertFalse(tx.isClosed());
    rx.close();
    rx.close();
    assert(rx.isClosed());
    assert(tx.isClosed());
    assertEquals(await rx.recv(), undefined);
    assertThrows(() => send(1), Error, "the channel is closed");
  });

  test(`${kind} ends when its last sender is closed`, async () => {
    const { tx, rx } = make();
    const other = tx.clone();
    const closing = spawn(() => other.close());
    tx.close();
    tx.close();
    assertFalse(rx.isClosed());
    await closing;
    assert(rx.isClosed());
    assertEquals(await rx.recv(), undefined);
  });

  test(`${kind} is closed, and still gives what was sent`, async () => {
    for (const end of [(it: Kind) => it.rx.close(), (it: Kind) => it.tx.close()]) {
      const it = make();
      for (let i = 0; i < 10; i++) it.send(i);
      assertFalse(it.rx.isClosed());
      end(it);
      assert(it.rx.isClosed());
      assertEquals(it.rx.len(), 10);
      assertEquals(await Array.fromAsync(it.rx), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert(it.rx.isEmpty());
    }
  });

  test(`${kind} knows its length`, async () => {
    const { tx, rx, send } = make();
    assert(rx.isEmpty());
    assertEquals(rx.len(), 0);
    for (let i = 0; i < 100; i++) {
      send(i);
      assertFalse(rx.isEmpty());
      assertEquals(rx.len(), i + 1);
    }
    tx.close();
    assertEquals(rx.len(), 100);
    for (let i = 99; i >= 0; i--) {
      assertFalse(rx.isEmpty());
      assertEquals(await rx.recv(), 99 - i);
      assertEquals(rx.len(), i);
    }
    assert(rx.isEmpty());
  });

  test(`${kind} has the same length before and after it is closed from either side`, () => {
    for (const order of ["rx", "rx tx", "tx rx", "tx"]) {
      for (const count of [0, 1, 32, 33]) {
        const it = make();
        for (let i = 0; i < count; i++) it.send(i);
        for (const side of order.split(" ") as ("rx" | "tx")[]) it[side].close();
        assertEquals([it.rx.len(), it.rx.isEmpty()], [count, count === 0]);
      }
    }
  });

  test(`${kind} is empty again whenever the queue is, over many blocks`, async () => {
    const { rx, send } = make();
    for (let value = 1; value < 257; value++) {
      send(value);
      assertEquals(await rx.recv(), value);
      assert(rx.isEmpty());
    }
  });

  test(`${kind} knows how many values are still to come, once it is closed`, async () => {
    for (const end of [(it: Kind) => it.rx.close(), (it: Kind) => it.tx.close()]) {
      const it = make();
      it.send(1);
      it.send(2);
      assertEquals(it.rx.sizeHint(), [2, undefined]);
      assertFalse(it.rx.isTerminated());
      end(it);
      for (const left of [2, 1]) {
        assertEquals(it.rx.sizeHint(), [left, left]);
        await it.rx.next();
      }
      assertEquals(it.rx.sizeHint(), [0, 0]);
      assert(it.rx.isTerminated());
    }
  });

  test(`${kind} that was closed before anything was sent has nothing to come`, () => {
    const { rx } = make();
    rx.close();
    assertEquals(rx.sizeHint(), [0, 0]);
  });

  test(`Sender.closed() of ${kind} completes when the receiver closes or goes`, () => {
    for (const end of [(it: Kind) => it.rx.close(), (it: Kind) => it.rx[Symbol.dispose]()]) {
      const it = make();
      const [one, two] = [it.tx.closed(), it.tx.clone().closed()];
      const [dropped, late] = [it.tx.closed(), it.tx.closed()];
      const [first, second, third] = [new Wakes(), new Wakes(), new Wakes()];
      assertPending(one, first);
      assertPending(dropped, third);
      assertPending(two, second);
      assertPending(two, second);
      dropped[Symbol.dispose]();
      end(it);
      assertEquals([first.count, second.count, third.count], [1, 1, 0]);
      assertReady(one, first);
      assertReady(two, second);
      assertReady(late);
      for (const ended of [one, dropped]) assertThrows(() => pollOnce(ended), TypeError);
    }
  });

  test(`a receiver of ${kind} that is disposed drops what it holds and wakes who waits`, () => {
    const { tx, rx, send } = make();
    send(1);
    rx[Symbol.dispose]();
    rx[Symbol.dispose]();
    assertEquals(rx.len(), 0);
    assert(tx.isClosed());
    assertThrows(() => send(2), Error, "the channel is closed");
    assertNothing(rx, "disconnected");

    const pending = make();
    const cx = new Wakes();
    const recv = pending.rx.recv();
    assertPending(recv, cx);
    pending.rx[Symbol.dispose]();
    assert(cx.isWoken());
    assertEquals(assertReady(recv, cx), undefined);
  });

  test(`a receiver of ${kind} that is disposed lets go of its wakers`, () => {
    const { rx, tx } = make();
    const cx = new Wakes();
    assertStrictEquals(rx.pollRecv(cx), Pending);
    rx[Symbol.dispose]();
    cx.count = 0;
    tx.close();
    assertFalse(cx.isWoken());
  });

  test(`a sender of ${kind} that was closed cannot be used`, () => {
    const { tx, rx, send } = make();
    const other = tx.clone();
    tx[Symbol.dispose]();
    const uses: (() => unknown)[] = [
      () => send(1),
      () => tx.clone(),
      () => tx.downgrade(),
      () => tx.closed(),
      () => tx.isClosed(),
      () => tx.strongCount(),
      () => tx.weakCount(),
      () => tx.sameChannel(other as never),
      () => other.sameChannel(tx as never),
    ];
    for (const use of uses) assertThrows(use, TypeError, "this sender was closed");
    assertFalse(rx.isClosed());
  });
}

test("a channel lets go of what was received, and of all when its receiver is disposed", async () => {
  const [tx, rx] = mpsc.channel<object>(100);
  const [one, two] = [{}, {}];
  tx.trySend(one);
  tx.trySend(two);
  assert(reaches(tx, one) && reaches(rx, two));
  assertStrictEquals(await rx.recv(), one);
  assertFalse(reaches(tx, one) || reaches(rx, one));
  rx[Symbol.dispose]();
  tx.close();
  assertFalse(reaches(tx, two) || reaches(rx, two));
});

test("every way to send through a closed handle throws at once", () => {
  const [tx] = mpsc.channel<number>(1);
  tx.close();
  const uses: (() => unknown)[] = [
    () => tx.send(1),
    () => tx.sendTimeout(1, 1),
    () => tx.reserve(),
    () => tx.reserveMany(1),
    () => tx.reserveOwned(),
    () => tx.tryReserve(),
    () => tx.tryReserveMany(1),
    () => tx.tryReserveOwned(),
    () => tx.capacity(),
    () => tx.maxCapacity(),
  ];
  for (const use of uses) assertThrows(use, TypeError, "this sender was closed");
});

test("a receiver that is disposed fails whoever sends or reserves", async () => {
  const [tx, rx] = mpsc.channel<object>(100);
  tx.trySend({});
  rx[Symbol.dispose]();
  assertNotSent(() => tx.trySend({}), "closed");
  assertNotSent(() => tx.tryReserve(), "closed");
  assertNotSent(() => tx.tryReserveOwned(), "closed");
  await assertRejects(async () => await tx.reserve(), mpsc.SendError);
  await assertRejects(async () => await tx.reserveMany(10), mpsc.SendError);
  await assertRejects(async () => await tx.send({}), mpsc.SendError);
  assertEquals(tx.capacity(), 100);
});

test("a bounded channel is not closed as long as an owned permit is out", async () => {
  const [tx, rx] = mpsc.channel<null>(10);
  using _permit = await tx.reserveOwned();
  assertFalse(rx.isClosed());
});

test("a send that waits when the last sender is closed still goes through", async () => {
  const [tx, rx] = mpsc.channel<number>(1);
  tx.trySend(1);
  const [waiting, unpolled] = [tx.send(2), tx.send(3)];
  assertPending(waiting);
  tx.close();
  assert(rx.isClosed());
  assertEquals(rx.sizeHint(), [1, undefined]);
  assertEquals(recvNow(rx), 1);
  assertNothing(rx, "empty");
  assertReady(waiting);
  assertEquals(await rx.recv(), 2);
  assertEquals(await rx.recv(), undefined);
  // The receiver was told of the end, so nothing may come after it.
  assertThrows(() => pollOnce(unpolled), mpsc.SendError);
  assertNothing(rx, "disconnected");
});

test("a closed channel expects what permits may still bring", () => {
  const [tx, rx] = mpsc.channel<number>(4);
  tx.trySend(1);
  const [one, two, three] = [tx.tryReserve(), tx.tryReserve(), tx.tryReserve()];
  rx.close();
  assertEquals(rx.sizeHint(), [1, 4]);
  one.release();
  assertEquals(rx.sizeHint(), [1, 3]);
  two.send(2);
  assertEquals(rx.sizeHint(), [2, 3]);
  recvNow(rx);
  recvNow(rx);
  assertEquals(rx.sizeHint(), [0, 1]);
  assertFalse(rx.isTerminated());
  three.send(3);
  assertEquals(rx.sizeHint(), [1, 1]);
  recvNow(rx);
  assertEquals(rx.sizeHint(), [0, 0]);
  assert(rx.isTerminated());
});
