/**
 * What a runtime with workers has to stand, whatever runs on them: the battery of Tokio's `rt_common`
 * and `rt_threaded`, with four workers and with one.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { TcpStream } from "../../../net/mod.ts";
import { Runtime, workerIndex } from "../../../scheduler/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { type JoinHandle, spawn, spawnBlocking } from "../../../task/mod.ts";
import { Instant, sleep } from "../../../time/mod.ts";
import { assertCancelled, failureOf } from "../../helpers/outcomes.ts";
import { leakGuard } from "../../helpers/leak_guard.ts";
import { needs } from "../../helpers/needs.ts";
import {
  block,
  chain,
  chatter,
  drain,
  failLate,
  holdOn,
  idTwice,
  lastFirst,
  listen,
  nap,
  nest,
  pauseHere,
  roundsUntilEvent,
  saturate,
  seat,
  seats,
  spawnAndBlock,
  spawnForever,
  spawnFromHere,
  talk,
  tell,
  tellMany,
  useLocalSet,
  wakeInDrop,
  yieldForever,
  yieldOnce,
} from "./fixtures/battery.ts";
import { blocks, hasBegun, letEnd } from "./fixtures/faults.ts";

const withSockets = needs("sockets");

const build = (workers: number) => Runtime.builder().multiThread().workerThreads(workers).build();

/** Declares a test for a runtime of four workers, and for one of one. */
function test(name: string, main: (runtime: Runtime) => Promise<void>, options = {}): void {
  for (const workers of [4, 1]) {
    Deno.test(`${name} (${workers} workers)`, options, () =>
      leakGuard(name, async () => {
        await using runtime = build(workers);
        await main(runtime);
      }));
  }
}

/** Waits until a word of a log has at least this value. */
async function reaches(log: SharedArrayBuffer, place: number, value: number): Promise<void> {
  const words = new Int32Array(log);
  const alive = setInterval(() => {}, 1000);
  for (let now = Atomics.load(words, place); now < value; now = Atomics.load(words, place)) {
    await Atomics.waitAsync(words, place, now).value;
  }
  clearInterval(alive);
}

const newLog = () => new SharedArrayBuffer(8);
const count = (log: SharedArrayBuffer, place: number) => Atomics.load(new Int32Array(log), place);

test("Runtime.run() of a multi-thread runtime answers with what main returns", async (runtime) => {
  assertEquals(await runtime.run(() => 1), 1);
  assertEquals(await runtime.run(async () => await spawn(yieldOnce)), 1);
});

test("workers run chains of tasks that spawn and await each other", async (runtime) => {
  assertEquals(await runtime.spawn(chain, 100), 101);
});

test("workers run many tasks that are spawned by main, and by one of its tasks", async (runtime) => {
  const COUNT = 200;
  for (const fromTask of [false, true]) {
    const [tx, rx] = shared.mpsc.channel<number>(16);
    await runtime.run(async () => {
      if (fromTask) spawn(tellMany, tx, COUNT);
      else for (let i = 0; i < COUNT; i++) spawn(tell, tx, i);
      tx.close();
      let sum = 0;
      for await (const i of rx) sum += i;
      assertEquals(sum, COUNT * (COUNT - 1) / 2);
    });
    rx[Symbol.dispose]();
  }
});

test("a runtime may be made, used and ended within a task of a worker", async (runtime) => {
  assertEquals(await runtime.spawn(nest), [true, true]);
});

test("main and a task complete while others keep all workers busy", async (runtime) => {
  const log = newLog();
  const value = await runtime.run(async () => {
    for (let i = 0; i < 2 * runtime.workers; i++) spawn(yieldForever, log);
    await reaches(log, 0, 2 * runtime.workers);
    await sleep(1);
    assert(await spawn(nap, 5) >= 5);
    return "done";
  });
  assertEquals(value, "done");
});

test("Runtime.shutdown() drops what its workers have begun and what they have not", async (runtime) => {
  const log = newLog();
  const [tx, rx] = shared.mpsc.channel<number>(1);
  for (let i = 0; i < 8; i++) runtime.spawn(holdOn, log);
  await reaches(log, 0, 8);
  const late = runtime.spawn(tell, tx, 1);
  tx.close();
  await runtime.shutdown();
  assertEquals([count(log, 1), runtime.aliveTasks], [8, 0]);
  await late.then(() => {}, () => {});
  // With the task that did not begin, or that ended, its sender has ended too.
  while (await rx.recv() !== undefined);
  rx[Symbol.dispose]();
});

test("Runtime.shutdown() stands tasks of workers that wake each other while they are dropped", async (runtime) => {
  const log = newLog();
  const [tx1, rx1] = shared.mpsc.channel<number>(1);
  const [tx2, rx2] = shared.mpsc.channel<number>(1);
  runtime.spawn(wakeInDrop, rx1, tx2, log);
  runtime.spawn(wakeInDrop, rx2, tx1, log);
  tx1.close();
  tx2.close();
  await reaches(log, 0, 2);
  await runtime.shutdown();
  assertEquals(runtime.aliveTasks, 0);
});

test("Runtime.shutdown() stands events that come to workers while it goes on", async (runtime) => {
  const log = newLog();
  for (let i = 0; i < 4; i++) runtime.spawn(chatter, log);
  await reaches(log, 0, 4);
  await runtime.shutdown();
  assertEquals(runtime.aliveTasks, 0);
}, withSockets);

test("Runtime.shutdown() ends workers that spawn all the time", async (runtime) => {
  const log = newLog();
  for (let i = 0; i < 2; i++) runtime.spawn(spawnForever, log);
  await reaches(log, 0, 2);
  await runtime.shutdown();
  assertEquals(runtime.aliveTasks, 0);
});

for (const timeoutMs of [20, 0]) {
  test(`Runtime.shutdown() waits ${timeoutMs} ms for a worker that blocks`, async (runtime) => {
    const log = newLog();
    const blocked = runtime.spawn(block, log);
    await reaches(log, 0, 1);
    await runtime.shutdown({ timeoutMs });
    await assertCancelled(blocked);
    const words = new Int32Array(log);
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
  });
}

test("a failure in a task of a worker leaves the others and the runtime as they are", async (runtime) => {
  const other = runtime.spawn(nap, 1);
  const failure = await failureOf(runtime.spawn(failLate));
  assert(failure.isPanic());
  await other;
  await assertRejects(() =>
    runtime.run(async () => {
      await spawn(yieldOnce);
      throw new TypeError("main");
    }), TypeError);
  assertEquals(await runtime.spawn(yieldOnce), 1);
});

test("Runtime.enter() has spawn() send portable tasks to its workers", async (runtime) => {
  let handle: JoinHandle<number>;
  {
    using _entered = runtime.enter();
    handle = spawn(seat);
  }
  const index = await handle;
  assert(index >= 0 && index < runtime.workers);
});

test("a handle spawns on the workers, and after the shutdown tasks that were aborted", async (runtime) => {
  const { handle } = runtime;
  assertEquals(handle.runtimeFlavor, "multiThread");
  assertEquals(await handle.spawn(yieldOnce), 1);
  await runtime.shutdown();
  await assertCancelled(handle.spawn(yieldOnce));
});

test("a thread that is no worker spawns tasks for the workers, also under load", async (runtime) => {
  await runtime.run(async () => {
    assertEquals(await spawnBlocking(spawnFromHere), 1);
    const log = newLog();
    for (let i = 0; i < 4; i++) spawn(yieldForever, log);
    await reaches(log, 0, 4);
    for (let i = 0; i < 20; i++) assertEquals(await spawnBlocking(spawnFromHere), 1);
  });
});

test(
  "a client and a server talk on a worker, in the runtime and in a LocalSet",
  async (runtime) => {
    assertEquals(await runtime.spawn(talk, "runtime"), "hello");
    assertEquals(await runtime.spawn(talk, "LocalSet"), "hello");
  },
  withSockets,
);

test("events are looked for on a worker after each yield, whatever causes it", async (runtime) => {
  assert(await runtime.spawn(roundsUntilEvent, "yieldNow()") < 200);
  assert(await runtime.spawn(roundsUntilEvent, "the budget") < 200);
}, withSockets);

test(
  "a socket works on after the end of the runtime whose worker has opened it",
  async (runtime) => {
    using listener = await runtime.spawn(listen);
    await runtime.shutdown();
    const [[accepted], client] = await Promise.all([
      listener.accept(),
      TcpStream.connect(listener.localAddr()),
    ]);
    accepted[Symbol.dispose]();
    client[Symbol.dispose]();
  },
  withSockets,
);

test("a timer works on after the end of a multi-thread runtime", async (runtime) => {
  await runtime.spawn(yieldOnce);
  const timer = sleep(5);
  const start = Instant.now();
  await runtime.shutdown();
  await timer;
  assert(start.elapsed() >= 4);
});

test("a task of a worker yields when its budget is used up, and not when it is unconstrained", async (runtime) => {
  assertEquals(await runtime.spawn(drain, false), ["other", "drained"]);
  assertEquals(await runtime.spawn(drain, true), ["drained", "other"]);
});

test("a task of a worker that yields has its turn among many that wake each other", async (runtime) => {
  assertEquals(await runtime.spawn(saturate, 50), 100);
});

test("a LocalSet on a worker has timers, and threads that block", async (runtime) => {
  assertEquals(await runtime.spawn(useLocalSet), ["blocked", "slept"]);
});

test("pause() stops the clock of its own thread only", async (runtime) => {
  const start = Instant.now();
  const [paused, real] = await Promise.all([runtime.spawn(pauseHere), sleep(1)]);
  assert(paused >= 3_600_000);
  assertEquals(real, undefined);
  assert(start.elapsed() < 3_600_000);
});

test("a task keeps its id on a worker, whatever waits it has", async (runtime) => {
  for (let i = 0; i < 10; i++) {
    const [before, after] = await runtime.spawn(idTwice);
    assertEquals(before, after);
  }
});

test("workerIndex() is that of the worker, and of no other thread", async (runtime) => {
  assertEquals(workerIndex(), undefined);
  assertEquals(await runtime.run(() => workerIndex()), undefined);
  const [before, after, local, blocking] = await runtime.spawn(seats);
  assert(before! >= 0 && before! < runtime.workers);
  assertEquals([after, local, blocking], [before, before, -1]);
  await using single = Runtime.builder().build();
  assertEquals(await single.run(() => workerIndex()), 0);
});

Deno.test("a worker looks at the queue of all after every task, if it is to", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(2).globalQueueInterval(1)
    .build();
  assertEquals(await runtime.spawn(chain, 20), 21);
});

Deno.test("the task that a worker has spawned last comes first, unless that is turned off", async () => {
  const order = async (builder: ReturnType<typeof Runtime.builder>) => {
    await using runtime = builder.multiThread().workerThreads(1).build();
    return await runtime.spawn(lastFirst, new SharedArrayBuffer(16));
  };
  assertEquals(await order(Runtime.builder()), [3, 1, 2]);
  assertEquals(await order(Runtime.builder().disableLifoSlot()), [1, 2, 3]);
});

Deno.test("RuntimeMetrics tell what waits in the queue of all and in those of the workers", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
  const metrics = runtime.metrics();
  assertEquals([metrics.globalQueueDepth(), metrics.workerLocalQueueDepth(0)], [0, 0]);
  const log = new SharedArrayBuffer(8);
  const blocked = runtime.spawn(spawnAndBlock, 5, log);
  await reaches(log, 0, 1);
  // The one that was spawned last is not in the queue: it comes next.
  assertEquals(metrics.workerLocalQueueDepth(0), 4);
  const behind = runtime.spawn(yieldOnce);
  while (metrics.globalQueueDepth() === 0) await sleep(0);
  const words = new Int32Array(log);
  Atomics.store(words, 1, 1);
  Atomics.notify(words, 1);
  await blocked;
  await behind;
  while (metrics.workerLocalQueueDepth(0) > 0) await sleep(0);
  assertEquals(metrics.globalQueueDepth(), 0);
  assertThrows(() => metrics.workerLocalQueueDepth(1), RangeError, "worker 1");
});

Deno.test("RuntimeMetrics tell what each worker has done", async () => {
  await using runtime = Runtime.builder().multiThread().workerThreads(2).build();
  const metrics = runtime.metrics();
  assertEquals([metrics.workerPollCount(0), metrics.remoteScheduleCount()], [0, 0]);
  const sum = (what: (worker: number) => number) => what(0) + what(1);
  // One worker is blocked, so nobody takes what the other one spawns, and its queue is full.
  const [first, second] = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)];
  const blocking = runtime.spawn(blocks, first);
  await hasBegun(first);
  const blocked = runtime.spawn(spawnAndBlock, 600, second);
  await hasBegun(second);
  // The other way round, the first one takes what the second has.
  letEnd(first);
  await blocking;
  while (sum((worker) => metrics.workerStealCount(worker)) === 0) await sleep(1);
  letEnd(second);
  await blocked;
  while (sum((worker) => metrics.workerPollCount(worker)) < 602) await sleep(1);
  while (sum((worker) => metrics.workerOverflowCount(worker)) === 0) await sleep(1);
  assertEquals(metrics.remoteScheduleCount(), 2);
  assertEquals(sum((worker) => metrics.workerPollCount(worker)), 602);
  assertEquals(sum((worker) => metrics.workerLocalScheduleCount(worker)), 600);
  const steals = sum((worker) => metrics.workerStealOperations(worker));
  assert(steals > 0 && steals <= sum((worker) => metrics.workerStealCount(worker)));
  assert(sum((worker) => metrics.workerTotalBusyDuration(worker)) > 0);
  while (metrics.workerParkUnparkCount(0) % 2 === 0) await sleep(1);
  assert(metrics.workerParkCount(0) > 0);
  assert(metrics.workerNoopCount(0) <= metrics.workerParkCount(0));
  assertThrows(() => metrics.workerParkCount(2), RangeError, "worker 2");
});

Deno.test("two multi-thread runtimes have workers of their own, which may talk", async () => {
  await using first = Runtime.builder().multiThread().workerThreads(1).name("first").build();
  await using second = Runtime.builder().multiThread().workerThreads(1).name("second").build();
  assertNotEquals(first.id, second.id);
  const [tx, rx] = shared.mpsc.channel<number>(1);
  const sending = first.spawn(tellMany, tx, 10);
  tx.close();
  await second.spawn(yieldOnce);
  let sum = 0;
  for await (const i of rx) sum += i;
  await sending;
  assertEquals(sum, 45);
  rx[Symbol.dispose]();
});

Deno.test("a multi-thread runtime whose tasks were all awaited ends at once, many times", async () => {
  for (let i = 0; i < 5; i++) {
    await using runtime = build(2);
    const tasks = Array.from({ length: 50 }, () => runtime.spawn(yieldOnce));
    for (const task of tasks) assertEquals(await task, 1);
  }
});
