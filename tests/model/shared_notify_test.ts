/**
 * Schedules of notifications between isolates.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SharedNotify } from "../../sync/shared/notify.ts";
import { load } from "../../scheduler/multi_thread/atomics.ts";
import { lostNotify, splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { Isolate, memories, names, say, sayAt, setup, word } from "./shared_link.ts";

const [FIRST, LAST, PERMIT] = [2, 3, 4];

model(import.meta, {
  title: "a notification that meets somebody who begins to wait reaches it or leaves a permit",
  rules: "F2 F3",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [notifyOne, (words) => notified(words, 1)],
  check: (_, words) => assertNothingLeft(words),
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a notification of somebody who gives up goes to the next one",
  rules: "F4 F5",
  memories,
  names,
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(0, 0),
  threads: [
    notifyOne,
    (words) => {
      const isolate = new Isolate(words, 1);
      const bell = isolate.handle(() => new SharedNotify());
      const wait = bell.notified();
      if (isolate.poll(wait)) bell.notifyOne();
      wait[Symbol.dispose]();
      isolate.turn();
    },
    (words) => notified(words, 2),
  ],
  check: (_, words) => assertNothingLeft(words),
  bugs: [splitCompareExchange, lostNotify],
});

model(import.meta, {
  title: "a notification of all reaches a future that was made before and is polled later",
  rules: "F1 F2",
  memories,
  names,
  plainSteps: true,
  setup: setup(0, 0),
  threads: [
    (words) => {
      while (load(words, sayAt(0)) === 0);
      new Isolate(words, 0).handle(() => new SharedNotify()).notifyWaiters();
    },
    (words) => {
      const isolate = new Isolate(words, 1);
      const wait = isolate.handle(() => new SharedNotify()).notified();
      say(words, 0);
      isolate.run(wait);
    },
  ],
  check: (_, words) => assertNothingLeft(words),
  bugs: [splitCompareExchange, lostNotify],
});

function notifyOne(words: Int32Array): void {
  new Isolate(words, 0).handle(() => new SharedNotify()).notifyOne();
}

function notified(words: Int32Array, self: number): void {
  const isolate = new Isolate(words, self);
  isolate.run(isolate.handle(() => new SharedNotify()).notified());
}

function assertNothingLeft(words: Int32Array): void {
  assertEquals([word(words, FIRST), word(words, LAST), word(words, PERMIT)], [0, 0, 0]);
}
