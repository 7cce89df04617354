/**
 * Schedules of isolates that rest while others grant their waits.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SharedSemaphore } from "../../sync/shared/semaphore.ts";
import { lateStore, lostNotify, splitExchange, staleLoad } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, isOutcome, memories, names, setup, word } from "./shared_link.ts";

/** The word of isolate 1 that lists its waits that may go on. */
const WOKEN = 32 + 3;

model(import.meta, {
  title: "an isolate that is about to rest sees the wait that was granted meanwhile",
  rules: "F3 S1",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => wait(words, 1)],
  check: assertTaken,
  bugs: [lostNotify, staleLoad(WOKEN, "the list of waits"), lateStore(isOutcome, "an outcome", 4)],
});

model(import.meta, {
  title: "an isolate sees both of its waits that two threads grant while it goes to rest",
  rules: "F1 F3 S1",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => wait(words, 2), (words) => release(words, 2)],
  check: assertTaken,
  bugs: [lostNotify, splitExchange],
});

function release(words: Int32Array, self: number): void {
  new Isolate(words, self).handle(() => new SharedSemaphore(0)).addPermits(1);
}

function wait(words: Int32Array, count: number): void {
  const isolate = new Isolate(words, 1);
  const semaphore = isolate.handle(() => new SharedSemaphore(0));
  isolate.run(...Array.from({ length: count }, () => semaphore.acquire()));
}

function assertTaken(_: unknown, words: Int32Array): void {
  assertEquals([word(words, 2), word(words, 3), word(words, 4)], [0, 0, 0]);
}
