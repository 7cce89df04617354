/**
 * Schedules of the workers that sleep, search and are woken.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { add, compareExchange, load } from "../../scheduler/multi_thread/atomics.ts";
import { Idle } from "../../scheduler/multi_thread/idle.ts";
import { splitAdd, splitAnd, splitCompareExchange, staleLoad } from "./bugs.ts";
import { model } from "./model.ts";

const [STATE, SLEEPERS] = [0, 1];
/** How many tasks wait in the one queue that there is here. */
const QUEUE = 8;
/** One word for each worker: how often it was told to look. */
const TOLD = 9;

const memories = [16];
const names = [{
  [STATE]: "state",
  [SLEEPERS]: "sleepers",
  [QUEUE]: "queue",
  [TOLD]: "told 0",
  [TOLD + 1]: "told 1",
}];

/** What a worker does in the end. */
const [ASLEEP, BUSY] = [0, 1];

model(import.meta, {
  title: "a task that is pushed while the last searcher goes to sleep is not forgotten",
  rules: "D2 D3",
  memories,
  names,
  // The other worker is busy all the time.
  setup: (words) => begin(words, { unparked: 2, searching: 1, sleepers: 0 }),
  threads: [(words) => work(words, 0, true), pushTask],
  check: ([end], words) => assertNotForgotten(words, [end![0]!, BUSY]),
  bugs: [staleLoad(QUEUE, "the queue")],
});

model(import.meta, {
  title: "a searcher that finds work while more comes wakes another worker",
  rules: "D2 D3",
  memories,
  names,
  setup: (words) => begin(words, { unparked: 1, searching: 1, sleepers: 0b10 }),
  threads: [(words) => work(words, 0, true), pushTask, pushTask],
  check: ([end], words) => {
    assertNotForgotten(words, [end![0]!, ASLEEP]);
    assertTruth(words, 2);
  },
  bugs: [splitCompareExchange, staleLoad(QUEUE, "the queue")],
});

model(import.meta, {
  title: "a worker that wakes by itself while it is chosen counts as searching",
  rules: "D2 D3 D4",
  memories,
  names,
  setup: (words) => begin(words, { unparked: 0, searching: 0, sleepers: 0b11 }),
  threads: [
    (words) => {
      const wasChosen = new Idle(words, STATE, 2).unpark(0);
      return work(words, 0, wasChosen);
    },
    pushTask,
    pushTask,
  ],
  check: ([end], words) => assertNotForgotten(words, [end![0]!, ASLEEP]),
  bugs: [splitAnd, splitAdd],
});

model(import.meta, {
  title: "two threads that have work wake no worker twice",
  rules: "D2 D4",
  memories,
  names,
  setup: (words) => begin(words, { unparked: 0, searching: 0, sleepers: 0b11 }),
  threads: [pushTask, pushTask],
  check: (_, words) => {
    assert(words[TOLD]! <= 1 && words[TOLD + 1]! <= 1);
    assertTruth(words, 2);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "at most half of the workers search, and one more that began at the same moment",
  rules: "D1",
  memories,
  names,
  setup: (words) => begin(words, { unparked: 4, searching: 1, sleepers: 0 }),
  threads: [search, search],
  check: (results, words) => {
    const began = results.flat().reduce((sum, more) => sum + more);
    assertEquals(words[STATE]! & 0xffff, 1 + began);
    assert(began >= 1);
  },
  bugs: [splitAdd],
});

interface Begin {
  readonly unparked: number;
  readonly searching: number;
  readonly sleepers: number;
}

function begin(words: Int32Array, { unparked, searching, sleepers }: Begin): void {
  words[STATE] = unparked << 16 | searching;
  words[SLEEPERS] = sleepers;
}

/** Adds a task and tells whom it has to. */
function pushTask(words: Int32Array): void {
  add(words, QUEUE, 1);
  tell(words, new Idle(words, STATE, 2));
}

function tell(words: Int32Array, idle: Idle): void {
  const worker = idle.workerToNotify();
  if (worker >= 0) add(words, TOLD + worker, 1);
}

/** A worker looks for a task, and is then busy with it or sleeps. */
function work(words: Int32Array, worker: number, isSearching: boolean): number {
  const idle = new Idle(words, STATE, 2);
  const searches = isSearching || idle.beginSearch();
  if (takeTask(words)) {
    if (searches && idle.endSearch() && load(words, QUEUE) > 0) tell(words, idle);
    return BUSY;
  }
  const wasLast = idle.park(worker, searches);
  if (!wasLast || load(words, QUEUE) === 0) return ASLEEP;
  return work(words, worker, idle.unpark(worker));
}

function takeTask(words: Int32Array): boolean {
  let there = load(words, QUEUE);
  while (there > 0) {
    const found = compareExchange(words, QUEUE, there, there - 1);
    if (found === there) return true;
    there = found;
  }
  return false;
}

function search(words: Int32Array): number {
  return Number(new Idle(words, STATE, 4).beginSearch());
}

/** Where a task waits and a worker sleeps, one that sleeps has been told to look. */
function assertNotForgotten(words: Int32Array, ends: readonly number[]): void {
  if (words[QUEUE] === 0 || !ends.includes(ASLEEP)) return;
  assert(ends.some((end, worker) => end === ASLEEP && words[TOLD + worker]! > 0), "Forgotten");
}

/** Who does not sleep is counted as unparked. */
function assertTruth(words: Int32Array, workers: number): void {
  let sleepers = 0;
  for (let bits = words[SLEEPERS]!; bits !== 0; bits &= bits - 1) sleepers += 1;
  assertEquals(words[STATE]! >> 16, workers - sleepers);
}
