/**
 * Schedules of the queue of the threads for work that blocks.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BlockingQueue, NEW_THREAD, NOBODY } from "../../scheduler/multi_thread/blocking/queue.ts";
import { splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { injectorNames, linkNames, linksAt, wordNames } from "./names.ts";

const LINKS = 160;
/** The isolate of a thread. */
const THREAD = 7;

const memories = [LINKS + 8];
const names = [{
  ...wordNames("pool", 0, "lock", "state", "threads", "idle"),
  ...injectorNames("queue", 8),
  ...wordNames("idle", 16, "0", "1"),
  ...linkNames(LINKS, 8),
}];

model(import.meta, {
  title: "a thread that comes to rest is woken for a task, or sees it",
  rules: "B1, B3",
  memories,
  names,
  setup: (words) => queueOf(words).joined(),
  threads: [
    (words) => Number(queueOf(words).rest(THREAD)),
    (words) => queueOf(words).push(0, 1),
  ],
  check: ([one, two], words) => {
    const [rests, whom] = [one![0], two![0]];
    assertEquals(whom, rests === 1 ? THREAD : NOBODY);
    assertEquals(queueOf(words).pop(), 0);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a thread that ends is not woken, and another one is started",
  rules: "B2, B4",
  memories,
  names,
  setup: (words) => {
    queueOf(words).joined();
    queueOf(words).rest(THREAD);
  },
  threads: [
    (words) => Number(queueOf(words).retire(THREAD)),
    (words) => queueOf(words).push(0, 1),
  ],
  check: ([one, two], words) => {
    const [ends, whom] = [one![0], two![0]];
    assertEquals(whom, ends === 1 ? NEW_THREAD : THREAD);
    assertEquals([queueOf(words).threads, queueOf(words).idle], [1, 0]);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "two tasks get two threads: the one that is idle, and a new one",
  rules: "B1, B2",
  memories,
  names,
  setup: (words) => {
    queueOf(words).joined();
    queueOf(words).rest(THREAD);
  },
  threads: [
    (words) => queueOf(words).push(0, 2),
    (words) => queueOf(words).push(1, 2),
  ],
  check: (results, words) => {
    assertEquals(results.flat().toSorted(), [NEW_THREAD, THREAD].toSorted());
    assertEquals([queueOf(words).threads, queueOf(words).size], [2, 2]);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a pool that ends has its idle threads woken, and no other comes to rest",
  rules: "B3",
  memories,
  names,
  setup: (words) => queueOf(words).joined(),
  threads: [
    (words) => Number(queueOf(words).rest(THREAD)),
    (words) => queueOf(words).stop(),
  ],
  check: ([one, woken], words) => {
    assertEquals(woken, one![0] === 1 ? [THREAD] : []);
    assertEquals(queueOf(words).idle, 0);
  },
  bugs: [splitCompareExchange],
});

function queueOf(words: Int32Array): BlockingQueue {
  return new BlockingQueue(linksAt(words, LINKS), words.buffer as SharedArrayBuffer);
}
