/**
 * Schedules of the run queue of a worker.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Ring } from "../../scheduler/multi_thread/ring.ts";
import { splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Kept, ringNames } from "./names.ts";

const CAPACITY = 4;
const [OWN, OTHER, THIRD] = [0, 8, 16];

const memories = [24];
const names = [{
  ...ringNames("own", OWN, CAPACITY),
  ...ringNames("other", OTHER, CAPACITY),
  ...ringNames("third", THIRD, CAPACITY),
}];

model(import.meta, {
  title: "an owner that pushes and pops and a thief that steals again and again see each task once",
  rules: "Q1 Q2 Q3 Q4",
  memories,
  names,
  preemptions: 3,
  longPreemptions: 4,
  threads: [
    (words) => {
      const { ring, push, popAll, tasks } = own(words);
      for (let round = 0; round < 6; round += 3) {
        push(round, round + 1);
        const task = ring.pop();
        if (task >= 0) tasks.push(task);
        push(round + 2);
        popAll();
      }
      return tasks;
    },
    (words) => [0, 1, 2].flatMap(() => steal(words, OTHER)),
  ],
  check: (results) => assertEach(results, 6),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a ring that overflows while a thief is at work loses nothing",
  rules: "Q2 Q4",
  memories,
  names,
  threads: [
    (words) => {
      const { ring, push, popAll, tasks } = own(words);
      push(0);
      const task = ring.pop();
      if (task >= 0) tasks.push(task);
      push(1, 2, 3, 4, 5, 6);
      popAll();
      return tasks;
    },
    (words) => steal(words, OTHER),
  ],
  check: (results) => assertEach(results, 7),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two thieves and the owner share what there is",
  rules: "Q2 Q3",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  threads: [
    (words) => {
      const { push, popAll, tasks } = own(words);
      push(0, 1, 2, 3, 4);
      popAll();
      return tasks;
    },
    (words) => steal(words, OTHER),
    (words) => steal(words, THIRD),
  ],
  check: (results) => assertEach(results, 5),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two thieves that come at once do not take the same tasks",
  rules: "Q2 Q3",
  memories,
  names,
  setup: (words) => fill(words, OWN, 0, 1),
  threads: [
    (words) => drain(new Ring(words, OWN, CAPACITY)),
    (words) => steal(words, OTHER),
    (words) => steal(words, THIRD),
  ],
  check: (results) => assertEach(results, 2),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "what was stolen can be stolen again",
  rules: "Q1 Q2",
  memories,
  names,
  plainSteps: true,
  setup: (words) => {
    fill(words, OWN, 0, 1, 2, 3);
    fill(words, OTHER, 4, 5, 6, 7);
  },
  threads: [
    (words) => {
      const { popAll, tasks } = own(words);
      popAll();
      return [...tasks, ...stealFrom(words, OWN, OTHER)];
    },
    (words) => steal(words, THIRD),
  ],
  check: (results, words) => {
    const left = new Ring(words, OTHER, CAPACITY);
    assertEach([...results, drain(left)], 8);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "owner and thief agree on who gets the only task",
  rules: "Q3",
  memories,
  names,
  plainSteps: true,
  setup: (words) => fill(words, OWN, 0),
  threads: [
    (words) => drain(new Ring(words, OWN, CAPACITY)),
    (words) => steal(words, OTHER),
  ],
  check: (results) => assertEach(results, 1),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "an owner does not write over an entry that a thief copies",
  rules: "Q2",
  memories,
  names,
  plainSteps: true,
  setup: (words) => fill(words, OWN, 0, 1, 2, 3),
  threads: [
    (words) => {
      const { push, popAll, tasks } = own(words);
      push(4, 5);
      popAll();
      return tasks;
    },
    (words) => steal(words, OTHER),
  ],
  check: (results) => assertEach(results, 6),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "stealing goes on where the positions wrap around",
  rules: "Q2 Q3",
  memories,
  names,
  plainSteps: true,
  setup: (words) => {
    for (const base of [OWN, OTHER]) {
      words[base] = 0xfffe << 16 | 0xfffe;
      words[base + 1] = 0xfffe;
    }
  },
  threads: [
    (words) => {
      const { push, popAll, tasks } = own(words);
      push(0, 1, 2, 3);
      popAll();
      return tasks;
    },
    (words) => steal(words, OTHER),
  ],
  check: (results, words) => {
    assertEach(results, 4);
    const ring = new Ring(words, OWN, CAPACITY);
    assertEquals(ring.size, 0);
  },
  bugs: [splitCompareExchange],
});

function own(words: Int32Array) {
  const ring = new Ring(words, OWN, CAPACITY);
  const kept = new Kept();
  const { tasks } = kept;
  const push = (...more: number[]) => {
    for (const task of more) ring.push(task, kept);
  };
  return { ring, tasks, push, popAll: () => tasks.push(...drain(ring)) };
}

function steal(words: Int32Array, into: number): number[] {
  return stealFrom(words, into, OWN);
}

function stealFrom(words: Int32Array, into: number, from: number): number[] {
  const ring = new Ring(words, into, CAPACITY);
  const task = ring.stealFrom(new Ring(words, from, CAPACITY));
  return task < 0 ? [] : [task, ...drain(ring)];
}

function drain(ring: Ring): number[] {
  const tasks: number[] = [];
  for (let task = ring.pop(); task >= 0; task = ring.pop()) tasks.push(task);
  return tasks;
}

function fill(words: Int32Array, base: number, ...tasks: number[]): void {
  const ring = new Ring(words, base, CAPACITY);
  for (const task of tasks) ring.push(task, new Kept());
}

function assertEach(results: readonly (readonly number[])[], count: number): void {
  const seen = results.flat().toSorted((a, b) => a - b);
  assertEquals(seen, Array.from({ length: count }, (_, task) => task));
}
