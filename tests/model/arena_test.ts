/**
 * Schedules of the memory for payloads.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Arena, PAGE_BYTES } from "../../scheduler/multi_thread/arena.ts";
import { load, notify, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";

const PAGES = 2;
/** Two words for messages, then the arena: its header, three isolates, a table, the pages. */
const BASE = 16;
const FIXED = 16 + 3 * 16;
const SIZE = FIXED + PAGES * 2 + 16 + PAGES * (PAGE_BYTES / 4 + 2);
const [BLOCK, LARGE] = [64, PAGE_BYTES];
/** The bytes of the smallest block that there is. */
const SHORTEST = 128;

const memories = [BASE + SIZE];
const names = [{
  0: "first block",
  1: "second block",
  ...wordNames("arena", BASE, "lock", "high", "free", "hint"),
  ...wordNames("isolate 0", BASE + 16, "returned", "runs"),
  ...wordNames("isolate 1", BASE + 32, "returned", "runs"),
  ...wordNames("isolate 2", BASE + 48, "returned", "runs"),
  ...wordNames("page 0", BASE + FIXED, "state", "count"),
  ...wordNames("page 1", BASE + FIXED + 2, "state", "count"),
}];

model(import.meta, {
  title: "two isolates that take pages at once get different ones",
  rules: "A1 A2",
  memories,
  names,
  threads: [(words) => arena(words, 0).allocate(BLOCK), (words) => arena(words, 1).allocate(LARGE)],
  check: ([block, run]) => {
    assert(block![0]! > 0 && run![0]! > 0);
    assertNotEquals(pageOf(block![0]!), pageOf(run![0]!));
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "blocks that two other isolates free at once come back to their owner",
  rules: "A3",
  memories,
  names,
  preemptions: 3,
  threads: [
    (words) => {
      const own = arena(words, 0);
      const blocks = [own.allocate(BLOCK), own.allocate(BLOCK)];
      blocks.forEach((block, to) => hand(words, to, block));
      // What has come back by then is used again, and nothing else.
      own.collect();
      const next = own.allocate(BLOCK);
      return [own.bytesInUse, next, ...blocks];
    },
    (words) => arena(words, 1).freeRemote(receive(words, 0)),
    (words) => arena(words, 2).freeRemote(receive(words, 1)),
  ],
  check: ([result], words) => {
    const [inUse, next, ...blocks] = result!;
    // What it has not taken back by then is still in its list.
    const left = returned(words, 0);
    assertEquals(inUse, (left + 1) * SHORTEST);
    assertEquals(blocks.includes(next!), left < blocks.length);
  },
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a page whose owner ends while its block is freed by another becomes free",
  rules: "A4 A5",
  memories,
  names,
  threads: [
    (words) => {
      const own = arena(words, 0);
      hand(words, 0, own.allocate(BLOCK));
      own.close();
    },
    (words) => arena(words, 1).freeRemote(receive(words, 0)),
  ],
  check: (_, words) => assertFree(words),
  bugs: [splitExchange, lostNotify],
});

model(import.meta, {
  title: "two who free the blocks of a page whose owner ends give it back once",
  rules: "A4 A5",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  threads: [
    (words) => {
      const own = arena(words, 0);
      const blocks = [own.allocate(BLOCK), own.allocate(BLOCK)];
      blocks.forEach((block, to) => hand(words, to, block));
      own.close();
    },
    (words) => arena(words, 1).freeRemote(receive(words, 0)),
    (words) => arena(words, 2).freeRemote(receive(words, 1)),
  ],
  check: (_, words) => assertFree(words),
  bugs: [splitExchange, splitCompareExchange],
});

function arena(words: Int32Array, self: number): Arena {
  return new Arena(words, { base: BASE, size: SIZE, isolates: 3, self });
}

function pageOf(offset: number): number {
  return Math.floor((offset / 4 - BASE - FIXED - PAGES * 2) / (PAGE_BYTES / 4));
}

/** Hands a block to another thread. */
function hand(words: Int32Array, to: number, block: number): void {
  store(words, to, block);
  notify(words, to);
}

function receive(words: Int32Array, from: number): number {
  while (load(words, from) === 0) wait(words, from, 0);
  return load(words, from);
}

/** How many blocks are in the list of an isolate. */
function returned(words: Int32Array, isolate: number): number {
  let count = 0;
  for (let next = words[BASE + 16 + isolate * 16]!; next !== 0; next = words[next - 1]!) count += 1;
  return count;
}

/** All pages that were ever in use are free. */
function assertFree(words: Int32Array): void {
  const [high, free] = [words[BASE + 1]!, words[BASE + 2]!];
  assertEquals([high, free], [1, 1]);
  assertEquals(words[BASE + FIXED]! & 7, 0);
}
