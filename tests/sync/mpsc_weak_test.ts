/**
 * Weak senders of channels of both kinds, and the counting of senders.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Future } from "../../future/future.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { mpsc } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";

type AnyChannel =
  | [mpsc.Sender<number>, mpsc.Receiver<number>]
  | [mpsc.UnboundedSender<number>, mpsc.UnboundedReceiver<number>];

const KINDS: Record<string, () => AnyChannel> = {
  WeakSender: () => mpsc.channel<number>(11),
  WeakUnboundedSender: () => mpsc.unboundedChannel<number>(),
};

for (const [name, make] of Object.entries(KINDS)) {
  test(`${name}.upgrade() gives a sender while there is one`, async () => {
    const [tx, rx] = make();
    const send = async (sender: typeof tx, value: number) => {
      const sent = sender.send(value);
      if (sent instanceof Future) await sent;
    };
    const sending = spawn(async () => {
      const weak = tx.downgrade();
      for (let i = 0; i < 10; i++) await send(tx, i);
      const other = weak.upgrade()!;
      tx.close();
      await send(other, 20);
      const last = other.downgrade();
      other.close();
      return last;
    });
    const weak = await sending;
    assertEquals(await Array.fromAsync(rx), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
    assertEquals(weak.upgrade(), undefined);
  });

  test(`${name}.upgrade() answers with another handle of the same channel`, () => {
    const [tx] = make();
    using weak = tx.downgrade();
    using sender = weak.upgrade();
    assert(sender!.sameChannel(tx as never));
    assertEquals(weak.strongCount(), 2);
  });

  test(`${name}.upgrade() answers with nothing when all senders were closed`, () => {
    const [tx] = make();
    const weak = [tx.downgrade(), tx.downgrade(), tx.downgrade().clone()];
    tx.close();
    for (const each of weak) assertEquals(each.upgrade(), undefined);
  });

  test(`${name} of a clone that was closed is as good as that of any sender`, () => {
    const [tx] = make();
    const clone = tx.clone();
    const weak = clone.downgrade();
    clone.close();
    weak.upgrade()!.close();
    tx.close();
    assertEquals(weak.upgrade(), undefined);
  });

  test(`${name} does not keep the channel open`, async () => {
    const [tx, rx] = make();
    using weak = tx.clone().downgrade();
    assertEquals(weak.strongCount(), 2);
    weak.upgrade()!.close();
    tx.close();
    assertEquals(rx.isClosed(), false);
    const [other, receiver] = make();
    using _weak = other.downgrade();
    other.close();
    assert(receiver.isClosed());
    assertEquals(await receiver.recv(), undefined);
  });

  test(`${name}.strongCount() counts senders`, () => {
    const [tx, rx] = make();
    const other = tx.clone();
    using weak = tx.downgrade();
    const counts = () => [tx.strongCount(), weak.strongCount(), rx.senderStrongCount()];
    assertEquals(other.strongCount(), 2);
    assertEquals(counts(), [2, 2, 2]);
    other.close();
    other.close();
    assertEquals(counts(), [1, 1, 1]);
  });

  test(`${name}.weakCount() counts weak senders that were not closed`, () => {
    const [tx, rx] = make();
    const other = tx.clone();
    const [one, two] = [tx.downgrade(), other.downgrade()];
    const counts = () => [tx.weakCount(), one.weakCount(), rx.senderWeakCount()];
    assertEquals(counts(), [2, 2, 2]);
    assertEquals([tx.strongCount(), one.strongCount()], [2, 2]);
    const three = one.clone();
    assertEquals(counts(), [3, 3, 3]);
    three[Symbol.dispose]();
    three.close();
    two.close();
    other.close();
    assertEquals(counts(), [1, 1, 1]);
    assertEquals([tx.strongCount(), one.strongCount()], [1, 1]);
  });

  test(`${name} that was closed cannot be used`, () => {
    const [tx] = make();
    const weak = tx.downgrade();
    weak.close();
    const uses = [
      () => weak.upgrade(),
      () => weak.clone(),
      () => weak.strongCount(),
      () => weak.weakCount(),
    ];
    for (const use of uses) assertThrows(use, TypeError, "this sender was closed");
  });
}

/** What an actor is told. */
type Message = { reply: (id: number) => void } | "to myself";

const ACTORS = { WeakSender: actor, WeakUnboundedSender: unboundedActor };

for (const [name, start] of Object.entries(ACTORS)) {
  test(`an actor that knows itself by a ${name} ends when its last handle is closed`, async () => {
    const gotOwn: boolean[] = [];
    const { send, close, task } = start(() => gotOwn.push(true));
    assertEquals(await new Promise((reply) => send({ reply })), 1);
    close();
    await task;
    assertEquals(gotOwn, [true]);
  });
}

function actor(onOwn: () => void) {
  const [tx, rx] = mpsc.channel<Message>(8);
  const weak = tx.downgrade();
  const task = spawn(function* () {
    for (let id = 1;; id++) {
      const message = yield* rx.recv();
      if (message === undefined) return;
      if (message === "to myself") {
        onOwn();
        continue;
      }
      message.reply(id);
      using sender = weak.upgrade();
      if (sender !== undefined) yield* sender.send("to myself");
    }
  });
  return { send: (message: Message) => tx.trySend(message), close: () => tx.close(), task };
}

function unboundedActor(onOwn: () => void) {
  const [tx, rx] = mpsc.unboundedChannel<Message>();
  const weak = tx.downgrade();
  const task = spawn(async () => {
    let id = 0;
    for await (const message of rx) {
      if (message === "to myself") {
        onOwn();
        continue;
      }
      message.reply(++id);
      using sender = weak.upgrade();
      sender?.send("to myself");
    }
  });
  return { send: (message: Message) => tx.send(message), close: () => tx.close(), task };
}

test("WeakSender can be upgraded while an owned permit is all there is", async () => {
  const [tx] = mpsc.channel<number>(1);
  const weak = tx.downgrade();
  const permit = await tx.reserveOwned();
  weak.upgrade()!.close();
  permit[Symbol.dispose]();
  assertEquals(weak.upgrade(), undefined);
});

test("Sender can be downgraded and upgraded while an owned permit is out", async () => {
  const [tx] = mpsc.channel<number>(1);
  const other = tx.clone();
  using _permit = await tx.reserveOwned();
  const weak = other.downgrade();
  other.close();
  assert(weak.upgrade() !== undefined);
});

test("nothing stays in a channel whose receiver is disposed while weak senders are left", async () => {
  const [tx, rx] = mpsc.channel<object>(3);
  using _weak = tx.downgrade();
  await tx.send({});
  await tx.send({});
  await rx.recv();
  await tx.send({});
  rx[Symbol.dispose]();
  assertEquals([rx.len(), tx.capacity()], [0, 3]);
  assertThrows(() => tx.trySend({}), mpsc.TrySendError);
  assertEquals(rx.len(), 0);

  const [unboundedTx, unboundedRx] = mpsc.unboundedChannel<object>();
  using _unboundedWeak = unboundedTx.downgrade();
  unboundedTx.send({});
  unboundedRx[Symbol.dispose]();
  assertEquals(unboundedRx.len(), 0);
  assertThrows(() => unboundedTx.send({}), mpsc.SendError);
});
