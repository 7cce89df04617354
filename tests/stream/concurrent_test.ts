/**
 * Work per item: `andThen`, `buffered`, `bufferUnordered`, `forEach`, `forEachConcurrent`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import type { Waker } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { ready } from "../../future/ready.ts";
import { Stream } from "../../stream/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, Feed, poll } from "./_stream.ts";

/** A piece of work that the test completes. */
class Job<T> {
  polls = 0;
  drops = 0;
  #waker: Waker | undefined = undefined;
  #end: (() => T) | undefined = undefined;

  work(): Future<T> {
    return pollFn((cx) => {
      this.polls += 1;
      if (this.#end !== undefined) return this.#end();
      this.#waker = cx.waker;
      return Pending;
    }, () => this.drops += 1);
  }

  finish(value: T): void {
    this.#end = () => value;
    this.#waker?.wake();
  }

  fail(error: unknown): void {
    this.#end = () => {
      throw error;
    };
    this.#waker?.wake();
  }
}

/** Some jobs, and a source of their work. */
function jobs(count: number): [Job<string>[], Feed<() => Future<string>>] {
  const list = Array.from({ length: count }, () => new Job<string>());
  return [list, new Feed(...list.map((job) => () => job.work())).end()];
}

test("Stream.andThen() waits for futures, promises and generators", async () => {
  const waited = Stream.of(1, 2, 3).andThen((n) => {
    if (n === 1) return ready("future");
    if (n === 2) return Promise.resolve("promise");
    return function* () {
      yield* yieldNow();
      return "generator";
    }();
  });
  assertEquals(await waited.toArray(), ["future", "promise", "generator"]);
});

test("Stream.andThen() works on one item at a time", () => {
  const [[one, two], feed] = jobs(2) as [[Job<string>, Job<string>], Feed<() => Future<string>>];
  const waited = new Stream(feed).andThen((thunk) => thunk());
  const cx = new Wakes();
  assertSilent(waited, cx);
  assertEquals([one.polls, two.polls, feed.polls], [1, 0, 1]);
  one.finish("a");
  assert(cx.isWoken());
  assertItem(waited, "a", cx);
  assertSilent(waited, cx);
  two.finish("b");
  assertItem(waited, "b", cx);
  assertEnd(waited, cx);
});

test("Stream.andThen() keeps the work when next() is dropped, and drops it when disposed", () => {
  const [[one, two], feed] = jobs(2) as [[Job<string>, Job<string>], Feed<() => Future<string>>];
  const waited = new Stream(feed).andThen((thunk) => thunk());
  const next = waited.next();
  assertPending(next);
  next[Symbol.dispose]();
  assertEquals(one.drops, 0);
  one.finish("a");
  assertItem(waited, "a");
  assertSilent(waited);
  waited[Symbol.dispose]();
  waited[Symbol.dispose]();
  assertEquals([one.drops, two.drops, feed.disposals], [0, 1, 1]);
});

test("Stream.andThen() passes on errors and goes on after them", () => {
  const waited = Stream.of(1, 2, 3).andThen((n) => {
    if (n === 1) throw new RangeError("call");
    if (n === 3) return ready(n);
    return pollFn<number>(() => {
      throw new RangeError("poll");
    });
  });
  assertThrows(() => poll(waited), RangeError, "call");
  assertThrows(() => poll(waited), RangeError, "poll");
  assertItem(waited, 3);
  assertThrows(
    () => poll(Stream.of(1).andThen((n) => n as never)),
    TypeError,
    "Cannot wait for a value of type number",
  );
});

test("Stream.andThen() knows its size, work in progress included", () => {
  const [, feed] = jobs(1);
  feed.hint = [3, 3];
  const waited = new Stream(feed).andThen((thunk) => thunk());
  assertEquals(waited.sizeHint(), [3, 3]);
  assertSilent(waited);
  assertEquals(waited.sizeHint(), [4, 4]);
});

test("Stream.andThen() is terminated only when its source and its work have ended", async () => {
  const job = new Job<string>();
  const waited = Stream.once(job).fuse().andThen((job) => job.work());
  assertFalse(waited.isTerminated());
  assertSilent(waited);
  assertFalse(waited.isTerminated());
  job.finish("a");
  assertEquals(await waited.next(), "a");
  assertEquals(await waited.next(), undefined);
  assert(waited.isTerminated());
});

test("A stream is no promise", async () => {
  const stream = Stream.of(1);
  const make = async () => await stream;
  assertEquals(await (await make()).toArray(), [1]);
});

test("Stream.buffered() does so much at once and gives the values in order", () => {
  const [list, feed] = jobs(3);
  const values = new Stream(feed).buffered(2);
  const cx = new Wakes();
  assertSilent(values, cx);
  assertEquals(list.map((job) => job.polls), [1, 1, 0]);
  list[1]!.finish("b");
  assert(cx.isWoken());
  assertSilent(values, cx);
  assertEquals(list.map((job) => job.polls), [1, 2, 0]);
  list[0]!.finish("a");
  assertItem(values, "a", cx);
  assertItem(values, "b", cx);
  assertSilent(values, cx);
  list[2]!.finish("c");
  assertItem(values, "c", cx);
  assertEnd(values, cx);
  assert(values.isTerminated());
});

test("Stream.bufferUnordered() gives the values as they come", () => {
  const [list, feed] = jobs(3);
  const values = new Stream(feed).bufferUnordered(2);
  const cx = new Wakes();
  assertSilent(values, cx);
  list[1]!.finish("b");
  assert(cx.isWoken());
  assertItem(values, "b", cx);
  assertSilent(values, cx);
  assertEquals(list.map((job) => job.polls), [1, 2, 1]);
  list[2]!.finish("c");
  list[0]!.finish("a");
  assertItem(values, "c", cx);
  assertItem(values, "a", cx);
  assertEnd(values, cx);
});

test("Stream.bufferUnordered() polls only the work that was woken", () => {
  const [list, feed] = jobs(100);
  const values = new Stream(feed).bufferUnordered(Infinity);
  assertSilent(values);
  list[50]!.finish("a");
  assertItem(values, "a");
  assertEquals(list.map((job) => job.polls).filter((polls) => polls !== 1), [2]);
  values[Symbol.dispose]();
});

for (const name of ["buffered", "bufferUnordered"] as const) {
  test(`Stream.${name}() takes futures, promises and functions that make them`, async () => {
    const items = Stream.of<Future<number> | Promise<number> | (() => Future<number>)>(
      ready(1),
      Promise.resolve(2),
      () => ready(3),
    );
    assertEquals((await items[name](3).toArray()).toSorted(), [1, 2, 3]);
  });

  test(`Stream.${name}() begins no function before there is room for it`, () => {
    let begun = 0;
    const values = Stream.repeat(() => {
      begun += 1;
      return pollFn<never>(() => Pending);
    })[name](3);
    assertSilent(values);
    assertSilent(values);
    assertEquals(begun, 3);
    values[Symbol.dispose]();
  });

  test(`Stream.${name}() goes on after the error of one piece of work`, () => {
    const [list, feed] = jobs(3);
    const values = new Stream(feed)[name](3);
    assertSilent(values);
    list[0]!.fail(new RangeError("own"));
    assertThrows(() => poll(values), RangeError, "own");
    list[1]!.finish("b");
    list[2]!.finish("c");
    assertItem(values, "b");
    assertItem(values, "c");
    assertEnd(values);
  });

  test(`Stream.${name}() that is disposed drops the work in progress once`, () => {
    const [list, feed] = jobs(3);
    const values = new Stream(feed)[name](2);
    assertSilent(values);
    values[Symbol.dispose]();
    values[Symbol.dispose]();
    assertEquals(list.map((job) => job.drops), [1, 1, 0]);
    assertEquals(feed.disposals, 1);
    assertEnd(values);
  });

  test(`Stream.${name}() polls work that wakes itself again, after others had their turn`, async () => {
    const values = Stream.of(3, 1, 2).map((count) => () => {
      let left = count;
      return pollFn((cx) => {
        if (left-- === 0) return count;
        cx.waker.wake();
        return Pending;
      });
    })[name](3);
    assertEquals((await values.toArray()).toSorted(), [1, 2, 3]);
  });

  test(`Stream.${name}() knows its size, work in progress included`, () => {
    const [, feed] = jobs(3);
    feed.hint = [1, 1];
    const values = new Stream(feed)[name](2);
    assertSilent(values);
    assertEquals(values.sizeHint(), [3, 3]);
    values[Symbol.dispose]();
  });

  test(`Stream.${name}() refuses a limit of less than one`, () => {
    for (const limit of [0, -1, 0.5, NaN]) {
      assertThrows(() => Stream.of(ready(1))[name](limit), RangeError, `Cannot work on ${limit}`);
    }
  });
}

test("Stream.buffered() gives an error of the source in its place", () => {
  const job = new Job<string>();
  const feed = new Feed(() => job.work()).fail(new RangeError("own")).put(() => ready("c")).end();
  const values = new Stream(feed).buffered(3);
  assertSilent(values);
  job.finish("a");
  assertItem(values, "a");
  assertThrows(() => poll(values), RangeError, "own");
  assertItem(values, "c");
  assertEnd(values);
});

test("Stream.forEach() waits for each answer before the next item", async () => {
  const log: string[] = [];
  await Stream.of("a", "b").forEach(function* (item) {
    log.push(`${item} begins`);
    yield* yieldNow();
    log.push(`${item} ends`);
  });
  assertEquals(log, ["a begins", "a ends", "b begins", "b ends"]);
});

test("Stream.forEach() takes plain functions, async functions and futures", async () => {
  const log: unknown[] = [];
  await Stream.of(1).forEach((n) => log.push(n));
  await Stream.of(2).forEach(async (n) => {
    await turns();
    log.push(n);
  });
  await Stream.of(3).forEach((n) => pollFn(() => log.push(n)));
  assertEquals(log, [1, 2, 3]);
});

test("Stream.forEach() disposes the stream at its end, after an error and when dropped", async () => {
  const complete = new Feed(1).end();
  await new Stream(complete).forEach(() => {});
  assertEquals(complete.disposals, 1);

  const failing = new Feed(1, 2).end();
  await assertRejects(
    async () =>
      await new Stream(failing).forEach(() => {
        throw new RangeError("own");
      }),
    RangeError,
    "own",
  );
  assertEquals([failing.disposals, failing.polls], [1, 1]);

  const dropped = new Feed(1);
  const job = new Job<void>();
  const each = new Stream(dropped).forEach(() => job.work());
  assertPending(each);
  each[Symbol.dispose]();
  assertEquals([dropped.disposals, job.drops], [1, 1]);
  await assertRejects(async () => await each, TypeError, "Cannot poll a future again");
});

test("Stream.forEachConcurrent() works on so many items at once", () => {
  const [list, feed] = jobs(3);
  const each = new Stream(feed).forEachConcurrent(2, (thunk) => thunk());
  const cx = new Wakes();
  assertPending(each, cx);
  assertEquals(list.map((job) => job.polls), [1, 1, 0]);
  list[1]!.finish("");
  assert(cx.isWoken());
  assertPending(each, cx);
  assertEquals(list.map((job) => job.polls), [1, 2, 1]);
  list[0]!.finish("");
  list[2]!.finish("");
  assertEquals(assertReady(each, cx), undefined);
  assertEquals(feed.disposals, 1);
});

test("Stream.forEachConcurrent() with plain functions goes straight on", () => {
  const seen: number[] = [];
  const each = Stream.of(1, 2, 3).forEachConcurrent(1, (n) => seen.push(n));
  assertReady(each);
  assertEquals(seen, [1, 2, 3]);
});

test("Stream.forEachConcurrent() drops the others when one fails", async () => {
  const [list, feed] = jobs(2);
  const each = new Stream(feed).forEachConcurrent(Infinity, (thunk) => thunk());
  assertPending(each);
  list[1]!.fail(new RangeError("own"));
  await assertRejects(async () => await each, RangeError, "own");
  assertEquals(list.map((job) => job.drops), [1, 0]);
  assertEquals(feed.disposals, 1);
});

test("Stream.forEachConcurrent() that is dropped drops all work", () => {
  const [list, feed] = jobs(3);
  const each = new Stream(feed).forEachConcurrent(2, (thunk) => thunk());
  assertEquals(pollOnce(each), Pending);
  each[Symbol.dispose]();
  assertEquals(list.map((job) => job.drops), [1, 1, 0]);
  assertEquals(feed.disposals, 1);
  assertThrows(() => Stream.of(1).forEachConcurrent(0, () => {}), RangeError, "Cannot work on 0");
});
