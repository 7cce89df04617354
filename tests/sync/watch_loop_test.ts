/**
 * Loops over the values of a watch channel.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Future } from "../../future/future.ts";
import { Pending } from "../../future/poll.ts";
import { End } from "../../future/source.ts";
import { spawn } from "../../scheduler/runtime.ts";
import * as watch from "../../sync/watch/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";

test("a loop over a watch receiver gives a value only once", async () => {
  const [tx, rx] = watch.channel("hello");
  const seen: string[] = [];
  const task = spawn(async () => {
    for await (const value of rx) seen.push(value);
  });
  tx.send("goodbye");
  tx.close();
  await task;
  assertEquals(seen, ["goodbye"]);
});

Deno.test("a loop over a watch receiver begins with the current value", () => {
  const [tx, rx] = watch.channel("hello");
  assertEquals(assertReady(rx.next()), "hello");
  const [next, wakes] = [rx.next(), new Wakes()];
  assertPending(next, wakes);
  tx.send("bye");
  assert(wakes.isWoken());
  assertEquals(assertReady(next), "bye");
});

Deno.test("a loop over a watch receiver that has looked at the value begins with the next one", () => {
  for (
    const look of [
      (rx: watch.Receiver<string>) => rx.markUnchanged(),
      (rx: watch.Receiver<string>) => void rx.borrowAndUpdate(),
      (rx: watch.Receiver<string>) => void assertReady(rx.waitFor(() => true)),
    ]
  ) {
    const [tx, rx] = watch.channel("hello");
    look(rx);
    const next = rx.next();
    assertPending(next);
    tx.send("bye");
    assertEquals(assertReady(next), "bye");
  }
});

Deno.test("watch.Receiver.borrow() does not take the value from a loop", () => {
  const [, rx] = watch.channel("hello");
  rx.borrow();
  assertEquals(assertReady(rx.clone().next()), "hello");
  assertEquals(assertReady(rx.next()), "hello");
  assertPending(rx.clone().next());
});

Deno.test("watch.Receiver.pollNext() gives the last value of a closed channel, and then the end", () => {
  const [tx, rx] = watch.channel(undefined as number | undefined);
  const wakes = new Wakes();
  const poll = () => pollOnce({ poll: () => rx.pollNext(wakes) } as unknown as Future<unknown>);
  assertEquals(poll(), undefined);
  assertEquals(poll(), Pending);
  tx.send(1);
  tx.close();
  assert(wakes.isWoken());
  assertEquals(poll(), 1);
  assertEquals(poll(), End);
  assertEquals(poll(), End);
});

Deno.test("watch.Receiver.pollNext() wakes the waker of its last poll", () => {
  const [tx, rx] = watch.channel(0);
  rx.markUnchanged();
  const [first, second] = [new Wakes(), new Wakes()];
  rx.pollNext(first);
  rx.pollNext(second);
  tx.send(1);
  assertEquals([first.count, second.count], [0, 1]);
});

Deno.test("several next() of one watch receiver are served one after the other", () => {
  const [tx, rx] = watch.channel(0);
  rx.markUnchanged();
  const [first, second] = [rx.next(), rx.next()];
  const wakes = new Wakes();
  assertPending(first);
  assertPending(second, wakes);
  tx.send(1);
  assertEquals(assertReady(first), 1);
  assert(wakes.isWoken());
  assertPending(second, wakes);
  tx.send(2);
  assert(wakes.isWoken());
  assertEquals(assertReady(second), 2);
});

test("closing a watch receiver ends a loop that waits", async () => {
  const [tx, rx] = watch.channel(0);
  const task = spawn(async () => {
    const seen: number[] = [];
    for await (const value of rx) {
      seen.push(value);
      if (value === 0) spawn(() => rx.close());
    }
    return seen;
  });
  assertEquals(await task, [0]);
  assert(tx.isClosed());
});

test("leaving a loop over a watch receiver keeps it open for the next loop", async () => {
  const [tx, rx] = watch.channel(0);
  const seen: number[] = [];
  for await (const value of rx) {
    seen.push(value);
    break;
  }
  tx.send(1);
  for await (const value of rx) {
    seen.push(value);
    break;
  }
  assertEquals(seen, [0, 1]);
});
