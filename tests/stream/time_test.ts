/**
 * Adapters with timers: `throttle`, `timeout`, `timeoutRepeating`, `chunksTimeout`; and `chunks`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertInstanceOf, assertThrows } from "@std/assert";
import { isolate } from "../../scheduler/isolate.ts";
import { type Attempt, Stream } from "../../stream/mod.ts";
import { Instant } from "../../time/instant.ts";
import { interval, intervalAt } from "../../time/interval.ts";
import { advance, pause, resume } from "../../time/pause.ts";
import { sleep } from "../../time/sleep.ts";
import { ElapsedError } from "../../time/timeout.ts";
import { test } from "../helpers/leak_guard.ts";
import { Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll, takeItem } from "./_stream.ts";

/** A test with a clock that stands still. */
function timed(name: string, fn: () => Promise<void>): void {
  test(name, async () => {
    pause();
    try {
      await fn();
    } finally {
      resume();
    }
  });
}

/** Hands on each item after `ms` milliseconds. */
function after<T>(ms: number, ...items: T[]): Stream<T> {
  return Stream.from(items).andThen(function* (item) {
    yield* sleep(ms);
    return item;
  });
}

/** Hands on the even items after 200 ms, the others at once. */
function slowEven(...items: number[]): Stream<number> {
  return Stream.from(items).andThen(function* (item) {
    if (item % 2 === 0) yield* sleep(200);
    return item;
  });
}

function assertElapsed(stream: Stream<Attempt<unknown, ElapsedError>>): void {
  const attempt = takeItem(stream);
  assertFalse(attempt.ok);
  assertInstanceOf(!attempt.ok && attempt.error, ElapsedError);
}

timed("Stream.throttle() gives items at least the distance apart", async () => {
  const throttled = Stream.repeat("a").throttle(100);
  const cx = new Wakes();
  assertItem(throttled, "a", cx);
  assertSilent(throttled, cx);
  await advance(90);
  assertSilent(throttled, cx);
  assertFalse(cx.isWoken());
  await advance(101);
  assert(cx.isWoken());
  assertItem(throttled, "a", cx);
  throttled[Symbol.dispose]();
});

timed("Stream.throttle() drops no item, and asks for none while it is too early", async () => {
  const feed = new Feed(1, 2, 3).end();
  const throttled = new Stream(feed).throttle(10);
  const times: number[] = [];
  const start = Instant.now();
  for await (const _ of throttled.inspect(() => times.push(start.elapsed())));
  assertEquals(times.length, 3);
  assert(times[1]! - times[0]! >= 10 && times[2]! - times[1]! >= 10);
  assertEquals(feed.polls, 4);
});

test("Stream.throttle() by no time needs no timer", () => {
  const throttled = Stream.repeat(1).throttle(0);
  assertItem(throttled, 1);
  assertItem(throttled, 1);
});

timed("Stream.throttle() stops its timer when it is disposed", async () => {
  const throttled = Stream.repeat(1).throttle(1000);
  assertItem(throttled, 1);
  assertSilent(throttled);
  assertEquals(isolate.driver.timers, 1);
  throttled[Symbol.dispose]();
  assertEquals(isolate.driver.timers, 0);
  await advance(0);
});

timed("Stream.timeout() gives one error per silence, and the items as they come", async () => {
  const stream = slowEven(1, 2, 3, 4).timeout(100);
  assertItem(stream, { ok: true, value: 1 });
  assertSilent(stream);
  await advance(150);
  assertElapsed(stream);
  assertSilent(stream);
  await advance(100);
  assertItem(stream, { ok: true, value: 2 });
  assertItem(stream, { ok: true, value: 3 });
  assertSilent(stream);
  await advance(60);
  assertSilent(stream);
  await advance(60);
  assertElapsed(stream);
  await advance(120);
  assertItem(stream, { ok: true, value: 4 });
  assertEnd(stream);
});

timed("Stream.timeout() tells only once, however long the silence", async () => {
  const stream = slowEven(1, 2, 3).timeout(50);
  assertItem(stream, { ok: true, value: 1 });
  assertSilent(stream);
  await advance(52);
  assertElapsed(stream);
  await advance(50);
  assertSilent(stream);
  await advance(101);
  assertItem(stream, { ok: true, value: 2 });
  assertItem(stream, { ok: true, value: 3 });
  assertEnd(stream);
});

test("Stream.timeout() of a stream that is never silent gives no error", () => {
  const stream = slowEven(1, 3, 5).timeout(100);
  for (const value of [1, 3, 5]) assertItem(stream, { ok: true, value });
  assertEnd(stream);
});

timed("Stream.timeout() counts the first silence from the call", async () => {
  const stream = Stream.pending().timeout(50);
  await advance(51);
  assertSilent(stream); // starts a timer that is due
  await advance(0);
  assertElapsed(stream);
  assertSilent(stream);
});

timed("Stream.timeout() counts an error of the source as a sign of life", async () => {
  const feed = new Feed<number>();
  const stream = new Stream(feed).timeout(50);
  assertSilent(stream);
  await advance(40);
  feed.fail(new RangeError("own"));
  assertThrows(() => poll(stream), RangeError, "own");
  assertSilent(stream);
  await advance(40);
  assertSilent(stream);
  await advance(20);
  assertElapsed(stream);
});

timed("Stream.timeout() runs no timer between items, at the end and when disposed", async () => {
  const feed = new Feed<number>();
  const stream = new Stream(feed).timeout(1000);
  assertSilent(stream);
  assertEquals(isolate.driver.timers, 1);
  feed.put(1);
  assertItem(stream, { ok: true, value: 1 });
  assertEquals(isolate.driver.timers, 0);
  assertSilent(stream);
  feed.end();
  assertEnd(stream);
  assertEquals([isolate.driver.timers, feed.disposals], [0, 1]);

  const other = Stream.pending().timeout(1000);
  assertSilent(other);
  other[Symbol.dispose]();
  assertEquals(isolate.driver.timers, 0);
  await advance(0);
});

test("Stream.timeout() knows its size from its source", () => {
  assertEquals(Stream.of(1, 2).timeout(1).sizeHint(), [2, 5]);
  assertEquals(Stream.pending().timeout(1).sizeHint(), [0, undefined]);
});

timed("Stream.timeoutRepeating() gives an error at every tick while it is silent", async () => {
  const feed = new Feed<string>();
  const stream = new Stream(feed).timeoutRepeating(intervalAt(Instant.now().add(10), 10));
  assertEquals(stream.sizeHint(), [0, undefined]);
  assertSilent(stream);
  for (let i = 0; i < 3; i++) {
    await advance(10);
    assertElapsed(stream);
    assertSilent(stream);
  }
  await advance(6);
  feed.put("a");
  assertItem(stream, { ok: true, value: "a" });
  assertSilent(stream);
  await advance(6);
  assertSilent(stream);
  await advance(5);
  assertElapsed(stream);
  feed.end();
  assertEnd(stream);
  assertEquals(isolate.driver.timers, 0);
});

timed("Stream.timeoutRepeating() of an interval that ticks at once tells at once", async () => {
  const stream = Stream.pending().timeoutRepeating(interval(10));
  await advance(1);
  assertElapsed(stream);
  assertSilent(stream);
  stream[Symbol.dispose]();
  assertEquals(isolate.driver.timers, 0);
});

timed("Stream.chunksTimeout() gives what there is when the time is up", async () => {
  const chunks = Stream.of(1, 2, 3).chain(after(3000, 4)).chunksTimeout(4, { seconds: 2 });
  assertSilent(chunks);
  await advance(2001);
  assertEquals(await chunks.next(), [1, 2, 3]);
  assertSilent(chunks);
  await advance(2001);
  assertEquals(await chunks.next(), [4]);
  assertEquals(await chunks.next(), undefined);
});

timed("Stream.chunksTimeout() gives a full chunk before the time is up", async () => {
  const chunks = Stream.of(1, 2).chain(after(1000, 3)).chain(after(3000, 4))
    .chunksTimeout(3, { seconds: 2 });
  assertSilent(chunks);
  await advance(1500);
  assertItem(chunks, [1, 2, 3]);
  assertSilent(chunks);
  await advance(2001);
  assertSilent(chunks);
  await advance(2001);
  assertItem(chunks, [4]);
  assertEnd(chunks);
});

timed("Stream.chunksTimeout() gives each chunk in its time", async () => {
  const chunks = Stream.of(1, 2, 3, 4).chain(after(5000, 5)).chunksTimeout(3, { seconds: 2 });
  const start = Instant.now();
  const seen: [number, number[]][] = [];
  await chunks.forEach((chunk) => {
    seen.push([Math.round(start.elapsed() / 1000), chunk]);
  });
  assertEquals(seen, [[0, [1, 2, 3]], [2, [4]], [5, [5]]]);
});

timed("Stream.chunksTimeout() starts its timer at the first item of a chunk", async () => {
  const feed = new Feed<number>();
  const chunks = new Stream(feed).chunksTimeout(3, 100);
  assertSilent(chunks);
  await advance(1000);
  assertSilent(chunks);
  assertEquals(isolate.driver.timers, 0);
  feed.put(1);
  assertSilent(chunks);
  await advance(60);
  feed.put(2);
  assertSilent(chunks);
  await advance(60);
  assertItem(chunks, [1, 2]);
  assertSilent(chunks);
  assertEquals(isolate.driver.timers, 0);
});

timed("Chunks.intoRemainder() hands over what was collected, and stops the timer", async () => {
  const source = Stream.of(1, 2, 3, 4).chain(after(1000, 5));
  const chunks = source.chunksTimeout(10, 20);
  assertSilent(chunks);
  assertEquals(chunks.intoRemainder(), [1, 2, 3, 4]);
  assertEquals(chunks.intoRemainder(), []);
  await advance(2000);
  assertEquals(await source.next(), 5);
  source[Symbol.dispose]();
});

timed("Stream.chunksTimeout() keeps what it has when next() is dropped", async () => {
  const chunks = Stream.of(1, 2).chain(Stream.pending<number>()).chunksTimeout(3, 10);
  const next = chunks.next();
  assertSilent(chunks);
  next[Symbol.dispose]();
  await advance(11);
  assertItem(chunks, [1, 2]);
  chunks[Symbol.dispose]();
});

timed(
  "Stream.chunksTimeout() that is disposed drops its items, its timer and its source",
  async () => {
    const feed = new Feed(1);
    const chunks = new Stream(feed).chunksTimeout(3, 10);
    assertSilent(chunks);
    assertEquals(isolate.driver.timers, 1);
    chunks[Symbol.dispose]();
    assertEquals([isolate.driver.timers, feed.disposals], [0, 1]);
    assertEquals(chunks.intoRemainder(), []);
    await advance(0);
  },
);

test("Stream.chunks() collects full chunks, and a shorter one at the end", async () => {
  assertEquals(await Stream.of(1, 2, 3).chunks(2).toArray(), [[1, 2], [3]]);
  assertEquals(await Stream.of(1, 2).chunks(2).toArray(), [[1, 2]]);
  assertEquals(await Stream.empty().chunks(2).toArray(), []);
});

test("Stream.chunks() keeps what it has when the source throws", () => {
  const chunks = new Stream(new Feed(1).fail(new RangeError("own")).put(2)).chunks(2);
  assertThrows(() => poll(chunks), RangeError, "own");
  assertItem(chunks, [1, 2]);
});

test("Stream.chunks() knows its size as far as its source does", () => {
  const feed = new Feed(1);
  feed.hint = [5, 5];
  const chunks = new Stream(feed).chunks(2);
  assertEquals(chunks.sizeHint(), [2, 5]);
  assertSilent(chunks);
  assertEquals(chunks.sizeHint(), [3, 6]);
});

test("Stream.chunks() and chunksTimeout() refuse chunks of no items", () => {
  for (const count of [0, -1, 1.5, NaN]) {
    assertThrows(() => Stream.of(1).chunks(count), RangeError, `chunks of ${count} items`);
    assertThrows(() => Stream.of(1).chunksTimeout(count, 1), RangeError);
  }
});

test("Adapters with timers refuse what is no duration", () => {
  const stream = Stream.of(1);
  for (const adapt of ["throttle", "timeout"] as const) {
    assertThrows(() => stream[adapt](-1), RangeError);
    assertThrows(() => stream[adapt]("1" as never), TypeError);
  }
  assertThrows(() => stream.chunksTimeout(1, -1), RangeError);
});
