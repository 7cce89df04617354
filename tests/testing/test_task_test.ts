/**
 * Futures and sources polled by hand.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { proceed } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { End, type SizeHint, Source } from "../../future/source.ts";
import { AssertionError, mockStream, taskSpawn, test } from "../../testing/mod.ts";

/** A future that wakes itself in each of `times` polls and is ready in the next. */
function wakeTimes(times: number) {
  let left = times;
  return pollFn((cx) => {
    if (left-- === 0) return "ready";
    cx.waker.wake();
    return Pending;
  });
}

test("TestTask.poll() polls the future once", () => {
  const task = taskSpawn(wakeTimes(1));
  assertStrictEquals(task.poll(), Pending);
  assertEquals(task.poll(), "ready");
  assertThrows(() => task.poll(), TypeError);
});

test("TestTask.poll() throws what the future fails with", () => {
  const task = taskSpawn(pollFn(() => {
    throw new RangeError("broken");
  }));
  assertThrows(() => task.poll(), RangeError, "broken");
});

test("TestTask.poll() takes a generator function", () => {
  const task = taskSpawn(function* () {
    return 1 + (yield* ready(2));
  });
  assertEquals(task.poll(), 3);
});

test("TestTask.poll() begins with a full budget", () => {
  const task = taskSpawn(pollFn((cx) => {
    let operations = 0;
    while (proceed(cx.waker)) operations += 1;
    return operations;
  }));
  assertEquals(task.poll(), 128);
});

test("TestTask.pollNext() polls the source once", () => {
  using task = taskSpawn(mockStream<number>().next(1).build());
  assertEquals(task.pollNext(), 1);
  assertStrictEquals(task.pollNext(), End);
});

test("TestTask.isWoken() tells of wakes since the last poll began, wakes of all", () => {
  let waker = { wake() {} };
  const task = taskSpawn(pollFn((cx) => {
    waker = cx.waker;
    return Pending;
  }));
  task.poll();
  assertFalse(task.isWoken());
  waker.wake();
  waker.wake();
  assert(task.isWoken());
  assert(task.isWoken());
  task.poll();
  assertFalse(task.isWoken());
  assertEquals(task.wakes, 2);
});

test("TestTask.pollUntilIdle() answers with the value of a ready future", () => {
  assertEquals(taskSpawn(ready(42)).pollUntilIdle(), 42);
});

test("TestTask.pollUntilIdle() answers Pending when nothing has woken it", () => {
  assertStrictEquals(taskSpawn(pending()).pollUntilIdle(), Pending);
});

test("TestTask.pollUntilIdle() polls again after a wake", () => {
  assertEquals(taskSpawn(wakeTimes(1)).pollUntilIdle(), "ready");
});

test("TestTask.pollUntilIdle() polls again after several wakes", () => {
  assertEquals(taskSpawn(wakeTimes(3)).pollUntilIdle(), "ready");
  assertEquals(taskSpawn(wakeTimes(149)).pollUntilIdle(), "ready");
});

test("TestTask.pollUntilIdle() throws after 150 polls that have woken it", () => {
  const task = taskSpawn(wakeTimes(Infinity));
  assertThrows(() => task.pollUntilIdle(), AssertionError, "in each of 150 polls");
  assertEquals(task.wakes, 150);
});

test("TestTask.enter() hands over the context and what it holds", () => {
  const future = ready(1);
  const task = taskSpawn(future);
  const result = task.enter((cx, inner) => {
    cx.waker.wake();
    return inner === future;
  });
  assert(result && task.isWoken());
  assertStrictEquals(task.inner, future);
});

test("TestTask that is disposed drops what it holds", () => {
  let drops = 0;
  const task = taskSpawn(pollFn(() => Pending, () => drops++));
  task[Symbol.dispose]();
  assertEquals(drops, 1);
});

/** Says how many items are still to come. */
class Sized extends Source<number> {
  pollNext(): Pending {
    return Pending;
  }

  override sizeHint(): SizeHint {
    return [100, 200];
  }

  [Symbol.dispose](): void {}
}

test("TestTask.inner tells the size of its source", () => {
  assertEquals(taskSpawn(new Sized()).inner.sizeHint(), [100, 200]);
});
