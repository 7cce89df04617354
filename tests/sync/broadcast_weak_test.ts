/**
 * Weak senders of broadcast channels, and the counting of senders.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { broadcast } from "../../sync/mod.ts";
import { test } from "../helpers/leak_guard.ts";

test("broadcast.WeakSender.upgrade() gives a sender while there is one", async () => {
  const [tx, rx] = broadcast.channel<number>(11);
  const weak = await spawn(() => {
    const weak = tx.downgrade();
    for (let i = 0; i < 10; i++) tx.send(i);
    const other = weak.upgrade()!;
    tx.close();
    other.send(20);
    const last = other.downgrade();
    other.close();
    return last;
  });
  assertEquals(await Array.fromAsync(rx), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
  assertEquals(weak.upgrade(), undefined);
});

test("broadcast.WeakSender.upgrade() answers with nothing when all senders were closed", () => {
  const [tx, rx] = broadcast.channel<number>(1);
  const [one, two] = [tx.downgrade(), tx.downgrade()];
  assertEquals([tx.strongCount(), tx.weakCount()], [1, 2]);
  tx.close();
  assertEquals([one.upgrade(), two.upgrade()], [undefined, undefined]);
  assertEquals([one.strongCount(), one.weakCount()], [0, 2]);
  assert(rx.isClosed());
});

test("broadcast.WeakSender of a clone that was closed is as good as that of any sender", () => {
  const [tx, rx] = broadcast.channel<number>(10);
  const clone = tx.clone();
  const weak = clone.downgrade();
  clone.close();
  using sender = weak.upgrade();
  assert(sender!.sameChannel(tx));
  sender!.close();
  tx.close();
  assertEquals(weak.upgrade(), undefined);
  assertEquals([weak.strongCount(), weak.weakCount()], [0, 1]);
  assert(rx.isClosed());
});

test("broadcast.Sender.strongCount() counts senders", () => {
  const [tx, rx] = broadcast.channel<null>(1);
  const other = tx.clone();
  assertEquals([tx.strongCount(), other.strongCount(), rx.senderStrongCount()], [2, 2, 2]);
  other.close();
  assertEquals([tx.strongCount(), rx.senderStrongCount()], [1, 1]);
});

test("broadcast.Sender.weakCount() counts weak senders that were not closed", () => {
  const [tx, rx] = broadcast.channel<null>(1);
  const other = tx.clone();
  const [one, two] = [tx.downgrade(), other.downgrade()];
  const weakCounts = () => [tx.weakCount(), one.weakCount(), rx.senderWeakCount()];
  const strongCounts = () => [tx.strongCount(), one.strongCount(), rx.senderStrongCount()];
  assertEquals([weakCounts(), strongCounts()], [[2, 2, 2], [2, 2, 2]]);
  other.close();
  two.close();
  two[Symbol.dispose]();
  assertEquals([weakCounts(), strongCounts()], [[1, 1, 1], [1, 1, 1]]);
  {
    using _clone = one.clone();
    assertEquals(weakCounts(), [2, 2, 2]);
  }
  one.close();
  assertEquals([tx.weakCount(), rx.senderWeakCount()], [0, 0]);
});

test("a broadcast.WeakSender that was closed cannot be used", () => {
  const [tx] = broadcast.channel<number>(1);
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
