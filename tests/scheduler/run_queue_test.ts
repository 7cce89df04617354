/**
 * The run queue.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RunQueue } from "../../scheduler/run_queue.ts";

Deno.test("RunQueue hands out what came first", () => {
  const queue = new RunQueue<number>();
  assertEquals(queue.shift(), undefined);
  for (let i = 0; i < 5; i++) queue.push(i);
  assertEquals(queue.size, 5);
  assertEquals(Array.from({ length: 6 }, () => queue.shift()), [0, 1, 2, 3, 4, undefined]);
  assertEquals(queue.size, 0);
});

Deno.test("RunQueue keeps the order while it grows, wherever its head stands", () => {
  for (const offset of [0, 1, 31, 63, 64]) {
    const queue = new RunQueue<number>();
    for (let i = 0; i < offset; i++) {
      queue.push(-1);
      queue.shift();
    }
    for (let i = 0; i < 1000; i++) queue.push(i);
    for (let i = 0; i < 1000; i++) assertEquals(queue.shift(), i);
    assertEquals(queue.size, 0);
  }
});

Deno.test("RunQueue agrees with an array, whatever is pushed and shifted in between", () => {
  const queue = new RunQueue<number>();
  const model: number[] = [];
  let seed = 7;
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    // Phases of growth and of decline.
    if ((seed >> 16) % 100 < (i % 4000 < 2000 ? 65 : 35)) {
      queue.push(i);
      model.push(i);
    } else {
      assertEquals(queue.shift(), model.shift());
    }
    assertEquals(queue.size, model.length);
  }
});
