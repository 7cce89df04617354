/**
 * The queue of a channel.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { Queue } from "../../sync/queue.ts";
import { forSeeds } from "../helpers/seeded.ts";
import { reaches } from "./_channels.ts";

Deno.test("Queue gives the items in the order in which they were pushed, in bursts of any size", () => {
  const queue = new Queue<number>();
  let pushed = 0;
  let taken = 0;
  for (const burst of [1, 31, 32, 33, 64, 65, 1000, 3]) {
    for (let i = 0; i < burst; i++) queue.push(pushed++);
    assertEquals(queue.size, burst);
    for (let i = 0; i < burst; i++) assertEquals(queue.shift(), taken++);
    assertEquals(queue.size, 0);
  }
});

Deno.test("Queue keeps its order whatever is pushed and taken in between", () => {
  forSeeds(20, (random) => {
    const queue = new Queue<number>();
    const model: number[] = [];
    for (let i = 0; i < 2000; i++) {
      if (random.chance(random.chance(0.5) ? 0.9 : 0.3)) {
        queue.push(i);
        model.push(i);
      } else if (model.length > 0) {
        assertEquals(queue.shift(), model.shift());
      }
      assertEquals(queue.size, model.length);
    }
  });
});

Deno.test("Queue.clear() forgets everything", () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 100; i++) queue.push(i);
  queue.clear();
  assertEquals(queue.size, 0);
  queue.push(7);
  assertEquals(queue.shift(), 7);
});

Deno.test("Queue holds an undefined as an item", () => {
  const queue = new Queue<undefined>();
  queue.push(undefined);
  assertEquals(queue.size, 1);
  assertEquals(queue.shift(), undefined);
  assertEquals(queue.size, 0);
});

Deno.test("Queue lets go of what was taken", () => {
  const queue = new Queue<object>();
  const items = Array.from({ length: 100 }, () => ({}));
  for (const item of items) queue.push(item);
  for (const item of items) {
    assert(reaches(queue, item));
    assertStrictEquals(queue.shift(), item);
    assertFalse(reaches(queue, item));
  }
});
