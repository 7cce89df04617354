/**
 * Schedules of the lists through which isolates tell each other of things.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { push, takeAll } from "../../scheduler/multi_thread/stack.ts";
import { splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { linkNames, linksAt } from "./names.ts";

const HEAD = 0;
const LINKS = 1;

const memories = [8];
const names = [{ [HEAD]: "head", ...linkNames(LINKS, 7) }];

model(import.meta, {
  title: "records that two threads add to a list are all there, each thread's in order",
  rules: "I1",
  memories,
  names,
  plainSteps: true,
  threads: [(words) => add(words, 0, 1), (words) => add(words, 2, 3)],
  check: (results, words) => {
    const records = take(words);
    assertEquals(records.filter((record) => record < 2), [0, 1]);
    assertEquals(records.filter((record) => record >= 2), [2, 3]);
    // One of them found the list empty.
    assertEquals(results.flat().toSorted(), [0, 0, 0, 1]);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "who takes all records while others add some gets each once and in order",
  rules: "I1 I2",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => void add(words, 0, 1),
    (words) => void add(words, 2),
    (words) => [...take(words), ...take(words)],
  ],
  check: (results, words) => {
    const records = [...results[2]!, ...take(words)];
    assertEquals(records.filter((record) => record < 2), [0, 1]);
    assertEquals(records.toSorted(), [0, 1, 2]);
  },
  bugs: [splitCompareExchange, splitExchange],
});

model(import.meta, {
  title: "a record that comes back as soon as it was taken is not lost",
  rules: "I2",
  memories,
  names,
  plainSteps: true,
  setup: (words) => void add(words, 0, 1),
  threads: [
    (words) => {
      const seen: number[] = [];
      const links = linksAt(words, LINKS);
      takeAll(words, HEAD, links, (record) => {
        seen.push(record);
        if (record === 0) push(words, HEAD, links, record);
      });
      return seen;
    },
    (words) => void add(words, 2),
  ],
  check: ([seen], words) => {
    const records = [...seen!, ...take(words)];
    assertEquals(records.toSorted(), [0, 0, 1, 2]);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two threads that take all records share them",
  rules: "I2",
  memories,
  names,
  plainSteps: true,
  setup: (words) => void add(words, 0, 1),
  threads: [take, take, (words) => void add(words, 2)],
  check: (results, words) =>
    assertEquals([...results.flat(), ...take(words)].toSorted(), [0, 1, 2]),
  bugs: [splitExchange],
});

function add(words: Int32Array, ...records: number[]): number[] {
  return records.map((record) => Number(push(words, HEAD, linksAt(words, LINKS), record)));
}

function take(words: Int32Array): number[] {
  const records: number[] = [];
  takeAll(words, HEAD, linksAt(words, LINKS), (record) => void records.push(record));
  return records;
}
