/**
 * Schedules of isolates that enter and leave the domain.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Domain } from "../../scheduler/multi_thread/domain.ts";
import { splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";

const memories = [new Domain().words.length];
const fields = ["parked", "waker", "ended", "woken", "aborts", "used"];
const names = [{
  ...wordNames("isolate 0", 16, ...fields),
  ...wordNames("isolate 1", 32, ...fields),
  ...wordNames("isolate 2", 48, ...fields),
}];

model(import.meta, {
  title: "isolates that enter the domain at once get different numbers",
  rules: "domain",
  memories,
  names,
  threads: [enter, enter, enter],
  check: (results) => assertEquals(results.flat().toSorted(), [0, 1, 2]),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "the number of an isolate that has left is free for the next one",
  rules: "domain",
  memories,
  names,
  threads: [
    (words) => {
      const domain = new Domain(words.buffer as SharedArrayBuffer);
      domain.leave();
    },
    (words) => [enter(words), enter(words)],
  ],
  check: (results) => {
    const [first, second] = results[1]!;
    assertNotEquals(first, second);
    assert(Math.max(first!, second!) <= 2);
  },
  bugs: [splitCompareExchange],
});

function enter(words: Int32Array): number {
  return new Domain(words.buffer as SharedArrayBuffer).self;
}
