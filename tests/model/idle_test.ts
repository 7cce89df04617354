/**
 * Schedules of the workers that sleep, search and are woken.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { add, compareExchange, load } from "../../scheduler/multi_thread/atomics.ts";
import { Idle, IDLE_WORDS } from "../../scheduler/multi_thread/idle.ts";
import { splitAdd, splitAnd, splitCompareExchange, staleLoad } from "./bugs.ts";
import { model } from "./model.ts";

const [STATE, SLEEPERS, DOZERS, RESTS] = [0, 1, 5, 9];
/** What `idle.ts` writes of how a worker rests. */
const [SLEEPING, DOZING] = [1, 2];
/** How many tasks wait in the one queue that there is here. */
const QUEUE = IDLE_WORDS;
/** One word for each worker: how often it was told to look. */
const TOLD = QUEUE + 1;

const memories = [QUEUE + 8];
const names = [{
  [STATE]: "state",
  [SLEEPERS]: "sleepers",
  [DOZERS]: "dozers",
  [RESTS]: "rest 0",
  [RESTS + 1]: "rest 1",
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
  title: "nobody relies on a worker that dozes, which may not come",
  rules: "D2 D3 D5",
  memories,
  names,
  // Worker 1 dozes, and the host has it compute all the time.
  setup: (words) => begin(words, { unparked: 1, searching: 1, sleepers: 0, dozers: 0b10 }),
  threads: [(words) => work(words, 0, true), pushTask],
  check: ([end], words) => {
    if (words[QUEUE]! > 0 && end![0] === ASLEEP) assert(words[TOLD]! > 0, "Forgotten");
    assertTruth(words, 2);
  },
  bugs: [staleLoad(QUEUE, "the queue")],
});

model(import.meta, {
  title: "a worker that dozes and wakes by itself while it is chosen does not count as searching",
  rules: "D4 D5",
  memories,
  names,
  preemptions: 3,
  setup: (words) => begin(words, { unparked: 0, searching: 0, sleepers: 0b10, dozers: 0b01 }),
  threads: [
    (words) => {
      const wasChosen = new Idle(words, STATE, 2).unpark(0);
      return [Number(wasChosen), work(words, 0, wasChosen)];
    },
    pushTask,
    pushTask,
  ],
  check: ([end], words) => {
    assertEquals(end![0], 0);
    assertNotForgotten(words, [end![1]!, ASLEEP]);
    assertTruth(words, 2);
  },
  bugs: [splitAnd, splitAdd],
});

for (const [sleepers, dozers] of [[0b11, 0], [0b10, 0b01]] as const) {
  model(import.meta, {
    title: `a worker that is lost while it ${dozers ? "dozes" : "sleeps"} keeps nobody from waking`,
    rules: "D2 D6",
    memories,
    names,
    setup: (words) => begin(words, { unparked: 0, searching: 0, sleepers, dozers }),
    threads: [
      (words) => {
        const idle = new Idle(words, STATE, 2);
        idle.lose(0);
        tell(words, idle);
      },
      pushTask,
    ],
    check: (_, words) => {
      // Who takes the place of the lost one looks by itself, but not at once.
      assert(words[TOLD + 1]! > 0, "Forgotten");
      assertTruth(words, 2);
    },
    bugs: [dozers ? splitAdd : splitAnd],
  });
}

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
  readonly dozers?: number;
}

function begin(words: Int32Array, { unparked, searching, sleepers, dozers = 0 }: Begin): void {
  words[STATE] = unparked << 16 | searching;
  words[SLEEPERS] = sleepers;
  words[DOZERS] = dozers;
  for (const worker of [0, 1]) {
    if ((sleepers >> worker & 1) !== 0) words[RESTS + worker] = SLEEPING;
    if ((dozers >> worker & 1) !== 0) words[RESTS + worker] = DOZING;
  }
}

/** Adds a task and tells whom it has to. */
function pushTask(words: Int32Array): void {
  add(words, QUEUE, 1);
  tell(words, new Idle(words, STATE, 2));
}

function tell(words: Int32Array, idle: Idle): void {
  for (let worker = idle.workerToNotify(); worker >= 0; worker = idle.workerToNotify()) {
    add(words, TOLD + worker, 1);
  }
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
  let resting = 0;
  for (let bits = words[SLEEPERS]! | words[DOZERS]!; bits !== 0; bits &= bits - 1) resting += 1;
  assertEquals(words[STATE]! >> 16, workers - resting);
}
