/**
 * The run queue of a worker, used by one thread. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../future/random.ts";
import { CAPACITY, Ring, RING_WORDS } from "../../../scheduler/multi_thread/ring.ts";
import { Kept } from "../../model/names.ts";

/** Two rings of a capacity, whose positions begin at `position`. */
function rings(capacity = CAPACITY, position = 0): [Ring, Ring] {
  const words = new Int32Array(new SharedArrayBuffer(2 * RING_WORDS * 4));
  for (const base of [0, RING_WORDS]) {
    words[base] = position << 16 | position;
    words[base + 1] = position;
  }
  return [new Ring(words, 0, capacity), new Ring(words, RING_WORDS, capacity)];
}

function drain(ring: Ring): number[] {
  const tasks: number[] = [];
  for (let task = ring.pop(); task >= 0; task = ring.pop()) tasks.push(task);
  return tasks;
}

function count(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

Deno.test("Ring.pop() takes the oldest task, and -1 from an empty ring", () => {
  const [ring] = rings();
  const kept = new Kept();
  assertEquals(ring.pop(), -1);
  for (const task of [7, 0, 7]) ring.push(task, kept);
  assertEquals(ring.size, 3);
  assertEquals(drain(ring), [7, 0, 7]);
  assertEquals(ring.size, 0);
});

Deno.test("Ring.push() has room for 256 tasks", () => {
  const [ring] = rings();
  const kept = new Kept();
  assertEquals(ring.room, CAPACITY);
  for (const task of count(0, CAPACITY)) ring.push(task, kept);
  assertEquals(ring.room, 0);
  assertEquals(kept.tasks, []);
  assertEquals(drain(ring), count(0, CAPACITY));
});

Deno.test("Ring.push() to a full ring gives the older half and the task away", () => {
  const [ring] = rings();
  const kept = new Kept();
  for (const task of count(0, CAPACITY + 1)) ring.push(task, kept);
  assertEquals(kept.tasks, [...count(0, CAPACITY / 2), CAPACITY]);
  assertEquals(drain(ring), count(CAPACITY / 2, CAPACITY));
});

Deno.test("Ring.push() to a full ring gives only the task away while a thief copies", () => {
  const words = new Int32Array(RING_WORDS);
  const ring = new Ring(words, 0, 4);
  const kept = new Kept();
  for (const task of count(0, 4)) ring.push(task, kept);
  // A thief has taken two and has not copied them yet.
  words[0] = 0 << 16 | 2;
  ring.push(4, kept);
  assertEquals(kept.tasks, [4]);
  assertEquals(ring.size, 2);
  assertEquals(ring.room, 0);
  assertEquals(drain(ring), [2, 3]);
  // The owner's pops leave the thief's mark alone.
  assertEquals(words[0], 0 << 16 | 4);
});

Deno.test("Ring.stealFrom() takes the older half, and the larger one of an odd number", () => {
  for (const [there, taken] of [[1, 1], [2, 1], [3, 2], [4, 2], [5, 3], [256, 128]] as const) {
    const [victim, thief] = rings();
    for (const task of count(0, there)) victim.push(task, new Kept());
    const first = thief.stealFrom(victim);
    assertEquals([...drain(thief), first], count(0, taken), String(there));
    assertEquals(drain(victim), count(taken, there));
  }
});

Deno.test("Ring.stealFrom() takes nothing from an empty ring or one that another thief is at", () => {
  const words = new Int32Array(2 * RING_WORDS);
  const [victim, thief] = [new Ring(words, 0), new Ring(words, RING_WORDS)];
  assertEquals(thief.stealFrom(victim), -1);
  for (const task of count(0, 4)) victim.push(task, new Kept());
  words[0] = 0 << 16 | 2;
  assertEquals(thief.stealFrom(victim), -1);
  assertEquals(victim.size, 2);
});

Deno.test("Ring.stealFrom() takes nothing into a ring that is more than half full", () => {
  const [victim, thief] = rings(8);
  const kept = new Kept();
  for (const task of count(0, 8)) victim.push(task, kept);
  for (const task of count(10, 15)) thief.push(task, kept);
  assertEquals(thief.stealFrom(victim), -1);
  assertEquals(thief.pop(), 10);
  assertEquals(thief.stealFrom(victim), 3);
  assertEquals(drain(thief), [11, 12, 13, 14, 0, 1, 2]);
  assertEquals(kept.tasks, []);
});

Deno.test("Ring goes on where its positions wrap around", () => {
  for (const position of [0x7fff, 0xfff0, 0xfffe, 0xffff]) {
    const [ring, thief] = rings(CAPACITY, position);
    const kept = new Kept();
    for (const task of count(0, CAPACITY + 1)) ring.push(task, kept);
    assertEquals(kept.tasks.length, CAPACITY / 2 + 1);
    const first = thief.stealFrom(ring);
    const all = [...kept.tasks, ...drain(ring), ...drain(thief), first];
    assertEquals(all.toSorted((a, b) => a - b), count(0, CAPACITY + 1));
  }
});

Deno.test("Ring does as a list does, whatever is pushed, popped and stolen", () => {
  const capacity = 8;
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(seed);
    const own = rings(capacity, random.below(0x10000));
    const plain: [number[], number[]] = [[], []];
    const overflow = new Kept();
    const lost: number[] = [];
    for (let task = 0; task < 500; task++) {
      const side = random.below(2) as 0 | 1;
      const [ring, list] = [own[side], plain[side]];
      const choice = random.below(5);
      if (choice < 3) {
        ring.push(task, overflow);
        if (list.length < capacity) list.push(task);
        else lost.push(...list.splice(0, capacity / 2), task);
      } else if (choice === 3) {
        assertEquals(ring.pop(), list.shift() ?? -1);
      } else {
        const other = plain[1 - side]!;
        const canTake = list.length <= capacity / 2 && other.length > 0;
        const taken = canTake ? other.splice(0, Math.ceil(other.length / 2)) : [];
        assertEquals(ring.stealFrom(own[1 - side]!), taken.pop() ?? -1);
        list.push(...taken);
      }
      assertEquals(overflow.tasks, lost);
      assertEquals(own.map(({ size }) => size), plain.map(({ length }) => length));
      assertEquals(own.map(({ room }) => room), plain.map(({ length }) => capacity - length));
    }
    assert(lost.length > 0);
  }
});
