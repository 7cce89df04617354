/**
 * Streams of whatever gives items: sources, async iterables, WHATWG streams, listeners.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { TcpListener } from "../../net/tcp_listener.ts";
import { TcpStream } from "../../net/tcp_stream.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Stream } from "../../stream/mod.ts";
import { JoinSet } from "../../task/join_set.ts";
import { interval } from "../../time/interval.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, turns, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll } from "./_stream.ts";

test("Stream.from() a stream is that stream", () => {
  const stream = Stream.of(1);
  assertStrictEquals(Stream.from(stream), stream);
});

test("Stream.from() a source owns it: a loop that is left disposes it", async () => {
  const feed = new Feed(1, 2);
  for await (const item of Stream.from(feed)) {
    assertEquals(item, 1);
    break;
  }
  assertEquals([feed.disposals, feed.polls], [1, 1]);
});

test("Stream.from() a source disposes it after a loop to the end, and after an error", async () => {
  const complete = new Feed(1).end();
  for await (const _ of Stream.from(complete));
  assertEquals(complete.disposals, 1);
  const failing = new Feed<number>().fail(new RangeError("own"));
  await assertRejects(async () => {
    for await (const _ of Stream.from(failing));
  }, RangeError);
  assertEquals(failing.disposals, 1);
});

test("A stream works with using", () => {
  const feed = new Feed(1);
  {
    using stream = Stream.from(feed);
    assertItem(stream, 1);
  }
  assertEquals(feed.disposals, 1);
});

test("Stream.from() something with pollNext takes it as a source", () => {
  const feed = new Feed(1);
  const stream = Stream.from({
    pollNext: feed.pollNext.bind(feed),
    [Symbol.dispose]: () => feed[Symbol.dispose](),
  });
  assertItem(stream, 1);
  stream[Symbol.dispose]();
  assertEquals(feed.disposals, 1);
});

test("Stream.from() refuses what gives no items", () => {
  for (const wrong of [1, null, undefined, {}, () => {}, Symbol("a")]) {
    assertThrows(() => Stream.from(wrong as never), TypeError, "Cannot make a stream");
  }
});

test("Stream.from() an async iterable gives its items, undefined included", async () => {
  const stream = Stream.from(async function* () {
    yield 1;
    await turns();
    yield undefined;
  }());
  assertEquals(await stream.toArray(), [1, undefined]);
});

test("Stream.from() an async iterator works without being iterable", async () => {
  let left = 2;
  const steps = { next: () => Promise.resolve({ done: left === 0, value: left-- }) };
  const stream = Stream.from(steps as AsyncIterator<number>);
  assertEquals(await stream.toArray(), [2, 1]);
  assertEnd(stream);
});

test("Stream.from() an async iterable asks for one item at a time, when one is wanted", async () => {
  const log: string[] = [];
  const stream = Stream.from(async function* () {
    for (const item of ["a", "b"]) {
      log.push(item);
      yield item;
    }
  }());
  await turns();
  assertEquals(log, []);
  const cx = new Wakes();
  assertSilent(stream, cx);
  assertSilent(stream, cx);
  await turns();
  assert(cx.isWoken());
  assertEquals(log, ["a"]);
  assertItem(stream, "a", cx);
  await turns();
  assertEquals(log, ["a"]);
});

test("Stream.from() an async iterable keeps the promise of a next() that was dropped", async () => {
  const stream = Stream.from(async function* () {
    yield "a";
    yield "b";
  }());
  const next = stream.next();
  assertPending(next);
  next[Symbol.dispose]();
  await turns();
  assertEquals(await stream.toArray(), ["a", "b"]);
});

test("Stream.from() an async iterable passes on its error, and what follows", async () => {
  const ended = Stream.from(async function* () {
    yield "a";
    throw new RangeError("own");
  }());
  assertEquals(await ended.next(), "a");
  await assertRejects(async () => await ended.next(), RangeError, "own");
  assertEquals(await ended.next(), undefined);

  let calls = 0;
  const stream = Stream.from<number>({
    next: () => {
      if (calls++ === 0) throw new RangeError("at the call");
      if (calls === 2) return Promise.reject(new RangeError("later"));
      return Promise.resolve({ done: false, value: calls });
    },
  });
  assertThrows(() => poll(stream), RangeError, "at the call");
  await assertRejects(async () => await stream.next(), RangeError, "later");
  assertEquals(await stream.next(), 3);
});

test("Stream.from() an async iterable returns it once when disposed", async () => {
  let returns = 0;
  const iterator = {
    next: () => Promise.resolve({ done: false, value: 1 }),
    return: () => {
      returns += 1;
      return Promise.reject(new Error("Nobody is told"));
    },
  };
  const stream = Stream.from<number>(iterator);
  assertEquals(await stream.next(), 1);
  stream[Symbol.dispose]();
  stream[Symbol.dispose]();
  assertEquals(returns, 1);
  assertEnd(stream);
  await turns();

  const ended = Stream.from<number>({
    ...iterator,
    next: () => Promise.resolve({ done: true as const, value: undefined }),
  });
  assertEquals(await ended.next(), undefined);
  ended[Symbol.dispose]();
  assertEquals(returns, 1);
});

test("Stream.from() an async generator that waits runs on until its await has ended", async () => {
  const log: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const stream = Stream.from(async function* () {
    try {
      await gate;
      log.push("after the await");
      yield 1;
    } finally {
      log.push("finally");
    }
  }());
  assertSilent(stream);
  stream[Symbol.dispose]();
  await turns();
  assertEquals(log, []);
  assertEnd(stream);
  open();
  await turns();
  assertEquals(log, ["after the await", "finally"]);
});

test("Stream.from() a WHATWG stream reads it and releases it at the end", async () => {
  const readable = ReadableStream.from(["a", "b"]);
  const stream = Stream.from(readable);
  assert(readable.locked);
  assertEquals(await stream.next(), "a");
  assertEquals(await stream.next(), "b");
  assertEquals(await stream.next(), undefined);
  assert(!readable.locked);
  assertEquals(await stream.next(), undefined);
});

test("Stream.from() a WHATWG stream cancels it when disposed, in a read too", async () => {
  for (const isReading of [false, true]) {
    let cancelled = 0;
    const readable = new ReadableStream<number>({ cancel: () => void cancelled++ });
    const stream = Stream.from(readable);
    if (isReading) assertSilent(stream);
    stream[Symbol.dispose]();
    stream[Symbol.dispose]();
    await turns();
    assertEquals(cancelled, 1);
    assert(!readable.locked);
  }
});

test("Stream.from() a WHATWG stream ends after its error", async () => {
  const stream = Stream.from(
    new ReadableStream<number>({
      pull(controller) {
        controller.error(new RangeError("own"));
      },
    }),
  );
  await assertRejects(async () => await stream.next(), RangeError, "own");
  assertEquals(await stream.next(), undefined);
  stream[Symbol.dispose]();
  await turns();
});

test("Stream.from() an interval ticks, and disposes it", async () => {
  const ticks = interval(1);
  const two = await Stream.from(ticks).take(2).toArray();
  assertEquals(two[1]!.durationSince(two[0]!), 1);
  assertEnd(ticks);
});

test("Stream.from() a listener gives its connections", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const connections = Stream.from(listener).take(2).enumerate();
  const clients = spawn(async () => {
    using _one = await TcpStream.connect(listener.localAddr());
    using _two = await TcpStream.connect(listener.localAddr());
  });
  const seen: number[] = [];
  for await (const [index, connection] of connections) {
    using _open = connection;
    seen.push(index);
  }
  assertEquals(seen, [0, 1]);
  await clients;
});

test("Stream.from() a listener ends when that is closed", async () => {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const connections = Stream.from(listener);
  const next = spawn(connections.next());
  await turns(2);
  listener.close();
  assertEquals(await next, undefined);
});

test("Stream.from() a JoinSet knows how many tasks are to end at least", async () => {
  using stream = Stream.from(new JoinSet([() => 0, () => 1]));
  assertEquals(stream.sizeHint(), [2, undefined]);
  await stream.next();
  assertEquals(stream.sizeHint(), [1, undefined]);
  await stream.next();
  assertEquals(stream.sizeHint(), [0, undefined]);
  assertEnd(stream);
});

test("Stream.from() a JoinSet gives how each task has ended", async () => {
  const set = new JoinSet([() => 0, () => 1]);
  const values = Stream.from(set).map((outcome) => outcome.ok ? outcome.value : -1);
  assertEquals(await values.collectInto(new Set<number>()), new Set([0, 1]));
});

test("Stream.from() a JoinSet gives the failure of a task, and goes on", async () => {
  const set = new JoinSet<number>([() => {
    throw new RangeError("own");
  }, async () => await sleep(1).then(() => 2)]);
  const [failure, value] = await Stream.from(set).toArray();
  assert(failure?.ok === false && failure.error.isPanic());
  assert(value?.ok && value.value === 2);
});

test("Stream.from() a JoinSet that is disposed aborts the tasks", async () => {
  const set = new JoinSet<void>([sleep(60_000), sleep(60_000)]);
  {
    using stream = Stream.from(set);
    assertSilent(stream);
  }
  assertEquals(set.size, 0);
  await turns(2);
});
