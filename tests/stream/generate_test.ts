/**
 * `stream()`: streams written as generator functions.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Waker } from "../../future/context.ts";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { type Emit, Stream, stream } from "../../stream/mod.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, Wakes } from "../helpers/wakes.ts";
import { assertEnd, assertItem, assertSilent, poll } from "./_stream.ts";

test("stream() gives what its generator emits, undefined included", async () => {
  const items = stream<number | undefined>(function* (emit) {
    yield* emit(1);
    yield* yieldNow();
    yield* emit(undefined);
    yield* emit(yield* ready(3));
  });
  assertEquals(await items.toArray(), [1, undefined, 3]);
});

test("stream() runs only while somebody asks", () => {
  const log: string[] = [];
  const items = stream<string>(function* (emit) {
    log.push("begin");
    yield* emit("a");
    log.push("after a");
    yield* emit("b");
    log.push("after b");
  });
  assertEquals(log, []);
  assertItem(items, "a");
  assertEquals(log, ["begin"]);
  assertItem(items, "b");
  assertEquals(log, ["begin", "after a"]);
  assertEnd(items);
  assertEquals(log, ["begin", "after a", "after b"]);
  assertEnd(items);
  assert(items.isTerminated());
});

test("stream() is woken by what its generator waits for", () => {
  let waker: Waker | undefined;
  let isOpen = false;
  const items = stream<string>(function* (emit) {
    yield* emit("a");
    yield* pollFn((cx) => {
      waker = cx.waker;
      return isOpen ? true : Pending;
    });
    yield* emit("b");
  });
  const cx = new Wakes();
  assertItem(items, "a", cx);
  assertSilent(items, cx);
  isOpen = true;
  waker?.wake();
  assert(cx.isWoken());
  assertItem(items, "b", cx);
});

test("stream() that is disposed runs its finally blocks there and then, in a wait too", () => {
  const log: string[] = [];
  const items = stream<string>(function* (emit) {
    try {
      yield* emit("a");
      yield* pollFn<never>(() => Pending, () => void log.push("dropped"));
    } finally {
      log.push("finally");
    }
  });
  assertItem(items, "a");
  assertSilent(items);
  items[Symbol.dispose]();
  items[Symbol.dispose]();
  assertEquals(log, ["dropped", "finally"]);
  assertEnd(items);
});

test("stream() that is disposed at an item runs its finally blocks", async () => {
  const log: string[] = [];
  const items = stream<number>(function* (emit) {
    try {
      for (let n = 0;; n++) yield* emit(n);
    } finally {
      log.push("finally");
    }
  });
  for await (const n of items) if (n === 2) break;
  assertEquals(log, ["finally"]);
});

test("stream() passes on the error of its generator, and ends", () => {
  const items = stream<number>(function* (emit) {
    yield* emit(1);
    throw new RangeError("own");
  });
  assertItem(items, 1);
  assertThrows(() => poll(items), RangeError, "own");
  assertEnd(items);
});

test("stream() loses no item when next() is dropped", async () => {
  const items = stream<number>(function* (emit) {
    yield* yieldNow();
    yield* emit(1);
    yield* emit(2);
  });
  const next = items.next();
  assertPending(next);
  next[Symbol.dispose]();
  assertEquals(await items.toArray(), [1, 2]);
});

test("stream() may emit from several branches at once", async () => {
  const items = stream<string>(function* (emit) {
    yield* join(emit("a"), emit("b"), emit("c"));
    yield* emit("d");
  });
  assertEquals(await items.toArray(), ["a", "b", "c", "d"]);
});

test("stream() takes an item back that loses a select before it is handed over", async () => {
  const items = stream<string>(function* (emit) {
    yield* select({ emit: emit("lost"), ready: ready(1) }, { biased: true });
    yield* select({ emit: emit("a"), never: pending() }, { biased: true });
  });
  assertEquals(await items.toArray(), ["a"]);
});

test("stream() refuses an emit outside of its generator", async () => {
  let stolen: Emit<number> | undefined;
  const items = stream<number>(function* (emit) {
    stolen = emit;
    yield* emit(1);
  });
  assertItem(items, 1);
  await assertRejects(async () => await stolen!(2), TypeError, "Cannot emit an item here");
  assertEnd(items);
});

test("stream() works with the methods of a stream", async () => {
  const items = stream<number>(function* (emit) {
    for (let n = 0;; n++) yield* emit(n);
  });
  assertEquals(await items.filter((n) => n % 2 === 1).take(2).toArray(), [1, 3]);
  assertEquals(items instanceof Stream, true);
});
