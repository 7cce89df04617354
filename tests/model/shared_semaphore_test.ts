/**
 * Schedules of permits that isolates share: acquiring, giving up, releasing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SharedSemaphore } from "../../sync/shared/semaphore.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, memories, names, setup, word } from "./shared_link.ts";

const [FIRST, LAST, FREE] = [2, 3, 4];

model(import.meta, {
  title: "a permit that is released while somebody begins to wait is handed over",
  rules: "F1 F2 F3",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => acquire(words, 1)],
  check: (_, words) => assertAll(words, 0),
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "what two threads release in parts adds up for one that waits",
  rules: "F1 F3",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(0, 0),
  threads: [
    (words) => release(words, 0),
    (words) => acquire(words, 1, 2),
    (words) => release(words, 2),
  ],
  check: (_, words) => assertAll(words, 0),
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a wait that is given up at any point passes the permit on",
  rules: "F4 F5",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), giveUp, (words) => acquire(words, 2)],
  check: (_, words) => assertAll(words, 0),
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a record comes back whether its wait was granted, given up or both",
  rules: "F5",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => {
    const isolate = new Isolate(words, 1);
    const semaphore = isolate.handle(() => new SharedSemaphore(0));
    const first = semaphore.acquire();
    const hasFirst = isolate.poll(first);
    first[Symbol.dispose]();
    // The record of the first may still be on its way; the second has another one then.
    const second = semaphore.acquire();
    if (!hasFirst) isolate.run(second);
  }],
  check: (_, words) => assertEquals([word(words, FIRST), word(words, LAST)], [0, 0]),
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a thread that blocks for a permit is woken, after the permit is its own",
  rules: "F6",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => {
    const semaphore = new Isolate(words, 1).handle(() => new SharedSemaphore(0));
    assertEquals(semaphore.acquireSync().numPermits, 1);
  }],
  check: (_, words) => assertAll(words, 0),
  bugs: [lostNotify],
});

model(import.meta, {
  title: "a thread whose time is over has the permit or has left the queue",
  rules: "F4 F6",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [(words) => release(words, 0), (words) => {
    const semaphore = new Isolate(words, 1).handle(() => new SharedSemaphore(0));
    return semaphore.acquireSync(0) === undefined ? 0 : 1;
  }],
  check: ([_, taken], words) => assertAll(words, 1 - taken![0]!),
  bugs: [splitCompareExchange],
});

model(import.meta, {
  title: "a permit that is given back without the lock goes to who comes to wait",
  rules: "P5",
  memories,
  names,
  plainSteps: true,
  preemptions: 3,
  setup: setup(1, 0),
  threads: [(words) => {
    const semaphore = new Isolate(words, 0).handle(() => new SharedSemaphore(0));
    const permit = semaphore.tryAcquire();
    permit?.release();
    return permit === undefined ? 0 : 1;
  }, (words) => acquire(words, 1)],
  check: (_, words) => assertAll(words, 0),
  bugs: [lostNotify],
});

model(import.meta, {
  title: "one permit is not taken twice, with the lock and without it",
  rules: "P5",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1, 0),
  threads: [0, 1, 2].map((self) => (words) => {
    const semaphore = new Isolate(words, self).handle(() => new SharedSemaphore(0));
    if (self === 2) return semaphore.forgetPermits(1);
    return semaphore.tryAcquire()?.numPermits ?? 0;
  }),
  check: (results, words) => {
    assertEquals(results.flat().reduce((sum, taken) => sum + taken), 1);
    assertAll(words, 0);
  },
  bugs: [splitCompareExchange],
});

function release(words: Int32Array, self: number): void {
  new Isolate(words, self).handle(() => new SharedSemaphore(0)).addPermits(1);
}

function acquire(words: Int32Array, self: number, count: number = 1): void {
  const isolate = new Isolate(words, self);
  isolate.run(isolate.handle(() => new SharedSemaphore(0)).acquire(count));
}

/** Waits with two isolates in mind: gives up after one poll, and releases what it had. */
function giveUp(words: Int32Array): void {
  const isolate = new Isolate(words, 1);
  const wait = isolate.handle(() => new SharedSemaphore(0)).acquire();
  if (isolate.poll(wait)) return release(words, 1);
  wait[Symbol.dispose]();
  isolate.turn();
}

/** Nobody waits, and so many permits are free. */
function assertAll(words: Int32Array, free: number): void {
  assertEquals([word(words, FIRST), word(words, LAST), word(words, FREE)], [0, 0, free]);
  assert(free >= 0);
}
