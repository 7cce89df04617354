/**
 * `Stream.peekable()`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { End } from "../../future/end.ts";
import { Pending } from "../../future/poll.ts";
import { Stream } from "../../stream/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed } from "./_stream.ts";

const items = () => Stream.of(1, 2, 3).peekable();

test("Peekable.sizeHint() counts down with the items", async () => {
  const peekable = items();
  for (const left of [3, 2, 1]) {
    assertEquals(peekable.sizeHint(), [left, left]);
    await peekable.next();
  }
  assertEquals(peekable.sizeHint(), [0, 0]);
});

test("Peekable.sizeHint() counts the item that was peeked at", async () => {
  const peekable = items();
  for (const left of [3, 2, 1]) {
    assertEquals(peekable.sizeHint(), [left, left]);
    assertEquals(await peekable.peek(), 4 - left);
    assertEquals(peekable.sizeHint(), [left, left]);
    assertEquals(await peekable.next(), 4 - left);
  }
  assertEquals(peekable.sizeHint(), [0, 0]);
});

test("Peekable.peek() at no items answers undefined", async () => {
  const peekable = Stream.empty<number>().peekable();
  assertEquals(peekable.sizeHint(), [0, 0]);
  assertEquals(await peekable.peek(), undefined);
  assertEquals(await peekable.peek(), undefined);
  assertEquals(peekable.sizeHint(), [0, 0]);
  assertEquals(await peekable.next(), undefined);
});

test("Peekable.peek() answers with the same item until it is taken", async () => {
  const peekable = items();
  assertEquals(await peekable.peek(), 1);
  assertEquals(await peekable.peek(), 1);
  assertEquals(await peekable.next(), 1);
  assertEquals(await peekable.next(), 2);
  assertEquals(await peekable.peek(), 3);
  assertEquals(await peekable.toArray(), [3]);
});

test("Peekable.sizeHint() does not know a size that is too large", async () => {
  const feed = new Feed(1);
  feed.hint = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const peekable = new Stream(feed).peekable();
  assertEquals(peekable.sizeHint(), feed.hint);
  await peekable.peek();
  assertEquals(peekable.sizeHint(), [Infinity, undefined]);
});

test("Peekable.sizeHint() stays open when the source's is", async () => {
  const feed = new Feed(42);
  feed.hint = [1, undefined];
  const peekable = new Stream(feed).peekable();
  assertEquals(peekable.sizeHint(), [1, undefined]);
  await peekable.peek();
  assertEquals(peekable.sizeHint(), [2, undefined]);
});

test("Peekable.replacePeeked() changes the item that is taken next", async () => {
  const peekable = items();
  assertThrows(() => peekable.replacePeeked(0), TypeError, "none was peeked at");
  assertEquals(await peekable.peek(), 1);
  peekable.replacePeeked(11);
  assertEquals(await peekable.toArray(), [11, 2, 3]);
});

test("Peekable.replacePeeked() has nothing to replace at the end", async () => {
  const peekable = Stream.empty<number>().peekable();
  await peekable.peek();
  assertThrows(() => peekable.replacePeeked(0), TypeError, "none was peeked at");
  assertEquals(await peekable.next(), undefined);
});

test("Peekable.pollPeek() does not take the item", () => {
  const peekable = items();
  const cx = new Wakes();
  assertEquals(peekable.pollPeek(cx), 1);
  assertEquals(peekable.pollPeek(cx), 1);
  assertItem(peekable, 1);
  assertItem(peekable, 2);
});

test("Peekable.pollPeek() lets the item be replaced", () => {
  const peekable = items();
  const item = peekable.pollPeek(new Wakes());
  peekable.replacePeeked(item as number + 100);
  assertItem(peekable, 101);
});

test("Peekable.pollPeek() waits when the source does", () => {
  const feed = new Feed<number>();
  const peekable = new Stream(feed).peekable();
  const cx = new Wakes();
  assertStrictEquals(peekable.pollPeek(cx), Pending);
  assertSilent(peekable, cx);
  feed.put(7);
  assert(cx.isWoken());
  assertEquals(peekable.pollPeek(cx), 7);
});

test("Peekable.peek() that is dropped loses no item", () => {
  const feed = new Feed<number>();
  const peekable = new Stream(feed).peekable();
  const peek = peekable.peek();
  assertPending(peek);
  feed.put(7);
  peek[Symbol.dispose]();
  assertEquals(assertReady(peekable.peek()), 7);
});

test("Peekable.peek() does not ask again at the end", () => {
  const feed = new Feed(1, End as never, 2);
  const peekable = new Stream(feed).peekable();
  assertItem(peekable, 1);
  assertEquals(assertReady(peekable.peek()), undefined);
  assertEnd(peekable);
  assertEquals(feed.polls, 2);
  assert(peekable.isTerminated());
});

test("Peekable.peek() tells undefined as an item from the end by isTerminated()", async () => {
  const peekable = Stream.of(undefined).peekable();
  assertEquals(await peekable.peek(), undefined);
  assertFalse(peekable.isTerminated());
  assertItem(peekable, undefined);
  assertEnd(peekable);
});

test("Peekable that is disposed drops its source and the item", async () => {
  const feed = new Feed(1, 2);
  const peekable = new Stream(feed).peekable();
  await peekable.peek();
  peekable[Symbol.dispose]();
  assertEquals(feed.disposals, 1);
  assertEnd(peekable);
  assertEquals(assertReady(peekable.peek()), undefined);
});

test("Peekable has the methods of a stream, which see the item that was peeked at", async () => {
  const peekable = items();
  await peekable.peek();
  assertEquals(await peekable.map((n) => n * 2).toArray(), [2, 4, 6]);
});
