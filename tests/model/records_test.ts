/**
 * Schedules of the records of tasks.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  CANCELLED,
  DONE,
  QUEUED,
  RECORD_WORDS,
  Records,
} from "../../scheduler/multi_thread/records.ts";
import { push, takeAll } from "../../scheduler/multi_thread/stack.ts";
import { add, load } from "../../scheduler/multi_thread/atomics.ts";
import { lateStore, splitAdd, splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";

/**
 * How many records have been given to isolates, a list of those that have ended, and whether a task was
 * put back.
 */
const [TAKEN, ENDED, LEFT, QUEUE] = [0, 1, 2, 3];
const BASE = 8;
const COUNT = 128;
const RUNNER = 5;

const memories = [BASE + COUNT * RECORD_WORDS];
const fields = ["state", "link", "function", "spawner", "place", "length", "payload"];
const names = [{
  [TAKEN]: "taken",
  [ENDED]: "ended",
  [LEFT]: "left",
  [QUEUE]: "queue",
  ...wordNames("task 0", BASE, ...fields),
}];

model(import.meta, {
  title: "a task is run or aborted before, and who aborts it knows whom to tell",
  rules: "R2",
  memories,
  names,
  plainSteps: true,
  setup: begin,
  threads: [run, (words) => records(words).abort(0, 1), (words) => records(words).abort(0, 1)],
  check: ([begun, ...told], words) => {
    const hasBegun = begun![0]!;
    const ended = records(words).phase(0);
    assertEquals(ended, hasBegun === 1 ? DONE : CANCELLED);
    assertFalse(records(words).isAborted(0));
    const runners = told.flat().filter((runner) => runner >= 0);
    // One of those that ask is the first; there is somebody to tell only if the task runs.
    assert(runners.length <= hasBegun);
    for (const runner of runners) assertEquals(runner, RUNNER);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a task that is put back is run by another or aborted, once",
  rules: "R2",
  memories,
  names,
  plainSteps: true,
  setup: begin,
  threads: [
    (words) => {
      const own = records(words);
      const isBack = own.begin(0, RUNNER) && own.putBack(0);
      if (!isBack) own.end(0, CANCELLED);
      add(words, QUEUE, isBack ? 1 : 2);
      return Number(isBack);
    },
    (words) => {
      while (load(words, QUEUE) === 0);
      return load(words, QUEUE) === 1 ? run(words) : 0;
    },
    (words) => records(words).abort(0, 1),
  ],
  check: ([isBack, hasRun, told], words) => {
    assertEquals(records(words).phase(0), hasRun![0] === 1 ? DONE : CANCELLED);
    assertFalse(records(words).isAborted(0));
    // Only who still has it is told.
    if (told![0]! >= 0) assert(isBack![0] === 0 || hasRun![0] === 1);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "nobody aborts the successor of the task that was meant",
  rules: "R1 R3",
  memories,
  names,
  plainSteps: true,
  setup: begin,
  threads: [
    run,
    (words) => {
      const own = records(words);
      while (!hasEnded(words, own));
      own.giveBack(0);
      assertEquals(own.take(8, 0), 0);
      return own.generationOf(0);
    },
    (words) => records(words).abort(0, 1),
  ],
  check: ([_, generation], words) => {
    assertEquals(generation, [2]);
    assertEquals(records(words).phase(0), QUEUED);
    assertFalse(records(words).isAborted(0));
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "the spawner reads the result when it finds the record in its list",
  rules: "R4",
  memories,
  names,
  plainSteps: true,
  setup: begin,
  threads: [run, (words) => {
    const own = records(words);
    while (!hasEnded(words, own));
    return [own.phase(0), own.lengthOf(0), own.words[own.inlineAt(0)]!];
  }],
  check: ([_, found]) => assertEquals(found, [DONE, 4, 42]),
  bugs: [lateStore((index) => index === BASE, "the state", 3)],
});

model(import.meta, {
  title: "isolates that take records at once get different ones, until there are none",
  rules: "R1",
  memories,
  names,
  threads: [takeOne, takeOne, takeOne],
  check: (results, words) => {
    assertEquals(results.flat().toSorted((a, b) => a - b), [-1, 0, 64]);
    assertEquals(words[TAKEN], COUNT);
  },
  bugs: [splitAdd],
});

function records(words: Int32Array): Records {
  return new Records(words, BASE, COUNT, { words, index: TAKEN, left: LEFT });
}

/** A task waits in a queue. */
function begin(words: Int32Array): void {
  const own = records(words);
  own.take(7, 0);
  own.setPayload(0, 0, 0);
}

/** A worker takes the task, and answers with 1 if it ran it. */
function run(words: Int32Array): number {
  const own = records(words);
  const isWanted = own.begin(0, RUNNER);
  if (isWanted) {
    own.words[own.inlineAt(0)] = 42;
    own.setPayload(0, 0, 4);
  }
  own.end(0, isWanted ? DONE : CANCELLED);
  push(words, ENDED, own, 0);
  return Number(isWanted);
}

function hasEnded(words: Int32Array, own: Records): boolean {
  let isThere = false;
  takeAll(words, ENDED, own, (task) => isThere = task === 0);
  return isThere;
}

function takeOne(words: Int32Array): number {
  return records(words).take(1, 0);
}
