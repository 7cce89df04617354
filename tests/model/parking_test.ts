/**
 * Schedules of isolates that rest, and of those that have something for them.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { add, exchange, notify, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import { Domain } from "../../scheduler/multi_thread/domain.ts";
import { awake, park, PARKED, unpark } from "../../scheduler/multi_thread/parking.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";

/** The header, and the block of the isolate that rests. */
const PARKED_AT = 16;
const WAKER_AT = 17;
/** What there is for the isolate, and how often its selector was woken. */
const [THINGS, SELECTOR] = [32, 33];

const memories = [34];
const names = [{
  ...wordNames("isolate", PARKED_AT, "parked", "waker"),
  [THINGS]: "things",
  [SELECTOR]: "selector",
}];

model(import.meta, {
  title: "an isolate that is told while it is about to rest does not sleep over it",
  rules: "S1",
  memories,
  names,
  threads: [(words) => rest(words, 1), tell],
  bugs: [lostNotify, splitExchange, splitCompareExchange],
});

model(import.meta, {
  title: "an isolate that two threads tell of things sees both",
  rules: "S1",
  memories,
  names,
  threads: [(words) => rest(words, 2), tell, tell],
  bugs: [lostNotify],
});

model(import.meta, {
  title: "an isolate that waits in its selector is woken there, once for each rest",
  rules: "S1 S2",
  memories,
  names,
  setup: (words) => void (words[WAKER_AT] = 1),
  threads: [(words) => restInSelector(words, 2), tell, tell],
  // Who finds that it rests wakes it, and nobody else does.
  check: ([rests, first, second]) => assert(first![0]! + second![0]! <= rests![0]!),
  bugs: [splitExchange],
});

model(import.meta, {
  title: "an isolate that wakes by itself sees what it was told of",
  rules: "S1",
  memories,
  names,
  threads: [
    (words) => {
      const domain = isolate(words);
      if (take(words) === 1) return 1;
      if (park(domain)) wait(words, PARKED_AT, PARKED, 10);
      awake(domain);
      return take(words);
    },
    tell,
  ],
  check: ([seen], words) => {
    if (seen![0] === 1) return;
    // What it has not seen keeps it from the next rest.
    assertEquals(words[THINGS], 1);
    assertFalse(park(isolate(words)));
  },
});

function isolate(words: Int32Array): Domain {
  // Entering the domain is another scenario: here the isolate has its number.
  return Object.assign(Object.create(Domain.prototype), { words, self: 0 });
}

function take(words: Int32Array): number {
  return exchange(words, THINGS, 0);
}

/** The loop of an isolate until it has seen so many things. */
function rest(words: Int32Array, things: number): void {
  const domain = isolate(words);
  let seen = 0;
  while (true) {
    awake(domain);
    seen += take(words);
    if (seen === things) return;
    if (park(domain)) wait(words, PARKED_AT, PARKED);
  }
}

/** The same, waiting in a selector that stays ready until it has been asked. */
function restInSelector(words: Int32Array, things: number): number {
  const domain = isolate(words);
  let seen = 0;
  let rests = 0;
  while (true) {
    awake(domain);
    seen += take(words);
    if (seen === things) return rests;
    if (!park(domain)) continue;
    rests += 1;
    while (exchange(words, SELECTOR, 0) === 0) wait(words, SELECTOR, 0);
  }
}

/** Tells the isolate of a thing, and answers with how often that woke the selector. */
function tell(words: Int32Array): number {
  let wakes = 0;
  add(words, THINGS, 1);
  unpark(isolate(words), 0, () => {
    wakes += 1;
    store(words, SELECTOR, 1);
    notify(words, SELECTOR);
  });
  return wakes;
}
