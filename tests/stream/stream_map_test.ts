/**
 * `StreamMap`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { Random, swapRandom } from "../../future/random.ts";
import { Pending } from "../../future/poll.ts";
import { Stream, StreamMap } from "../../stream/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll, takeItem } from "./_stream.ts";

/** Streams of 0, of 0 and 1, and of 0, 1 and 2. */
const stairs = () =>
  new StreamMap<number, number>([
    [0, [0]],
    [1, [0, 1]],
    [2, [0, 1, 2]],
  ]);

const two = () => new StreamMap<number, number>([[0, [0]], [1, [1]]]);

test("StreamMap without streams is at its end, again and again", async () => {
  const map = new StreamMap<string, number>();
  assertEquals(map.size, 0);
  assertEquals(await map.next(), undefined);
  assertEquals(await map.next(), undefined);
  assertEquals(map.remove("foo"), undefined);
});

test("StreamMap with one stream gives its items with its key", () => {
  const map = new StreamMap<string, number>();
  const feed = new Feed<number>();
  const cx = new Wakes();
  assertEnd(map, cx);

  assertEquals(map.insert("foo", feed), undefined);
  assert(map.has("foo"));
  assertFalse(map.has("bar"));
  assertEquals(map.size, 1);
  assertSilent(map, cx);

  for (const n of [1, 2]) {
    feed.put(n);
    assert(cx.isWoken());
    assertItem(map, ["foo", n], cx);
    assertSilent(map, cx);
  }
  feed.end();
  assert(cx.isWoken());
  assertEnd(map, cx);
  assertEquals([map.size, feed.disposals], [0, 1]);
});

test("StreamMap with several streams gives the items of all", () => {
  const [foo, bar] = [new Feed<number>(), new Feed<number>()];
  const map = new StreamMap([["foo", foo], ["bar", bar]]);
  const cx = new Wakes();
  assertSilent(map, cx);
  foo.put(1);
  assert(cx.isWoken());
  assertItem(map, ["foo", 1], cx);
  assertSilent(map, cx);
  bar.put(2);
  assert(cx.isWoken());
  assertItem(map, ["bar", 2], cx);
  assertSilent(map, cx);

  foo.put(3);
  bar.put(4);
  assert(cx.isWoken());
  const items = [takeItem(map, cx), takeItem(map, cx)];
  assertSilent(map, cx);
  assertEquals(items.toSorted(), [["bar", 4], ["foo", 3]]);

  foo.end();
  assert(cx.isWoken());
  assertSilent(map, cx);
  bar.end();
  assertEnd(map, cx);
});

test("StreamMap.remove() hands the stream over, and insert() takes it back", () => {
  const map = new StreamMap<string, number>();
  const feed = new Feed<number>();
  const cx = new Wakes();
  assertEnd(map, cx);
  map.insert("foo", feed);
  const stream = map.remove("foo")!;
  feed.put(1);
  assertFalse(cx.isWoken());
  assertEnd(map, cx);

  assertEquals(map.insert("bar", stream), undefined);
  assertItem(map, ["bar", 1], cx);
  assertStrictEquals(map.remove("bar"), stream);
  assertEnd(map, cx);
  assertEquals([map.size, feed.disposals], [0, 0]);
});

test("StreamMap.insert() under a key that is taken hands over the stream that was there", () => {
  const [one, other] = [new Feed<number>(), new Feed<number>()];
  const map = new StreamMap<string, number>();
  const cx = new Wakes();
  assertEquals(map.insert("foo", one), undefined);
  assertSilent(map, cx);
  const last = map.insert("foo", other)!;
  assertSilent(map, cx);
  cx.isWoken();
  one.put(1);
  assertSilent(map, cx);
  other.put(2);
  assert(cx.isWoken());
  assertItem(map, ["foo", 2], cx);
  assertItem(last, 1);
  assertEquals([map.size, one.disposals], [1, 0]);
});

test("StreamMap.insert() wakes who waits already", () => {
  const map = new StreamMap<string, number>([["never", Stream.pending<number>()]]);
  const cx = new Wakes();
  assertSilent(map, cx);
  map.insert("now", [1]);
  assert(cx.isWoken());
  assertItem(map, ["now", 1], cx);
});

test("StreamMap.sizeHint() adds up what its streams know", () => {
  const known = new StreamMap([["a", [1]], ["b", [1, 2]], ["c", [1, 2, 3]]]);
  assertEquals(known.size, 3);
  assertEquals(known.sizeHint(), [6, 6]);
});

test("StreamMap.sizeHint() is open when one of its streams' is", () => {
  const map = new StreamMap<string, number>([["a", [1]], ["b", [1, 2]]]);
  map.insert("c", Stream.pending<number>());
  assertEquals(map.sizeHint(), [3, undefined]);
});

test("StreamMap.sizeHint() does not know a size that is too large", () => {
  const [one, other] = [new Feed<number>(), new Feed<number>()];
  one.hint = other.hint = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  assertEquals(new StreamMap([["a", one], ["b", other]]).sizeHint(), [Infinity, undefined]);
});

test("StreamMap that is new has no keys", () => {
  assertEquals([...new StreamMap().keys()], []);
});

test("StreamMap.keys(), values() and entries() go in the order of insertion", () => {
  const map = new StreamMap([["a", [1]], ["b", [1, 2]], ["c", [1, 2, 3]]]);
  assertEquals([...map.keys()], ["a", "b", "c"]);
  assertEquals([...map.values()].map((stream) => stream.sizeHint()[0]), [1, 2, 3]);
  assertEquals(map.entries().map(([key, stream]) => [key, stream.sizeHint()[0]]).toArray(), [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
});

test("StreamMap.values() are the streams themselves", async () => {
  const map = new StreamMap([["a", [1, 2]]]);
  for (const stream of map.values()) await stream.next();
  assertStrictEquals(map.get("a"), map.values().next().value);
  assertItem(map, ["a", 2]);
  assertEquals(map.get("b"), undefined);
});

test("StreamMap.clear() disposes all streams", () => {
  const feeds = [new Feed(1), new Feed(1, 2), new Feed(1, 2, 3)];
  const map = new StreamMap(feeds.map((feed, key) => [key, feed] as const));
  takeItem(map);
  map.clear();
  assertEnd(map);
  assertEquals(map.size, 0);
  assertEquals(feeds.map(({ disposals }) => disposals), [1, 1, 1]);
  map.insert(1, [7]);
  assertItem(map, [1, 7]);
});

test("StreamMap.clear() tells those who wait", () => {
  const map = new StreamMap([["a", Stream.pending()]]);
  const next = map.next();
  const cx = new Wakes();
  assertPending(next, cx);
  map.clear();
  assert(cx.isWoken());
  assertEquals(assertReady(next, cx), undefined);
});

test("StreamMap.has() tells keys apart as a Map does", () => {
  const key = {};
  const map = new StreamMap<unknown, number>([[key, []], [NaN, []], [0, []], ["1", []]]);
  for (const known of [key, NaN, 0, -0, "1"]) assert(map.has(known));
  for (const unknown of [{}, 1, undefined]) assertFalse(map.has(unknown));
});

test("StreamMap with one stream that is ready finds it among those that end or wait", () => {
  for (let i = 0; i < 100; i++) {
    const map = new StreamMap<number, string>([
      [0, Stream.empty()],
      [1, Stream.empty()],
      [2, Stream.once("hello")],
      [3, Stream.pending()],
    ]);
    assertItem(map, [2, "hello"]);
  }
});

test("StreamMap asks each stream once per poll, whichever end", () => {
  const outer = swapRandom(new Random(1));
  try {
    for (let i = 0; i < 200; i++) {
      const feeds = Array.from({ length: 5 }, (_, n) => {
        const feed = new Feed<number>();
        return (i >> n & 1) === 1 ? feed.end() : feed;
      });
      const map = new StreamMap(feeds.map((feed, key) => [key, feed] as const));
      poll(map);
      assertEquals(feeds.map(({ polls }) => polls), [1, 1, 1, 1, 1]);
      map[Symbol.dispose]();
      assertEquals(feeds.map(({ disposals }) => disposals), [1, 1, 1, 1, 1]);
    }
  } finally {
    swapRandom(outer);
  }
});

test("StreamMap begins with each stream about equally often", () => {
  const map = new StreamMap([["a", Stream.repeat(1)], ["b", Stream.repeat(1)]]);
  let count = 0;
  for (let i = 0; i < 1000; i++) count += takeItem(map)[0] === "a" ? 1 : 0;
  assert(count > 400 && count < 600, `${count} of 1000`);
});

test("StreamMap goes on after the error of a stream", () => {
  const feed = new Feed<number>().fail(new RangeError("own")).put(1);
  const map = new StreamMap([["a", feed]]);
  assertThrows(() => poll(map), RangeError, "own");
  assertItem(map, ["a", 1]);
});

test("StreamMap that is disposed drops its streams and takes no others", () => {
  const feed = new Feed(1);
  const map = new StreamMap([["a", feed]]);
  map[Symbol.dispose]();
  map[Symbol.dispose]();
  assertEquals(feed.disposals, 1);
  assertEnd(map);
  assertThrows(() => map.insert("a", [1]), TypeError, "the map was disposed");
});

test("StreamMap with notifyClose() tells of the end of each stream", async () => {
  const map = new StreamMap([["a", Stream.of(1).notifyClose()]]);
  assertEquals(await map.toArray(), [["a", 1], ["a", undefined]]);
});

/** How to take many: the future, and the poll. */
const MANY = {
  "StreamMap.nextMany()": (map: StreamMap<number, number>, limit: number) =>
    assertReady(map.nextMany(limit)),
  "StreamMap.pollNextMany()": (map: StreamMap<number, number>, limit: number) => {
    const buffer: [number, number][] = [];
    assertEquals(map.pollNextMany(new Wakes(), buffer, limit), buffer.length);
    return buffer;
  },
};

for (const [name, many] of Object.entries(MANY)) {
  test(`${name} with a limit of 0 answers at once`, () => {
    assertEquals(many(new StreamMap([[0, Stream.pending<number>()]]), 0), []);
  });

  test(`${name} without streams answers at once`, () => {
    assertEquals(many(new StreamMap(), 1), []);
  });

  test(`${name} takes what there is when that is less than the limit`, () => {
    assertEquals(many(two(), 3).toSorted(), [[0, 0], [1, 1]]);
  });

  test(`${name} takes as many as the limit`, () => {
    assertEquals(many(two(), 2).toSorted(), [[0, 0], [1, 1]]);
  });

  test(`${name} does not exceed the limit`, () => {
    const map = two();
    const items = [...many(map, 1), ...many(map, 1)];
    assertEquals(items.toSorted(), [[0, 0], [1, 1]]);
  });

  test(`${name} goes round, one item of each stream at a time`, () => {
    for (let i = 0; i < 10; i++) {
      const map = stairs();
      const values = (limit: number) => many(map, limit).map(([, value]) => value);
      assertEquals(values(3), [0, 0, 0]);
      assertEquals(values(2), [1, 1]);
      assertEquals(values(1), [2]);
      assertEquals(values(1), []);
    }
  });

  test(`${name} hands over the items before an error, and throws it in the next call`, () => {
    const map = new StreamMap([[0, new Feed(7).fail(new RangeError("own")).put(8)]]);
    assertEquals(many(map, 5), [[0, 7]]);
    assertThrows(() => many(map, 5), RangeError, "own");
    assertEquals(many(map, 5), [[0, 8]]);
  });
}

test("StreamMap.nextMany() waits for the first item", () => {
  const feed = new Feed<number>();
  const map = new StreamMap([[0, feed]]);
  const items = map.nextMany(2);
  const cx = new Wakes();
  assertPending(items, cx);
  feed.put(1, 2, 3);
  assert(cx.isWoken());
  assertEquals(assertReady(items, cx), [[0, 1], [0, 2]]);
});

test("StreamMap.pollNextMany() waits for the first item", () => {
  const map = new StreamMap([[0, Stream.pending<number>()]]);
  const buffer: [number, number][] = [];
  assertStrictEquals(map.pollNextMany(new Wakes(), buffer, 1), Pending);
  assertEquals(buffer, []);
});

test("StreamMap.nextMany() that is dropped loses no item", () => {
  const feed = new Feed<number>();
  const map = new StreamMap([[0, feed]]);
  const items = map.nextMany(2);
  assertPending(items);
  feed.put(1);
  items[Symbol.dispose]();
  assertEquals(assertReady(map.nextMany(2)), [[0, 1]]);
  assertThrows(() => map.nextMany(-1), RangeError, "Cannot take -1 items");
});
