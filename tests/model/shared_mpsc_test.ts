/**
 * Schedules of the queue of payloads of channels between isolates.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { add, compareExchange, load } from "../../scheduler/multi_thread/atomics.ts";
import { SlotQueue, slotQueueWords } from "../../sync/shared/slots.ts";
import { lateStore, splitAdd, splitCompareExchange } from "./bugs.ts";
import { model } from "./model.ts";
import type { Names } from "./scenario.ts";

const SLOTS = 2;
const [TAIL, HEAD, FIRST, SLOT_WORDS] = [0, 16, 32, 32];

/** How many slots are free: the permits of the senders. */
const FREE = slotQueueWords(SLOTS);

const memories = [FREE + 1];
const names: [Names] = [{
  [TAIL]: "tail",
  [HEAD]: "head",
  [FREE]: "free",
  [FIRST]: "turn 0",
  [FIRST + SLOT_WORDS]: "turn 1",
}];
const setup = (words: Int32Array) => {
  new SlotQueue(words, 0, SLOTS).clear();
  words[FREE] = SLOTS;
};
const isTurn = (index: number) => index === FIRST || index === FIRST + SLOT_WORDS;

model(import.meta, {
  title: "payloads of two senders are taken once, each sender's in order",
  rules: "V1 V2 V3",
  memories,
  names,
  setup,
  preemptions: 3,
  threads: [
    (words) => put(words, 1, 2),
    (words) => put(words, 3),
    (words) => take(words, 3),
  ],
  check: ([first, second, taken], words) => {
    const all = [...taken!, ...take(words, SLOTS)];
    const put = [...first!, ...second!];
    assertEquals(all.toSorted(), put.toSorted());
    assertEquals(all.filter((value) => value < 3), first);
  },
  bugs: [splitCompareExchange, splitAdd],
});

model(import.meta, {
  title: "a payload is read after it was written, and written over after it was read",
  rules: "V2",
  memories,
  names,
  setup,
  plainSteps: true,
  preemptions: 2,
  threads: [(words) => put(words, 1, 2, 3), (words) => take(words, 3)],
  check: ([sent, taken], words) => {
    assertEquals([...taken!, ...take(words, SLOTS)], sent);
  },
  bugs: [lateStore(isTurn, "a turn", 2)],
});

/** Puts those values into the queue for which there is room, and answers with them. */
function put(words: Int32Array, ...values: number[]): number[] {
  const queue = new SlotQueue(words, 0, SLOTS);
  return values.filter((value) => {
    if (!takePermit(words)) return false;
    const slot = queue.claim();
    queue.setPayload(slot, 0, 4);
    words[queue.indexOf(slot)] = value;
    queue.publish(slot);
    return true;
  });
}

function takePermit(words: Int32Array): boolean {
  for (let free = load(words, FREE); free > 0;) {
    const found = compareExchange(words, FREE, free, free - 1);
    if (found === free) return true;
    free = found;
  }
  return false;
}

/** Tries so often to take a value. */
function take(words: Int32Array, tries: number): number[] {
  const queue = new SlotQueue(words, 0, SLOTS);
  const values: number[] = [];
  for (; tries > 0; tries--) {
    const slot = queue.take();
    if (slot < 0) continue;
    values.push(words[queue.indexOf(slot)]!);
    queue.release(slot);
    add(words, FREE, 1);
  }
  return values;
}
