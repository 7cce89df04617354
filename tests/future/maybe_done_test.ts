/**
 * `maybeDone` and `fuse`: futures that may be polled after their end.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { fuse, maybeDone } from "../../future/maybe_done.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { ready } from "../../future/ready.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { failing, gate, noting } from "./_gate.ts";

test("maybeDone() keeps its value, and completes at every poll until it is taken", () => {
  const source = gate<number>();
  const wakes = new Wakes();
  const kept = maybeDone(source.future);
  assertPending(kept, wakes);
  assertFalse(kept.isDone());
  assertEquals([kept.output(), kept.takeOutput()], [undefined, undefined]);
  source.open(7);
  assert(wakes.isWoken());
  assertEquals(assertReady(kept), undefined);
  assertEquals(assertReady(kept), undefined);
  assertEquals(source.polls(), 2);
  assert(kept.isDone());
  assertEquals([kept.output(), kept.takeOutput(), kept.output()], [7, 7, undefined]);
  assertFalse(kept.isDone());
  assertThrows(() => pollOnce(kept), TypeError, "Cannot poll a future again");
});

test("maybeDone() tells a value that is undefined from none", () => {
  const kept = maybeDone(ready(undefined));
  assertReady(kept);
  assert(kept.isDone());
});

test("maybeDone() passes a failure on and keeps nothing", () => {
  const kept = maybeDone(failing(new RangeError("own")));
  assertThrows(() => pollOnce(kept), RangeError, "own");
  assertFalse(kept.isDone());
  assertThrows(() => pollOnce(kept), TypeError, "Cannot poll a future again");
});

test("maybeDone() that is dropped drops its source, or its value", () => {
  const log: string[] = [];
  const waiting = maybeDone(noting(log, "a"));
  assertPending(waiting);
  waiting[Symbol.dispose]();
  assertEquals(log, ["a polled", "a dropped"]);
  const done = maybeDone(ready(1));
  assertReady(done);
  done[Symbol.dispose]();
  assertFalse(done.isDone());
});

test("fuse() is pending for ever after it has completed, failed or was dropped", () => {
  const done = fuse(ready(1));
  assertFalse(done.isTerminated());
  assertEquals(assertReady(done), 1);
  const failed = fuse(failing(new RangeError("own")));
  assertThrows(() => pollOnce(failed), RangeError, "own");
  const log: string[] = [];
  const dropped = fuse(noting(log, "a"));
  dropped[Symbol.dispose]();
  assertEquals(log, ["a dropped"]);
  for (const ended of [done, failed, dropped]) {
    assert(ended.isTerminated());
    assertPending(ended);
  }
});

test("fuse() waits as its source does", () => {
  const source = gate<number>();
  const wakes = new Wakes();
  const fused = fuse(source.future);
  assertPending(fused, wakes);
  assertFalse(fused.isTerminated());
  source.open(1);
  assert(wakes.isWoken());
  assertEquals(assertReady(fused, wakes), 1);
});

test("fuse() and maybeDone() that are dropped in the middle of a poll drop what was polled after it", () => {
  for (const wrap of [fuse, maybeDone]) {
    const log: string[] = [];
    const outer: Future<unknown> = wrap(pollFn(() => {
      outer[Symbol.dispose]();
      log.push("polled");
      return Pending;
    }, () => log.push("dropped")));
    assertThrows(() => pollOnce(outer), TypeError, "Cannot poll a future again");
    assertEquals(log, ["polled", "dropped"]);
  }
});
