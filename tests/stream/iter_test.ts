/**
 * Streams of what is there already: `of`, `once`, `empty`, `pending`, `repeat`, iterables, `unfold`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { pending, ready } from "../../future/ready.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { Stream } from "../../stream/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { turns, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, poll } from "./_stream.ts";

test("Stream.from() an iterable spends the cooperative budget", async () => {
  const ones = Stream.from(function* () {
    while (true) yield 1;
  }());
  const cx = new Wakes();
  resetBudget(BUDGET);
  for (let i = 0; i < BUDGET; i++) assertEquals(ones.pollNext(cx), 1);
  assertStrictEquals(ones.pollNext(cx), Pending);
  await turns();
  assert(cx.isWoken());
  assertItem(ones, 1, cx);
  ones[Symbol.dispose]();
});

test("Stream.repeat(), once() and empty() spend the cooperative budget", async () => {
  const cx = new Wakes();
  for (const stream of [Stream.repeat(1), Stream.once(1), Stream.empty()]) {
    resetBudget(0);
    assertStrictEquals(stream.pollNext(cx), Pending);
    await turns();
    assert(cx.isWoken());
  }
});

test("Stream.from() an array knows its size", () => {
  const items = Stream.from([1, 2, 3]);
  assertEquals(items.sizeHint(), [3, 3]);
  assertItem(items, 1);
  assertEquals(items.sizeHint(), [2, 2]);
  assertEquals(Stream.from(new Set([1, 2])).sizeHint(), [2, 2]);
  assertEquals(Stream.from(new Map([[1, 2]])).sizeHint(), [1, 1]);
  assertEquals(Stream.from([1, 2].values()).sizeHint(), [0, undefined]);
});

test("Stream.from() an iterable ends, and stays at its end", () => {
  const items = Stream.from([1]);
  assertItem(items, 1);
  assertFalse(items.isTerminated());
  assertEnd(items);
  assertEnd(items);
  assert(items.isTerminated());
  assertEquals(items.sizeHint(), [0, 0]);
});

test("Stream.from() a string gives its characters", async () => {
  assertEquals(await Stream.from("a😀").toArray(), ["a", "😀"]);
});

test("Stream.from() an iterable closes it once when it is disposed early", () => {
  let closed = 0;
  const items = Stream.from(function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      closed += 1;
    }
  }());
  assertItem(items, 1);
  items[Symbol.dispose]();
  items[Symbol.dispose]();
  assertEquals(closed, 1);
  assertEnd(items);
});

test("Stream.from() an iterable passes on what it throws", () => {
  const items = Stream.from(function* () {
    yield 1;
    throw new RangeError("own");
  }());
  assertItem(items, 1);
  assertThrows(() => poll(items), RangeError, "own");
  assertEnd(items);
});

test("Stream.of() gives its arguments", async () => {
  assertEquals(await Stream.of("a", "b").toArray(), ["a", "b"]);
});

test("Stream.once() gives one item", async () => {
  const one = Stream.once(1);
  assertEquals(one.sizeHint(), [1, 1]);
  assertEquals(await one.next(), 1);
  assertEquals(one.sizeHint(), [0, 0]);
  assertEquals(await one.next(), undefined);
});

test("Stream.empty() ends at once, again and again", async () => {
  const none = Stream.empty<number>();
  for (let i = 0; i < 2; i++) {
    assertEquals(none.sizeHint(), [0, 0]);
    assertEquals(await none.next(), undefined);
  }
});

test("Stream.pending() gives neither an item nor an end", () => {
  const never = Stream.pending<number>();
  for (let i = 0; i < 2; i++) {
    assertEquals(never.sizeHint(), [0, undefined]);
    assertSilent(never);
  }
});

test("Stream.repeat() gives an item without end", async () => {
  const same = Stream.repeat("a");
  assertEquals(same.sizeHint(), [Infinity, undefined]);
  assertEquals(await same.take(3).toArray(), ["a", "a", "a"]);
  assertEnd(same);
});

test("Stream.unfold() gives an item per state, up to undefined", async () => {
  const numbers = Stream.unfold(0, (n) => ready(n < 3 ? [`${n}`, n + 1] as const : undefined));
  assertEquals(await numbers.toArray(), ["0", "1", "2"]);
});

test("Stream.unfold() takes futures, promises and generators", async () => {
  const states: number[] = [];
  const numbers = Stream.unfold<number, number>(0, (n) => {
    states.push(n);
    if (n === 0) return Promise.resolve([n, 1]);
    if (n === 1) {
      return future(function* () {
        return [yield* ready(n), 2] as const;
      });
    }
    return function* () {
      return yield* ready(undefined);
    }();
  });
  assertEquals(await numbers.toArray(), [0, 1]);
  assertEquals(states, [0, 1, 2]);
});

test("Stream.unfold() keeps a future that waits when next() is dropped", () => {
  let calls = 0;
  let isOpen = false;
  const items = Stream.unfold(0, (n) => {
    calls += 1;
    return pollFn(() => isOpen ? [n, n + 1] as const : Pending);
  });
  const next = items.next();
  assertSilent(items);
  next[Symbol.dispose]();
  isOpen = true;
  assertItem(items, 0);
  assertEquals(calls, 1);
});

test("Stream.unfold() tries the same state again after an error", () => {
  let failures = 2;
  const items = Stream.unfold("a", (state) => {
    if (failures-- > 0) throw new RangeError("not yet");
    return ready([state, state + "a"] as const);
  });
  assertThrows(() => poll(items), RangeError);
  assertThrows(() => poll(items), RangeError);
  assertItem(items, "a");
  assertItem(items, "aa");
});

test("Stream.unfold() drops its future when it is disposed", () => {
  let dropped = 0;
  const items = Stream.unfold(0, () => pollFn<undefined>(() => Pending, () => dropped += 1));
  assertSilent(items);
  items[Symbol.dispose]();
  items[Symbol.dispose]();
  assertEquals(dropped, 1);
  assert(items.isTerminated());
});

test("Stream.unfold() refuses an answer that cannot be waited for", () => {
  const items = Stream.unfold(0, () => 1 as never);
  assertThrows(() => poll(items), TypeError, "Cannot wait for a value of type number");
  assertSilent(Stream.unfold(0, () => pending<undefined>()));
});
