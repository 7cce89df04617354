/**
 * Shared notifications, barriers and values that are computed once, in one isolate.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { join } from "../../../future/mod.ts";
import { ownLink } from "../../../scheduler/multi_thread/membership.ts";
import { SetError } from "../../../sync/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { yieldNow } from "../../../task/mod.ts";
import { assertPending, assertReady, Wakes } from "../../helpers/wakes.ts";

const { SharedBarrier, SharedNotify, SharedOnce } = shared;

Deno.test("SharedNotify.notifyOne() leaves one permit or wakes the first", () => {
  using bell = new SharedNotify();
  bell.notifyOne();
  bell.notifyOne();
  assertReady(bell.notified());
  const wakes = new Wakes();
  const [first, second] = [bell.notified(), bell.notified()];
  assertPending(first, wakes);
  assertPending(second);
  bell.notifyOne();
  assert(wakes.isWoken());
  assertReady(first);
  assertPending(second);
  bell.notifyOne();
  assertReady(second);
  assertFalse(bell.notifiedSync(0));
});

Deno.test("SharedNotify.notifyLast() wakes the last", () => {
  using bell = new SharedNotify();
  const [first, second] = [bell.notified(), bell.notified()];
  assertPending(first);
  assertPending(second);
  bell.notifyLast();
  assertPending(first);
  assertReady(second);
  first[Symbol.dispose]();
});

Deno.test("SharedNotify.notifyWaiters() reaches futures that were made and not polled", () => {
  using bell = new SharedNotify();
  const [first, second] = [bell.notified(), bell.notified()];
  assertPending(first);
  bell.notifyWaiters();
  assertReady(first);
  assertReady(second);
  const third = bell.notified();
  assertPending(third);
  third[Symbol.dispose]();
});

Deno.test("a notification of a SharedNotify that is dropped goes to the next one or stays", () => {
  using bell = new SharedNotify();
  const waits = [bell.notified(), bell.notified()];
  for (const wait of waits) assertPending(wait);
  bell.notifyOne();
  waits[0]![Symbol.dispose]();
  assertReady(waits[1]!);
  const last = bell.notified();
  assertFalse(last.enable());
  bell.notifyOne();
  last[Symbol.dispose]();
  assert(bell.notifiedSync());
});

Deno.test("a notification that enable() has told of is not passed on", () => {
  using bell = new SharedNotify();
  const wait = bell.notified();
  assertFalse(wait.enable());
  bell.notifyOne();
  assert(wait.enable());
  wait[Symbol.dispose]();
  assertThrows(() => wait.enable());
  assertFalse(bell.notifiedSync(0));
});

Deno.test("SharedBarrier lets its number in, again and again, with one leader", async () => {
  using barrier = new SharedBarrier(3);
  for (let round = 0; round < 3; round++) {
    const met = await join(barrier.wait(), barrier.wait(), barrier.wait());
    assertEquals(met.filter(({ isLeader }) => isLeader).length, 1);
  }
});

Deno.test("who gives up at a SharedBarrier stays counted", () => {
  using barrier = new SharedBarrier(3);
  const first = barrier.wait();
  assertPending(first);
  first[Symbol.dispose]();
  assertEquals(barrier.waitSync(0), undefined);
  assertEquals(assertReady(barrier.wait()), { isLeader: true });
});

Deno.test("SharedBarrier refuses wrong sizes, and takes 0 for 1", () => {
  for (const size of [-1, 0.5, NaN, 2 ** 31]) {
    assertThrows(() => new SharedBarrier(size), RangeError, "Cannot make a barrier");
  }
  using barrier = new SharedBarrier(0);
  assert(barrier.waitSync().isLeader);
});

Deno.test("SharedOnce.getOrInit() computes once while the others wait", async () => {
  using once = new SharedOnce<{ n: number }>();
  let calls = 0;
  const init = async () => {
    await yieldNow();
    return { n: ++calls };
  };
  assertFalse(once.initialized());
  assertEquals(once.get(), undefined);
  const [a, b] = await join(once.getOrInit(init), once.getOrInit(init));
  assertEquals([a, b, calls], [{ n: 1 }, { n: 1 }, 1]);
  assert(a === b && a === once.get());
  assert(once.initialized());
});

Deno.test("SharedOnce.getOrInit() lets the next one compute when the first fails or gives up", async () => {
  using once = new SharedOnce<number>();
  const fails = once.getOrInit(() => {
    throw new RangeError("no");
  });
  await assertRejects(() => Promise.resolve(fails), RangeError, "no");
  const error = await assertRejects(() =>
    Promise.resolve(once.getOrInit(() => (() => 1) as never))
  );
  assertEquals((error as Error).name, "DataCloneError");
  let hasEnded = false;
  const first = once.getOrInit(function* () {
    try {
      while (true) yield* yieldNow();
    } finally {
      hasEnded = true;
    }
  });
  const second = once.getOrInit(() => 2);
  assertPending(first);
  assertPending(second);
  assertThrows(() => once.set(3), SetError, "being computed");
  first[Symbol.dispose]();
  assert(hasEnded);
  assertEquals(assertReady(second), 2);
});

Deno.test("SharedOnce.set() sets once and wakes who waits; undefined is a value", () => {
  const { arena } = ownLink().domain;
  const before = arena.bytesInUse;
  {
    using once = SharedOnce.newWith("x".repeat(1000));
    assertEquals(once.get()?.length, 1000);
    const error = assertThrows(() => once.set("y"), SetError<string>);
    assert(error.isAlreadyInitErr());
    assertEquals(error.value, "y");
    assertThrows(() => SharedOnce.newWith(() => 1));
    using nothing = SharedOnce.newWith(undefined);
    assert(nothing.initialized());
    assertEquals(assertReady(nothing.getOrInit(() => undefined)), undefined);
  }
  assertEquals(arena.bytesInUse, before);
});
