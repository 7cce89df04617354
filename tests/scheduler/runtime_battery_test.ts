/**
 * What a runtime has to stand, whatever runs in it: the battery of Tokio's `rt_common`, `rt_basic` and
 * `rt_handle`, as far as it can be told in one isolate.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { join } from "../../future/join.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import { pending, ready } from "../../future/ready.ts";
import { select } from "../../future/select.ts";
import { End, Source } from "../../future/source.ts";
import type { Context } from "../../future/context.ts";
import { UdpSocket } from "../../net/mod.ts";
import { currentRuntime, Runtime, spawn } from "../../scheduler/runtime.ts";
import type { JoinHandle } from "../../scheduler/join_handle.ts";
import { Barrier, mpsc, oneshot } from "../../sync/mod.ts";
import { consumeBudget } from "../../task/coop.ts";
import { LocalSet, spawnLocal } from "../../task/local_set.ts";
import { yieldNow } from "../../task/yield_now.ts";
import { sleep } from "../../time/sleep.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertCancelled, failureOf } from "../helpers/outcomes.ts";
import { turns } from "../helpers/wakes.ts";
import { needs } from "../helpers/needs.ts";
import { orderOfDraining, roundsUntilAccepted, talkWith, yieldAmong } from "./_battery.ts";

const withSockets = needs("sockets");

test("a runtime polls a source once for each reason, and not more", async () => {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  let polls = 0;
  class Counted extends Source<number> {
    pollNext(cx: Context) {
      polls += 1;
      return rx.pollNext(cx);
    }
    [Symbol.dispose]() {}
  }
  const source = new Counted();
  const task = spawn(pollFn((cx) => {
    for (;;) {
      const item = source.pollNext(cx);
      if (item === Pending) return Pending;
      if (item === End) return "end";
    }
  }));
  await turns(2);
  assertEquals(polls, 1);
  tx.send(1);
  await turns(2);
  assertEquals(polls, 3);
  tx.close();
  assertEquals(await task, "end");
  assertEquals(polls, 4);
});

test("a runtime runs chains of tasks that spawn and await each other", async () => {
  await using runtime = Runtime.builder().build();
  const chain = (depth: number): JoinHandle<number> =>
    spawn(function* () {
      return depth === 0 ? 1 : 1 + (yield* chain(depth - 1));
    });
  assertEquals(await runtime.run(async () => await chain(100)), 101);
});

test("a runtime runs many tasks that are spawned by main, and by one of its tasks", async () => {
  await using runtime = Runtime.builder().build();
  const COUNT = 200;
  const spawnMany = async () => {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    for (let i = 0; i < COUNT; i++) {
      spawn(async () => {
        await yieldNow();
        tx.send(i);
      });
    }
    let sum = 0;
    for (let i = 0; i < COUNT; i++) sum += (await rx.recv())!;
    return sum;
  };
  const sum = COUNT * (COUNT - 1) / 2;
  assertEquals(await runtime.run(spawnMany), sum);
  assertEquals(await runtime.run(async () => await spawn(spawnMany)), sum);
});

test("a runtime may be made, used and ended within another one", async () => {
  await using outer = Runtime.builder().build();
  const value = await outer.run(async () => {
    await using inner = Runtime.builder().build();
    const within = await inner.run(async () => {
      await yieldNow();
      return currentRuntime() === inner;
    });
    return [within, currentRuntime() === outer];
  });
  assertEquals(value, [true, true]);
});

test("Runtime.run() and a task complete while others keep the runtime busy", async () => {
  await using runtime = Runtime.builder().build();
  const value = await runtime.run(async () => {
    for (let i = 0; i < 2; i++) {
      spawn(function* () {
        for (;;) yield* i === 0 ? yieldNow() : consumeBudget();
      });
    }
    await sleep(1);
    await spawn(() => sleep(1));
    return "done";
  });
  assertEquals(value, "done");
});

test("Runtime.shutdown() drops the futures of its tasks, each in its runtime", async () => {
  const runtime = Runtime.builder().build();
  const seen: boolean[] = [];
  const note = () => void seen.push(currentRuntime() === runtime);
  runtime.spawn(pollFn(() => Pending, note));
  runtime.spawn(function* () {
    try {
      yield* pending();
    } finally {
      note();
    }
  });
  await turns(2);
  runtime.spawn(pollFn(() => Pending, note));
  await runtime.shutdown();
  assertEquals(seen, [true, true, true]);
});

test("Runtime.shutdown() stands tasks that wake each other while they are dropped", async () => {
  const runtime = Runtime.builder().build();
  const [first, second] = [oneshot.channel<void>(), oneshot.channel<void>()];
  const barrier = new Barrier(3);
  for (const [waited, woken] of [[first, second], [second, first]] as const) {
    runtime.spawn(function* () {
      try {
        yield* join(waited[1], barrier.wait());
      } finally {
        try {
          woken[0].send();
        } catch {
          // The other one has gone before.
        }
      }
    });
  }
  await barrier.wait();
  await runtime.shutdown();
  assertEquals(runtime.aliveTasks, 0);
});

test("Runtime.shutdown() stands a task that wakes another in its drop after a failure", async () => {
  using _quiet = stub(console, "error");
  const runtime = Runtime.builder().unhandledPanic("shutdown").build();
  const [tx, rx] = oneshot.channel<string>();
  const waiting = runtime.spawn(rx);
  runtime.spawn(function* () {
    try {
      yield* pending();
    } finally {
      tx.send("from a drop");
    }
  });
  await turns(2);
  await failureOf(runtime.spawn(() => {
    throw new RangeError("boom");
  }));
  await turns(2);
  assertEquals(runtime.aliveTasks, 0);
  assert(waiting.isFinished());
  await runtime.shutdown();
});

test("Runtime.shutdown() stands events that come while it goes on", async () => {
  for (let round = 0; round < 3; round++) {
    const runtime = Runtime.builder().build();
    await runtime.run(async () => {
      const socket = await UdpSocket.bind("127.0.0.1:0");
      const to = socket.localAddr();
      spawn(async () => {
        using receiving = socket;
        for (;;) await receiving.recvFrom(new Uint8Array(1));
      });
      const sending = spawn(async () => {
        for (;;) {
          await socket.sendTo(new Uint8Array(1), to);
          await yieldNow();
        }
      });
      await sleep(2);
      assertFalse(sending.isFinished());
      sending.abort();
    });
    await runtime.shutdown();
  }
}, withSockets);

test("join handles that hold each other in a circle are no obstacle", async () => {
  const [tx, rx] = mpsc.channel<JoinHandle<void>>(1);
  const barrier = new Barrier(3);
  const peek = (handle: JoinHandle<void>) => select({ handle, ready: ready(0) }, { biased: true });
  const a: JoinHandle<void> = spawn(function* () {
    const other = yield* rx.recv();
    yield* peek(other!);
    yield* barrier.wait();
  });
  const b = spawn(function* () {
    yield* peek(a);
    yield* barrier.wait();
  });
  await tx.send(b);
  await barrier.wait();
  await Promise.all([a, b]);
});

for (const kind of ["yieldNow()", "the budget"] as const) {
  test(`events are looked for after each yield, also when ${kind} causes it`, async () => {
    const rounds = await spawn(() => roundsUntilAccepted(kind));
    assert(rounds < 200, `${rounds} rounds`);
  }, withSockets);
}

test("a task yields when its budget is used up, and not when it is unconstrained", async () => {
  assertEquals(await orderOfDraining(false), ["other", "drained"]);
  assertEquals(await orderOfDraining(true), ["drained", "other"]);
});

test("a task that yields has its turn among many that wake each other all the time", async () => {
  assertEquals(await yieldAmong(50), 100);
});

test("a failure in a task leaves the others and the runtime as they are", async () => {
  await using runtime = Runtime.builder().build();
  const other = runtime.spawn(sleep(1));
  const failure = await failureOf(runtime.spawn(async () => {
    await yieldNow();
    throw new RangeError("own");
  }));
  assert(failure.isPanic());
  await other;
  await assertRejects(() =>
    runtime.run(() => {
      throw new TypeError("main");
    }), TypeError);
  assertEquals(await runtime.run(() => 1), 1);
});

test("a client and a server talk within a runtime, and within a LocalSet", async () => {
  await using runtime = Runtime.builder().build();
  assertEquals(await runtime.run(() => talkWith((work) => spawn(work))), "hello");
  using local = new LocalSet();
  assertEquals(await local.runUntil(talkWith((work) => spawnLocal(work))), "hello");
}, withSockets);

test("Runtime.spawn() after or during the shutdown answers with tasks that were aborted", async () => {
  const runtime = Runtime.builder().build();
  const late: JoinHandle<unknown>[] = [];
  runtime.spawn(function* () {
    try {
      yield* pending();
    } finally {
      late.push(runtime.spawn(() => 1));
    }
  });
  await turns(2);
  await runtime.shutdown();
  late.push(runtime.spawn(() => 1));
  assertEquals(late.length, 2);
  for (const handle of late) await assertCancelled(handle);
});
