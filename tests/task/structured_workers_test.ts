/**
 * Sets, scopes, trackers and tokens over tasks that run on workers.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Runtime } from "../../scheduler/mod.ts";
import {
  CancellationToken,
  JoinError,
  JoinMap,
  JoinQueue,
  JoinSet,
  scope,
  TaskTracker,
} from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { add, fail, wait } from "./fixtures/structured.ts";

/** Declares a test that runs on a runtime of two workers. */
function onWorkers(name: string, main: () => Promise<void>): void {
  test(name, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
    await runtime.run(main);
  });
}

/** The words of a log: how many have begun to wait, and how many have left. */
const newLog = () => new SharedArrayBuffer(8);
const left = (log: SharedArrayBuffer) => Atomics.load(new Int32Array(log), 1);

/** Waits until so many tasks wait. */
async function begun(log: SharedArrayBuffer, count: number): Promise<void> {
  const words = new Int32Array(log);
  const alive = setInterval(() => {}, 1000);
  for (let now = Atomics.load(words, 0); now < count; now = Atomics.load(words, 0)) {
    await Atomics.waitAsync(words, 0, now).value;
  }
  clearInterval(alive);
}

onWorkers("JoinSet.spawn() joins portable tasks as they end on workers", async () => {
  using set = new JoinSet<number>();
  for (let i = 0; i < 20; i++) set.spawn(add, i, 1);
  set.spawn(() => 100);
  const sums = await set.joinAll();
  assertEquals(sums.toSorted((a, b) => a - b), [...Array(20).keys()].map((i) => i + 1).concat(100));
});

onWorkers("a JoinSet that is disposed of aborts its tasks on workers", async () => {
  const log = newLog();
  const set = new JoinSet<number>();
  set.spawn(wait, log);
  set.spawn(wait, log);
  await begun(log, 2);
  await set.shutdown();
  assertEquals([set.size, left(log)], [0, 2]);
});

onWorkers("what a portable task in a JoinSet throws is its outcome", async () => {
  using set = new JoinSet<number>();
  set.spawn(fail, "broken");
  const error = await assertRejects(async () => await set.joinNext(), JoinError);
  assert(error.isPanic());
  assertEquals((error.cause as Error).message, "broken");
});

onWorkers("an abort handle of a JoinSet reaches the task on its worker", async () => {
  const log = newLog();
  using set = new JoinSet<number>();
  const handle = set.spawn(wait, log);
  await begun(log, 1);
  handle.abort();
  const error = await assertRejects(async () => await set.joinNext(), JoinError);
  assertEquals([error.isCancelled(), left(log)], [true, 1]);
});

onWorkers("JoinQueue and JoinMap spawn portable tasks too", async () => {
  using queue = new JoinQueue<number>();
  for (let i = 0; i < 5; i++) queue.spawn(add, i, i);
  assertEquals(await queue.joinAll(), [0, 2, 4, 6, 8]);

  using map = new JoinMap<string, number>();
  map.spawn("sum", add, 1, 2);
  const outcome = await map.joinNext();
  assert(outcome?.ok);
  assertEquals([outcome.key, outcome.value], ["sum", 3]);
});

onWorkers("TaskTracker.wait() waits for portable tasks", async () => {
  const log = newLog();
  const tracker = new TaskTracker();
  const token = new CancellationToken();
  const handle = tracker.spawn(wait, log, token);
  tracker.close();
  await begun(log, 1);
  assertEquals(tracker.size, 1);
  token.cancel();
  await tracker.wait();
  assertEquals([tracker.size, await handle], [0, 1]);
});

onWorkers("a scope ends after its portable tasks", async () => {
  const sum = await scope(async (s) => {
    const parts = [1, 2, 3].map((i) => s.spawn(add, i, 10));
    let sum = 0;
    for (const part of parts) sum += await part;
    return sum;
  });
  assertEquals(sum, 36);
});

onWorkers(
  "a portable task that fails ends the others of its scope, on all threads",
  async () => {
    const log = newLog();
    const ended = scope(async (s) => {
      s.spawn(wait, log);
      s.spawn(wait, log, s.token);
      await begun(log, 2);
      s.spawn(fail, "broken");
    });
    await assertRejects(async () => await ended, RangeError, "broken");
    assertEquals(left(log), 2);
  },
);

onWorkers(
  "a failure in a scope's body ends its portable tasks before the scope does",
  async () => {
    const log = newLog();
    const failed = scope(async (s) => {
      s.spawn(wait, log);
      await begun(log, 1);
      throw new RangeError("body");
    });
    await assertRejects(async () => await failed, RangeError, "body");
    assertEquals(left(log), 1);
  },
);

onWorkers(
  "what cannot travel is refused where it is spawned, and nothing is counted",
  async () => {
    using set = new JoinSet<number>();
    const tracker = new TaskTracker();
    const bad = (() => 1) as unknown as number;
    assertThrows(() => set.spawn(add, 1, bad), DOMException);
    assertThrows(() => tracker.spawn(add, 1, bad), DOMException);
    assertEquals([set.size, tracker.size], [0, 0]);
    await scope((s) => void assertThrows(() => s.spawn(add, 1, bad), DOMException));
  },
);
