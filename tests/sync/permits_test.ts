/**
 * The queue that locks, semaphores and bounded channels are made of. P1 to P4: see
 * `sync/permits.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, hasBudget, resetBudget } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { future } from "../../future/generator.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { Acquire, Permits } from "../../sync/permits.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";
import { Crowd } from "./_crowd.ts";

class ClosedError extends Error {}

/** A wait for permits that completes with their number. */
class Taking extends Acquire<number> {
  protected override taken(): number {
    return this.count;
  }

  protected override refused(): Error {
    return new ClosedError();
  }
}

/** The same, with the short way of a class whose waits have to be quick. */
class QuickTaking extends Taking {
  override poll(cx: Context): Poll<number> {
    return this.takesAtOnce(cx) ? this.taken() : super.poll(cx);
  }
}

/** A wait in the queue, and its wakes. */
function queued(permits: Permits, count: number): { wait: Taking; wakes: Wakes } {
  const wait = new Taking(permits, count);
  const wakes = new Wakes();
  assertPending(wait, wakes);
  return { wait, wakes };
}

for (const Wait of [Taking, QuickTaking]) {
  Deno.test(`${Wait.name}: a wait takes free permits at its first poll`, () => {
    const permits = new Permits(100);
    const wait = new Wait(permits, 1);
    assertEquals(permits.free, 100);
    assertEquals(assertReady(wait), 1);
    assertEquals(permits.free, 99);
    assertEquals(assertReady(new Wait(permits, 5)), 5);
    assertEquals(permits.free, 94);
  });

  Deno.test(`${Wait.name}: a wait is served by what is released`, () => {
    const permits = new Permits(0);
    const wakes = new Wakes();
    const wait = new Wait(permits, 1);
    assertPending(wait, wakes);
    permits.release(1);
    assertEquals(permits.free, 0);
    assert(wakes.isWoken());
    assertEquals(assertReady(wait), 1);
    permits.release(1);
    assertEquals(permits.free, 1);
  });

  Deno.test(`${Wait.name}: a wait that has ended throws when it is polled`, () => {
    const permits = new Permits(3);
    const wait = new Wait(permits, 1);
    assertReady(wait);
    assertThrows(() => wait.poll(new Wakes()), TypeError);
    const dropped = new Wait(permits, 1);
    dropped[Symbol.dispose]();
    assertThrows(() => dropped.poll(new Wakes()), TypeError);
    wait[Symbol.dispose]();
    assertEquals(permits.free, 2);
  });

  Deno.test(`${Wait.name}: a wait is charged to the budget when it completes`, () => {
    const permits = new Permits(2);
    resetBudget(1);
    assertEquals(new Wait(permits, 1).poll(new Wakes()), 1);
    assertFalse(hasBudget());
    const second = new Wait(permits, 1);
    assertStrictEquals(second.poll(new Wakes()), Pending);
    assertEquals(permits.free, 1);
    resetBudget(1);
    assertEquals(second.poll(new Wakes()), 1);
    resetBudget(1);
    const third = new Wait(permits, 1);
    assertStrictEquals(third.poll(new Wakes()), Pending);
    assert(hasBudget());
    third[Symbol.dispose]();
    resetBudget(BUDGET);
  });

  Deno.test(`${Wait.name}: a wait for no permits never waits (P4)`, () => {
    const permits = new Permits(0);
    const { wait } = queued(permits, 1);
    assertEquals(assertReady(new Wait(permits, 0)), 0);
    wait[Symbol.dispose]();
  });

  Deno.test(`${Wait.name}: a closed one refuses every wait, also for free permits (P3)`, () => {
    const permits = new Permits(5);
    permits.close();
    assertEquals(permits.free, 5);
    assertThrows(() => assertReady(new Wait(permits, 1)), ClosedError);
    assertThrows(() => assertReady(new Wait(permits, 0)), ClosedError);
    assertEquals(permits.free, 5);
  });
}

Deno.test("Permits.tryTake() takes all or nothing", () => {
  const permits = new Permits(5);
  assert(permits.tryTake(4));
  assertFalse(permits.tryTake(2));
  assertEquals(permits.free, 1);
  assert(permits.tryTake(0));
  assert(permits.tryTake(1));
  assertFalse(permits.tryTake(1));
});

Deno.test("Permits.takeUpTo() answers with what there was", () => {
  const permits = new Permits(10);
  assertEquals(permits.takeUpTo(4), 4);
  assertEquals(permits.takeUpTo(10), 6);
  assertEquals(permits.takeUpTo(1), 0);
  assertEquals(permits.free, 0);
});

Deno.test("Permits.release() gives to the head of the queue, also a part of what it needs (P1)", () => {
  const permits = new Permits(5);
  assert(permits.tryTake(1));
  const large = queued(permits, 5);
  const small = queued(permits, 3);
  assertEquals(permits.free, 0);
  permits.release(1);
  assert(large.wakes.isWoken());
  assertFalse(small.wakes.isWoken());
  assertEquals(assertReady(large.wait), 5);
  permits.release(1);
  assertFalse(small.wakes.isWoken());
  assertFalse(permits.tryTake(1));
  permits.release(2);
  assert(small.wakes.isWoken());
  assertEquals(assertReady(small.wait), 3);
});

Deno.test("Permits.release() serves as many waits as it can and frees the rest", () => {
  const permits = new Permits(0);
  const waits = [queued(permits, 1), queued(permits, 2), queued(permits, 3)];
  permits.release(4);
  assertEquals(waits.map(({ wakes }) => wakes.isWoken()), [true, true, false]);
  permits.release(4);
  assertEquals(permits.free, 2);
  assertEquals(waits.map(({ wait }) => assertReady(wait)), [1, 2, 3]);
});

Deno.test("Acquire wakes the waker of the last poll, once", () => {
  const permits = new Permits(0);
  const { wait, wakes } = queued(permits, 1);
  const later = new Wakes();
  assertPending(wait, later);
  permits.release(1);
  permits.release(1);
  assertFalse(wakes.isWoken());
  assertEquals(later.count, 1);
  assertEquals(assertReady(wait), 1);
});

Deno.test("Acquire dropped at the head gives its part to the next (P2)", () => {
  const permits = new Permits(6);
  const large = queued(permits, 8);
  const next = queued(permits, 4);
  assertEquals(permits.free, 0);
  large.wait[Symbol.dispose]();
  assert(next.wakes.isWoken());
  assertEquals(permits.free, 2);
  assertEquals(assertReady(next.wait), 4);
});

Deno.test("Acquire dropped while alone frees its part", () => {
  const permits = new Permits(10);
  assert(permits.tryTake(4));
  const { wait } = queued(permits, 8);
  assertEquals(permits.free, 0);
  wait[Symbol.dispose]();
  wait[Symbol.dispose]();
  assertEquals(permits.free, 6);
});

Deno.test("Acquire dropped after it was granted gives all to the next (P2)", () => {
  const permits = new Permits(0);
  const first = queued(permits, 2);
  const second = queued(permits, 1);
  permits.release(2);
  assert(first.wakes.isWoken());
  first.wait[Symbol.dispose]();
  assert(second.wakes.isWoken());
  assertEquals(permits.free, 1);
  assertEquals(assertReady(second.wait), 1);
});

Deno.test("Acquire dropped in the middle or at the end of the queue leaves the others in order", () => {
  const permits = new Permits(0);
  const waits = [1, 1, 1, 1].map((count) => queued(permits, count));
  waits[1]!.wait[Symbol.dispose]();
  waits[3]!.wait[Symbol.dispose]();
  permits.release(1);
  assertEquals(waits.map(({ wakes }) => wakes.isWoken()), [true, false, false, false]);
  permits.release(1);
  assertEquals(waits.map(({ wakes }) => wakes.isWoken()), [false, false, true, false]);
  const last = queued(permits, 1);
  permits.release(1);
  assert(last.wakes.isWoken());
});

Deno.test("Permits.close() refuses those who wait and frees what they held (P3)", () => {
  const permits = new Permits(2);
  const large = queued(permits, 3);
  const small = queued(permits, 1);
  permits.close();
  assert(permits.isClosed);
  assert(large.wakes.isWoken() && small.wakes.isWoken());
  assertEquals(permits.free, 2);
  assertThrows(() => assertReady(large.wait), ClosedError);
  assertThrows(() => assertReady(small.wait), ClosedError);
  permits.release(1);
  assertEquals(permits.free, 3);
  permits.close();
  assertEquals(permits.free, 3);
});

Deno.test("Permits.close() refuses a wait that was granted and not polled since (P3)", () => {
  const permits = new Permits(0);
  const { wait } = queued(permits, 2);
  permits.release(2);
  assertEquals(permits.free, 0);
  permits.close();
  assertThrows(() => assertReady(wait), ClosedError);
  assertEquals(permits.free, 2);
  wait[Symbol.dispose]();
  assertEquals(permits.free, 2);
});

Deno.test("Acquire that was refused may be dropped instead of polled", () => {
  const permits = new Permits(1);
  const { wait } = queued(permits, 2);
  permits.close();
  wait[Symbol.dispose]();
  assertEquals(permits.free, 1);
});

Deno.test("Permits may be changed many times while somebody waits", () => {
  const permits = new Permits(5);
  const { wait } = queued(permits, 7);
  permits.release(5);
  assertEquals(assertReady(wait), 7);
  assertEquals(permits.free, 3);
  assertEquals(permits.takeUpTo(3), 3);
  assertEquals(permits.free, 0);
});

Deno.test("Permits serve a waker that takes and releases at once", () => {
  const permits = new Permits(0);
  const wait = new Taking(permits, 1);
  const inner = new Taking(permits, 1);
  const polled: Poll<number>[] = [];
  resetBudget(BUDGET);
  wait.poll({
    waker: {
      wake() {
        permits.release(1);
        polled.push(inner.poll(new Wakes()));
      },
    },
  });
  permits.release(1);
  assertEquals(assertReady(wait), 1);
  assertEquals(polled, [1]);
  assertEquals(permits.free, 0);
});

Deno.test("Acquire gives way to a generator future that is dropped", () => {
  const permits = new Permits(0);
  const wait = future(function* () {
    return yield* new Taking(permits, 1);
  });
  assertPending(wait);
  wait[Symbol.dispose]();
  permits.release(1);
  assertEquals(permits.free, 1);
});

Deno.test("Permits are conserved, and served in order, under random polls, drops and releases", () => {
  forSeeds(300, (random) => {
    const permits = new Permits(5);
    let total = 5;
    const crowd = new Crowd<number>(
      random,
      () => new Taking(permits, random.below(5)),
      (count) => permits.release(count),
    );
    for (let i = 0; i < 100; i++) {
      crowd.step();
      if (random.chance(0.05)) {
        total += 1;
        permits.release(1);
      }
      if (random.chance(0.05) && total > 5) total -= permits.takeUpTo(1);
      const held = crowd.held.reduce((sum, count) => sum + count, 0);
      const set = crowd.waiting.reduce((sum, { future }) => sum + setAside(future as Taking), 0);
      assertEquals(permits.free + held + set, total);
      if (crowd.unserved.length > 0) assertEquals(permits.free, 0);
    }
    crowd.drain();
    assertEquals(permits.free, total);
  });
});

/** How many permits a wait has been given so far. */
function setAside(wait: Taking): number {
  return wait.count - wait.missing;
}
