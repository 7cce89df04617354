/**
 * `DelayQueue`: what comes out when, and who is woken for it.
 *
 * @module
 */

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Pending, type Poll } from "../../future/poll.ts";
import { End } from "../../future/source.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { assertPending, assertReady, taskSpawn, test, type TestTask } from "../../testing/mod.ts";
import { type DelayKey, DelayQueue, type Expired } from "../../time/delay_queue.ts";
import { Instant } from "../../time/instant.ts";
import { advance } from "../../time/pause.ts";
import { sleep, sleepUntil } from "../../time/sleep.ts";

const PAUSED = { startPaused: true };

/** A queue in a task that the test polls. */
function setUp<T = string>() {
  const queue = new DelayQueue<T>();
  const task = taskSpawn(queue);
  const start = Instant.now();
  return {
    queue,
    task,
    /** The instant `ms` after the start. */
    at: (ms: number) => start.add(ms),
    poll: () => poll(task),
    /** Polls, and requires a value. */
    take: (): T => {
      const expired = assertReady(poll(task));
      assert(expired !== End, "The queue is empty");
      return expired.value;
    },
    isEnd: () => poll(task) === End,
    [Symbol.dispose]: () => queue[Symbol.dispose](),
  };
}

function poll<T>(task: TestTask<DelayQueue<T>>): Poll<Expired<T> | End> {
  return task.enter((cx, queue) => queue.pollExpired(cx));
}

test("DelayQueue gives a value that is due now, and is empty then", PAUSED, async () => {
  using s = setUp();
  s.queue.insertAt("foo", Instant.now());
  await sleep(1);
  assertEquals(s.take(), "foo");
  assert(s.isEnd());
});

test("DelayQueue gives all values that are due now", PAUSED, async () => {
  using s = setUp();
  for (const value of ["1", "2", "3"]) s.queue.insertAt(value, Instant.now());
  await sleep(1);
  assertEquals([s.take(), s.take(), s.take()].toSorted(), ["1", "2", "3"]);
  assert(s.isEnd());
});

test("DelayQueue wakes for a value when its time has come, not before", PAUSED, async () => {
  using s = setUp();
  s.queue.insertAt("foo", s.at(5));
  assertPending(s.poll());
  await sleep(1);
  assertFalse(s.task.isWoken());
  await sleep(5);
  assert(s.task.isWoken());
  assertEquals(s.take(), "foo");
  assert(s.isEnd());
});

test("DelayQueue of many delays wakes for each of them and never besides", PAUSED, async () => {
  const delays = [1000, 2, 234, 262_144 + 9 * 4096, 60, 10];
  using s = setUp<number>();
  for (const delay of delays) s.queue.insertAt(delay, s.at(delay));
  assertPending(s.poll());
  for (let elapsed = 1; elapsed <= 1200; elapsed++) {
    await sleepUntil(s.at(elapsed));
    assertEquals(s.task.isWoken(), delays.includes(elapsed), `after ${elapsed} ms`);
    if (!s.task.isWoken()) continue;
    assertEquals(s.take(), elapsed);
    assertPending(s.poll());
  }
  await sleepUntil(s.at(delays[3]!));
  assertEquals(s.take(), delays[3]);
});

test("DelayQueue.insertAt() the past is due at once", PAUSED, async () => {
  using s = setUp();
  await sleep(10);
  s.queue.insertAt("foo", s.at(0));
  assertEquals(s.take(), "foo");
});

test("DelayQueue.insertAt() the past wakes who waits", PAUSED, async () => {
  using s = setUp();
  s.queue.insertAt("foo", s.at(200));
  assertPending(s.poll());
  await sleep(80);
  assertFalse(s.task.isWoken());
  s.queue.insertAt("bar", s.at(40));
  assert(s.task.isWoken());
  assertEquals(s.take(), "bar");
});

test("DelayQueue.remove() takes a value out", PAUSED, async () => {
  using s = setUp();
  const key = s.queue.insertAt("foo", s.at(5));
  assertPending(s.poll());
  const removed = s.queue.remove(key);
  assertEquals([removed.value, removed.deadline, removed.key], ["foo", s.at(5), key]);
  await sleep(10);
  assert(s.isEnd());
});

test("DelayQueue.remove() takes out a value that is due", PAUSED, async () => {
  using s = setUp();
  await sleep(10);
  const key = s.queue.insertAt("foo", s.at(0));
  assertEquals(s.queue.remove(key).value, "foo");
  assert(s.queue.isEmpty());
});

test(
  "DelayQueue.remove() takes out values that are due where the wheel turns",
  PAUSED,
  async () => {
    using s = setUp();
    const keys = ["foo", "bar"].map((value) => s.queue.insertAt(value, s.at(64)));
    await sleep(80);
    const first = s.take();
    const rest = keys[first === "foo" ? 1 : 0]!;
    assertEquals(s.queue.remove(rest).value, first === "foo" ? "bar" : "foo");
  },
);

test("DelayQueue.remove() throws for a key that is not in the queue", PAUSED, async () => {
  using s = setUp();
  using other = new DelayQueue<string>();
  const removed = s.queue.insertAt("foo", s.at(10));
  s.queue.remove(removed);
  const expired = s.queue.insertAt("bar", s.at(10));
  await sleep(10);
  assertEquals(s.take(), "bar");
  const message = "Cannot remove a delayed value: its key is not in this queue";
  for (const key of [removed, expired, other.insert("x", 5), {} as DelayKey]) {
    assertThrows(() => s.queue.remove(key), RangeError, message);
    assertThrows(() => s.queue.reset(key, 1), RangeError, "Cannot reset");
    assertThrows(() => s.queue.deadline(key), RangeError, "Cannot look at");
    assertStrictEquals(s.queue.tryRemove(key), undefined);
  }
});

test("DelayQueue.tryRemove() takes out what is there", PAUSED, () => {
  using s = setUp();
  const key = s.queue.insert("foo", 10);
  assertEquals(s.queue.tryRemove(key)?.value, "foo");
  assertEquals(s.queue.tryRemove(key), undefined);
});

test("DelayQueue.remove() of the last value wakes who waits, with the end", PAUSED, () => {
  using s = setUp();
  const key = s.queue.insert("foo", 1000);
  assertPending(s.poll());
  s.queue.remove(key);
  assert(s.task.isWoken());
  assert(s.isEnd());
});

test("DelayQueue.clear() wakes who waits, with the end", PAUSED, () => {
  using s = setUp();
  for (const ms of [1000, 5, 100_000]) s.queue.insert("foo", ms);
  assertPending(s.poll());
  assertFalse(s.task.isWoken());
  s.queue.clear();
  assert(s.task.isWoken());
  assert(s.isEnd());
  assertEquals(s.queue.len, 0);
});

test("DelayQueue.clear() throws away what is due too", PAUSED, async () => {
  using s = setUp();
  for (const ms of [1, 2, 30]) s.queue.insert(`${ms}`, ms);
  await sleep(5);
  assertEquals(s.take(), "1");
  assertEquals(s.queue.len, 2);
  s.queue.clear();
  assert(s.isEnd());
  s.queue.insert("again", 1);
  await sleep(1);
  assertEquals(s.take(), "again");
});

test("DelayQueue.resetAt() to later", PAUSED, async () => {
  using s = setUp();
  const key = s.queue.insertAt("foo", s.at(5));
  assertPending(s.poll());
  await sleep(1);
  s.queue.resetAt(key, s.at(10));
  assertEquals(s.queue.deadline(key), s.at(10));
  assertPending(s.poll());
  await sleep(7);
  assertFalse(s.task.isWoken());
  assertPending(s.poll());
  await sleep(3);
  assert(s.task.isWoken());
  assertEquals(s.take(), "foo");
  assert(s.isEnd());
});

test("DelayQueue.resetAt() the past wakes who waits", PAUSED, () => {
  using s = setUp();
  const key = s.queue.insert("foo", 10_000);
  assertPending(s.poll());
  assertFalse(s.task.isWoken());
  s.queue.resetAt(key, Instant.now().sub(100));
  assert(s.task.isWoken());
  assertEquals(s.take(), "foo");
  assert(s.isEnd());
});

test("DelayQueue.resetAt() to much earlier wakes in time", PAUSED, async () => {
  using s = setUp();
  await sleep(1);
  const key = s.queue.insertAt("foo", s.at(200));
  assertPending(s.poll());
  await sleep(3);
  s.queue.resetAt(key, s.at(10));
  await sleep(5);
  assertFalse(s.task.isWoken());
  await sleep(1);
  assert(s.task.isWoken());
});

test("DelayQueue.resetAt() twice, to earlier each time", PAUSED, async () => {
  using s = setUp();
  await sleep(1);
  const key = s.queue.insertAt("foo", s.at(200));
  assertPending(s.poll());
  await sleep(3);
  s.queue.resetAt(key, s.at(50));
  await sleep(20);
  s.queue.resetAt(key, s.at(40));
  await sleep(15);
  assertFalse(s.task.isWoken());
  await sleep(5);
  assert(s.task.isWoken());
});

test(
  "DelayQueue.resetAt() again and again of a value inserted when it was due",
  PAUSED,
  async () => {
    using s = setUp();
    const key = s.queue.insertAt("foo", s.at(0).sub(100));
    s.queue.resetAt(key, s.at(100));
    s.queue.resetAt(key, s.at(50));
    assertEquals(s.queue.len, 1);
    assertPending(s.poll());
    await sleepUntil(s.at(60));
    assert(s.task.isWoken());
    assertEquals(s.take(), "foo");
    assert(s.isEnd());
    assertEquals(s.queue.len, 0);
  },
);

test("DelayQueue gives what expires before the last that was inserted", PAUSED, async () => {
  using s = setUp();
  s.queue.insertAt("foo", s.at(10_000));
  assertPending(s.poll());
  s.queue.insertAt("bar", s.at(600));
  assertPending(s.poll());
  await sleep(600);
  assert(s.task.isWoken());
  assertEquals(s.take(), "bar");
});

test("DelayQueue of two values that are both reset to later", PAUSED, async () => {
  using s = setUp();
  const one = s.queue.insertAt("one", s.at(200));
  const two = s.queue.insertAt("two", s.at(250));
  assertPending(s.poll());
  s.queue.resetAt(one, s.at(300));
  s.queue.resetAt(two, s.at(350));
  s.queue.resetAt(one, s.at(400));
  await sleep(310);
  assertPending(s.poll());
  await sleep(50);
  assertEquals(s.take(), "two");
  assertPending(s.poll());
  await sleep(50);
  assertEquals(s.take(), "one");
  assert(s.isEnd());
});

for (const [moved, other] of [["one", "two"], ["two", "one"]] as const) {
  test(`DelayQueue of two values: "${moved}" is reset to be the first`, PAUSED, async () => {
    using s = setUp();
    const keys = {
      one: s.queue.insertAt("one", s.at(200)),
      two: s.queue.insertAt("two", s.at(250)),
    };
    assertPending(s.poll());
    s.queue.resetAt(keys[moved], s.at(100));
    await sleep(100);
    assert(s.task.isWoken());
    assertEquals(s.take(), moved);
    await sleep(150);
    assertEquals(s.take(), other);
  });
}

test(
  "DelayQueue.resetAt() of the first value to later lets the second go first",
  PAUSED,
  async () => {
    using s = setUp();
    const one = s.queue.insertAt("one", s.at(200));
    s.queue.insertAt("two", s.at(250));
    assertPending(s.poll());
    s.queue.resetAt(one, s.at(300));
    await sleep(250);
    assert(s.task.isWoken());
    assertEquals(s.take(), "two");
  },
);

test("DelayQueue.insertAt() before the first value, after a poll", PAUSED, async () => {
  using s = setUp();
  s.queue.insertAt("one", s.at(200));
  assertPending(s.poll());
  s.queue.insertAt("two", s.at(100));
  await sleep(99);
  assertPending(s.poll());
  await sleep(1);
  assert(s.task.isWoken());
  assertEquals(s.take(), "two");
});

test("DelayQueue.insertAt() between the polls that take what is due", PAUSED, async () => {
  using s = setUp();
  for (const value of ["1", "2", "3"]) s.queue.insertAt(value, s.at(100));
  assertPending(s.poll());
  await sleep(100);
  assert(s.task.isWoken());
  const taken: string[] = [];
  while (taken.length < 3) {
    taken.push(s.take());
    s.queue.insertAt("foo", s.at(500));
  }
  assertEquals(taken.toSorted(), ["1", "2", "3"]);
  assertPending(s.poll());
});

for (const [name, first] of [["later", 100], ["earlier", 200]] as const) {
  test(
    `DelayQueue.resetAt() to ${name} in the middle of a slot wakes in time only`,
    PAUSED,
    async () => {
      using s = setUp();
      const key = s.queue.insertAt("foo", s.at(first));
      assertPending(s.poll());
      await sleepUntil(s.at(80));
      assertFalse(s.task.isWoken());
      s.queue.resetAt(key, s.at(120));
      await sleepUntil(s.at(119));
      assertFalse(s.task.isWoken());
      await sleep(1);
      assert(s.task.isWoken());
      assertEquals(s.take(), "foo");
    },
  );
}

test("DelayQueue.pollExpired() of an emptied queue answers End", PAUSED, () => {
  using s = setUp<number>();
  const key = s.queue.insert(0, { seconds: 10 });
  assertPending(s.poll());
  s.queue.remove(key);
  assert(s.isEnd());
});

test("DelayQueue outlives the range of its wheel", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  for (let i = 0; i < 2; i++) {
    await advance(2 ** 35);
    queue.insert(0, 0);
    assertEquals((await queue.next())?.value, 0);
  }
  const start = Instant.now();
  queue.insert(1, 1);
  assertEquals((await queue.next())?.value, 1);
  assertEquals(start.elapsed(), 1);
});

test("DelayQueue takes deadlines of many years", PAUSED, async () => {
  using queue = new DelayQueue<string>();
  const start = Instant.now();
  queue.insert("far", { hours: 24 * 365 * 5 });
  queue.insert("near", { hours: 24 * 365 });
  const values: string[] = [];
  for await (const { value } of queue) values.push(value);
  assertEquals(values, ["near", "far"]);
  assertEquals(start.elapsed(), 86_400_000 * 365 * 5);
});

test("DelayQueue.peek() tells what comes next and leaves it there", PAUSED, async () => {
  using s = setUp();
  assertEquals(s.queue.peek(), undefined);
  const foo = s.queue.insertAt("foo", s.at(5));
  const bar = s.queue.insertAt("bar", s.at(0));
  const baz = s.queue.insertAt("baz", s.at(10));
  assertStrictEquals(s.queue.peek(), bar);
  await sleep(6);
  assertStrictEquals(s.queue.peek(), bar);
  assertEquals(s.take(), "bar");
  assertStrictEquals(s.queue.peek(), foo);
  assertEquals(s.take(), "foo");
  assertStrictEquals(s.queue.peek(), baz);
  assertPending(s.poll());
  await sleep(5);
  assertStrictEquals(s.queue.peek(), baz);
  assertEquals(s.take(), "baz");
  assertEquals(s.queue.peek(), undefined);
});

test("DelayQueue.peek() finds the earliest within a coarse slot", PAUSED, () => {
  using s = setUp();
  s.queue.insertAt("later", s.at(100_200));
  const first = s.queue.insertAt("first", s.at(100_100));
  s.queue.insertAt("last", s.at(100_300));
  assertStrictEquals(s.queue.peek(), first);
});

test("DelayQueue.len counts what waits and what is due", PAUSED, async () => {
  using s = setUp();
  assert(s.queue.isEmpty());
  for (const ms of [1, 2, 30]) s.queue.insert("", ms);
  await sleep(5);
  assertEquals(s.queue.len, 3);
  s.take();
  assertEquals(s.queue.len, 2);
  assertFalse(s.queue.isEmpty());
});

test(
  "DelayQueue never gives a value early, and in the order of the deadlines",
  PAUSED,
  async () => {
    using queue = new DelayQueue<number>();
    const start = Instant.now();
    for (let i = 0; i < 500; i++) {
      const ms = (i * 7919) % 5003 + i / 500;
      queue.insert(ms, ms);
    }
    let last = 0;
    let count = 0;
    for await (const { value, deadline } of queue) {
      assertAlmostEquals(deadline.durationSince(start), value, 1e-3);
      assert(start.elapsed() > value - 1e-3 && start.elapsed() < value + 1.001);
      assert(Math.ceil(value) >= Math.ceil(last));
      last = value;
      count += 1;
    }
    assertEquals(count, 500);
  },
);

test("DelayQueue in a loop ends when it is empty, and the next loop goes on", PAUSED, async () => {
  using queue = new DelayQueue<string>();
  const take = async () => {
    const values: string[] = [];
    for await (const { value } of queue) values.push(value);
    return values;
  };
  assertEquals(await take(), []);
  queue.insert("a", 10);
  queue.insert("b", 5);
  assertEquals(await take(), ["b", "a"]);
  queue.insert("c", 10);
  assertEquals(await take(), ["c"]);
  assertEquals(await queue.next(), undefined);
});

test("DelayQueue.expired() waits also while the queue is empty", PAUSED, async () => {
  using queue = new DelayQueue<string>();
  const waiting = spawn(function* () {
    return (yield* queue.expired()).value;
  });
  await sleep(10);
  assertFalse(waiting.isFinished());
  queue.insert("late", 5);
  assertEquals(await waiting, "late");
});

test("DelayQueue serves those who wait in the order of their coming", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  const order: string[] = [];
  const take = (name: string) =>
    spawn(function* () {
      order.push(`${name} ${(yield* queue.expired()).value}`);
    });
  const tasks = ["a", "b", "c"].map(take);
  for (const ms of [30, 10, 20]) queue.insert(ms, ms);
  for (const task of tasks) await task;
  assertEquals(order, ["a 10", "b 20", "c 30"]);
});

test("DelayQueue loses no value when a wait is given up", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  queue.insert(1, 10);
  using first = taskSpawn(queue.next());
  using second = taskSpawn(queue.next());
  assertPending(first.poll());
  assertPending(second.poll());
  await advance(10);
  assert(first.isWoken());
  first[Symbol.dispose]();
  assert(second.isWoken());
  assertEquals(assertReady(second.poll())?.value, 1);
});

test("DelayQueue needs a timer only while somebody waits, and only one", PAUSED, () => {
  const before = isolate.driver.timers;
  using queue = new DelayQueue<number>();
  for (let i = 0; i < 100; i++) queue.insert(i, 10 + i);
  assertEquals(isolate.driver.timers, before);
  using wait = taskSpawn(queue.next());
  assertPending(wait.poll());
  assertEquals(isolate.driver.timers, before + 1);
  wait[Symbol.dispose]();
  assertEquals(isolate.driver.timers, before);
});

test("DelayQueue uses up budget, so a full queue lets others run", PAUSED, () => {
  using s = setUp<number>();
  for (let i = 0; i < 200; i++) s.queue.insertAt(i, s.at(0));
  const taken = s.task.enter((cx, queue) => {
    let count = 0;
    while (queue.pollExpired(cx) !== Pending) count += 1;
    return count;
  });
  assertEquals(taken, 128);
});

test("DelayQueue throws at the call for a wrong duration", PAUSED, () => {
  using queue = new DelayQueue<number>();
  for (const wrong of [-1, NaN]) assertThrows(() => queue.insert(1, wrong), RangeError);
  assertThrows(() => queue.insert(1, "1" as unknown as number), TypeError);
  assert(queue.isEmpty());
});

test("DelayQueue in a loop does not overtake an expired() that waits", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  for (const ms of [10, 20, 30]) queue.insert(ms, ms);
  using expired = taskSpawn(queue.expired());
  assertPending(expired.poll());
  const looped = queue[Symbol.asyncIterator]().next();
  using next = taskSpawn(queue.next());
  assertPending(next.poll());
  await advance(40);
  assertPending(next.poll());
  assertEquals(assertReady(expired.poll()).value, 10);
  assertEquals((await looped).value?.value, 20);
  assertEquals(assertReady(next.poll())?.value, 30);
});

test("DelayQueue needs no timer once it gave what was waited for", PAUSED, async () => {
  const before = isolate.driver.timers;
  using queue = new DelayQueue<number>();
  queue.insert(1, 1000);
  using expired = taskSpawn(queue.expired());
  assertPending(expired.poll());
  queue.insert(2, 0);
  assert(expired.isWoken());
  assertEquals(assertReady(expired.poll()).value, 2);
  assertEquals(isolate.driver.timers, before);

  using task = taskSpawn(queue);
  assertPending(poll(task));
  assertEquals(isolate.driver.timers, before + 1);
  queue.unpoll();
  assertEquals(isolate.driver.timers, before);
  assertPending(poll(task));
  await advance(1000);
  assert(task.isWoken());
  assertReady(poll(task));
  assertEquals(isolate.driver.timers, before);
});

test("DelayQueue keeps its timer for those who go on waiting", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  queue.insert(1, 1000);
  using task = taskSpawn(queue);
  using expired = taskSpawn(queue.expired());
  using other = taskSpawn(queue.expired());
  assertPending(poll(task));
  assertPending(expired.poll());
  assertPending(other.poll());
  queue.insert(2, 0);
  assert(task.isWoken() && expired.isWoken());
  assertEquals(assertReady(expired.poll()).value, 2);
  assert(other.isWoken());
  assertPending(other.poll());
  assertPending(poll(task));
  other[Symbol.dispose]();
  await advance(1000);
  assert(task.isWoken());
});

test("DelayQueue tells how many values there are at least", PAUSED, () => {
  using queue = new DelayQueue<number>();
  assertEquals(queue.sizeHint(), [0, undefined]);
  queue.insert(1, 0);
  queue.insert(2, 10);
  assertEquals(queue.sizeHint(), [2, undefined]);
});
