/**
 * Schedules of the lock.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { acquire, release } from "../../scheduler/multi_thread/lock.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";

const LOCK = 0;
const COUNT = 1;

const names = [{ [LOCK]: "lock", [COUNT]: "count" }];

function countUp(words: Int32Array): void {
  acquire(words, LOCK);
  words[COUNT]! += 1;
  release(words, LOCK);
}

model(import.meta, {
  title: "one of two threads is inside the lock, and the other gets it afterwards",
  rules: "lock",
  memories: [2],
  names,
  plainSteps: true,
  threads: [countUp, countUp],
  check: (_, words) => assertEquals([...words], [0, 2]),
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "two threads that take the lock twice never sleep for ever",
  rules: "lock",
  memories: [2],
  names,
  threads: [twice, twice],
  check: (_, words) => assertEquals([...words], [0, 4]),
  bugs: [splitExchange],
});

model(import.meta, {
  title: "three threads take the lock one after the other",
  rules: "lock",
  memories: [2],
  names,
  preemptions: 3,

  threads: [countUp, countUp, countUp],
  check: (_, words) => assertEquals([...words], [0, 3]),
  bugs: [splitCompareExchange, lostNotify],
});

function twice(words: Int32Array): void {
  countUp(words);
  countUp(words);
}
