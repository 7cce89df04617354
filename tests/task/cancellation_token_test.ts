/**
 * Cancellation tokens: trees of them, waits on them, and `AbortSignal`s.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { spawn } from "../../scheduler/runtime.ts";
import {
  CancellationToken,
  DropGuard,
  withCancellationToken,
} from "../../task/cancellation_token.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

/** What is needed to see a token's waits. */
function waitOn(token: CancellationToken) {
  const wakes = new Wakes();
  const future = token.cancelled();
  assertPending(future, wakes);
  return { future, wakes };
}

test("CancellationToken.cancelled() waits until the token is cancelled, and wakes all who wait", () => {
  const token = new CancellationToken();
  assertFalse(token.isCancelled());
  const waits = [waitOn(token), waitOn(token)];
  token.cancel();
  assert(token.isCancelled());
  for (const { future, wakes } of waits) {
    assertEquals(wakes.count, 1);
    assertReady(future);
    assertThrows(() => pollOnce(future), TypeError);
  }
  assertReady(token.cancelled());
  token.cancel();
  assertEquals(waits[0]!.wakes.count, 1);
});

test("CancellationToken.cancelled() that is dropped is not woken", () => {
  const token = new CancellationToken();
  const [dropped, kept] = [waitOn(token), waitOn(token)];
  dropped.future[Symbol.dispose]();
  dropped.future[Symbol.dispose]();
  token.cancel();
  assertEquals([dropped.wakes.count, kept.wakes.count], [0, 1]);
  assertThrows(() => pollOnce(dropped.future), TypeError);
});

test("CancellationToken.cancelled() wakes the task that polled last", () => {
  const token = new CancellationToken();
  const [first, second] = [new Wakes(), new Wakes()];
  const waiting = token.cancelled();
  assertPending(waiting, first);
  assertPending(waiting, second);
  token.cancel();
  assertEquals([first.count, second.count], [0, 1]);
});

test("CancellationToken.cancel() of a parent cancels the child", () => {
  const parent = new CancellationToken();
  const child = parent.childToken();
  const [onParent, onChild] = [waitOn(parent), waitOn(child)];
  parent.cancel();
  assert(parent.isCancelled() && child.isCancelled());
  assertEquals([onParent.wakes.count, onChild.wakes.count], [1, 1]);
  assertReady(onChild.future);
  assertReady(onParent.future);
});

test("CancellationToken.cancel() of a parent reaches a grandchild whose parent nobody holds", () => {
  for (const dropWait of [true, false]) {
    const parent = new CancellationToken();
    const grandchild = (() => {
      const child = parent.childToken();
      if (dropWait) waitOn(child).future[Symbol.dispose]();
      return child.childToken();
    })();
    const waiting = waitOn(grandchild);
    assertFalse(grandchild.isCancelled());
    parent.cancel();
    assert(grandchild.isCancelled());
    assertEquals(waiting.wakes.count, 1);
    assertReady(waiting.future);
  }
});

test("CancellationToken.cancel() of a child leaves the parent", () => {
  const parent = new CancellationToken();
  const child = parent.childToken();
  const [onParent, onChild] = [waitOn(parent), waitOn(child)];
  child.cancel();
  assert(child.isCancelled());
  assertFalse(parent.isCancelled());
  assertEquals([onParent.wakes.count, onChild.wakes.count], [0, 1]);
  assertReady(onChild.future);
  const next = parent.childToken();
  const onNext = waitOn(next);
  parent.cancel();
  assertEquals([onParent.wakes.count, onNext.wakes.count], [1, 1]);
});

test("CancellationToken.childToken() of a cancelled token is cancelled", () => {
  const parent = new CancellationToken();
  parent.cancel("why");
  const child = parent.childToken();
  assert(child.isCancelled());
  assertReady(child.cancelled());
  assertEquals(child.reason, "why");
});

test("CancellationToken forgets children in every order of their waits' ends", () => {
  for (const last of [0, 1, 2]) {
    for (const first of [0, 1, 2]) {
      if (first === last) continue;
      const middle = 3 - first - last;
      const token = new CancellationToken();
      const waits = [0, 1, 2].map(() => waitOn(token.childToken()));
      waits[first]!.future[Symbol.dispose]();
      waits[middle]!.future[Symbol.dispose]();
      token.cancel();
      assertEquals(waits[last]!.wakes.count, 1);
      assertEquals([waits[first]!.wakes.count, waits[middle]!.wakes.count], [0, 0]);
    }
  }
});

test("CancellationToken.cancel() reaches all descendants and nobody else", () => {
  const root = new CancellationToken();
  const trunk = root.childToken();
  const branches = [trunk.childToken(), trunk.childToken(), trunk.childToken()];
  const leaves = branches.flatMap((branch) => [branch.childToken(), branch.childToken()]);
  const beside = root.childToken();
  const waits = new Map(
    [root, trunk, ...branches, ...leaves, beside].map((token) => [token, waitOn(token)]),
  );
  // In the middle of the tree, one is cancelled before.
  branches[1]!.cancel("early");
  trunk.cancel("late");
  for (const [token, { future, wakes }] of waits) {
    const isOutside = token === root || token === beside;
    assertEquals(token.isCancelled(), !isOutside);
    assertEquals(wakes.count, isOutside ? 0 : 1);
    if (isOutside) assertPending(future);
    else assertReady(future);
  }
  assertEquals([leaves[2]!.reason, leaves[0]!.reason], ["early", "late"]);
});

test("CancellationToken works after its parent was forgotten", () => {
  const children = (() => {
    const parent = new CancellationToken();
    return [parent.childToken(), parent.childToken()];
  })();
  const waiting = waitOn(children[0]!);
  children[0]!.cancel();
  assertEquals(waiting.wakes.count, 1);
  assertFalse(children[1]!.isCancelled());
});

test("CancellationToken is looked up without recursion, however deep the tree", () => {
  const root = new CancellationToken();
  let leaf = root;
  for (let i = 0; i < 100_000; i++) leaf = leaf.childToken();
  const waiting = waitOn(leaf);
  assertFalse(leaf.isCancelled());
  root.cancel();
  assert(leaf.isCancelled());
  assertEquals(waiting.wakes.count, 1);
});

test("CancellationToken that lives long does not hold the children that have served", () => {
  const root = new CancellationToken();
  const { signal } = new AbortController();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 1_000_000; i++) {
    const child = root.childToken();
    const waiting = waitOn(child).future;
    if (i % 2 === 0) waiting[Symbol.dispose]();
    else child.cancel();
    if (i % 100 === 0) waitOn(CancellationToken.fromAbortSignal(signal)).future[Symbol.dispose]();
  }
  const grown = Deno.memoryUsage().heapUsed - before;
  // All of them together would take more than 100 MB.
  assert(grown < 50e6, `${grown} bytes`);
  assertFalse(root.isCancelled());
});

test("CancellationToken.reason tells why, and stays the first", () => {
  const token = new CancellationToken();
  assertEquals(token.reason, undefined);
  const why = new Error("why");
  token.cancel(why);
  token.cancel("later");
  assertStrictEquals(token.reason, why);
});

test("CancellationToken.runUntilCancelled() of a cancelled token does not poll the future", () => {
  const token = new CancellationToken();
  token.cancel();
  let polls = 0;
  let drops = 0;
  const run = token.runUntilCancelled(pollFn(() => ++polls, () => drops++));
  assertEquals(assertReady(run), undefined);
  assertEquals([polls, drops], [0, 1]);
  assertThrows(() => pollOnce(run), TypeError);
});

test("CancellationToken.runUntilCancelled() answers with the value of a future that is ready", () => {
  const token = new CancellationToken();
  assertEquals(assertReady(token.runUntilCancelled(ready(42))), 42);
  token.cancel();
  assertEquals(assertReady(token.runUntilCancelled(ready(42))), undefined);
});

test("CancellationToken.runUntilCancelled() is woken by the cancellation and drops the future", () => {
  const token = new CancellationToken();
  const wakes = new Wakes();
  let drops = 0;
  const run = token.runUntilCancelled(pollFn(() => Pending, () => drops++));
  assertPending(run, wakes);
  token.cancel();
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(run), undefined);
  assertEquals(drops, 1);
});

test("CancellationToken.runUntilCancelled() looks at the future first once it has begun", () => {
  const token = new CancellationToken();
  let polls = 0;
  const run = token.runUntilCancelled(pollFn(() => ++polls === 1 ? Pending : "value"));
  assertPending(run);
  token.cancel();
  assertEquals(assertReady(run), "value");
});

test("CancellationToken.runUntilCancelled() hands failures on, and leaves no wait behind", async () => {
  const token = new CancellationToken();
  const failing = token.runUntilCancelled(Promise.reject(new RangeError("own")));
  await assertRejects(async () => await failing, RangeError);
  const dropped = token.runUntilCancelled(pending());
  const wakes = new Wakes();
  assertPending(dropped, wakes);
  dropped[Symbol.dispose]();
  token.cancel();
  assertEquals(wakes.count, 0);
});

test("CancellationToken.runUntilCancelled() ends tasks of every kind", async () => {
  const token = new CancellationToken();
  const tasks = [
    spawn(token.runUntilCancelled(pending())),
    spawn(async () => await token.childToken().runUntilCancelled(pending())),
    spawn(function* () {
      return yield* token.runUntilCancelled(new Promise<void>(() => {}));
    }),
  ];
  await turns(2);
  token.cancel();
  assertEquals(await Promise.all(tasks), [undefined, undefined, undefined]);
});

test("CancellationToken.cancelled() of an aborted task is taken back", async () => {
  const token = new CancellationToken();
  const task = spawn(token.childToken().cancelled());
  await turns(2);
  task.abort();
  await assertCancelled(task);
  token.cancel();
});

test("withCancellationToken() gives up a future that is pending", () => {
  const token = new CancellationToken();
  assertEquals(assertReady(withCancellationToken(ready(1), token)), 1);
  const wakes = new Wakes();
  const waiting = withCancellationToken(pending(), token);
  assertPending(waiting, wakes);
  token.cancel();
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(waiting), undefined);
});

test("withCancellationToken() of a cancelled token answers undefined, and wakes nobody", () => {
  const token = new CancellationToken();
  token.cancel();
  const wakes = new Wakes();
  assertEquals(assertReady(withCancellationToken(ready(1), token), wakes), undefined);
  assertEquals(assertReady(withCancellationToken(pending(), token), wakes), undefined);
  assertEquals(wakes.count, 0);
});

test("withCancellationToken() prefers a value that is there in the poll after the cancellation", () => {
  const token = new CancellationToken();
  let polls = 0;
  const wakes = new Wakes();
  const waiting = withCancellationToken(pollFn(() => ++polls === 1 ? Pending : 5), token);
  assertPending(waiting, wakes);
  token.cancel();
  assertEquals(wakes.count, 1);
  assertEquals(assertReady(waiting), 5);
});

test("DropGuard cancels its token when it is disposed, unless it was disarmed", () => {
  const token = new CancellationToken();
  {
    using guard = token.dropGuard();
    assertInstanceOf(guard, DropGuard);
    assertStrictEquals(guard.token, token);
    assertFalse(token.isCancelled());
  }
  assert(token.isCancelled());
  const other = new CancellationToken();
  {
    using guard = other.dropGuard();
    assertStrictEquals(guard.disarm(), other);
  }
  assertFalse(other.isCancelled());
});

test("CancellationToken is equal to itself, and to no child and no other", () => {
  const token = new CancellationToken();
  const again = token;
  assertStrictEquals(again, token);
  assertNotStrictEquals(token.childToken(), token);
  assertNotStrictEquals(token.childToken(), token.childToken());
  assertEquals(new Set([token, again, token.childToken()]).size, 2);
});

test("CancellationToken.asAbortSignal() is aborted with the token, and with its ancestors", () => {
  const root = new CancellationToken();
  const child = root.childToken();
  const leaf = child.childToken();
  const signals = [root, child, leaf].map((token) => token.asAbortSignal());
  assertStrictEquals(child.asAbortSignal(), signals[1]);
  const seen: unknown[] = [];
  signals[2]!.addEventListener("abort", () => {
    seen.push(signals[2]!.reason, leaf.isCancelled(), child.isCancelled());
  });
  const why = new RangeError("why");
  child.cancel(why);
  assertEquals(signals.map(({ aborted }) => aborted), [false, true, true]);
  assertEquals(seen, [why, true, true]);
  root.cancel();
  assert(signals[0]!.aborted);
  assertInstanceOf(signals[0]!.reason, DOMException);
  assertEquals(leaf.reason, why);
});

test("CancellationToken.asAbortSignal() of a cancelled token is aborted", () => {
  const token = new CancellationToken();
  token.cancel("why");
  assertEquals(token.asAbortSignal().reason, "why");
  const parent = new CancellationToken();
  const child = parent.childToken();
  parent.cancel("above");
  assertEquals(child.asAbortSignal().reason, "above");
});

test("CancellationToken.asAbortSignal() of a child is aborted without the parent", () => {
  const parent = new CancellationToken();
  const child = parent.childToken();
  const signal = child.asAbortSignal();
  child.cancel("own");
  assertEquals([signal.aborted, parent.asAbortSignal().aborted], [true, false]);
});

test("CancellationToken.fromAbortSignal() is cancelled with the signal, and its children are", () => {
  const controller = new AbortController();
  const token = CancellationToken.fromAbortSignal(controller.signal);
  const child = token.childToken();
  const waits = [waitOn(token), waitOn(child)];
  assertFalse(token.isCancelled());
  controller.abort("why");
  assert(token.isCancelled() && child.isCancelled());
  assertEquals(waits.map(({ wakes }) => wakes.count), [1, 1]);
  for (const { future } of waits) assertReady(future);
  assertEquals([token.reason, child.reason], ["why", "why"]);
});

test("CancellationToken.fromAbortSignal() is cancelled without listeners and of aborted signals too", () => {
  const controller = new AbortController();
  const token = CancellationToken.fromAbortSignal(controller.signal);
  controller.abort();
  assert(token.childToken().isCancelled());
  assert(CancellationToken.fromAbortSignal(AbortSignal.abort()).isCancelled());
  assertReady(token.cancelled());
});

test("CancellationToken.fromAbortSignal() leads to a signal, and can be cancelled by itself", () => {
  const controller = new AbortController();
  const token = CancellationToken.fromAbortSignal(controller.signal);
  const waiting = waitOn(token);
  const signal = token.asAbortSignal();
  token.cancel("own");
  assertEquals([signal.aborted, controller.signal.aborted], [true, false]);
  assertEquals(waiting.wakes.count, 1);
  const other = CancellationToken.fromAbortSignal(controller.signal);
  const otherSignal = other.asAbortSignal();
  controller.abort("above");
  assertEquals([otherSignal.reason, signal.reason], ["above", "own"]);
});

test("CancellationToken.fromAbortSignal() throws a TypeError for what is no signal", () => {
  // @ts-expect-error A controller is no signal.
  assertThrows(() => CancellationToken.fromAbortSignal(new AbortController()), TypeError);
});
