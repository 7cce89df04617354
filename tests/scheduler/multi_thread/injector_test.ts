/**
 * The queue that all workers share, used by one thread. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { Random } from "../../../future/random.ts";
import { Injector, INJECTOR_WORDS } from "../../../scheduler/multi_thread/injector.ts";
import { linksAt } from "../../model/names.ts";

function injector(tasks = 64): Injector {
  const words = new Int32Array(INJECTOR_WORDS + tasks);
  return new Injector(words, 0, linksAt(words, INJECTOR_WORDS));
}

function drain(queue: Injector): number[] {
  const tasks: number[] = [];
  for (let task = queue.pop(); task >= 0; task = queue.pop()) tasks.push(task);
  return tasks;
}

function popMany(queue: Injector, most: number): number[] {
  const rest = new Int32Array(8);
  const first = queue.popMany(rest, most);
  return first < 0 ? [] : [first, ...rest.slice(0, queue.taken)];
}

Deno.test("Injector.pop() takes the oldest task, and -1 from an empty queue", () => {
  const queue = injector();
  assertEquals(queue.pop(), -1);
  for (const task of [3, 0, 2]) assert(queue.push(task));
  assertEquals(queue.size, 3);
  assertEquals(drain(queue), [3, 0, 2]);
  assertEquals(queue.size, 0);
  assert(queue.push(0));
  assertEquals(drain(queue), [0]);
});

Deno.test("Injector.pushBatch() adds the first tasks of a batch in order", () => {
  const queue = injector();
  queue.push(9);
  assert(queue.pushBatch(Int32Array.of(1, 2, 3, 4), 3));
  assert(queue.pushBatch(Int32Array.of(5), 1));
  assertEquals(queue.size, 5);
  assertEquals(drain(queue), [9, 1, 2, 3, 5]);
});

Deno.test("Injector.popMany() takes as many as asked for, or as there are", () => {
  const queue = injector();
  queue.pushBatch(Int32Array.of(0, 1, 2, 3, 4), 5);
  assertEquals(popMany(queue, 2), [0, 1]);
  assertEquals(popMany(queue, 1), [2]);
  assertEquals(popMany(queue, 0), []);
  assertEquals(queue.size, 2);
  assertEquals(popMany(queue, 8), [3, 4]);
  assertEquals(popMany(queue, 8), []);
});

Deno.test("Injector.close() keeps what is there and lets nothing in", () => {
  const queue = injector();
  queue.push(1);
  queue.close();
  assertFalse(queue.push(2));
  assertFalse(queue.pushBatch(Int32Array.of(3, 4), 2));
  assertEquals(drain(queue), [1]);
});

Deno.test("Injector does as a list does, whatever is pushed and popped", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(seed);
    const queue = injector();
    const plain: number[] = [];
    const free = Array.from({ length: 64 }, (_, task) => task);
    for (let i = 0; i < 400; i++) {
      const batch = free.splice(0, Math.min(random.below(6), free.length));
      if (batch.length > 0 && random.below(2) === 0) {
        queue.pushBatch(Int32Array.from(batch), batch.length);
        plain.push(...batch);
      } else {
        for (const task of batch) queue.push(task);
        plain.push(...batch);
      }
      const taken = popMany(queue, random.below(6));
      assertEquals(taken, plain.splice(0, taken.length));
      free.push(...taken);
      assertEquals(queue.size, plain.length);
    }
  }
});
