/**
 * Sets of tasks that are joined as they end.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { assertSpyCalls, stub } from "@std/testing/mock";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { End } from "../../future/source.ts";
import { JoinError } from "../../scheduler/join_error.ts";
import type { AbortHandle } from "../../scheduler/join_handle.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import { JoinSet } from "../../task/join_set.ts";
import { LocalSet } from "../../task/local_set.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { failureOf } from "../helpers/outcomes.ts";
import { assertPending, assertReady, pollOnce, turns, Wakes } from "../helpers/wakes.ts";

/** Spawns `count` tasks that give their numbers. */
function spawnNumbers(set: JoinSet<number>, count: number): void {
  for (let i = 0; i < count; i++) {
    set.spawn(() => i);
    assertEquals(set.size, i + 1);
  }
}

/** Spawns tasks that never end; the counts of how many were dropped. */
function spawnPending(set: JoinSet<unknown>, count: number): { dropped: number } {
  const seen = { dropped: 0 };
  for (let i = 0; i < count; i++) set.spawn(pollFn(() => Pending, () => seen.dropped++));
  return seen;
}

/** Waits without joining anything. */
async function allFinished(handles: readonly AbortHandle[]): Promise<void> {
  while (!handles.every((handle) => handle.isFinished())) await turns();
}

async function joinAsFailures(set: JoinSet<unknown>): Promise<JoinError[]> {
  const errors: JoinError[] = [];
  for await (const outcome of set) {
    if (!outcome.ok) errors.push(outcome.error);
  }
  return errors;
}

test("JoinSet.joinNext() gives every value once, and undefined when the set is empty", async () => {
  using set = new JoinSet<number>();
  spawnNumbers(set, 10);
  set.detachAll();
  assertEquals([set.size, set.isEmpty()], [0, true]);
  assertEquals(await set.joinNext(), undefined);
  for (let again = 0; again < 2; again++) {
    spawnNumbers(set, 10);
    assertFalse(set.isEmpty());
    const seen: number[] = [];
    for (let n = await set.joinNext(); n !== undefined; n = await set.joinNext()) seen.push(n);
    assertEquals(seen.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assertEquals(await set.joinNext(), undefined);
  }
});

test("JoinSet.joinNext() gives the values in the order in which the tasks end", async () => {
  using set = new JoinSet<string>();
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  for (const { promise } of gates) set.spawn(() => promise);
  gates[1]!.resolve("second");
  assertEquals(await set.joinNext(), "second");
  gates[0]!.resolve("first");
  assertEquals(await set.joinNext(), "first");
});

test("JoinSet aborts its tasks when it is disposed", async () => {
  let seen;
  {
    using set = new JoinSet<unknown>();
    seen = spawnPending(set, 16);
    await turns(2);
  }
  await turns(2);
  assertEquals(seen.dropped, 16);
});

test("JoinSet.size counts what was not joined, while tasks come and go", async () => {
  using set = new JoinSet<void>();
  assertEquals(set.size, 0);
  set.spawn(() => {});
  set.spawn(() => {});
  for (let i = 0; i < 16; i++) {
    assertEquals(set.size, 2);
    assert(await set.joinNextWithId() !== undefined);
    assertEquals(set.size, 1);
    set.spawn(() => {});
  }
});

test("JoinSet.spawn() answers with a handle that aborts the one task", async () => {
  using set = new JoinSet<number>();
  for (let i = 0; i < 16; i++) {
    const handle = set.spawn(function* () {
      yield* yieldNow();
      return i;
    });
    if (i % 2 === 1) handle.abort();
  }
  const values: number[] = [];
  let cancelled = 0;
  for await (const outcome of set) {
    if (outcome.ok) values.push(outcome.value);
    else if (outcome.error.isCancelled()) cancelled += 1;
  }
  assertEquals(values.toSorted((a, b) => a - b), [0, 2, 4, 6, 8, 10, 12, 14]);
  assertEquals(cancelled, 8);
});

test("JoinSet.spawn() takes a name, and a runtime or handle to spawn on", async () => {
  await using runtime = Runtime.builder().build();
  using set = new JoinSet<void>();
  const named = set.spawn(pending(), { name: "waiter", on: runtime });
  set.spawn(pending(), { on: runtime.handle });
  assertEquals(named.name, "waiter");
  assertEquals(runtime.aliveTasks, 2);
  await set.shutdown();
  assertEquals(runtime.aliveTasks, 0);
});

test("JoinSet joins tasks of a runtime that is gone as cancelled", async () => {
  using set = new JoinSet<number>();
  const runtime = Runtime.builder().build();
  set.spawn(pending(), { on: runtime });
  await runtime.shutdown();
  set.spawn(() => 1, { on: runtime });
  const errors = await joinAsFailures(set);
  assertEquals(errors.map((error) => error.isCancelled()), [true, true]);
});

test("JoinSet.joinAll() answers with all values", async () => {
  using set = new JoinSet<number>(Array.from({ length: 5 }, () => () => 1));
  assertEquals(await set.joinAll(), [1, 1, 1, 1, 1]);
  assertEquals(set.size, 0);
  assertEquals(await set.joinAll(), []);
});

test("JoinSet.joinAll() throws at the first failure and aborts the others", async () => {
  using set = new JoinSet<void>();
  const seen = spawnPending(set, 3);
  set.spawn(async () => {
    await sleep(1);
    throw new RangeError("own");
  });
  const failure = await failureOf(set.joinAll());
  assert(failure.isPanic());
  assertEquals(set.size, 0);
  await turns(2);
  assertEquals(seen.dropped, 3);
});

test("JoinSet.joinAll() that is dropped aborts all tasks", async () => {
  for (const polled of [true, false]) {
    const set = new JoinSet<void>();
    const seen = spawnPending(set, 2);
    const all = set.joinAll();
    if (polled) assertPending(all);
    all[Symbol.dispose]();
    all[Symbol.dispose]();
    await turns(2);
    assertEquals([set.size, seen.dropped], [0, 2]);
    assertThrows(() => pollOnce(all), TypeError);
  }
});

test("JoinSet.joinNext() throws the failure of a task, and goes on with the others", async () => {
  using set = new JoinSet<number>();
  const { id } = set.spawn(() => {
    throw new RangeError("own");
  });
  set.spawn(() => 2);
  const failure = await failureOf(set.joinNext());
  assert(failure.isPanic() && failure.cause instanceof RangeError);
  assertEquals(failure.taskId, id);
  assertEquals(set.size, 1);
  assertEquals(await set.joinNext(), 2);
});

test("JoinSet.joinNextWithId() tells which task it was", async () => {
  using set = new JoinSet<string | undefined>();
  const first = set.spawn(() => "value");
  assertEquals(await set.joinNextWithId(), [first.id, "value"]);
  const second = set.spawn(() => undefined);
  assertEquals(await set.joinNextWithId(), [second.id, undefined]);
  const third = set.spawn(pending());
  third.abort();
  assertEquals((await failureOf(set.joinNextWithId())).taskId, third.id);
  assertEquals(await set.joinNextWithId(), undefined);
});

test("JoinSet.abortAll() leaves the tasks in the set", async () => {
  using set = new JoinSet<unknown>();
  spawnPending(set, 5);
  for (let i = 0; i < 5; i++) set.spawn(() => i);
  await turns(2);
  set.abortAll();
  assertEquals(set.size, 10);
  const errors = await joinAsFailures(set);
  assertEquals(errors.map((error) => error.isCancelled()), [true, true, true, true, true]);
  assertEquals(set.size, 0);
});

test("JoinSet.shutdown() ends when all tasks have cleaned up", async () => {
  using set = new JoinSet<void>();
  const log: string[] = [];
  set.spawn(function* () {
    try {
      yield* pending();
    } finally {
      yield* sleep(1);
      log.push("cleaned");
    }
  });
  set.spawn(() => {
    throw new RangeError("ignored");
  });
  await turns(2);
  await set.shutdown();
  assertEquals(log, ["cleaned"]);
  assertEquals(set.size, 0);
  await set.shutdown();
});

test("JoinSet.shutdown() that is given up leaves the tasks in the set, aborted", async () => {
  using set = new JoinSet<unknown>();
  spawnPending(set, 2);
  const shutdown = set.shutdown();
  assertPending(shutdown);
  shutdown[Symbol.dispose]();
  assertThrows(() => pollOnce(shutdown), TypeError);
  assertEquals((await joinAsFailures(set)).length, 2);
});

test("JoinSet.detachAll() lets the tasks go on", async () => {
  using set = new JoinSet<void>();
  let done = 0;
  for (let i = 0; i < 3; i++) {
    set.spawn(function* () {
      yield* yieldNow();
      done += 1;
    });
  }
  await turns(1);
  set.spawn(() => {});
  set.detachAll();
  await turns(3);
  assertEquals([set.size, done], [0, 3]);
});

test("JoinSet.joinNext() takes from the cooperative budget", async () => {
  using set = new JoinSet<void>(Array.from({ length: 1000 }, () => () => {}));
  await turns(30);
  let joined = 0;
  let waits = 0;
  await spawn(pollFn((cx) => {
    for (;;) {
      const next = set.joinNextWithId();
      const polled = next.poll(cx);
      if (polled === undefined) return;
      if (polled === Pending) {
        next[Symbol.dispose]();
        waits += 1;
        return Pending;
      }
      joined += 1;
    }
  }));
  assertEquals(joined, 1000);
  assert(waits >= 7, `${waits} waits`);
});

test("JoinSet.tryJoinNext() takes what has ended, and nothing from the budget", async () => {
  using set = new JoinSet<number>();
  const gate = Promise.withResolvers<void>();
  const handles = Array.from({ length: 500 }, () => set.spawn(() => gate.promise.then(() => 1)));
  assertEquals(set.tryJoinNext(), undefined);
  gate.resolve();
  await allFinished(handles);
  const joined = await spawn(() => {
    let joined = 0;
    while (set.tryJoinNext() !== undefined) joined += 1;
    return joined;
  });
  assertEquals(joined, 500);
});

test("JoinSet.tryJoinNextWithId() tells which task it was, and throws its failure", async () => {
  using set = new JoinSet<undefined>();
  assertEquals(set.tryJoinNextWithId(), undefined);
  const first = set.spawn(() => undefined);
  assertEquals(set.tryJoinNextWithId(), undefined);
  await allFinished([first]);
  assertEquals(set.tryJoinNextWithId(), [first.id, undefined]);
  const second = set.spawn(pending());
  second.abort();
  await allFinished([second]);
  assertThrows(() => set.tryJoinNextWithId(), JoinError);
  assertEquals(set.tryJoinNextWithId(), undefined);
});

test("JoinSet.extend() and the constructor spawn all that they are given", async () => {
  using set = new JoinSet<number>([() => 0, async () => await 1]);
  set.extend([2, 3].map((n) =>
    function* () {
      yield* yieldNow();
      return n;
    }
  ));
  assertEquals(set.size, 4);
  assertEquals((await set.joinAll()).toSorted(), [0, 1, 2, 3]);
});

test("JoinSet gives outcomes in a for await loop, which a failure does not end", async () => {
  using set = new JoinSet<undefined>();
  set.spawn(() => {
    throw new RangeError("own");
  });
  set.spawn(() => undefined);
  set.spawn(pending()).abort();
  const seen: string[] = [];
  for await (const outcome of set) {
    if (outcome.ok) seen.push(`${outcome.value}`);
    else seen.push(outcome.error.isCancelled() ? "cancelled" : "panic");
  }
  assertEquals(seen, ["panic", "undefined", "cancelled"]);
  assertEquals(set.sizeHint(), [0, undefined]);
});

test("JoinSet.pollJoinNext() and pollNext() wake the one who polled last", async () => {
  using set = new JoinSet<number>();
  const wakes = new Wakes();
  assertEquals(set.pollJoinNext(wakes), undefined);
  assertEquals(set.pollNext(wakes), End);
  const gate = Promise.withResolvers<number>();
  const { id } = set.spawn(() => gate.promise);
  assertEquals(set.pollJoinNext(wakes), Pending);
  assertEquals(set.pollNext(wakes), Pending);
  gate.resolve(1);
  await turns(2);
  assertEquals(wakes.count, 1);
  assertEquals(set.pollNext(wakes), { id, ok: true, value: 1 });
});

test("JoinSet serves several who wait in the order of their coming", async () => {
  using set = new JoinSet<number>();
  const gates = [1, 2].map((value) => ({ value, gate: Promise.withResolvers<number>() }));
  for (const { gate } of gates) set.spawn(() => gate.promise);
  const order: string[] = [];
  const waiters = ["a", "b", "c"].map((name) =>
    spawn(function* () {
      order.push(`${name} ${yield* set.joinNext()}`);
    })
  );
  await turns(2);
  for (const { value, gate } of gates) {
    gate.resolve(value);
    await turns(2);
  }
  for (const waiter of waiters) await waiter;
  assertEquals(order, ["a 1", "b 2", "c undefined"]);
});

test("JoinSet.joinNext() that is given up leaves the task to the next one who waits", async () => {
  using set = new JoinSet<number>();
  const gate = Promise.withResolvers<number>();
  set.spawn(() => gate.promise);
  const [given, first, second] = [new Wakes(), new Wakes(), new Wakes()];
  const gone = set.joinNext();
  const next = set.joinNext();
  assertPending(gone, given);
  assertPending(next, first);
  gate.resolve(1);
  await turns(2);
  gone[Symbol.dispose]();
  assert(first.isWoken());
  assertEquals(assertReady(next, second), 1);
});

test("JoinSet.detachAll() wakes those who wait: there is nothing to wait for", async () => {
  using set = new JoinSet<unknown>();
  spawnPending(set, 1);
  const handle = set.spawn(pending());
  const waiter = spawn(set.joinNext());
  await turns(2);
  set.abortAll();
  set.detachAll();
  assertEquals(await waiter, undefined);
  handle.abort();
});

test("JoinSet does not report the failures that it keeps", async () => {
  using error = stub(console, "error");
  using set = new JoinSet<void>();
  set.spawn(() => {
    throw new RangeError("own");
  });
  await turns(5);
  assertSpyCalls(error, 0);
  assert((await failureOf(set.joinNext())).isPanic());
});

test("JoinSet.spawnLocal() spawns in the set that it is told, or in the current one", async () => {
  using local = new LocalSet();
  using set = new JoinSet<number>();
  set.spawnLocal(() => 1, { on: local, name: "one" });
  await turns(3);
  assertEquals(set.tryJoinNext(), undefined);
  const second = local.spawnLocal(() => void set.spawnLocal(() => 2));
  await join(second, local);
  assertEquals((await set.joinAll()).toSorted(), [1, 2]);
  set.spawnLocal(() => 3);
  assertEquals(await set.joinNext(), 3);
});

test("JoinSet joins local tasks as cancelled when their LocalSet is disposed", async () => {
  const local = new LocalSet();
  using set = new JoinSet<void>();
  for (let i = 0; i < 3; i++) set.spawnLocal(pending(), { on: local });
  assertPending(local);
  local[Symbol.dispose]();
  const errors = await joinAsFailures(set);
  assertEquals(errors.map((error) => error.isCancelled()), [true, true, true]);
});

test("JoinSet that is disposed aborts local tasks", async () => {
  using local = new LocalSet();
  let seen;
  {
    using set = new JoinSet<unknown>();
    seen = { dropped: 0 };
    for (let i = 0; i < 3; i++) {
      set.spawnLocal(pollFn(() => Pending, () => seen!.dropped++), { on: local });
    }
    assertPending(local);
  }
  await local;
  assertEquals(seen.dropped, 3);
});

test("JoinSet.shutdown() ends local tasks while their LocalSet is driven", async () => {
  using local = new LocalSet();
  using set = new JoinSet<unknown>();
  let dropped = 0;
  for (let i = 0; i < 8; i++) {
    set.spawnLocal(pollFn(() => Pending, () => dropped++), { on: local });
  }
  await local.runUntil(set.shutdown());
  assertEquals([dropped, set.size], [8, 0]);
});

test("JoinSet in a for await loop does not overtake a joinNext() that waits", async () => {
  using set = new JoinSet<number>();
  const gates = [1, 2].map(() => Promise.withResolvers<number>());
  for (const gate of gates) set.spawn(() => gate.promise);
  const joined = set.joinNext();
  assertPending(joined);
  const looped = set[Symbol.asyncIterator]().next();
  gates[0]!.resolve(1);
  await turns(3);
  assertEquals(assertReady(joined), 1);
  gates[1]!.resolve(2);
  const { value } = await looped;
  assert(value?.ok);
  assertEquals(value.value, 2);
});
