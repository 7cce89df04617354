/**
 * The memory that the workers of a runtime share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CAPACITY } from "../../../scheduler/multi_thread/ring.ts";
import { Queues, RUNNING, STOPPING } from "../../../scheduler/multi_thread/queues.ts";
import { Kept, linksAt } from "../../model/names.ts";

function queues(workers: number) {
  const links = linksAt(new Int32Array(1024), 0);
  const own = Queues.create(workers, links);
  return { own, other: Queues.attach(own.buffer, workers, links) };
}

Deno.test("Queues.attach() sees the queues that Queues.create() has made", () => {
  const { own, other } = queues(3);
  own.injector.push(5);
  own.rings[2]!.push(6, new Kept());
  own.setIsolate(1, 0);
  assertEquals(other.injector.pop(), 5);
  assertEquals(other.rings[0]!.stealFrom(other.rings[2]!), 6);
  assertEquals([0, 1, 2].map((worker) => other.isolateOf(worker)), [-1, 0, -1]);
  assertEquals(other.rings.length, 3);
});

Deno.test("the queues of 128 workers do not lie over each other", () => {
  const { own, other } = queues(128);
  const kept = new Kept();
  for (const [worker, ring] of own.rings.entries()) {
    own.setIsolate(worker, 255);
    own.idle.park(worker, false);
    for (let i = 0; i < CAPACITY; i++) ring.push(worker, kept);
  }
  own.injector.push(1023);
  assertEquals(own.state, RUNNING);
  assertEquals(kept.tasks, []);
  for (const [worker, ring] of other.rings.entries()) {
    assertEquals(other.isolateOf(worker), 255);
    assertEquals(ring.size, CAPACITY);
    ring.inherit();
    for (let i = 0; i < CAPACITY; i++) assertEquals(ring.pop(), worker);
  }
  assertEquals(other.injector.pop(), 1023);
  assertEquals(other.idle.searching, 0);
});

Deno.test("all workers run when the queues are made", () => {
  const { own } = queues(2);
  assertEquals(own.idle.workerToNotify(), -1);
  own.idle.park(1, false);
  assertEquals(own.idle.workerToNotify(), 1);
});

Deno.test("Queues.stop() is seen by all workers", () => {
  const { own, other } = queues(1);
  own.stop();
  assertEquals(other.state, STOPPING);
});
