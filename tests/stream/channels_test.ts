/**
 * Streams of the receiving ends of channels.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import { Stream } from "../../stream/mod.ts";
import * as broadcast from "../../sync/broadcast/mod.ts";
import * as mpsc from "../../sync/mpsc/mod.ts";
import * as watch from "../../sync/watch/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertEnd, assertItem, assertSilent, poll } from "./_stream.ts";

/** Channels with two values in them: the sender's end, and a stream of the other. */
const CHANNELS = {
  "a bounded"() {
    const [tx, rx] = mpsc.channel<number>(4);
    tx.trySend(1);
    tx.trySend(2);
    return { tx, rx, stream: Stream.from(rx) };
  },
  "an unbounded"() {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    tx.send(1);
    tx.send(2);
    return { tx, rx, stream: Stream.from(rx) };
  },
};

for (const [name, make] of Object.entries(CHANNELS)) {
  test(`A stream of ${name} receiver knows what is there while the channel is open`, () => {
    const { stream } = make();
    for (const left of [2, 1]) {
      assertEquals(stream.sizeHint(), [left, undefined]);
      poll(stream);
    }
    assertEquals(stream.sizeHint(), [0, undefined]);
    assertSilent(stream);
  });

  for (const [how, end] of [["that was closed", "rx"], ["without a sender", "tx"]] as const) {
    test(`A stream of ${name} receiver ${how} knows what is left`, () => {
      const { [end]: closing, stream } = make();
      closing.close();
      for (const left of [2, 1]) {
        assertEquals(stream.sizeHint(), [left, left]);
        poll(stream);
      }
      assertEquals(stream.sizeHint(), [0, 0]);
      assertEnd(stream);
    });
  }

  test(`A stream of ${name} receiver that is left closes the channel`, async () => {
    const { tx, stream } = make();
    for await (const _ of stream) break;
    assertEquals(tx.isClosed(), true);
  });
}

test("A stream of a bounded receiver that was closed at once knows that nothing comes", () => {
  const [, rx] = mpsc.channel<number>(4);
  rx.close();
  assertEquals(Stream.from(rx).sizeHint(), [0, 0]);
});

test("A stream of an unbounded receiver that was closed at once knows that nothing comes", () => {
  const [, rx] = mpsc.unboundedChannel<number>();
  rx.close();
  assertEquals(Stream.from(rx).sizeHint(), [0, 0]);
});

test("A stream of a receiver that was closed counts the permits that are used yet", async () => {
  const [tx, rx] = mpsc.channel<number>(4);
  await tx.send(1);
  const one = await tx.reserve();
  const two = await tx.reserve();
  const stream = Stream.from(rx);
  rx.close();
  assertEquals(stream.sizeHint(), [1, 3]);
  one.send(2);
  assertEquals(stream.sizeHint(), [2, 3]);
  assertItem(stream, 1);
  assertEquals(stream.sizeHint(), [1, 2]);
  assertItem(stream, 2);
  assertEquals(stream.sizeHint(), [0, 1]);
  two.send(3);
  assertEquals(stream.sizeHint(), [1, 1]);
  assertItem(stream, 3);
  assertEquals(stream.sizeHint(), [0, 0]);
  assertEnd(stream);
});

test("A stream of a receiver that was closed does not count the permits that are given back", async () => {
  const [tx, rx] = mpsc.channel<number>(4);
  await tx.send(1);
  const one = await tx.reserve();
  const two = await tx.reserve();
  const stream = Stream.from(rx);
  rx.close();
  assertEquals(stream.sizeHint(), [1, 3]);
  one[Symbol.dispose]();
  assertEquals(stream.sizeHint(), [1, 2]);
  assertItem(stream, 1);
  assertEquals(stream.sizeHint(), [0, 1]);
  two[Symbol.dispose]();
  assertEquals(stream.sizeHint(), [0, 0]);
  assertEnd(stream);
});

test("A stream of a watch receiver gives no value twice", async () => {
  const [tx, rx] = watch.channel("hello");
  const seen: string[] = [];
  const task = spawn(Stream.from(rx).forEach((value) => seen.push(value)));
  tx.send("goodbye");
  tx.close();
  await task;
  assertEquals(seen.filter((value) => value === "goodbye").length, 1);
});

test("A stream of a watch receiver gives the current value first", async () => {
  const [tx, rx] = watch.channel("hello");
  const stream = Stream.from(rx);
  assertEquals(await stream.next(), "hello");
  assertSilent(stream);
  tx.send("bye");
  assertEquals(await stream.next(), "bye");
  stream[Symbol.dispose]();
});

test("A stream of a watch receiver whose value was seen gives only changes", async () => {
  const [tx, rx] = watch.channel("hello");
  rx.markUnchanged();
  const stream = Stream.from(rx);
  assertSilent(stream);
  tx.send("bye");
  assertEquals(await stream.next(), "bye");
  stream[Symbol.dispose]();
});

test("A stream of a broadcast receiver throws its lag, and goes on", async () => {
  const [tx, rx] = broadcast.channel<number>(2);
  for (const n of [1, 2, 3, 4]) tx.send(n);
  tx.close();
  const stream = Stream.from(rx);
  await assertRejects(async () => await stream.next(), broadcast.LaggedError);
  assertEquals(await stream.toArray(), [3, 4]);
});

test("A stream of a broadcast receiver gives its lag as an item with attempts()", async () => {
  const [tx, rx] = broadcast.channel<number>(2);
  for (const n of [1, 2, 3, 4]) tx.send(n);
  tx.close();
  const [lag, ...rest] = await Stream.from(rx).attempts<broadcast.LaggedError>().toArray();
  assertInstanceOf(!lag!.ok && lag!.error, broadcast.LaggedError);
  assertEquals(!lag!.ok && lag!.error.skipped, 2);
  assertEquals(rest, [{ ok: true, value: 3 }, { ok: true, value: 4 }]);
});
