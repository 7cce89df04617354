/**
 * Sources: several who wait, loops, errors and giving up.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import type { Context, Waker } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { future } from "../../future/generator.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { Source } from "../../future/source.ts";
import { Cancelled, JoinError } from "../../scheduler/join_error.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { followsPromises } from "../../host/async_context.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

/** A source that gives what is put into it. Keeps one waker, as the contract allows. */
class Inbox<T> extends Source<T> {
  readonly #items: { readonly item: T | End; readonly failed: boolean }[] = [];
  #waker: Waker | undefined = undefined;
  polls = 0;
  disposals = 0;

  put(...items: (T | End)[]): void {
    for (const item of items) this.#items.push({ item, failed: false });
    this.#waker?.wake();
  }

  fail(error: unknown): void {
    this.#items.push({ item: error as T, failed: true });
    this.#waker?.wake();
  }

  pollNext(cx: Context): Poll<T | End> {
    this.polls += 1;
    const next = this.#items.shift();
    if (next === undefined) {
      this.#waker = cx.waker;
      return Pending;
    }
    if (next.failed) throw next.item;
    return next.item;
  }

  override [Symbol.dispose](): void {
    this.disposals += 1;
  }

  /** Loops over it, and disposes it at the end, as a stream does. */
  owned(): AsyncIterator<T, void, void> & AsyncIterable<T> {
    return this.iterate(this);
  }
}

test("Source.next() gives the items one by one, and undefined at the end", () => {
  const inbox = new Inbox<string>();
  inbox.put("a", "b", End);
  assertEquals(assertReady(inbox.next()), "a");
  assertEquals(assertReady(inbox.next()), "b");
  assertEquals(assertReady(inbox.next()), undefined);
});

test("Source.next() asks for nothing before it is polled", () => {
  const inbox = new Inbox<string>();
  inbox.next();
  assertEquals(inbox.polls, 0);
});

test("Source.next() serves those who wait in the order in which they began to wait", () => {
  const inbox = new Inbox<string>();
  const [first, second, third] = [inbox.next(), inbox.next(), inbox.next()];
  const [one, two, three] = [new Wakes(), new Wakes(), new Wakes()];
  assertPending(first, one);
  assertPending(second, two);
  assertPending(third, three);

  inbox.put("a", "b", "c");
  assertEquals([one.isWoken(), two.isWoken(), three.isWoken()], [true, false, false]);
  assertPending(third, three);
  assertPending(second, two);
  assertEquals(assertReady(first, one), "a");
  assertEquals([two.isWoken(), three.isWoken()], [true, false]);
  assertEquals(assertReady(second, two), "b");
  assert(three.isWoken());
  assertEquals(assertReady(third, three), "c");
});

test("Source.next() that comes later waits behind those who wait", () => {
  const inbox = new Inbox<string>();
  const first = inbox.next();
  assertPending(first);
  inbox.put("a");
  const late = inbox.next();
  assertPending(late);
  assertEquals(assertReady(first), "a");
  inbox.put("b");
  assertEquals(assertReady(late), "b");
});

test("Source.next() that is dropped at the front lets the next one ask", () => {
  const inbox = new Inbox<string>();
  const [first, second] = [inbox.next(), inbox.next()];
  const woken = new Wakes();
  assertPending(first);
  assertPending(second, woken);
  assertEquals(inbox.polls, 1);

  first[Symbol.dispose]();
  assert(woken.isWoken());
  assertPending(second, woken);
  assertEquals(inbox.polls, 2);
  inbox.put("a");
  assert(woken.isWoken());
  assertEquals(assertReady(second, woken), "a");
});

test("Source.next() that is dropped in the middle leaves the others their places", () => {
  const inbox = new Inbox<string>();
  const [first, second, third] = [inbox.next(), inbox.next(), inbox.next()];
  for (const next of [first, second, third]) assertPending(next);
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  inbox.put("a", "b");
  assertPending(third);
  assertEquals(assertReady(first), "a");
  assertEquals(assertReady(third), "b");
});

test("Source.next() that is dropped last leaves the end of the queue in order", () => {
  const inbox = new Inbox<string>();
  const [first, second, third] = [inbox.next(), inbox.next(), inbox.next()];
  assertPending(first);
  assertPending(second);
  second[Symbol.dispose]();
  assertPending(third);
  inbox.put("a", "b");
  assertEquals(assertReady(first), "a");
  assertEquals(assertReady(third), "b");
});

test("Source.next() that is dropped after it was woken loses no item", () => {
  const inbox = new Inbox<string>();
  const first = inbox.next();
  assertPending(first);
  inbox.put("a");
  first[Symbol.dispose]();
  assertEquals(assertReady(inbox.next()), "a");
});

test("Source.next() throws what the source throws, and the next one gets what follows", async () => {
  const inbox = new Inbox<string>();
  inbox.fail(new RangeError("one"));
  inbox.put("a");
  await assertRejects(async () => await inbox.next(), RangeError, "one");
  assertEquals(await inbox.next(), "a");
});

test("Source.next() that fails at the front lets the next one ask", async () => {
  const inbox = new Inbox<string>();
  const first = inbox.next();
  const second = inbox.next();
  const woken = new Wakes();
  assertPending(first);
  assertPending(second, woken);
  inbox.fail(new RangeError("one"));
  await assertRejects(async () => await first, RangeError, "one");
  assert(woken.isWoken());
  inbox.put("a");
  assertEquals(assertReady(second), "a");
});

test("Source.next() must not be polled again after its end", async () => {
  const inbox = new Inbox<string>();
  inbox.put("a");
  const next = inbox.next();
  assertReady(next);
  await assertRejects(async () => await next, TypeError, "Cannot poll a future again");
  const dropped = inbox.next();
  dropped[Symbol.dispose]();
  await assertRejects(async () => await dropped, TypeError, "Cannot poll a future again");
});

test("Source.next() works with yield*", async () => {
  const inbox = new Inbox<string>();
  const both = spawn(function* () {
    return [yield* inbox.next(), yield* inbox.next()];
  });
  await turns();
  inbox.put("a");
  await turns();
  inbox.put("b");
  assertEquals(await both, ["a", "b"]);
});

test("for await over a source gives its items up to the end, undefined included", async () => {
  const inbox = new Inbox<string | undefined>();
  inbox.put("a", undefined, "b", End);
  const items = [];
  for await (const item of inbox) items.push(item);
  assertEquals(items, ["a", undefined, "b"]);
});

test("for await over a source that is left early takes no more than it gave", async () => {
  const inbox = new Inbox<string>();
  inbox.put("a", "b", "c", End);
  for await (const item of inbox) {
    if (item === "b") break;
  }
  assertEquals(inbox.disposals, 0);
  const rest = [];
  for await (const item of inbox) rest.push(item);
  assertEquals(rest, ["c"]);
});

test("for await over a source throws its error, and another loop goes on behind it", async () => {
  const inbox = new Inbox<string>();
  inbox.put("a");
  inbox.fail(new RangeError("in between"));
  inbox.put("b", End);
  const items: string[] = [];
  const loop = async () => {
    for await (const item of inbox) items.push(item);
  };
  await assertRejects(loop, RangeError, "in between");
  await loop();
  assertEquals(items, ["a", "b"]);
  assertEquals(inbox.disposals, 0);
});

test("A source's iterator answers calls of next() that overlap in their order", async () => {
  const inbox = new Inbox<string>();
  const iterator = inbox[Symbol.asyncIterator]();
  const order: string[] = [];
  const steps = ["1", "2", "3", "4"].map(async (name) => {
    const { done, value } = await iterator.next();
    order.push(`${name} ${done ? "done" : value}`);
  });
  await turns();
  assertEquals(order, []);
  inbox.put("a");
  await turns();
  inbox.put("b", "c", End);
  await Promise.all(steps);
  assertEquals(order, ["1 a", "2 b", "3 c", "4 done"]);
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

test("A source's iterator serves loops and next() in one queue", async () => {
  const inbox = new Inbox<string>();
  const looped = inbox[Symbol.asyncIterator]().next();
  const next = inbox.next();
  assertPending(next);
  inbox.put("a", "b");
  assertEquals(await looped, { done: false, value: "a" });
  assertEquals(await next, "b");
});

test("A source's iterator that is returned ends the calls of next() that wait", async () => {
  const inbox = new Inbox<string>();
  const iterator = inbox[Symbol.asyncIterator]();
  const waiting = [iterator.next(), iterator.next()];
  const other = inbox.next();
  assertPending(other);
  assertEquals(await iterator.return!(), { done: true, value: undefined });
  for (const step of waiting) assertEquals(await step, { done: true, value: undefined });
  inbox.put("a");
  assertEquals(await other, "a");
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

test("A loop that owns its source disposes it once, at the end", async () => {
  const inbox = new Inbox<string>();
  inbox.put("a", End);
  const iterator = inbox.owned();
  await iterator.next();
  assertEquals(inbox.disposals, 0);
  await iterator.next();
  await iterator.next();
  await iterator.return!();
  assertEquals(inbox.disposals, 1);
});

test("A loop that owns its source disposes it when it is left, by an error too", async () => {
  const left = new Inbox<string>();
  left.put("a");
  for await (const _ of left.owned()) break;
  assertEquals(left.disposals, 1);

  const failed = new Inbox<string>();
  failed.fail(new RangeError("own"));
  await assertRejects(async () => {
    for await (const _ of failed.owned());
  }, RangeError);
  assertEquals(failed.disposals, 1);
});

test("Aborting a task in a loop ends the wait, and the loop", async () => {
  const inbox = new Inbox<string>();
  const log: unknown[] = [];
  const task = spawn(async () => {
    try {
      for await (const item of inbox.owned()) log.push(item);
    } catch (error) {
      log.push(error instanceof Cancelled);
      throw error;
    }
  });
  inbox.put("a");
  await turns();
  task.abort();
  const error = await assertRejects(async () => await task, JoinError);
  assert(error.isCancelled);
  assertEquals(log, ["a", true]);
  assertEquals(inbox.disposals, 1);
  inbox.put("b");
  assertEquals(assertReady(inbox.next()), "b");
}, { ignore: !followsPromises });

test("Aborting a task that awaits next() loses no item", async () => {
  const inbox = new Inbox<string>();
  const task = spawn(async () => await inbox.next());
  await turns();
  inbox.put("a");
  task.abort();
  const error = await assertRejects(async () => await task, JoinError);
  assert(error.isCancelled);
  assertEquals(assertReady(inbox.next()), "a");
});

test("Dropping a generator future that waits for an item loses none", () => {
  const inbox = new Inbox<string>();
  const waiting = future(function* () {
    return yield* inbox.next();
  });
  assertPending(waiting);
  inbox.put("a");
  waiting[Symbol.dispose]();
  assertEquals(assertReady(inbox.next()), "a");
});

test("A source that does not tell has no size and no end", () => {
  const inbox = new Inbox<string>();
  assertEquals(inbox.sizeHint(), [0, undefined]);
  assertFalse(inbox.isTerminated());
});

test("isItem() tells items, symbols among them, from Pending and End", () => {
  assertFalse(isItem(Pending));
  assertFalse(isItem(End));
  for (const item of [undefined, null, 0, "", {}, Symbol("item")]) assert(isItem(item));
});

test("Source.pollNext() is what next() answers with", () => {
  const inbox = new Inbox<string>();
  const cx = new Wakes();
  assertStrictEquals(inbox.pollNext(cx), Pending);
  inbox.put("a");
  assert(cx.isWoken());
  assertEquals(pollOnce(inbox.next(), cx), "a");
});
