/**
 * Adapters that go from item to item: `map`, `filter`, `take`, `skip` and their kin.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { End } from "../../future/end.ts";
import { ready } from "../../future/ready.ts";
import { Stream } from "../../stream/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll } from "./_stream.ts";

const isOdd = (n: number) => n % 2 === 1;
const base = () => Stream.of(1, 2, 3);

/** Every adapter of this file, such that it takes all of 1, 2, 3 without an end of its own. */
const ADAPTERS: Record<string, (source: Stream<number>) => Stream<unknown>> = {
  map: (source) => source.map((n) => n),
  mapWhile: (source) => source.mapWhile((n) => n),
  filter: (source) => source.filter(() => true),
  filterMap: (source) => source.filterMap((n) => n),
  take: (source) => source.take(9),
  takeWhile: (source) => source.takeWhile(() => true),
  skip: (source) => source.skip(0),
  skipWhile: (source) => source.skipWhile(() => false),
  inspect: (source) => source.inspect(() => {}),
  scan: (source) => source.scan(0, (_, n) => n),
  enumerate: (source) => source.enumerate().map(([, n]) => n),
  fuse: (source) => source.fuse(),
  attempts: (source) => source.attempts().map((attempt) => attempt.ok && attempt.value),
};

for (const [name, adapt] of Object.entries(ADAPTERS)) {
  test(`Stream.${name}() waits when its source does, and ends when it does`, () => {
    const feed = new Feed(1);
    const stream = adapt(new Stream(feed));
    assertEquals(feed.polls, 0);
    assertItem(stream, 1);
    assertSilent(stream);
    feed.put(2).end();
    assertItem(stream, 2);
    assertEnd(stream);
  });

  test(`Stream.${name}() owns its source`, async () => {
    const feed = new Feed(1);
    const stream = adapt(new Stream(feed));
    for await (const _ of stream) break;
    assertEquals(feed.disposals, 1);
    assertEnd(stream);
    assert(stream.isTerminated());
  });

  test(`Stream.${name}() keeps the item when next() is dropped`, () => {
    const feed = new Feed<number>();
    const stream = adapt(new Stream(feed));
    const next = stream.next();
    assertPending(next);
    feed.put(1);
    next[Symbol.dispose]();
    assertEquals(assertReady(stream.next()), 1);
  });

  if (name === "attempts") continue;
  test(`Stream.${name}() passes on an error and goes on after it`, () => {
    const feed = new Feed(1).fail(new RangeError("own")).put(2).end();
    const stream = adapt(new Stream(feed));
    assertItem(stream, 1);
    assertThrows(() => poll(stream), RangeError, "own");
    assertItem(stream, 2);
    assertEnd(stream);
  });
}

/** What calls a function of the caller's with each item. */
const CALLING: Record<string, (fn: (n: number) => never) => Stream<unknown>> = {
  map: (fn) => base().map(fn),
  mapWhile: (fn) => base().mapWhile(fn),
  filter: (fn) => base().filter(fn),
  filterMap: (fn) => base().filterMap(fn),
  takeWhile: (fn) => base().takeWhile(fn),
  skipWhile: (fn) => base().skipWhile(fn),
  inspect: (fn) => base().inspect(fn),
  scan: (fn) => base().scan(0, (_, n) => fn(n)),
};

for (const [name, adapt] of Object.entries(CALLING)) {
  test(`Stream.${name}() throws what its function throws; that item is consumed`, () => {
    const seen: number[] = [];
    const stream = adapt((n) => {
      seen.push(n);
      throw new RangeError(`at ${n}`);
    });
    assertThrows(() => poll(stream), RangeError, "at 1");
    assertThrows(() => poll(stream), RangeError, "at 2");
    assertEquals(seen, [1, 2]);
  });
}

test("Stream.map() gives what is made of each item, undefined included", async () => {
  assertEquals(await base().map((n) => n === 2 ? undefined : n * 2).toArray(), [2, undefined, 6]);
  assertEquals(base().map(String).sizeHint(), [3, 3]);
});

test("Stream.mapWhile() gives items until its function answers undefined", async () => {
  const mapped = Stream.of(1, 2, 3, 4, 5, 6).mapWhile((n) => n < 4 ? n + 3 : undefined);
  assertEquals(mapped.sizeHint(), [0, 6]);
  assertEquals(await mapped.next(), 4);
  assertEquals(await mapped.next(), 5);
  assertEquals(await mapped.next(), 6);
  assertEquals(await mapped.next(), undefined);
  assertEquals(mapped.sizeHint(), [0, 0]);
});

test("Stream.mapWhile() does not ask its source again after the end", () => {
  const feed = new Feed(1, 5, 2);
  const mapped = new Stream(feed).mapWhile((n) => n < 3 ? n : undefined);
  assertItem(mapped, 1);
  assertEnd(mapped);
  assertEnd(mapped);
  assertEquals(feed.polls, 2);
});

test("Stream.filter() gives the items for which its function holds", async () => {
  assertEquals(await base().filter(isOdd).toArray(), [1, 3]);
  assertEquals(base().filter(isOdd).sizeHint(), [0, 3]);
});

test("Stream.filterMap() gives what is made of items, without undefined", async () => {
  const made = base().filterMap((n) => isOdd(n) ? n * 10 : undefined);
  assertEquals(made.sizeHint(), [0, 3]);
  assertEquals(await made.toArray(), [10, 30]);
  assertEquals(await Stream.of(0, 1).filterMap((n) => n === 0 ? null : false).toArray(), [
    null,
    false,
  ]);
});

test("Stream.take() gives the first items and does not ask for more", () => {
  const feed = new Feed(1, 2, 3);
  feed.hint = [3, 3];
  const taken = new Stream(feed).take(2);
  assertEquals(taken.sizeHint(), [2, 2]);
  assertItem(taken, 1);
  assertEquals(taken.sizeHint(), [1, 1]);
  assertItem(taken, 2);
  assertEnd(taken);
  assertEquals(feed.polls, 2);
  assertEquals(taken.sizeHint(), [0, 0]);
});

test("Stream.take() of more than there is ends with its source", async () => {
  assertEquals(await base().take(9).toArray(), [1, 2, 3]);
  assertEquals(base().take(9).sizeHint(), [3, 3]);
  assertEquals(Stream.pending().take(9).sizeHint(), [0, 9]);
  assertEquals(await base().take(Infinity).toArray(), [1, 2, 3]);
});

test("Stream.take() and skip() refuse what is no count", () => {
  for (const count of [-1, 0.5, NaN]) {
    assertThrows(() => base().take(count), RangeError, `Cannot take ${count} items`);
    assertThrows(() => base().skip(count), RangeError, `Cannot skip ${count} items`);
  }
});

test("Stream.takeWhile() gives the items before the first miss, which is gone", async () => {
  const source = Stream.of(1, 5, 2);
  const taken = source.takeWhile((n) => n < 3);
  assertEquals(taken.sizeHint(), [0, 3]);
  assertItem(taken, 1);
  assertEnd(taken);
  assertEnd(taken);
  assertEquals(taken.sizeHint(), [0, 0]);
  assertEquals(await source.next(), 2);
});

test("Stream.skip() passes over the first items", async () => {
  assertEquals(base().skip(1).sizeHint(), [2, 2]);
  assertEquals(base().skip(9).sizeHint(), [0, 0]);
  assertEquals(await base().skip(1).toArray(), [2, 3]);
  assertEquals(await base().skip(9).toArray(), []);
});

test("Stream.skipWhile() passes over the items before the first miss, and no others", async () => {
  const skipped = Stream.of(1, 2, 5, 1).skipWhile((n) => n < 3);
  assertEquals(skipped.sizeHint(), [0, 4]);
  assertItem(skipped, 5);
  assertEquals(skipped.sizeHint(), [1, 1]);
  assertEquals(await skipped.toArray(), [1]);
});

test("Stream.inspect() shows the items and hands them on", async () => {
  const seen: number[] = [];
  assertEquals(await base().inspect((n) => void seen.push(n)).toArray(), [1, 2, 3]);
  assertEquals(seen, [1, 2, 3]);
});

test("Stream.scan() gives each state, without the first", async () => {
  assertEquals(await base().scan(10, (sum, n) => sum + n).toArray(), [11, 13, 16]);
});

test("Stream.scan() keeps its state when its function throws", () => {
  const sums = base().scan(10, (sum, n) => {
    if (n === 2) throw new RangeError("two");
    return sum + n;
  });
  assertItem(sums, 11);
  assertThrows(() => poll(sums), RangeError);
  assertItem(sums, 14);
});

test("Stream.enumerate() counts from 0", async () => {
  assertEquals(await Stream.of("a", "b").enumerate().toArray(), [[0, "a"], [1, "b"]]);
});

test("Stream.attempts() gives errors as items and goes on", () => {
  const error = new RangeError("own");
  const attempts = new Stream(new Feed(1).fail(error).put(2).end()).attempts<RangeError>();
  assertItem(attempts, { ok: true, value: 1 });
  const failed = poll(attempts);
  assert(typeof failed !== "symbol" && !failed.ok);
  assertStrictEquals(failed.error, error);
  assertItem(attempts, { ok: true, value: 2 });
  assertEnd(attempts);
});

test("Streams of symbols, functions and thenables give them as they are", async () => {
  const items = [Symbol("a"), () => {}, { then: 1 }, Promise.resolve(1)];
  const through = Stream.from(items).map((item) => item).filter(() => true).take(4);
  assertEquals(await through.toArray(), items);
});

// What an adapter has not taken stays in the stream that it was made of.

const ACCESSED: Record<string, [(source: Stream<number>) => Stream<number>, number, number]> = {
  map: [(source) => source.map((n) => n * 2), 2, 2],
  take: [(source) => source.take(2), 1, 2],
  skip: [(source) => source.skip(1), 2, 3],
  filter: [(source) => source.filter(isOdd), 1, 2],
  filterMap: [(source) => source.filterMap((n) => isOdd(n) ? n * 10 : undefined), 10, 2],
  mapWhile: [(source) => source.mapWhile((n) => n < 3 ? n + 100 : undefined), 101, 2],
  takeWhile: [(source) => source.takeWhile((n) => n < 3), 1, 2],
  skipWhile: [(source) => source.skipWhile((n) => n < 2), 2, 3],
  andThen: [(source) => source.andThen((n) => ready(n + 1)), 2, 2],
};

for (const [name, [adapt, first, rest]] of Object.entries(ACCESSED)) {
  test(`Stream.${name}() leaves what it has not taken to the stream it was made of`, async () => {
    const source = base();
    assertEquals(await adapt(source).next(), first);
    assertEquals(await source.next(), rest);
  });
}

test("Stream.map() sees what was taken from the stream it was made of", async () => {
  const source = base();
  const mapped = source.map((n) => n * 2);
  assertEquals(await source.next(), 1);
  assertEquals(await mapped.next(), 4);
});

// isTerminated()

for (const name of ["map", "filter", "filterMap", "skip", "skipWhile", "take"]) {
  test(`Stream.${name}() is terminated once its source is`, async () => {
    const stream = ADAPTERS[name]!(Stream.once(1).fuse());
    assertFalse(stream.isTerminated());
    await stream.next();
    assertFalse(stream.isTerminated());
    assertEquals(await stream.next(), undefined);
    assert(stream.isTerminated());
  });
}

test("Stream.take() is terminated as soon as it has given its last item", async () => {
  const taken = Stream.of(1, 2).take(2);
  assertFalse(taken.isTerminated());
  await taken.next();
  assertFalse(taken.isTerminated());
  await taken.next();
  assert(taken.isTerminated());
  assertEquals(await taken.next(), undefined);
});

test("Stream.take() of nothing is terminated at once", () => {
  const none = Stream.of(1, 2).take(0);
  assert(none.isTerminated());
  assertEquals(none.sizeHint(), [0, 0]);
  assertStrictEquals(poll(none), End);
});

test("Stream.takeWhile() is terminated once its function has failed", async () => {
  const taken = Stream.of(1, 5, 2).takeWhile((n) => n < 3);
  assertFalse(taken.isTerminated());
  await taken.next();
  assertFalse(taken.isTerminated());
  await taken.next();
  assert(taken.isTerminated());
});

test("Stream.mapWhile() is terminated once its function has answered undefined", async () => {
  const mapped = Stream.of(1, 5, 2).mapWhile((n) => n < 3 ? n : undefined);
  assertFalse(mapped.isTerminated());
  await mapped.next();
  assertFalse(mapped.isTerminated());
  await mapped.next();
  assert(mapped.isTerminated());
});
