/**
 * Who meets at a barrier, and who leads.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { join } from "../../future/join.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { Barrier, type BarrierWaitResult } from "../../sync/barrier.ts";
import type { Future } from "../../future/future.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertPending, assertReady, pollOnce, Wakes } from "../helpers/wakes.ts";
import { forSeeds } from "../helpers/seeded.ts";

Deno.test("a Barrier of 0 lets everybody pass, as a leader", () => {
  const barrier = new Barrier(0);
  for (let i = 0; i < 2; i++) assert(assertReady(barrier.wait()).isLeader);
});

Deno.test("a Barrier of 1 lets everybody pass, as a leader", () => {
  const barrier = new Barrier(1);
  for (let i = 0; i < 3; i++) assert(assertReady(barrier.wait()).isLeader);
});

Deno.test("a Barrier of 2 holds the first until the second arrives, which leads", () => {
  const barrier = new Barrier(2);
  const wakes = new Wakes();
  const first = barrier.wait();
  assertPending(first, wakes);
  assert(assertReady(barrier.wait()).isLeader);
  assert(wakes.isWoken());
  assertFalse(assertReady(first).isLeader);
});

Deno.test("a Barrier of 100 is used again and again, and has one leader each time", () => {
  const barrier = new Barrier(100);
  for (let round = 0; round < 10; round++) {
    const waits = Array.from({ length: 99 }, () => barrier.wait());
    for (const wait of waits) assertPending(wait);
    for (const wait of waits) assertPending(wait);
    const results = [barrier.wait(), ...waits].map((wait) => assertReady(wait));
    assertEquals(results.filter(({ isLeader }) => isLeader).length, 1);
  }
});

Deno.test("Barrier.wait() arrives with its first poll, not with the call", () => {
  const barrier = new Barrier(2);
  barrier.wait();
  assertPending(barrier.wait());
});

Deno.test("who arrives at a Barrier early for the next round waits for that round", () => {
  const barrier = new Barrier(2);
  const [first, second, third] = [barrier.wait(), barrier.wait(), barrier.wait()];
  assertPending(first);
  assertReady(second);
  assertPending(third);
  assertReady(first);
  assertPending(third);
  assertReady(barrier.wait());
  assertReady(third);
});

Deno.test("who has arrived at a Barrier and is dropped stays counted", () => {
  const barrier = new Barrier(2);
  const gone = barrier.wait();
  assertPending(gone);
  gone[Symbol.dispose]();
  assert(assertReady(barrier.wait()).isLeader);
});

Deno.test("who is dropped before it has arrived at a Barrier is not counted", () => {
  const barrier = new Barrier(2);
  barrier.wait()[Symbol.dispose]();
  assertPending(barrier.wait());
});

Deno.test("a wait at a Barrier that has ended cannot be polled", () => {
  const barrier = new Barrier(2);
  const [follower, leader, dropped] = [barrier.wait(), barrier.wait(), barrier.wait()];
  assertPending(follower);
  assertReady(leader);
  assertReady(follower);
  dropped[Symbol.dispose]();
  for (const ended of [follower, leader, dropped]) {
    assertThrows(() => pollOnce(ended), TypeError, "Cannot poll a future again");
  }
});

Deno.test("a Barrier of anything but a whole number from 0 is refused", () => {
  for (const size of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => new Barrier(size), RangeError, `Cannot make a barrier of ${size}`);
  }
});

test("tasks of both styles meet at a Barrier", async () => {
  const barrier = new Barrier(2);
  const [a, b] = await join(
    spawn(function* () {
      return yield* barrier.wait();
    }),
    spawn(async () => await barrier.wait()),
  );
  assertEquals([a.isLeader, b.isLeader], [false, true]);
});

Deno.test("random schedules: a Barrier releases every full round, and only full rounds", () => {
  forSeeds(200, (random) => {
    const size = 1 + random.below(5);
    const barrier = new Barrier(size);
    let arrived = 0;
    const waits: [round: number, wait: Future<BarrierWaitResult>][] = [];
    for (let step = 0; step < 60; step++) {
      const index = random.below(waits.length);
      const isFull = (round: number) => arrived >= (round + 1) * size;
      if (waits.length === 0 || random.chance(0.4)) {
        const round = Math.floor(arrived / size);
        const wait = barrier.wait();
        arrived += 1;
        if (isFull(round)) assert(assertReady(wait).isLeader);
        else {
          assertPending(wait);
          waits.push([round, wait]);
        }
      } else if (random.chance(0.3)) {
        waits.splice(index, 1)[0]![1][Symbol.dispose]();
      } else {
        const [round, wait] = waits[index]!;
        if (isFull(round)) {
          assertFalse(assertReady(wait).isLeader);
          waits.splice(index, 1);
        } else assertPending(wait);
      }
    }
  });
});
