/**
 * Setting the value of a watch channel.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { future } from "../../future/generator.ts";
import * as watch from "../../sync/watch/mod.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

function assertSendFails<T>(tx: watch.Sender<T>, value: T): void {
  const error = assertThrows(() => tx.send(value), watch.SendError) as watch.SendError<T>;
  assertEquals([error.value, error.name], [value, "SendError"]);
}

Deno.test("watch.Sender.send() without a receiver fails and does not store the value", () => {
  const [tx, rx] = watch.channel("one");
  rx.close();
  assertSendFails(tx, "two");
  assertEquals(tx.borrow(), "one");
});

Deno.test("watch.Sender.sendReplace() stores the value without a receiver and answers with the old one", () => {
  const [tx, rx] = watch.channel("one");
  rx.close();
  assertEquals(tx.sendReplace("two"), "one");
  assertEquals(tx.borrow(), "two");
});

Deno.test("watch.Sender.closed() waits until there is no receiver", () => {
  const [tx, rx] = watch.channel("one");
  const [closed, wakes] = [tx.closed(), new Wakes()];
  const other = rx.clone();
  assertPending(closed, wakes);
  rx.close();
  rx.close();
  assertFalse(wakes.isWoken());
  other.close();
  assert(wakes.isWoken());
  assertReady(closed);
  assertSendFails(tx, "two");
});

Deno.test("watch.Sender.closed() goes on waiting when somebody subscribes before it is polled", () => {
  const [tx, rx] = watch.channel(0);
  const [closed, wakes] = [tx.closed(), new Wakes()];
  assertPending(closed, wakes);
  rx.close();
  assert(wakes.isWoken());
  const late = tx.subscribe();
  assertPending(closed, wakes);
  late.close();
  assert(wakes.isWoken());
  assertReady(closed);
  assertThrows(() => pollOnce(closed), TypeError, "Cannot poll a future again");
});

Deno.test("every watch.Sender.closed() in flight is served, and one that is dropped is not woken", () => {
  const [tx, rx] = watch.channel(0);
  const waits = [tx.closed(), tx.closed(), tx.closed()];
  const wakes = waits.map(() => new Wakes());
  waits.forEach((wait, index) => assertPending(wait, wakes[index]!));
  waits[1]![Symbol.dispose]();
  rx.close();
  assertEquals(wakes.map(({ count }) => count), [1, 0, 1]);
  assertReady(waits[0]!);
  assertReady(waits[2]!);
});

Deno.test("watch.Sender.subscribe() reopens a channel without receivers", () => {
  const [tx, rx] = watch.channel("one");
  assertFalse(tx.isClosed());
  rx.close();
  assert(tx.isClosed());
  const late = tx.subscribe();
  assertFalse(tx.isClosed());
  tx.send("two");
  assertEquals(late.borrow(), "two");
  late.close();
  assert(tx.isClosed());
});

Deno.test("a receiver by watch.Sender.subscribe() has seen the current value", () => {
  const [tx] = watch.channel("one");
  tx.send("two");
  const late = tx.subscribe();
  assertFalse(late.hasChanged());
  assertPending(late.changed());
});

Deno.test("watch.Sender.sendModify() that throws leaves the value as it was left, and wakes nobody", () => {
  const [tx, rx] = watch.channel("one");
  tx.sendModify((slot) => void (slot.value = "two"));
  assertEquals(rx.borrowAndUpdate(), "two");
  const [change, wakes] = [rx.changed(), new Wakes()];
  assertPending(change, wakes);
  const failing = () =>
    tx.sendModify((slot) => {
      slot.value = "left so";
      throw new RangeError("Half way");
    });
  assertThrows(failing, RangeError, "Half way");
  assertFalse(wakes.isWoken());
  assertPending(change, wakes);
  assertEquals(rx.borrow(), "left so");
  tx.sendModify((slot) => void (slot.value = "three"));
  assertReady(change);
  assertEquals(rx.borrowAndUpdate(), "three");
});

Deno.test("watch.Sender.sendModify() changes an object in its place", () => {
  const [tx, rx] = watch.channel({ users: 1 });
  const before = rx.borrow();
  tx.sendModify(({ value }) => value.users++);
  assert(rx.hasChanged());
  assertEquals([rx.borrow() === before, before.users], [true, 2]);
});

Deno.test("the slot of watch.Sender.sendModify() has no effect afterwards", () => {
  const [tx, rx] = watch.channel(1);
  let kept: watch.Slot<number> | undefined;
  tx.sendModify((slot) => kept = slot);
  kept!.value = 2;
  assertEquals(rx.borrow(), 1);
});

Deno.test("watch.Sender.sendIfModified() wakes receivers only when its function says so", () => {
  const [tx, rx] = watch.channel(0);
  const [change, wakes] = [rx.changed(), new Wakes()];
  assertPending(change, wakes);
  const put = (value: number, isNews: boolean) =>
    tx.sendIfModified((slot) => {
      slot.value = value;
      return isNews;
    });
  assertFalse(put(1, false));
  assertEquals([wakes.isWoken(), rx.hasChanged(), rx.borrow()], [false, false, 1]);
  assert(put(2, true));
  assertEquals([wakes.isWoken(), rx.hasChanged(), rx.borrow()], [true, true, 2]);
});

Deno.test("clones of a watch sender set the same value", () => {
  const [first, rx] = watch.channel(0);
  const second = first.clone();
  assert(first.sameChannel(second));
  assertFalse(first.sameChannel(watch.channel(0)[0]));
  const seen = future(function* () {
    yield* rx.changed();
    const one = rx.borrowAndUpdate();
    yield* rx.changed();
    return [one, rx.borrowAndUpdate()];
  });
  first.send(1);
  assertPending(seen);
  second.send(2);
  assertEquals(assertReady(seen), [1, 2]);
});

Deno.test("receivers of a watch channel are told when the last sender is closed, and not before", () => {
  const [first, rx] = watch.channel(0);
  const second = first.clone();
  const [change, wakes] = [rx.changed(), new Wakes()];
  assertPending(change, wakes);
  first.close();
  first.close();
  assertFalse(wakes.isWoken());
  second.close();
  assert(wakes.isWoken());
  assertThrows(() => pollOnce(change), watch.RecvError);
});

Deno.test("a watch channel counts its open ends", () => {
  const [tx, rx] = watch.channel(0);
  const counts = () => [tx.senderCount(), tx.receiverCount()];
  assertEquals(counts(), [1, 1]);
  {
    using _tx = tx.clone();
    using _rx = rx.clone();
    using _late = tx.subscribe();
    assertEquals(counts(), [2, 3]);
  }
  assertEquals(counts(), [1, 1]);
  rx.close();
  tx.close();
  assertEquals(counts(), [0, 0]);
});

Deno.test("a watch sender that is closed refuses to send, subscribe and clone", () => {
  const [tx, rx] = watch.channel(0);
  tx.close();
  for (
    const use of [
      () => tx.send(1),
      () => tx.sendReplace(1),
      () => tx.sendModify(() => {}),
      () => tx.sendIfModified(() => true),
      () => tx.subscribe(),
      () => tx.clone(),
    ]
  ) assertThrows(use, TypeError, "this sender is closed");
  assertEquals([rx.borrow(), tx.borrow()], [0, 0]);
});

Deno.test("both ends of a watch channel see the newest value", () => {
  const [tx, rx] = watch.channel(0);
  for (const value of [1, 2, 3]) {
    tx.send(value);
    assertEquals([tx.borrow(), rx.borrow()], [value, value]);
  }
});
