/**
 * What uses a stream up: `fold` and its kin, `all`, `any`, `tryNext`.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { type Attempt, Stream } from "../../stream/mod.ts";
import { timeout } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";
import { assertItem, Feed } from "./_stream.ts";

/** Everything that takes all items. */
const TAKING_ALL: Record<string, (stream: Stream<number>) => Future<unknown>> = {
  fold: (stream) => stream.fold(0, (sum, n) => sum + n),
  toArray: (stream) => stream.toArray(),
  collectInto: (stream) => stream.collectInto(new Set<number>()),
  count: (stream) => stream.count(),
  last: (stream) => stream.last(),
};

for (const [name, consume] of Object.entries(TAKING_ALL)) {
  test(`Stream.${name}() disposes the stream at its end, after an error and when dropped`, async () => {
    const complete = new Feed(1).end();
    await consume(new Stream(complete));
    assertEquals(complete.disposals, 1);

    const failing = new Feed(1).fail(new RangeError("own")).put(2);
    await assertRejects(async () => await consume(new Stream(failing)), RangeError, "own");
    assertEquals([failing.disposals, failing.polls], [1, 2]);

    const dropped = new Feed(1);
    const future = consume(new Stream(dropped));
    assertEquals(dropped.polls, 0);
    assertPending(future);
    future[Symbol.dispose]();
    future[Symbol.dispose]();
    assertEquals(dropped.disposals, 1);
    await assertRejects(async () => await future, TypeError, "Cannot poll a future again");
  });

  test(`Stream.${name}() that was never polled disposes the stream when dropped`, () => {
    const feed = new Feed(1);
    consume(new Stream(feed))[Symbol.dispose]();
    assertEquals([feed.disposals, feed.polls], [1, 0]);
  });
}

test("Stream.forEach() drains the stream", async () => {
  const items = [1, 2, 3].values();
  await Stream.from(items).forEach(() => {});
  assertEquals(items.next().done, true);
});

test("Stream.toArray() of no items is empty", async () => {
  assertEquals(await Stream.empty<number>().toArray(), []);
});

test("Stream.fold() of no items is its seed", async () => {
  assertEquals(await Stream.empty<string>().fold("", (text, item) => text + item), "");
});

/** Feeds items one by one: the future waits after each, and is woken by each. */
function feeding<T, R>(items: T[], consume: (stream: Stream<T>) => Future<R>): R {
  const feed = new Feed<T>();
  const future = consume(new Stream(feed));
  const cx = new Wakes();
  assertPending(future, cx);
  for (const item of items) {
    feed.put(item);
    assert(cx.isWoken());
    assertPending(future, cx);
  }
  feed.end();
  assert(cx.isWoken());
  return assertReady(future, cx);
}

test("Stream.toArray() collects the items as they come", () => {
  assertEquals(feeding([1, 2, 42, 3], (stream) => stream.toArray()), [1, 2, 42, 3]);
});

test("Stream.collectInto() an array puts the items behind those that are there", () => {
  const target = [0];
  assertStrictEquals(feeding([1, 2], (stream) => stream.collectInto(target)), target);
  assertEquals(target, [0, 1, 2]);
});

test("Stream.collectInto() a Set keeps each item once", () => {
  const target = new Set([0]);
  assertStrictEquals(feeding([2, 1, 2], (stream) => stream.collectInto(target)), target);
  assertEquals(target, new Set([0, 2, 1]));
});

test("Stream.collectInto() a Map takes pairs of key and value", () => {
  const target = new Map<number, string>();
  const pairs: [number, string][] = [[3, "c"], [1, "a"], [3, "C"]];
  assertStrictEquals(feeding(pairs, (stream) => stream.collectInto(target)), target);
  assertEquals([...target], [[3, "C"], [1, "a"]]);
});

test("Stream.collectInto() refuses other targets", () => {
  assertThrows(
    () => Stream.of(1).collectInto({} as never),
    TypeError,
    "Cannot collect into the target",
  );
});

test("Stream.collectInto() keeps what was collected before it was dropped", () => {
  const target: number[] = [];
  const future = new Stream(new Feed(1, 2)).collectInto(target);
  assertPending(future);
  future[Symbol.dispose]();
  assertEquals(target, [1, 2]);
});

test("Stream.fold() makes one text of many", () => {
  const text = feeding(["hello ", "world"], (stream) => stream.fold("", (all, item) => all + item));
  assertEquals(text, "hello world");
});

test("Stream.fold() stops at the first error of the stream", async () => {
  const feed = new Feed("hello ").fail(new RangeError("oh no")).put("world").end();
  const text = new Stream(feed).fold("", (all, item) => all + item);
  await assertRejects(async () => await text, RangeError, "oh no");
  assertEquals(feed.polls, 2);
});

test("Stream.fold() throws what its function throws", async () => {
  const feed = new Feed(1, 2).end();
  const failing = new Stream(feed).fold(0, () => {
    throw new RangeError("own");
  });
  await assertRejects(async () => await failing, RangeError, "own");
  assertEquals([feed.polls, feed.disposals], [1, 1]);
});

test("Stream.count() and last() tell of the items", async () => {
  assertEquals(await Stream.of(1, 2, 3).count(), 3);
  assertEquals(await Stream.of(1, 2, 3).last(), 3);
  assertEquals(await Stream.empty().count(), 0);
  assertEquals(await Stream.empty().last(), undefined);
});

test("Stream.all() and any() stop early, and leave the rest", async () => {
  const feed = new Feed(1, 2, 3, 4).end();
  const stream = new Stream(feed);
  assertEquals(await stream.all((n) => n < 2), false);
  assertEquals(feed.polls, 2);
  assertEquals(await stream.any((n) => n === 3), true);
  assertEquals([feed.polls, feed.disposals], [3, 0]);
  assertEquals(await stream.toArray(), [4]);
});

test("Stream.all() and any() go to the end", async () => {
  assertEquals(await Stream.of(1, 2).all((n) => n > 0), true);
  assertEquals(await Stream.of(1, 2).any((n) => n > 2), false);
  assertEquals(await Stream.empty().all(() => false), true);
  assertEquals(await Stream.empty().any(() => true), false);
});

test("Stream.any() that is dropped leaves the rest, and throws what its function throws", async () => {
  const feed = new Feed(1);
  const stream = new Stream(feed);
  const any = stream.any((n) => n === 2);
  assertPending(any);
  feed.put(2);
  any[Symbol.dispose]();
  assertItem(stream, 2);
  feed.put(3, 4);
  const failing = stream.any(() => {
    throw new RangeError("own");
  });
  await assertRejects(async () => await failing, RangeError, "own");
  assertItem(stream, 4);
  await assertRejects(async () => await any, TypeError, "Cannot poll a future again");
});

test("Stream.tryNext() gives values, throws errors, and ends", async () => {
  const attempts = Stream.of<Attempt<number>>(
    { ok: true, value: 1 },
    { ok: false, error: new RangeError("own") },
    { ok: true, value: 2 },
  );
  assertEquals(await attempts.tryNext(), 1);
  await assertRejects(async () => await attempts.tryNext(), RangeError, "own");
  assertEquals(await attempts.tryNext(), 2);
  assertEquals(await attempts.tryNext(), undefined);
});

test("Stream.tryNext() that is dropped loses no attempt", async () => {
  const feed = new Feed<Attempt<number>>();
  const attempts = new Stream(feed);
  await assertRejects(async () => await timeout(1, attempts.tryNext()));
  feed.put({ ok: true, value: 1 });
  assertEquals(await attempts.tryNext(), 1);
});

test("A stream gives its items to several who wait, in their order", () => {
  const feed = new Feed<string>();
  const stream = new Stream(feed);
  const [first, second] = [stream.next(), stream.next()];
  assertPending(first);
  assertPending(second);
  feed.put("a", "b");
  assertPending(second);
  assertEquals(assertReady(first), "a");
  assertEquals(assertReady(second), "b");
});

test("A stream that is disposed tells those who wait that there is no more", async () => {
  const feed = new Feed<string>();
  const stream = new Stream(feed);
  const waiting = [stream.next(), stream.next()].map(async (next) => await next);
  const looped = stream[Symbol.asyncIterator]().next();
  stream[Symbol.dispose]();
  stream[Symbol.dispose]();
  assertEquals(await Promise.all(waiting), [undefined, undefined]);
  assertEquals(await looped, { done: true, value: undefined });
  assertEquals(feed.disposals, 1);
});
