/**
 * Schedules of the shared list of function names.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FunctionNames } from "../../scheduler/multi_thread/functions.ts";
import { splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";
import type { Bug } from "./scenario.ts";

const SIZE = 16;
const COUNT = 1;
const USED = 2;

const memories = [SIZE];
const names = [{
  ...wordNames("names", 0, "lock", "count", "used"),
  ...wordNames("names", 3, ...Array.from({ length: SIZE - 3 }, (_, i) => `text ${i}`)),
}];

/** Publishes the next name before it is written. */
const earlyCount: Bug = {
  name: "a count that is written first",
  wrap: (seam) => ({
    ...seam,
    load: (words, index) => {
      const found = seam.load(words, index);
      // How many words are in use is read just before the name is written.
      if (index === USED) seam.store(words, COUNT, seam.load(words, COUNT) + 1);
      return found;
    },
  }),
};

model(import.meta, {
  title: "two isolates that ask for the number of the same function get the same",
  rules: "N1",
  memories,
  names,
  plainSteps: true,
  threads: [(words) => list(words).numberOf("a"), (words) => list(words).numberOf("a")],
  check: (results, words) => {
    assertEquals(results, [[0], [0]]);
    assertEquals(list(words).nameOf(0), "a");
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two isolates that ask for the numbers of different functions get different ones",
  rules: "N1",
  memories,
  names,
  plainSteps: true,
  threads: [
    (words) => list(words).numberOf("a"),
    (words) => list(words).numberOf("b"),
  ],
  check: (results, words) => {
    const [a, b] = results.flat();
    assertEquals([a, b].toSorted(), [0, 1]);
    assertEquals([list(words).nameOf(a!), list(words).nameOf(b!)], ["a", "b"]);
  },
  bugs: [splitCompareExchange, splitExchange],
});

model(import.meta, {
  title: "who reads the names while one is added finds whole names",
  rules: "N1",
  memories,
  names,
  plainSteps: true,
  setup: (words) => void list(words).numberOf("a"),
  threads: [
    (words) => [list(words).numberOf("bc"), list(words).numberOf("d")],
    (words) => {
      const own = list(words);
      try {
        return own.nameOf(1) === "bc" ? 1 : 0;
      } catch {
        return 2;
      }
    },
  ],
  check: ([added, found]) => {
    assertEquals(added, [1, 2]);
    assert(found![0] !== 0);
  },
  bugs: [earlyCount],
});

function list(words: Int32Array): FunctionNames {
  return new FunctionNames(words, 0, SIZE);
}
