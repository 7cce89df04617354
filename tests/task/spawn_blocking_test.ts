/**
 * Work that blocks, on threads of its own.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { test } from "../helpers/leak_guard.ts";
import { Runtime, type RuntimeBuilder } from "../../scheduler/mod.ts";
import {
  abortOnDispose,
  JoinError,
  JoinMap,
  JoinSet,
  spawn,
  spawnBlocking,
  TaskTracker,
  yieldNow,
} from "../../task/mod.ts";
import { Instant, pause, resume, sleep } from "../../time/mod.ts";
import { breaks, nap, nested, waitFor, waitOrStop } from "./fixtures/blocking.ts";
import { sleepsLong, sleepsTwice, whichThread } from "./fixtures/blocking.ts";

/** Runs `main` on a runtime that is ended afterwards. */
async function withRuntime(
  main: (runtime: Runtime) => Promise<void>,
  builder: RuntimeBuilder = Runtime.builder(),
): Promise<void> {
  await using runtime = builder.build();
  await runtime.run(() => main(runtime));
}

/** Words that tasks write: how many have begun, whether they may go on, how many have ended. */
class Log {
  readonly buffer = new SharedArrayBuffer(12);
  readonly #words = new Int32Array(this.buffer);

  get begun(): number {
    return Atomics.load(this.#words, 0);
  }

  get ended(): number {
    return Atomics.load(this.#words, 2);
  }

  async begins(count: number): Promise<void> {
    while (this.begun < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  release(): void {
    Atomics.store(this.#words, 1, 1);
    Atomics.notify(this.#words, 1);
  }
}

async function cancelled(handle: PromiseLike<unknown>): Promise<void> {
  const error = await assertRejects(() => Promise.resolve(handle), JoinError);
  assert(error.isCancelled());
}

test("spawnBlocking() runs what blocks on another thread, and this one goes on", async () => {
  await withRuntime(async () => {
    const log = new Log();
    const handle = spawnBlocking(waitFor, log.buffer);
    await log.begins(1);
    assertEquals(handle.isFinished(), false);
    assertEquals(await spawn(async () => await 7), 7);
    log.release();
    assertNotEquals(await handle, whichThread());
  });
});

test("spawnBlocking() answers with a handle that has an id and no name", async () => {
  await withRuntime(async () => {
    const [first, second] = [spawnBlocking(nap, 0), spawnBlocking(nap, 0)];
    assertNotEquals(first.id, second.id);
    assertEquals(first.name, undefined);
    await Promise.all([first, second]);
  });
});

test("spawnBlocking() hands over what the task throws", async () => {
  await withRuntime(async () => {
    const error = await assertRejects(async () => await spawnBlocking(breaks, "no"), JoinError);
    assert(error.isPanic());
    assertInstanceOf(error.cause, RangeError);
    assertEquals(error.cause.message, "no");
  });
});

test("spawnBlocking() refuses what is not portable, and arguments that cannot travel", async () => {
  await withRuntime((runtime) => {
    assertThrows(() => spawnBlocking((() => 1) as never), TypeError, "by task()");
    const error = assertThrows(() => spawnBlocking(breaks, (() => 1) as never));
    assertEquals((error as Error).name, "DataCloneError");
    assertEquals(runtime.aliveTasks, 1);
    return Promise.resolve();
  });
});

test("spawnBlocking() starts threads as they are needed, up to the maximum", async () => {
  await withRuntime(async () => {
    const log = new Log();
    const handles = Array.from({ length: 5 }, () => spawnBlocking(waitFor, log.buffer));
    await log.begins(2);
    await sleep(20);
    assertEquals(log.begun, 2);
    log.release();
    const threads = await Promise.all(handles);
    assertEquals(log.ended, 5);
    assertEquals(new Set(threads).size, 2);
  }, Runtime.builder().maxBlockingThreads(2));
});

test("spawnBlocking() uses a thread that is idle again", async () => {
  await withRuntime(async () => {
    const first = await spawnBlocking(nap, 0);
    for (let i = 0; i < 20; i++) assertEquals(await spawnBlocking(nap, 0), first);
  });
});

test("spawnBlocking() starts a new thread after the idle ones have ended", async () => {
  await withRuntime(async (runtime) => {
    const first = await spawnBlocking(nap, 0);
    const metrics = runtime.metrics();
    while (metrics.numBlockingThreads() > 0) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assertNotEquals(await spawnBlocking(nap, 0), first);
  }, Runtime.builder().threadKeepAlive(5));
});

test("spawnBlocking() gives no async task the thread of another one", async () => {
  await withRuntime(async () => {
    const log = new SharedArrayBuffer(4);
    const handles = Array.from({ length: 4 }, () => spawnBlocking(sleepsTwice, log));
    assertEquals(await Promise.all(handles), [0, 0, 0, 0]);
  }, Runtime.builder().maxBlockingThreads(1));
});

test("JoinHandle.abort() ends a blocking task that has not begun", async () => {
  await withRuntime(async (runtime) => {
    const log = new Log();
    const first = runtime.spawnBlocking(waitFor, log.buffer);
    await log.begins(1);
    const second = runtime.spawnBlocking(waitFor, log.buffer);
    await sleep(1);
    second.abort();
    // The request goes out in the next turn.
    await sleep(1);
    log.release();
    await cancelled(second);
    await first;
    assertEquals(log.begun, 1);
  }, Runtime.builder().maxBlockingThreads(1));
});

test("JoinHandle.abort() of a blocking task that runs is for the task to see", async () => {
  await withRuntime(async () => {
    const [deaf, alert] = [new Log(), new Log()];
    const handles = [spawnBlocking(waitFor, deaf.buffer), spawnBlocking(waitOrStop, alert.buffer)];
    await Promise.all([deaf.begins(1), alert.begins(1)]);
    for (const handle of handles) handle.abort();
    assertEquals(await handles[1]!, "stopped");
    assertEquals(handles[0]!.isFinished(), false);
    deaf.release();
    assertEquals(typeof await handles[0]!, "string");
  });
});

test("JoinHandle.abort() ends an async blocking task where it waits", async () => {
  await withRuntime(async () => {
    const log = new Log();
    const handle = spawnBlocking(sleepsLong, log.buffer);
    await log.begins(1);
    handle.abort();
    await cancelled(handle);
    assertEquals(log.ended, 1);
  });
});

test("Runtime.shutdown() waits for blocking tasks that have begun, and ends the others", async () => {
  const runtime = Runtime.builder().maxBlockingThreads(1).build();
  const log = new Log();
  const first = runtime.spawnBlocking(waitFor, log.buffer);
  await log.begins(1);
  const second = runtime.spawnBlocking(waitFor, log.buffer);
  await sleep(1);
  let isOver = false;
  const over = runtime.shutdown().then(() => isOver = true);
  await sleep(5);
  assertEquals([isOver, log.begun], [false, 1]);
  log.release();
  await over;
  assertEquals([log.begun, log.ended], [1, 1]);
  assertEquals([first.isFinished(), second.isFinished()], [true, true]);
  await first;
  await cancelled(second);
});

test("Runtime.shutdown() gives up on what blocks after its timeout, and that goes on", async () => {
  const runtime = Runtime.builder().build();
  const log = new Log();
  const handle = runtime.spawnBlocking(waitFor, log.buffer);
  await log.begins(1);
  await runtime.shutdown({ timeoutMs: 5 });
  assertEquals(handle.isFinished(), false);
  log.release();
  assertEquals(typeof await handle, "string");
});

test("spawnBlocking() after the shutdown answers with a task that was aborted", async () => {
  const runtime = Runtime.builder().build();
  await runtime.spawnBlocking(nap, 0);
  await runtime.shutdown();
  const handle = runtime.spawnBlocking(nap, 0);
  await cancelled(handle);
});

test("a blocking task that is under way holds a paused clock", async () => {
  await withRuntime(async () => {
    const log = new Log();
    const handle = spawnBlocking(waitFor, log.buffer);
    await log.begins(1);
    pause();
    try {
      const start = Instant.now();
      const timer = spawn(sleep(1000));
      await new Promise((resolve) => setTimeout(resolve, 10));
      assertEquals([timer.isFinished(), start.elapsed()], [false, 0]);
      log.release();
      await handle;
      await timer;
      assertEquals(start.elapsed(), 1000);
    } finally {
      resume();
    }
  });
});

test("a blocking task whose handle nobody awaits holds a paused clock until it fails", async () => {
  await withRuntime(async () => {
    await spawnBlocking(nap, 0);
    pause();
    try {
      const start = performance.now();
      const handle = spawnBlocking(nap, 20);
      await sleep(60_000);
      assert(performance.now() - start >= 15);
      await handle;
      await assertRejects(() => Promise.resolve(spawnBlocking(breaks, "no")), JoinError);
      await sleep(60_000);
    } finally {
      resume();
    }
  });
});

for (const workers of [0, 2]) {
  const builder = () =>
    workers === 0 ? Runtime.builder() : Runtime.builder().multiThread().workerThreads(workers);

  test(`a blocking task uses its runtime, which has ${workers} workers`, async () => {
    await withRuntime(async () => {
      const { own, blocking, spawned } = await spawnBlocking(nested);
      assertNotEquals(blocking, own);
      if (workers === 0) assertEquals(spawned, own);
      else assertEquals(new Set([own, blocking, spawned]).size, 3);
    }, builder());
  });
}

test("a worker has its blocking tasks run by the threads of its runtime", async () => {
  await withRuntime(async () => {
    const seen = await Promise.all([spawn(nested), spawn(nested), spawn(nested)]);
    const first = await spawnBlocking(whichThread);
    assertEquals(seen.map(({ blocking }) => blocking), [first, first, first]);
    for (const { own } of seen) assertNotEquals(own, first);
  }, Runtime.builder().multiThread().workerThreads(2).maxBlockingThreads(1));
});

test("spawnBlocking() loses no task while threads come to rest", async () => {
  await withRuntime(async () => {
    for (let round = 0; round < 200; round++) {
      // One that is done and one that goes on, so that a thread is about to rest at each spawn.
      const log = new Log();
      const second = spawnBlocking(waitFor, log.buffer);
      const first = spawnBlocking(nap, 0);
      await first;
      const third = spawnBlocking(nap, 0);
      log.release();
      await Promise.all([second, third]);
    }
  }, Runtime.builder().maxBlockingThreads(2));
});

test("spawnBlocking() loses no task while threads end, or wait to be started", async () => {
  await withRuntime(async (runtime) => {
    const metrics = runtime.metrics();
    for (let round = 0; round < 5; round++) {
      const handles = Array.from({ length: 20 }, () => spawnBlocking(nap, 0));
      await Promise.all(handles);
      assertEquals(metrics.blockingQueueDepth(), 0);
      assert(metrics.numBlockingThreads() <= 3);
      await new Promise((resolve) => setTimeout(resolve, round % 3));
    }
  }, Runtime.builder().maxBlockingThreads(3).threadKeepAlive(1));
});

test("Runtime.shutdown() that races with spawnBlocking() ends every task", async () => {
  for (let round = 0; round < 5; round++) {
    const runtime = Runtime.builder().maxBlockingThreads(2).build();
    const handles = Array.from({ length: 4 }, () => runtime.spawnBlocking(nap, 1));
    if (round > 0) await sleep(4 * round);
    const over = runtime.shutdown();
    handles.push(runtime.spawnBlocking(nap, 1));
    await over;
    assert(handles.every((handle) => handle.isFinished()));
    await Promise.allSettled(handles);
    assertEquals(runtime.metrics().numIdleBlockingThreads(), 0);
  }
});

test("RuntimeMetrics count the blocking threads and what waits for them", async () => {
  await withRuntime(async (runtime) => {
    const metrics = runtime.metrics();
    const figures = () => [
      metrics.numBlockingThreads(),
      metrics.numIdleBlockingThreads(),
      metrics.blockingQueueDepth(),
    ];
    assertEquals(figures(), [0, 0, 0]);
    const log = new Log();
    const handles = Array.from({ length: 3 }, () => spawnBlocking(waitFor, log.buffer));
    await log.begins(1);
    assertEquals(figures(), [1, 0, 2]);
    log.release();
    await Promise.all(handles);
    while (metrics.numIdleBlockingThreads() === 0) await sleep(1);
    assertEquals(figures(), [1, 1, 0]);
  }, Runtime.builder().maxBlockingThreads(1));
});

test("abortOnDispose() of a blocking task lets a JoinMap and a TaskTracker have it", async () => {
  await withRuntime(async () => {
    const log = new Log();
    const first = spawnBlocking(waitFor, log.buffer);
    await log.begins(1);
    const map = new JoinMap<string, string>();
    map.spawn("late", abortOnDispose(spawnBlocking(waitFor, log.buffer)));
    await yieldNow();
    map.abort("late");
    await sleep(1);
    const tracker = new TaskTracker();
    const tracked = spawn(tracker.trackFuture(abortOnDispose(spawnBlocking(nap, 0))));
    assertEquals(tracker.size, 1);
    log.release();
    const outcome = await map.joinNext();
    assertEquals([outcome?.key, outcome?.ok], ["late", false]);
    await Promise.all([first, tracked]);
    assertEquals([log.begun, tracker.size], [1, 0]);
  }, Runtime.builder().maxBlockingThreads(1));
});

test("JoinSet.spawnBlocking() adds a blocking task to the set", async () => {
  await withRuntime(async () => {
    using set = new JoinSet<string>();
    set.spawnBlocking(nap, 1);
    set.spawnBlocking(breaks, "no");
    set.spawn(async () => await "here");
    const outcomes = [];
    for await (const outcome of set) outcomes.push(outcome.ok);
    assertEquals(outcomes.toSorted(), [false, true, true]);
  });
});

test("RuntimeBuilder refuses impossible numbers of blocking threads and times", () => {
  for (const count of [0, -1, 1.5, 129, NaN]) {
    assertThrows(() => Runtime.builder().maxBlockingThreads(count), RangeError, "Cannot use");
  }
  assertThrows(() => Runtime.builder().threadKeepAlive(-1), RangeError);
});
