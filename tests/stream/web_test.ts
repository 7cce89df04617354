/**
 * `toReadableStream` and `pipeTo`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { Stream } from "../../stream/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, turns, Wakes } from "../helpers/wakes.ts";
import { Feed } from "./_stream.ts";

/** A WHATWG sink that logs what reaches it. */
function sink(strategy?: QueuingStrategy<unknown>): [WritableStream<unknown>, unknown[]] {
  const log: unknown[] = [];
  const writable = new WritableStream<unknown>({
    write: (chunk) => void log.push(chunk),
    close: () => void log.push("closed"),
    abort: (reason) => void log.push(["aborted", (reason as Error | undefined)?.message]),
  }, strategy);
  return [writable, log];
}

test("Stream.toReadableStream() gives the items and ends, and disposes the stream", async () => {
  const feed = new Feed("a", "b").end();
  const items = [];
  for await (const item of new Stream(feed).toReadableStream()) items.push(item);
  assertEquals(items, ["a", "b"]);
  assertEquals(feed.disposals, 1);
});

test("Stream.toReadableStream() takes an item when a reader wants one, and not before", async () => {
  const feed = new Feed(1, 2, 3).end();
  const reader = new Stream(feed).toReadableStream().getReader();
  await turns();
  assertEquals(feed.polls, 0);
  assertEquals(await reader.read(), { done: false, value: 1 });
  await turns();
  assertEquals(feed.polls, 1);
  await reader.cancel();
});

test("Stream.toReadableStream() fills the queue that it is given", async () => {
  const feed = new Feed(1, 2, 3, 4).end();
  const readable = new Stream(feed).toReadableStream(
    new CountQueuingStrategy({ highWaterMark: 2 }),
  );
  await turns();
  assertEquals(feed.polls, 2);
  await readable.cancel();
  assertEquals(feed.disposals, 1);
});

test("Stream.toReadableStream() that is cancelled in a read disposes the stream", async () => {
  const feed = new Feed<number>();
  const reader = new Stream(feed).toReadableStream().getReader();
  const read = reader.read();
  await turns();
  assertEquals(feed.polls, 1);
  await reader.cancel();
  assert((await read).done);
  feed.put(1);
  await turns();
  assertEquals([feed.disposals, feed.polls], [1, 1]);
});

test("Stream.toReadableStream() fails with the stream's error, and disposes it", async () => {
  const feed = new Feed(1).fail(new RangeError("own"));
  const reader = new Stream(feed).toReadableStream().getReader();
  await reader.read();
  await assertRejects(() => reader.read(), RangeError, "own");
  assertEquals(feed.disposals, 1);
});

test("Stream.toReadableStream() and Stream.from() undo each other", async () => {
  const there = Stream.of(1, 2, 3).toReadableStream();
  assertEquals(await Stream.from(there).map((n) => n * 2).toArray(), [2, 4, 6]);
});

test("Stream.pipeTo() writes the items, closes, and disposes the stream", async () => {
  const [writable, log] = sink();
  const feed = new Feed("a", "b").end();
  await new Stream(feed).pipeTo(writable);
  assertEquals(log, ["a", "b", "closed"]);
  assertEquals(feed.disposals, 1);
  assertFalse(writable.locked);
});

test("Stream.pipeTo() may leave the writable stream open", async () => {
  const [writable, log] = sink();
  await Stream.of("a").pipeTo(writable, { preventClose: true });
  await Stream.of("b").pipeTo(writable);
  assertEquals(log, ["a", "b", "closed"]);
});

test("Stream.pipeTo() takes an item only when the writable stream wants one", async () => {
  const feed = new Feed(1, 2, 3).end();
  let release = () => {};
  const writable = new WritableStream({
    write: () => new Promise<void>((resolve) => release = resolve),
  }, { highWaterMark: 1 });
  const piped = Promise.resolve(new Stream(feed).pipeTo(writable));
  await turns(2);
  assertEquals(feed.polls, 1);
  for (let i = 0; i < 3; i++) {
    release();
    await turns(2);
  }
  await piped;
  assertEquals(feed.polls, 4);
});

test("Stream.pipeTo() aborts the writable stream with the stream's error", async () => {
  const [writable, log] = sink();
  const feed = new Feed("a").fail(new RangeError("own"));
  await assertRejects(async () => await new Stream(feed).pipeTo(writable), RangeError, "own");
  await turns();
  assertEquals(log.at(-1), ["aborted", "own"]);
  assertEquals(feed.disposals, 1);
  assertFalse(writable.locked);
});

test("Stream.pipeTo() may leave the writable stream as it is after an error", async () => {
  const [writable, log] = sink();
  const failing = new Stream(new Feed<string>().fail(new RangeError("own")));
  await assertRejects(
    async () => await failing.pipeTo(writable, { preventAbort: true }),
    RangeError,
  );
  await Stream.of("a").pipeTo(writable);
  assertEquals(log, ["a", "closed"]);
});

test("Stream.pipeTo() fails when a write does", async () => {
  const feed = new Feed(1, 2, 3).end();
  const writable = new WritableStream({
    write() {
      throw new RangeError("full");
    },
  });
  await assertRejects(async () => await new Stream(feed).pipeTo(writable), RangeError, "full");
  assertEquals(feed.disposals, 1);
});

test("Stream.pipeTo() notices while it waits that the writable stream has failed", async () => {
  const feed = new Feed<number>();
  let fail = (_error: Error) => {};
  const writable = new WritableStream({
    start(controller) {
      fail = (error) => controller.error(error);
    },
  });
  const piped = assertRejects(
    async () => await new Stream(feed).pipeTo(writable),
    RangeError,
    "gone",
  );
  await turns(2);
  fail(new RangeError("gone"));
  await piped;
  assertEquals(feed.disposals, 1);
});

test("Stream.pipeTo() that is dropped aborts the writable stream and disposes the stream", async () => {
  const [writable, log] = sink();
  const feed = new Feed("a");
  const piping = new Stream(feed).pipeTo(writable);
  const cx = new Wakes();
  assertPending(piping, cx);
  await turns();
  assert(cx.isWoken());
  assertPending(piping, cx);
  piping[Symbol.dispose]();
  await turns();
  assertEquals(log.at(-1), ["aborted", undefined]);
  assertEquals(feed.disposals, 1);
  assertFalse(writable.locked);
});

test("Stream.pipeTo() that was never polled disposes the stream when dropped", () => {
  const [writable, log] = sink();
  const feed = new Feed("a");
  new Stream(feed).pipeTo(writable)[Symbol.dispose]();
  assertEquals([feed.disposals, feed.polls], [1, 0]);
  assertEquals(log, []);
  assertFalse(writable.locked);
});

test("Stream.pipeTo() refuses a stream that is locked", () => {
  const [writable] = sink();
  writable.getWriter();
  assertThrows(() => Stream.of(1).pipeTo(writable), TypeError, "it is locked");
});
