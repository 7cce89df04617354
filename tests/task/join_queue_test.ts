/**
 * Tasks that are joined in the order of their spawning.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { BUDGET, resetBudget } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { hasBudgetRemaining } from "../../task/coop.ts";
import { JoinQueue } from "../../task/join_queue.ts";
import { JoinSet } from "../../task/join_set.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

/** Tasks that end when they are told to. */
function gated(queue: JoinQueue<string>, ...names: string[]): Map<string, () => void> {
  return new Map(names.map((name) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    queue.spawn(() => promise);
    return [name, () => resolve(name)];
  }));
}

test("JoinQueue.joinNext() waits for the first, and is not woken by others that end", async () => {
  using queue = new JoinQueue<string>();
  const open = gated(queue, "first", "second");
  const wakes = new Wakes();
  const next = queue.joinNext();
  assertPending(next, wakes);
  open.get("second")!();
  await turns(2);
  assertFalse(wakes.isWoken());
  assertPending(next, wakes);
  open.get("first")!();
  await turns(2);
  assert(wakes.isWoken());
  assertEquals(assertReady(next), "first");
  assertEquals(assertReady(queue.joinNext()), "second");
  assertEquals(assertReady(queue.joinNext()), undefined);
});

test("JoinQueue aborts its tasks when it is disposed", async () => {
  let dropped = 0;
  {
    using queue = new JoinQueue<unknown>();
    for (let i = 0; i < 16; i++) queue.spawn(pollFn(() => Pending, () => dropped++));
    await turns(1);
  }
  await turns(2);
  assertEquals(dropped, 16);
});

test("JoinQueue.size counts what was not joined, while tasks come and go", async () => {
  using queue = new JoinQueue<number>();
  queue.spawn(() => 0);
  queue.spawn(() => 1);
  for (let i = 0; i < 16; i++) {
    assertEquals([queue.size, queue.isEmpty()], [2, false]);
    assertEquals(await queue.joinNext(), i);
    queue.spawn(() => i + 2);
  }
});

test("JoinQueue.abortAll() leaves the tasks in the queue, in order", async () => {
  using queue = new JoinQueue<number>();
  for (let i = 0; i < 5; i++) queue.spawn(pending());
  for (let i = 0; i < 5; i++) queue.spawn(() => i);
  await turns(2);
  queue.abortAll();
  assertEquals(queue.size, 10);
  const seen: unknown[] = [];
  for await (const outcome of queue) seen.push(outcome.ok ? outcome.value : "cancelled");
  assertEquals(seen, [...new Array(5).fill("cancelled"), 0, 1, 2, 3, 4]);
});

test("JoinQueue.joinAll() answers in the order of spawning", async () => {
  using queue = new JoinQueue<string>();
  const open = gated(queue, "a", "b", "c");
  for (const name of ["c", "a", "b"]) {
    open.get(name)!();
    await turns(1);
  }
  assertEquals(await queue.joinAll(), ["a", "b", "c"]);
});

test("JoinQueue.shutdown() aborts all and waits for their ends", async () => {
  using queue = new JoinQueue<unknown>();
  let dropped = 0;
  for (let i = 0; i < 5; i++) queue.spawn(pollFn(() => Pending, () => dropped++));
  await turns(1);
  await queue.shutdown();
  assertEquals([queue.size, dropped], [0, 5]);
});

test("JoinQueue joins a task that was aborted by its handle in its place", async () => {
  using queue = new JoinQueue<number>();
  const handles = [0, 1, 2].map((i) =>
    queue.spawn(function* () {
      if (i === 1) yield* pending();
      return i;
    })
  );
  handles[1]!.abort();
  assertEquals(await queue.joinNext(), 0);
  await assertCancelled(queue.joinNext());
  assertEquals(await queue.joinNext(), 2);
});

test("JoinQueue.joinNextWithId() tells which task it was", async () => {
  using queue = new JoinQueue<number>();
  const { id } = queue.spawn(() => 7);
  const failing = queue.spawn(() => {
    throw new RangeError("own");
  });
  assertEquals(await queue.joinNextWithId(), [id, 7]);
  assertEquals((await failureOf(queue.joinNextWithId())).taskId, failing.id);
  assertEquals(await queue.joinNextWithId(), undefined);
});

test("JoinQueue.tryJoinNext() answers undefined until the first has ended", async () => {
  using queue = new JoinQueue<string>();
  assertEquals(queue.tryJoinNext(), undefined);
  const open = gated(queue, "first", "second");
  open.get("second")!();
  await turns(2);
  for (let i = 0; i < 2; i++) {
    assertEquals(queue.tryJoinNext(), undefined);
    assertEquals(queue.tryJoinNextWithId(), undefined);
    assertEquals(queue.size, 2);
  }
  open.get("first")!();
  await turns(2);
  assertEquals(queue.tryJoinNext(), "first");
  assertEquals(queue.tryJoinNext(), "second");
  assertEquals(queue.tryJoinNext(), undefined);
});

for (const method of ["tryJoinNext", "tryJoinNextWithId"] as const) {
  test(`JoinQueue.${method}() leaves the waker of one who waits`, async () => {
    using queue = new JoinQueue<string>();
    const open = gated(queue, "only");
    const wakes = new Wakes();
    const next = queue.joinNext();
    assertPending(next, wakes);
    assertEquals(queue[method](), undefined);
    open.get("only")!();
    await turns(2);
    assertEquals(wakes.count, 1);
    assertEquals(assertReady(next), "only");
  });

  test(`JoinQueue.${method}() takes nothing from the budget, and needs none`, async () => {
    using queue = new JoinQueue<number>(Array.from({ length: BUDGET * 2 }, () => () => 1));
    await turns(10);
    resetBudget(1);
    let joined = 0;
    while (queue[method]() !== undefined) joined += 1;
    assertEquals(joined, BUDGET * 2);
    assert(hasBudgetRemaining());
    queue.spawn(() => 2);
    await turns(2);
    resetBudget(0);
    assert(queue[method]() !== undefined);
  });
}

test("JoinQueue is a JoinSet, so it detaches and extends as one", async () => {
  using queue = new JoinQueue<number>([() => 1]);
  assert(queue instanceof JoinSet);
  queue.extend([() => 2, () => 3]);
  queue.detachAll();
  assertEquals(await queue.joinNext(), undefined);
});
