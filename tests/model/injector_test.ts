/**
 * Schedules of the queue that all workers share.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Injector } from "../../scheduler/multi_thread/injector.ts";
import { lateStore, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { injectorNames, linkNames, linksAt } from "./names.ts";

const BASE = 0;
const LINKS = 8;

const memories = [16];
const names = [{ ...injectorNames("queue", BASE), ...linkNames(LINKS, 8) }];

model(import.meta, {
  title: "tasks that two threads push into the injector are taken once and in order",
  rules: "J1",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => {
      const queue = injector(words);
      queue.push(0);
      queue.push(1);
    },
    (words) => void injector(words).push(2),
  ],
  check: (_, words) => {
    const tasks = drain(injector(words));
    assertEquals(tasks.filter((task) => task < 2), [0, 1]);
    assertEquals(tasks.toSorted(), [0, 1, 2]);
  },
  bugs: [splitCompareExchange, splitExchange],
});

model(import.meta, {
  title: "a batch goes into the injector as a whole",
  rules: "J1",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => void injector(words).pushBatch(Int32Array.of(0, 1, 2), 3),
    (words) => void injector(words).pushBatch(Int32Array.of(3, 4), 2),
  ],
  check: (_, words) => {
    const order = drain(injector(words)).join();
    assert(["0,1,2,3,4", "3,4,0,1,2"].includes(order), order);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "who pops from the injector while others push gets whole tasks or none",
  rules: "J1",
  memories,
  names,
  preemptions: 3,

  setup: (words) => void injector(words).push(0),
  threads: [
    (words) => void injector(words).pushBatch(Int32Array.of(1, 2), 2),
    (words) => takeMany(words, 2),
    (words) => takeMany(words, 1),
  ],
  check: (results, words) => assertEach([...results, drain(injector(words))], 3),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two threads that pop many from the injector share what there is",
  rules: "J1",
  memories,
  names,
  plainSteps: true,
  setup: (words) => void injector(words).pushBatch(Int32Array.of(0, 1, 2), 3),
  threads: [(words) => takeMany(words, 2), (words) => takeMany(words, 2)],
  check: (results, words) => assertEach([...results, drain(injector(words))], 3),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "an injector that is empty has a length of 0 and one that has been filled has not",
  rules: "J1",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => {
      const queue = injector(words);
      queue.push(0);
      const size = queue.size;
      return [size, ...takeMany(words, 8)];
    },
    (words) => void injector(words).push(1),
  ],
  check: ([found], words) => {
    const [size, ...tasks] = found!;
    assert(size! >= 1);
    assertEach([tasks, drain(injector(words))], 2);
  },
  bugs: [lateStore((index) => index === BASE + 1, "the length")],
});

model(import.meta, {
  title: "a closed injector keeps what went in before and takes nothing after",
  rules: "J2",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => {
      const queue = injector(words);
      queue.close();
      return queue.size;
    },
    (words) => [0, 1].map((task) => Number(injector(words).push(task))),
  ],
  check: ([size, pushed], words) => {
    const tasks = drain(injector(words));
    assertEquals(tasks, [0, 1].filter((task) => pushed![task] === 1));
    assertEquals(size, [tasks.length]);
  },
  bugs: [splitCompareExchange],
});

function injector(words: Int32Array): Injector {
  return new Injector(words, BASE, linksAt(words, LINKS));
}

function takeMany(words: Int32Array, most: number): number[] {
  const rest = new Int32Array(8);
  const queue = injector(words);
  const first = queue.popMany(rest, most);
  return first < 0 ? [] : [first, ...rest.slice(0, queue.taken)];
}

function drain(queue: Injector): number[] {
  const tasks: number[] = [];
  for (let task = queue.pop(); task >= 0; task = queue.pop()) tasks.push(task);
  return tasks;
}

function assertEach(results: readonly (readonly number[])[], count: number): void {
  const seen = results.flat().toSorted((a, b) => a - b);
  assertEquals(seen, Array.from({ length: count }, (_, task) => task));
}
