/**
 * Channels that keep the newest value, between isolates.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";
import { leavesNothing, withWorkers } from "../../helpers/workers.ts";
import { follow, raise } from "./fixtures/channels.ts";

const { mpsc, watch } = shared;

test("shared.watch receivers see the newest value", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel<unknown>("first");
    const other = rx.clone();
    assertEquals([rx.borrow(), other.borrow(), tx.borrow()], ["first", "first", "first"]);
    for (const value of [{ size: 1 }, "x".repeat(5000), undefined, "x".repeat(9000), 5]) {
      tx.send(value);
      assertEquals([rx.borrow(), other.borrowAndUpdate(), tx.borrow()], [value, value, value]);
    }
    assertEquals([rx.hasChanged(), other.hasChanged()], [true, false]);
    tx.send({ size: 2 });
    assertStrictEquals(rx.borrow(), rx.borrow());
    for (const handle of [tx, rx, other]) handle.close();
  });
});

test("shared.watch.Receiver.changed() waits for the next value, and fails at the end", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    const other = rx.clone();
    const wakes = [new Wakes(), new Wakes(), new Wakes()];
    const waits = [rx.changed(), rx.changed(), other.changed()];
    waits.forEach((wait, i) => assertPending(wait, wakes[i]));
    tx.send(2);
    assert(wakes.every((wake) => wake.isWoken()));
    waits.forEach((wait) => assertReady(wait));
    assertFalse(rx.hasChanged());
    const last = rx.changed();
    assertPending(last, wakes[0]);
    tx.close();
    assert(wakes[0]!.isWoken());
    assertThrows(() => assertReady(last), watch.RecvError);
    assertThrows(() => rx.hasChanged(), watch.RecvError);
    rx.close();
    other.close();
  });
});

test("shared.watch.Receiver.changed() tells of an unseen value though the channel is closed", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    tx.send(2);
    tx.close();
    assertReady(rx.changed());
    assertEquals(rx.borrow(), 2);
    assertThrows(() => assertReady(rx.changed()), watch.RecvError);
    rx.markChanged();
    rx.markChanged();
    assertReady(rx.changed());
    rx.markChanged();
    rx.markUnchanged();
    assertThrows(() => assertReady(rx.changed()), watch.RecvError);
    rx.close();
  });
});

test("shared.watch.Receiver.changed() that is dropped misses no value and waits no more", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    const wait = rx.changed();
    assertPending(wait);
    wait[Symbol.dispose]();
    assertEquals(ownLink().underWay, 0);
    const granted = rx.changed();
    assertPending(granted);
    tx.send(2);
    granted[Symbol.dispose]();
    assertReady(rx.changed());
    tx.close();
    rx.close();
  });
});

test("shared.watch.Receiver.waitFor() looks at the current value first, and at each newer one", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    assertEquals(assertReady(rx.waitFor((value) => value === 1)), 1);
    const wakes = new Wakes();
    const wait = rx.waitFor((value) => value > 2);
    assertPending(wait, wakes);
    tx.send(2);
    assert(wakes.isWoken());
    assertPending(wait, wakes);
    tx.send(3);
    tx.close();
    assertEquals(assertReady(wait), 3);
    assertThrows(() => assertReady(rx.waitFor(() => false)), watch.RecvError);
    const failing = rx.waitFor(() => {
      throw new SyntaxError("No");
    });
    assertThrows(() => assertReady(failing), SyntaxError);
    assertThrows(() => assertReady(failing), TypeError);
    rx.close();
  });
});

test("a loop over a shared.watch receiver gives each value that was not seen once", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    const next = () => assertReady(rx.next());
    assertEquals(next(), 1);
    const wait = rx.next();
    const wakes = new Wakes();
    assertPending(wait, wakes);
    tx.send(2);
    assert(wakes.isWoken());
    tx.send(3);
    assertEquals(assertReady(wait), 3);
    const seenElsewhere = rx.next();
    assertPending(seenElsewhere, wakes);
    tx.send(4);
    assertEquals(rx.borrowAndUpdate(), 4);
    assertPending(seenElsewhere, wakes);
    tx.send(5);
    tx.close();
    assertEquals(assertReady(seenElsewhere), 5);
    assertEquals(next(), undefined);
    rx.close();
  });
});

test("a wait of a shared.watch receiver that is closed goes on", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel(1);
    const wakes = new Wakes();
    const wait = rx.waitFor((value) => value === 2);
    assertPending(wait, wakes);
    rx.close();
    assertThrows(() => rx.borrow(), TypeError, "it was closed");
    assertThrows(() => tx.send(2), watch.SendError);
    tx.sendReplace(2);
    assert(wakes.isWoken());
    assertEquals(assertReady(wait), 2);
    tx.close();
  });
});

test("shared.watch senders learn when there is no receiver, and may get one again", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel("a");
    assertEquals([tx.receiverCount(), tx.senderCount()], [1, 1]);
    const wakes = new Wakes();
    const closed = tx.closed();
    assertPending(closed, wakes);
    rx.close();
    assert(wakes.isWoken());
    assertReady(closed);
    assert(tx.isClosed());
    assertEquals(assertThrows(() => tx.send("b"), watch.SendError).value, "b");
    assertEquals(tx.sendReplace("c"), "a");
    const again = tx.subscribe();
    assertFalse(tx.isClosed());
    assertEquals(again.borrow(), "c");
    const other = tx.clone();
    tx.close();
    other.send("d");
    assertReady(again.changed());
    other.close();
    assertThrows(() => tx.borrow(), TypeError, "it was closed");
    again.close();
  });
});

test("what cannot be kept is refused by a shared.watch channel, which stays as it is", () => {
  leavesNothing(() => {
    const [tx, rx] = watch.channel<unknown>(1);
    const [inner, innerRx] = mpsc.channel<number>(1);
    assertThrows(() => tx.send(() => 1), DOMException);
    assertThrows(() => tx.send(inner), DOMException, "a handle or shared memory in it");
    assertThrows(() => tx.send(new Uint8Array(2 ** 27)), RangeError, "shared memory is full");
    assertThrows(() => watch.channel(Symbol()), DOMException);
    assertEquals([rx.borrow(), rx.hasChanged(), inner.strongCount()], [1, false, 1]);
    inner.close();
    innerRx[Symbol.dispose]();
    tx.close();
    rx.close();
  });
});

test("a loop over a shared.watch receiver in another isolate sees the last value", async () => {
  await withWorkers(async () => {
    const [tx, rx] = watch.channel(0);
    const [ready, isReady] = watch.channel(false);
    const handle = spawn(follow, rx, ready);
    ready.close();
    rx.close();
    await isReady.waitFor((value) => value);
    isReady.close();
    for (let value = 1; value <= 500; value++) tx.send(value);
    tx.close();
    const seen = await handle;
    assertEquals(seen.at(-1), 500);
    assertEquals(seen, seen.toSorted((a, b) => a - b));
    assertEquals(new Set(seen).size, seen.length);
  });
});

test("shared.watch values come from other isolates", async () => {
  await withWorkers(async () => {
    const [tx, rx] = watch.channel(0);
    const handle = spawn(raise, tx, 300);
    tx.close();
    assertEquals(await rx.waitFor((value) => value === 300), 300);
    await handle;
    rx.close();
  });
});
