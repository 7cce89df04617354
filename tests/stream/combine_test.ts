/**
 * Adapters over more than one source, and of ends: `chain`, `merge`, `zip`, `flatten`, `fuse`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { End } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { Stream } from "../../stream/mod.ts";
import { interval } from "../../time/interval.ts";
import { test } from "../helpers/leak_guard.ts";
import { Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll, takeItem } from "./_stream.ts";

/** A source that claims to have more items than can be counted. */
class Monster extends Source<number> {
  pollNext(): Poll<number | End> {
    throw new Error("Must not be polled");
  }

  override sizeHint(): SizeHint {
    return [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  }

  override [Symbol.dispose](): void {}
}

/** Alternates between an item and the end. */
class Alternate extends Source<number> {
  #state = 0;

  pollNext(): Poll<number | End> {
    const state = this.#state++;
    return state % 2 === 0 ? state : End;
  }

  override [Symbol.dispose](): void {}
}

test("Stream.chain() gives the items of both in their order, and knows how many", async () => {
  const chained = Stream.of(1, 2, 3).chain(Stream.of(4, 5, 6));
  for (let n = 1; n <= 6; n++) {
    assertEquals(chained.sizeHint(), [7 - n, 7 - n]);
    assertEquals(await chained.next(), n);
  }
  for (let i = 0; i < 2; i++) {
    assertEquals(chained.sizeHint(), [0, 0]);
    assertEquals(await chained.next(), undefined);
  }
});

test("Stream.chain() does not ask the second while the first goes on", () => {
  const one = new Feed<number>();
  const two = new Feed<number>();
  const chained = new Stream(one).chain(two);
  const cx = new Wakes();
  assertEquals(chained.sizeHint(), [0, undefined]);
  assertSilent(chained, cx);

  two.put(2);
  assertFalse(cx.isWoken());
  assertSilent(chained, cx);
  one.put(1);
  assert(cx.isWoken());
  assertItem(chained, 1, cx);
  assertSilent(chained, cx);

  one.end();
  assertEquals(chained.sizeHint(), [0, undefined]);
  assert(cx.isWoken());
  assertItem(chained, 2, cx);
  two.end();
  assertEnd(chained, cx);
});

test("Stream.chain() and merge() do not know a size that is too large", () => {
  for (
    const both of [
      new Stream(new Monster()).chain(new Monster()),
      new Stream(new Monster()).merge(new Monster()),
    ]
  ) assertEquals(both.sizeHint(), [Infinity, undefined]);
});

test("Stream.chain() disposes the first at its end, and both when it is disposed", () => {
  const one = new Feed(1, End as never);
  const two = new Feed(2);
  const chained = new Stream(one).chain(two);
  assertItem(chained, 1);
  assertItem(chained, 2);
  assertEquals([one.disposals, two.disposals], [1, 0]);
  chained[Symbol.dispose]();
  chained[Symbol.dispose]();
  assertEquals([one.disposals, two.disposals], [1, 1]);
});

test("Stream.chain() takes whatever a stream can be made of", async () => {
  const chained = Stream.of(1).chain(["a"]).chain(async function* () {
    yield true;
  }());
  assertEquals(await chained.toArray(), [1, "a", true]);
});

test("Stream.merge() of two that are always ready takes turns", async () => {
  const merged = Stream.of(0, 2, 4, 6).merge(Stream.of(1, 3, 5));
  for (let n = 0; n < 7; n++) {
    assertEquals(merged.sizeHint(), [7 - n, 7 - n]);
    assertEquals(await merged.next(), n);
  }
  assertEquals(await merged.next(), undefined);
});

test("Stream.merge() gives the items of both as they come, up to the last end", () => {
  const one = new Feed<number>();
  const two = new Feed<number>();
  const merged = new Stream(one).merge(two);
  const cx = new Wakes();
  assertEquals(merged.sizeHint(), [0, undefined]);
  assertSilent(merged, cx);

  one.put(1);
  assert(cx.isWoken());
  assertItem(merged, 1, cx);
  assertSilent(merged, cx);
  two.put(2);
  assert(cx.isWoken());
  assertItem(merged, 2, cx);
  assertSilent(merged, cx);

  one.end();
  assert(cx.isWoken());
  assertSilent(merged, cx);
  two.put(3);
  assert(cx.isWoken());
  assertItem(merged, 3, cx);
  assertSilent(merged, cx);
  two.end();
  assert(cx.isWoken());
  assertEnd(merged, cx);
});

test("Stream.merge() disposes each source once", () => {
  const one = new Feed(1, End as never);
  const two = new Feed<number>();
  const merged = new Stream(one).merge(two);
  assertItem(merged, 1);
  assertSilent(merged);
  assertEquals([one.disposals, two.disposals], [1, 0]);
  merged[Symbol.dispose]();
  assertEquals([one.disposals, two.disposals], [1, 1]);
});

test("Stream.zip() gives pairs up to the first end, and disposes both", () => {
  const one = new Feed(1, 2, 3);
  const two = new Feed("a", "b", End as never);
  const zipped = new Stream(one).zip(two);
  assertItem(zipped, [1, "a"]);
  assertItem(zipped, [2, "b"]);
  assertEnd(zipped);
  assertEquals([one.disposals, two.disposals], [1, 1]);
  assertEnd(zipped);
  assert(zipped.isTerminated());
});

test("Stream.zip() keeps an item until its counterpart comes", () => {
  const one = new Feed<number>(1);
  const two = new Feed<string>();
  one.hint = [2, 2];
  two.hint = [1, undefined];
  const zipped = new Stream(one).zip(two);
  assertEquals(zipped.sizeHint(), [1, 2]);
  const next = zipped.next();
  assertSilent(zipped);
  next[Symbol.dispose]();
  assertEquals(zipped.sizeHint(), [1, 3]);
  two.fail(new RangeError("own")).put("a");
  assertThrows(() => poll(zipped), RangeError, "own");
  assertItem(zipped, [1, "a"]);
});

test("Stream.flatMap() gives the items of each stream, and disposes each at its end", () => {
  const inner = [new Feed("a", "b", End as never), new Feed<string>("c")];
  const outer = new Feed(0, 1, End as never);
  const flat = new Stream(outer).flatMap((index) => inner[index]!);
  assertItem(flat, "a");
  assertItem(flat, "b");
  assertItem(flat, "c");
  assertEquals(inner.map(({ disposals }) => disposals), [1, 0]);
  assertSilent(flat);
  flat[Symbol.dispose]();
  flat[Symbol.dispose]();
  assertEquals(inner.map(({ disposals }) => disposals), [1, 1]);
  assertEquals(outer.disposals, 1);
});

test("Stream.flatMap() goes on after an error of an inner stream", () => {
  const inner = new Feed("a").fail(new RangeError("own")).put("b").end();
  const flat = Stream.once(0).flatMap(() => inner);
  assertItem(flat, "a");
  assertThrows(() => poll(flat), RangeError, "own");
  assertItem(flat, "b");
  assertFalse(flat.isTerminated());
  assertEnd(flat);
});

test("Stream.flatten() takes streams, arrays and async iterables", async () => {
  const flat = Stream.of<Iterable<number> | AsyncIterable<number>>(
    [1, 2],
    Stream.of(3),
    [],
    async function* () {
      yield 4;
    }(),
  ).flatten();
  assertEquals(await flat.toArray(), [1, 2, 3, 4]);
});

test("Stream.flatten() knows its size only at the last stream", () => {
  const flat = Stream.of([1, 2], [3]).flatten();
  assertEquals(flat.sizeHint(), [0, undefined]);
  assertItem(flat, 1);
  assertEquals(flat.sizeHint(), [1, undefined]);
  assertItem(flat, 2);
  assertItem(flat, 3);
  assertEquals(flat.sizeHint(), [0, 0]);
});

test("Stream.flatMap() refuses what no stream can be made of", () => {
  const flat = Stream.of(1).flatMap((n) => n as never);
  assertThrows(() => poll(flat), TypeError, "Cannot make a stream of a value of type number");
});

test("Stream.fuse() ends for good at the first end", () => {
  const source = new Alternate();
  const open = new Stream(source);
  assertItem(open, 0);
  assertEnd(open);
  assertItem(open, 2);
  assertEnd(open);

  const fused = open.fuse();
  assertFalse(fused.isTerminated());
  assertEquals(fused.sizeHint(), [0, undefined]);
  assertItem(fused, 4);
  assertFalse(fused.isTerminated());
  assertEnd(fused);
  for (let i = 0; i < 2; i++) {
    assert(fused.isTerminated());
    assertEquals(fused.sizeHint(), [0, 0]);
    assertEnd(fused);
  }
});

test("Stream.fuse() disposes its source once, at the end", () => {
  const feed = new Feed(1, End as never);
  const fused = new Stream(feed).fuse();
  takeItem(fused);
  assertEnd(fused);
  assertEquals(feed.disposals, 1);
  fused[Symbol.dispose]();
  assertEquals(feed.disposals, 1);
});

test("A stream of an interval is never terminated", () => {
  const ticks = Stream.from(interval(1000));
  assertFalse(ticks.isTerminated());
  ticks[Symbol.dispose]();
});

test("Stream.chain() is terminated only after both have ended", async () => {
  const chained = Stream.once(1).fuse().chain(Stream.once(2).fuse());
  assertFalse(chained.isTerminated());
  assertEquals(await chained.next(), 1);
  assertFalse(chained.isTerminated());
  assertEquals(await chained.next(), 2);
  assertEquals(await chained.next(), undefined);
  assert(chained.isTerminated());
});

test("Stream.merge() is terminated only after both have ended", async () => {
  const merged = Stream.once(1).fuse().merge(Stream.once(2).fuse());
  assertFalse(merged.isTerminated());
  assertEquals(await merged.next(), 1);
  assertEquals(await merged.next(), 2);
  assertEquals(await merged.next(), undefined);
  assert(merged.isTerminated());
});

test("Stream.notifyClose() gives undefined once at the end", async () => {
  const notified = Stream.of(0, 1).notifyClose();
  assertEquals(notified.sizeHint(), [3, 3]);
  assertEquals(await notified.next(), 0);
  assertEquals(await notified.next(), 1);
  assertEquals(notified.sizeHint(), [1, 1]);
  assertItem(notified, undefined);
  assert(notified.isTerminated());
  assertEquals(notified.sizeHint(), [0, 0]);
  assertEnd(notified);
});
