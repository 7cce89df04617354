/**
 * Cancellation tokens in other isolates than that in which they were made.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { Runtime } from "../../scheduler/mod.ts";
import type { Sendable } from "../../scheduler/multi_thread/sendable.ts";
import { type AbortHandle, CancellationToken, spawn } from "../../task/mod.ts";
import { Line } from "../scheduler/multi_thread/_wire.ts";
import { test } from "../helpers/leak_guard.ts";
import {
  cancelHere,
  cancelMade,
  hasBegun,
  look,
  makeToken,
  relay,
  spinFor,
  waitFor,
  waitForSignal,
} from "./fixtures/travel_tasks.ts";

/** Declares a test that runs on a runtime of so many workers. */
function onWorkers(name: string, main: () => Promise<void>, workers = 2): void {
  test(name, async () => {
    await using runtime = Runtime.builder().multiThread().workerThreads(workers).build();
    await runtime.run(main);
  });
}

const newLog = () => new SharedArrayBuffer(4);

type Waiting = (token: CancellationToken, log: SharedArrayBuffer) => PromiseLike<unknown>;

/** How to wait on a worker. */
const waits: Record<string, Waiting> = {
  "a task that waits": (token, log) => spawn(waitFor, token, log),
  "an AbortSignal": (token, log) => spawn(waitForSignal, token, log),
  "a task that computes": (token, log) => spawn(spinFor, token, log),
  "a task of a task": (token, log) => spawn(relay, token, log),
};

for (const [name, wait] of Object.entries(waits)) {
  onWorkers(`CancellationToken.cancel() reaches ${name} on a worker, with its reason`, async () => {
    const token = new CancellationToken();
    const log = newLog();
    const waiting = wait(token, log);
    await hasBegun(log);
    token.cancel(new RangeError("enough"));
    const reason = await waiting;
    assertInstanceOf(reason, RangeError);
    assertEquals(reason.message, "enough");
  });
}

onWorkers(
  "CancellationToken of a worker is cancelled with the ancestors of the one that was sent",
  async () => {
    const token = new CancellationToken();
    const log = newLog();
    const waiting = spawn(waitFor, token.childToken().childToken(), log);
    await hasBegun(log);
    token.cancel(1);
    assertEquals(await waiting, 1);
  },
);

onWorkers("CancellationToken of a worker is cancelled with an AbortSignal", async () => {
  const controller = new AbortController();
  const log = newLog();
  const waiting = spawn(waitFor, CancellationToken.fromAbortSignal(controller.signal), log);
  await hasBegun(log);
  controller.abort("stop");
  assertEquals(await waiting, "stop");
});

onWorkers("CancellationToken.cancel() on a worker leaves the one that was sent", async () => {
  const token = new CancellationToken();
  assertEquals(await spawn(cancelHere, token), "here");
  assertEquals(token.isCancelled(), false);
  assertEquals(await spawn(look, token), [false, undefined]);
});

onWorkers("CancellationToken that was cancelled arrives cancelled", async () => {
  const token = new CancellationToken();
  token.cancel(["why"]);
  assertEquals(await spawn(look, token), [true, ["why"]]);
  const silent = new CancellationToken();
  silent.cancel();
  assertEquals(await spawn(look, silent), [true, undefined]);
});

onWorkers(
  "CancellationToken.cancel() with a reason that cannot travel gives none",
  async () => {
    for (const reason of [() => 1, Symbol("why"), new SharedArrayBuffer(4)]) {
      const token = new CancellationToken();
      token.cancel(reason);
      assertEquals(await spawn(look, token), [true, undefined]);
    }
  },
);

onWorkers("CancellationToken reaches all workers that it was sent to", async () => {
  const token = new CancellationToken();
  const logs = Array.from({ length: 50 }, newLog);
  const waiting = logs.map((log) => spawn(waitFor, token, log));
  for (const log of logs) await hasBegun(log);
  token.cancel(7);
  for (const task of waiting) assertEquals(await task, 7);
});

onWorkers("CancellationToken.cancel() is not lost, whenever it comes", async () => {
  for (let round = 0; round < 20; round++) {
    const tokens = Array.from({ length: 20 }, () => new CancellationToken());
    const waiting = tokens.map((token) => spawn(waitFor, token, newLog()));
    for (const [i, token] of tokens.entries()) {
      if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve));
      token.cancel(i);
    }
    for (const [i, task] of waiting.entries()) assertEquals(await task, i);
  }
});

onWorkers("CancellationToken that a worker has made is cancelled from there", async () => {
  const token = await spawn(makeToken);
  const waiting = spawn(token.childToken().cancelled());
  assertEquals(token.isCancelled(), false);
  await spawn(cancelMade, "bye");
  await waiting;
  assertEquals(token.reason, "bye");
}, 1);

test("Sendable takes tokens and abort handles", () => {
  type Travels<T> = [T] extends [Sendable<T>] ? true : false;
  const both: [Travels<CancellationToken>, Travels<AbortHandle>] = [true, true];
  assertEquals(both, [true, true]);
});

test("CancellationToken that could not be sent can be sent later", () => {
  const line = new Line();
  const token = new CancellationToken();
  assertThrows(() => line.put([token, () => 1]));
  const child = line.carryOne(token);
  token.cancel(3);
  assertEquals(child.reason, 3);
});

test("CancellationToken takes no memory for those that have gone", () => {
  const line = new Line();
  const { arena } = ownLink().domain;
  const root = new CancellationToken();
  const bytesInUse = () => {
    arena.collect();
    return arena.bytesInUse;
  };
  const before = bytesInUse();
  for (let i = 0; i < 1000; i++) line.put([root.childToken()]).drop();
  assert(bytesInUse() - before < 20_000, `${bytesInUse() - before} bytes are still in use`);
  const children = Array.from({ length: 100 }, () => line.carryOne(root));
  root.cancel("all");
  assert(children.every(({ reason }) => reason === "all"));
  assert(bytesInUse() <= before);
});
