/**
 * What receivers of a watch channel see, and when.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { spawn } from "../../scheduler/runtime.ts";
import * as watch from "../../sync/watch/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

function assertFails(wait: Future<unknown>): void {
  assertThrows(() => pollOnce(wait), watch.RecvError, "Cannot wait for a change");
}

Deno.test("watch.Receiver.changed() waits for the next value, and fails at the end", () => {
  const [tx, rx] = watch.channel("one");
  assertPending(rx.changed());
  assertEquals(rx.borrow(), "one");

  const wakes = new Wakes();
  const change = rx.changed();
  assertPending(change, wakes);
  tx.send("two");
  assert(wakes.isWoken());
  assertReady(change);
  assertEquals(rx.borrow(), "two");

  const end = rx.changed();
  assertPending(end, wakes);
  tx.close();
  assert(wakes.isWoken());
  assertFails(end);
  assertEquals(rx.borrow(), "two");
});

Deno.test("watch.Receiver.markChanged() may be called again and again", () => {
  const [, rx] = watch.channel("one");
  rx.markChanged();
  rx.markChanged();
  assert(rx.hasChanged());
  assertReady(rx.changed());
  assertPending(rx.changed());
});

Deno.test("watch.Receiver.markChanged() makes the current value a new one for this receiver", () => {
  const [tx, rx] = watch.channel("one");
  const [other, third] = [rx.clone(), rx.clone()];
  rx.markChanged();
  assert(rx.hasChanged());
  assertReady(rx.changed());
  assertFalse(other.hasChanged());
  assertPending(other.changed());

  other.markChanged();
  assertEquals(other.borrow(), "one");
  assert(other.hasChanged());
  assertEquals(other.borrowAndUpdate(), "one");
  assertFalse(other.hasChanged());
  assertPending(other.changed());

  tx.send("two");
  assertEquals(third.borrowAndUpdate(), "two");
  third.markChanged();
  assert(third.hasChanged());
  assertEquals(third.borrowAndUpdate(), "two");
});

Deno.test("watch.Receiver.markUnchanged() makes the current value a seen one", () => {
  const [tx, rx] = watch.channel("one");
  const other = rx.clone();
  rx.markChanged();
  rx.markUnchanged();
  assertFalse(rx.hasChanged());
  assertPending(rx.changed());
  tx.send("two");
  assert(other.hasChanged());
  other.markUnchanged();
  assertFalse(other.hasChanged());
  assertEquals(other.borrowAndUpdate(), "two");
});

Deno.test("each receiver of a watch channel is told of each change", () => {
  const [tx, first] = watch.channel("one");
  const second = first.clone();
  const [wakes1, wakes2] = [new Wakes(), new Wakes()];
  const slow = second.changed();
  assertPending(slow, wakes2);
  for (const value of ["two", "three"]) {
    const change = first.changed();
    assertPending(change, wakes1);
    tx.send(value);
    assert(wakes1.isWoken());
    assertReady(change);
    assertEquals(first.borrow(), value);
  }
  assertEquals(wakes2.count, 1);
  assertReady(slow);
  assertEquals(second.borrow(), "three");
  assertPending(second.changed());
});

Deno.test("a receiver sees the final value of a watch channel after it was closed", () => {
  const [tx, rx] = watch.channel("one");
  tx.send("two");
  assertReady(rx.changed());
  const [change, wakes] = [rx.changed(), new Wakes()];
  assertPending(change, wakes);
  tx.send("three");
  tx.close();
  assert(wakes.isWoken());
  assertReady(change);
  assertEquals(rx.borrow(), "three");
  assertFails(rx.changed());
  assertEquals(rx.borrow(), "three");
});

Deno.test("a receiver sees the first value of a watch channel that was closed, and no change", () => {
  const [tx, rx] = watch.channel("one");
  tx.close();
  assertFails(rx.changed());
  assertEquals(rx.borrow(), "one");
});

Deno.test("watch.Receiver.borrowAndUpdate() marks the value as seen, and borrow() does not", () => {
  const [tx, rx] = watch.channel("one");
  assertFalse(rx.hasChanged());
  tx.send("two");
  assertEquals(rx.borrow(), "two");
  assert(rx.hasChanged());
  assertReady(rx.changed());
  assertPending(rx.changed());
  assertFalse(rx.hasChanged());

  tx.send("three");
  assertEquals(rx.borrowAndUpdate(), "three");
  assertPending(rx.changed());
  assertFalse(rx.hasChanged());

  tx.close();
  assertEquals(rx.borrowAndUpdate(), "three");
  assertFails(rx.changed());
  assertThrows(() => rx.hasChanged(), watch.RecvError);
});

Deno.test("watch.Receiver.changed() tells of an unseen value though the channel is closed", () => {
  const [tx, rx] = watch.channel("A");
  tx.send("B");
  tx.close();
  assertReady(rx.changed());
});

Deno.test("watch.Receiver.changed() fails when the channel is closed and the value was seen", () => {
  const [tx, rx] = watch.channel("A");
  tx.close();
  assertFails(rx.changed());
});

Deno.test("watch.Receiver.hasChanged() throws when the channel is closed, also with an unseen value", () => {
  const [tx, rx] = watch.channel("A");
  tx.send("B");
  tx.close();
  assertThrows(() => rx.hasChanged(), watch.RecvError);
});

Deno.test("watch.Receiver.hasChanged() throws when the channel is closed and the value was seen", () => {
  const [tx, rx] = watch.channel("A");
  tx.close();
  assertThrows(() => rx.hasChanged(), watch.RecvError);
});

Deno.test("several watch.Receiver.changed() of one receiver all complete with one change", () => {
  const [tx, rx] = watch.channel(1);
  const waits = [rx.changed(), rx.changed(), rx.changed()];
  const wakes = waits.map(() => new Wakes());
  waits.forEach((wait, index) => assertPending(wait, wakes[index]!));
  tx.send(2);
  assertEquals(wakes.map(({ count }) => count), [1, 1, 1]);
  for (const wait of waits) assertReady(wait);
  assertPending(rx.changed());
});

Deno.test("watch.Receiver.changed() that is dropped misses no value", () => {
  const [tx, rx] = watch.channel(1);
  const [gone, wakes] = [rx.changed(), new Wakes()];
  assertPending(gone, wakes);
  tx.send(2);
  gone[Symbol.dispose]();
  gone[Symbol.dispose]();
  assertReady(rx.changed());
  const [waiting, later] = [rx.changed(), new Wakes()];
  assertPending(waiting, later);
  waiting[Symbol.dispose]();
  tx.send(3);
  assertEquals(later.count, 0);
  assert(rx.hasChanged());
});

Deno.test("a wait of a watch receiver that has ended cannot be polled", () => {
  const [tx, rx] = watch.channel(1);
  const [changed, found, dropped, failed] = [
    rx.changed(),
    rx.waitFor((value) => value === 2),
    rx.changed(),
    rx.changed(),
  ];
  for (const wait of [changed, found, dropped]) assertPending(wait);
  tx.send(2);
  assertReady(changed);
  assertReady(found);
  dropped[Symbol.dispose]();
  tx.close();
  assertFails(failed);
  for (const ended of [changed, found, dropped, failed]) {
    assertThrows(() => pollOnce<unknown>(ended), TypeError, "Cannot poll a future again");
  }
});

Deno.test("watch.Receiver.waitFor() looks at the current value first, also if it was seen", () => {
  const [, rx] = watch.channel(1);
  rx.markUnchanged();
  assertEquals(assertReady(rx.waitFor((value) => value === 1)), 1);
});

Deno.test("watch.Receiver.waitFor() answers with the value that its predicate has accepted", () => {
  const [tx, rx] = watch.channel({ count: 0 });
  const looked: number[] = [];
  const [wait, wakes] = [
    rx.waitFor(({ count }) => {
      looked.push(count);
      return count >= 2;
    }),
    new Wakes(),
  ];
  assertPending(wait, wakes);
  tx.send({ count: 1 });
  assert(wakes.isWoken());
  assertPending(wait, wakes);
  assertPending(wait, wakes);
  const last = { count: 2 };
  tx.send(last);
  assertStrictEquals(assertReady(wait), last);
  assertEquals(looked, [0, 1, 2]);
  assertFalse(rx.hasChanged());
});

Deno.test("watch.Receiver.waitFor() accepts the last value of a closed channel", () => {
  const [tx, rx] = watch.channel("A");
  tx.send("B");
  tx.close();
  assertEquals(assertReady(rx.waitFor(() => true)), "B");
  assertFails(rx.waitFor(() => false));
});

Deno.test("watch.Receiver.waitFor() accepts a value that was sent just before the channel closed", () => {
  const [tx, rx] = watch.channel(0);
  const wait = rx.waitFor((value) => value === 1);
  const other = rx.waitFor((value) => value === 2);
  assertPending(wait);
  assertPending(other);
  tx.send(1);
  tx.close();
  assertEquals(assertReady(wait), 1);
  assertFails(other);
});

Deno.test("watch.Receiver.waitFor() fails with what its predicate throws, and ends", () => {
  const [tx, rx] = watch.channel(0);
  const wait = rx.waitFor((value) => {
    if (value > 0) throw new RangeError("Too much");
    return false;
  });
  assertPending(wait);
  tx.send(1);
  assertThrows(() => pollOnce(wait), RangeError, "Too much");
  assertThrows(() => pollOnce(wait), TypeError, "Cannot poll a future again");
});

Deno.test("watch.Receiver.waitFor() sees a value that its predicate has sent", () => {
  const [tx, rx] = watch.channel(0);
  const wait = rx.waitFor((value) => {
    if (value === 0) tx.send(1);
    return value === 1;
  });
  assertEquals(assertReady(wait), 1);
});

Deno.test("closing a watch receiver ends its own waits and no others", () => {
  const [tx, rx] = watch.channel(0);
  const other = rx.clone();
  const [changed, found, kept] = [rx.changed(), rx.waitFor(() => false), other.changed()];
  const wakes = [new Wakes(), new Wakes()];
  assertPending(changed, wakes[0]);
  assertPending(found, wakes[1]);
  assertPending(kept);
  rx.close();
  assertEquals(wakes.map(({ count }) => count), [1, 1]);
  tx.send(1);
  assertFails(changed);
  assertFails(found);
  assertReady(kept);
  assertThrows(() => rx.hasChanged(), watch.RecvError);
  assertThrows(() => rx.clone(), TypeError, "Cannot clone a receiver");
});

Deno.test("closing a watch receiver wakes no other", () => {
  const [, rx] = watch.channel(0);
  const [waited, looped] = [rx.clone(), rx.clone()];
  const ended = waited.changed();
  assertPending(ended);
  ended[Symbol.dispose]();
  looped.markUnchanged();
  const [next, nextWakes] = [looped.next(), new Wakes()];
  assertPending(next, nextWakes);
  const [change, wakes] = [rx.changed(), new Wakes()];
  assertPending(change, wakes);
  waited.close();
  looped.close();
  assertEquals([wakes.count, nextWakes.count], [0, 1]);
  assertEquals(assertReady(next), undefined);
});

Deno.test("a clone of a watch receiver has seen what its original has, and no more", () => {
  const [tx, rx] = watch.channel(0);
  tx.send(1);
  const behind = rx.clone();
  rx.markUnchanged();
  const ahead = rx.clone();
  assertEquals([behind.hasChanged(), ahead.hasChanged()], [true, false]);
  assert(rx.sameChannel(ahead));
  assertFalse(rx.sameChannel(watch.channel(0)[1]));
});

test("five tasks with clones of a watch receiver all see one change", async () => {
  const [tx, rx] = watch.channel(0);
  const tasks = Array.from({ length: 5 }, () => {
    const mine = rx.clone();
    return spawn(async () => {
      await mine.changed();
      return mine.borrow();
    });
  });
  tx.send(7);
  assertEquals(await Promise.all(tasks.map(async (task) => await task)), [7, 7, 7, 7, 7]);
});

/** Requires that a task which loops over `wait` gives others their turn before it ends. */
async function assertLetsOthersRun(wait: () => Future<unknown>): Promise<void> {
  let rounds = 0;
  const task = spawn(function* () {
    while (rounds < 10 * BUDGET) {
      try {
        yield* wait();
      } catch (error) {
        if (!(error instanceof watch.RecvError)) throw error;
      }
      rounds += 1;
    }
  });
  await yieldNow();
  task.abort();
  assert(rounds > 0 && rounds <= 2 * BUDGET, `${rounds} rounds`);
}

test("a task that loops over watch.Receiver.changed() at the end lets others run", async () => {
  const [tx, rx] = watch.channel(0);
  tx.close();
  await assertLetsOthersRun(() => rx.changed());
});

test("a task that loops over watch.Receiver.changed() with news lets others run", async () => {
  const [tx, rx] = watch.channel(0);
  await assertLetsOthersRun(() => {
    tx.send(1);
    return rx.changed();
  });
});

test("a task that loops over watch.Receiver.waitFor() at the end lets others run", async () => {
  const [tx, rx] = watch.channel(0);
  tx.close();
  await assertLetsOthersRun(() => rx.waitFor((value) => value === 1));
});

test("a task that loops over watch.Receiver.waitFor() with news lets others run", async () => {
  const [tx, rx] = watch.channel(0);
  await assertLetsOthersRun(() => {
    tx.send(1);
    return rx.waitFor((value) => value === 1);
  });
});

test("a task that loops over watch.Sender.closed() without a receiver lets others run", async () => {
  const [tx, rx] = watch.channel(0);
  rx.close();
  await assertLetsOthersRun(() => tx.closed());
});

Deno.test("a wait of a watch receiver spends the budget only when it is ready", () => {
  const [tx, rx] = watch.channel(0);
  const [source, wakes] = [rx.clone(), new Wakes()];
  const [changed, found, closed] = [rx.changed(), rx.waitFor((value) => value > 0), tx.closed()];
  resetBudget(1);
  for (const wait of [changed, found, closed]) assertEquals(wait.poll(wakes), Pending);
  assertEquals(source.pollNext(wakes), 0);
  assertEquals(source.pollNext(wakes), Pending);
  tx.send(1);
  assertEquals(found.poll(wakes), Pending);
  assertEquals(assertReady(found), 1);
  assertReady(changed);
});
