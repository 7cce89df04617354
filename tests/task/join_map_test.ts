/**
 * Tasks by key.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { BUDGET } from "../../future/budget.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending } from "../../future/ready.ts";
import { Runtime, spawn } from "../../scheduler/runtime.ts";
import { hasBudgetRemaining } from "../../task/coop.ts";
import { JoinMap } from "../../task/join_map.ts";
import { LocalSet } from "../../task/local_set.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, turns, Wakes } from "../helpers/wakes.ts";

function spawnNumbers(map: JoinMap<number, number>, count: number): void {
  for (let i = 0; i < count; i++) {
    map.spawn(i, () => i);
    assertEquals(map.size, i + 1);
  }
}

/** Spawns tasks that never end, and tells the keys of those that were dropped. */
function spawnPending<K>(map: JoinMap<K, unknown>, keys: Iterable<K>): K[] {
  const dropped: K[] = [];
  for (const key of keys) map.spawn(key, pollFn(() => Pending, () => void dropped.push(key)));
  return dropped;
}

/** Joins all, and tells how each has ended. */
async function ends<K>(map: JoinMap<K, unknown>): Promise<Map<K, unknown>> {
  const seen = new Map<K, unknown>();
  for await (const outcome of map) {
    seen.set(outcome.key, outcome.ok ? outcome.value : outcome.error.isCancelled());
  }
  return seen;
}

test("JoinMap.joinNext() gives each key and its value once", async () => {
  using map = new JoinMap<number, number>();
  spawnNumbers(map, 10);
  map.detachAll();
  assertEquals([map.size, map.isEmpty()], [0, true]);
  assertEquals(await map.joinNext(), undefined);
  for (let again = 0; again < 2; again++) {
    spawnNumbers(map, 10);
    const seen = await ends(map);
    assertEquals(
      [...seen].toSorted(([a], [b]) => a - b),
      Array.from({ length: 10 }, (_, i) => [i, i]),
    );
    assertEquals(await map.joinNext(), undefined);
  }
});

test("JoinMap aborts its tasks when it is disposed", async () => {
  let dropped: number[];
  {
    using map = new JoinMap<number, unknown>();
    dropped = spawnPending(map, Array(16).keys());
    await turns(1);
  }
  await turns(2);
  assertEquals(dropped.length, 16);
});

test("JoinMap.size counts what was not joined, while tasks come and go", async () => {
  using map = new JoinMap<number, void>();
  map.spawn(1, () => {});
  map.spawn(2, () => {});
  for (let i = 0; i < 16; i++) {
    assertEquals(map.size, 2);
    const outcome = await map.joinNext();
    assert(outcome?.ok);
    assertEquals(map.size, 1);
    map.spawn(outcome.key, () => {});
  }
});

test("JoinMap.keys(), containsKey() and containsTask() know what was not joined", async () => {
  using map = new JoinMap<number, void>();
  assertEquals([...map.keys()], []);
  const handles = [1, 2, 3].map((key) => map.spawn(key, () => {}));
  assertEquals([...map.keys()], [1, 2, 3]);
  await turns(2);
  assertEquals([...map.keys()], [1, 2, 3]);
  const { key } = (await map.joinNext())!;
  assertEquals([...map.keys()], [1, 2, 3].filter((other) => other !== key));
  assertEquals([1, 2, 3].map((key) => map.containsKey(key)), [false, true, true]);
  assertEquals(handles.map(({ id }) => map.containsTask(id)), [false, true, true]);
});

test("JoinMap.abort() aborts the task with the key", async () => {
  using map = new JoinMap<number, number>();
  for (let i = 0; i < 16; i++) {
    map.spawn(i, function* () {
      yield* yieldNow();
      return i;
    });
    if (i % 2 === 1) assert(map.abort(i));
  }
  assertFalse(map.abort(16));
  const seen = await ends(map);
  for (let i = 0; i < 16; i++) assertEquals(seen.get(i), i % 2 === 1 ? true : i);
  assertFalse(map.abort(1));
});

test("JoinMap.abortMatching() aborts the tasks whose keys match", async () => {
  using map = new JoinMap<number, number>();
  for (let i = 0; i < 16; i++) {
    map.spawn(i, function* () {
      yield* yieldNow();
      return i;
    });
  }
  map.abortMatching((key) => key % 2 === 1);
  const seen = await ends(map);
  for (let i = 0; i < 16; i++) assertEquals(seen.get(i), i % 2 === 1 ? true : i);
});

test("JoinMap joins tasks of a runtime that is gone as cancelled", async () => {
  using map = new JoinMap<string, number>();
  const runtime = Runtime.builder().build();
  map.spawn("key", pending(), { on: runtime, name: "named" });
  await runtime.shutdown();
  assertEquals(await ends(map), new Map([["key", true]]));
});

test("JoinMap.joinNext() takes from the cooperative budget", async () => {
  using map = new JoinMap<number, void>();
  for (let i = 0; i < BUDGET * 4; i++) map.spawn(i, () => {});
  await turns(15);
  const longest = await spawn(function* () {
    let longest = 0;
    let inRow = 0;
    while (!map.isEmpty()) {
      if (!hasBudgetRemaining()) inRow = 0;
      yield* map.joinNext();
      longest = Math.max(longest, ++inRow);
    }
    return longest;
  });
  assert(longest <= BUDGET, `${longest} in a row`);
});

test("JoinMap.abortAll() leaves the tasks in the map", async () => {
  using map = new JoinMap<number, unknown>();
  spawnPending(map, [0, 1, 2, 3, 4]);
  for (let i = 5; i < 10; i++) map.spawn(i, () => "done");
  await turns(2);
  map.abortAll();
  assertEquals(map.size, 10);
  const seen = await ends(map);
  for (let i = 0; i < 10; i++) assertEquals(seen.get(i), i < 5 ? true : "done");
  assertEquals(map.size, 0);
});

test("JoinMap.shutdown() ends when all tasks have", async () => {
  using map = new JoinMap<number, unknown>();
  const dropped = spawnPending(map, [0, 1, 2]);
  await turns(1);
  await map.shutdown();
  assertEquals([map.size, dropped.length, [...map.keys()]], [0, 3, []]);
});

test("JoinMap.tryJoinNext() answers undefined for an empty map", () => {
  using map = new JoinMap<number, void>();
  assertEquals(map.tryJoinNext(), undefined);
});

test("JoinMap.tryJoinNext() answers undefined when no task has ended", async () => {
  using map = new JoinMap<number, void>();
  map.spawn(1, pending());
  await turns(2);
  assertEquals(map.tryJoinNext(), undefined);
  assertEquals(map.size, 1);
});

test("JoinMap.tryJoinNext() answers with a task that has ended", async () => {
  using map = new JoinMap<string, number>();
  const { id } = map.spawn("key", () => 5);
  await turns(2);
  assertEquals(map.tryJoinNext(), { key: "key", id, ok: true, value: 5 });
  assertEquals(map.tryJoinNext(), undefined);
});

test("JoinMap.tryJoinNext() answers with a task that was aborted", async () => {
  using map = new JoinMap<string, number>();
  map.spawn("key", pending());
  map.abort("key");
  await turns(2);
  const outcome = map.tryJoinNext();
  assert(outcome?.ok === false && outcome.error.isCancelled());
  assertEquals(outcome.key, "key");
});

test("JoinMap.tryJoinNext() goes through all that have ended", async () => {
  using map = new JoinMap<number, number>();
  spawnNumbers(map, 5);
  map.spawn(5, pending());
  await turns(2);
  const keys = new Set<number>();
  for (let o = map.tryJoinNext(); o !== undefined; o = map.tryJoinNext()) keys.add(o.key);
  assertEquals([...keys].toSorted(), [0, 1, 2, 3, 4]);
  assertEquals([...map.keys()], [5]);
});

test("JoinMap.tryJoinNext() does not tell of a task that was replaced", async () => {
  using map = new JoinMap<string, number>();
  map.spawn("key", () => 1);
  await turns(2);
  map.spawn("key", () => 2);
  await turns(2);
  const outcome = map.tryJoinNext();
  assert(outcome?.ok);
  assertEquals(outcome.value, 2);
  assertEquals(map.tryJoinNext(), undefined);
});

test("JoinMap.spawn() with a key in use hides the task before", async () => {
  using map = new JoinMap<string, number>();
  map.spawn("key", () => 1);
  map.spawn("key", () => 2);
  assertEquals(map.size, 1);
  assertEquals(await ends(map), new Map([["key", 2]]));
  map.spawn("key", pending());
  map.spawn("other", () => 3);
  map.spawn("key", () => 4);
  assertEquals(map.size, 2);
  assertEquals(await ends(map), new Map([["other", 3], ["key", 4]]));
});

test("JoinMap.spawn() with a key in use aborts the task before", async () => {
  using map = new JoinMap<string, unknown>();
  const dropped = spawnPending(map, ["key"]);
  await turns(1);
  const later = spawnPending(map, ["key"]);
  await turns(2);
  assertEquals([dropped, later], [["key"], []]);
  map.abort("key");
  await ends(map);
  assertEquals(later, ["key"]);
});

test("JoinMap compares keys as a Map does, and keeps failures with their keys", async () => {
  const [a, b] = [{ id: 1 }, { id: 1 }];
  using map = new JoinMap<object, number>();
  map.spawn(a, () => {
    throw new RangeError("own");
  });
  map.spawn(b, () => 2);
  for await (const outcome of map) {
    assertEquals(outcome.ok, outcome.key === b);
    if (!outcome.ok) assert(outcome.error.isPanic());
  }
});

test("JoinMap wakes who waits or polls, and tells how many are to come", async () => {
  using map = new JoinMap<string, number>();
  const gate = Promise.withResolvers<number>();
  const { id } = map.spawn("key", () => gate.promise);
  assertEquals(map.sizeHint(), [1, undefined]);
  const [waits, polls] = [new Wakes(), new Wakes()];
  const next = map.joinNext();
  assertPending(next, waits);
  assertEquals(map.pollNext(polls), Pending);
  gate.resolve(1);
  await turns(2);
  assertEquals([waits.count, polls.count], [1, 1]);
  assertEquals(assertReady(next), { key: "key", id, ok: true, value: 1 });
});

test("JoinMap.spawnLocal() spawns in the LocalSet that it is told, and is joined from outside", async () => {
  using local = new LocalSet();
  using map = new JoinMap<number, number>();
  for (let i = 0; i < 3; i++) map.spawnLocal(i, () => i, { on: local });
  await turns(2);
  assertEquals(map.tryJoinNext(), undefined);
  const seen = await local.runUntil(ends(map));
  assertEquals(seen.size, 3);
  map.spawnLocal(3, () => 3);
  assertEquals(await ends(map), new Map([[3, 3]]));
});

test("JoinMap aborts local tasks when it is disposed or shut down", async () => {
  using local = new LocalSet();
  let dropped = 0;
  const work = () => pollFn(() => Pending, () => dropped++);
  {
    using map = new JoinMap<number, unknown>();
    for (let i = 0; i < 3; i++) map.spawnLocal(i, work(), { on: local });
    assertPending(local);
  }
  await local;
  assertEquals(dropped, 3);
  using map = new JoinMap<number, unknown>();
  for (let i = 0; i < 3; i++) map.spawnLocal(i, work(), { on: local });
  await local.runUntil(map.shutdown());
  assertEquals([dropped, map.size], [6, 0]);
});
