/**
 * Schedules of a ring of bytes, and of those who wait at its ends.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { exchange, notify, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import { ByteRing, byteRingWords } from "../../sync/shared/byte_ring.ts";
import { arm, disarm, takeWaiter } from "../../sync/shared/signal.ts";
import { lateStore, lostNotify, splitExchange, staleLoad } from "./bugs.ts";
import { model } from "./model.ts";
import { wordNames } from "./names.ts";

const CAPACITY = 4;
const [TAIL, ENDED, READER, HEAD, WRITER] = [0, 1, 2, 16, 17];
/** Whether the reader and the writer were woken. */
const WOKEN = byteRingWords(CAPACITY);

const memories = [WOKEN + 2];
const names = [{
  ...wordNames("ring", TAIL, "tail", "ended", "reader", "gone"),
  ...wordNames("ring", HEAD, "head", "writer"),
  ...wordNames("woken", WOKEN, "reader", "writer"),
}];

model(import.meta, {
  title: "what is written into a ring of bytes is read once and in order",
  rules: "B1 B2",
  memories,
  names,
  threads: [
    (words) => {
      const ring = new ByteRing(words, 0, CAPACITY);
      let sent = ring.write(Uint8Array.of(1, 2, 3));
      sent += ring.write(Uint8Array.of(4, 5, 6).subarray(sent - 3));
      ring.end();
      return sent;
    },
    (words) => {
      const ring = new ByteRing(words, 0, CAPACITY);
      return [...readNow(ring, 2), ...readNow(ring, 4)];
    },
  ],
  check: ([sent, read], words) => {
    const ring = new ByteRing(words, 0, CAPACITY);
    assert(ring.isEnded);
    const bytes = [...read!, ...readNow(ring, 8)];
    assertEquals(bytes, [1, 2, 3, 4, 5, 6].slice(0, sent![0]));
  },
  bugs: [lateStore((index) => index === HEAD, "the head", 3)],
});

model(import.meta, {
  title: "a writer that waits for room and a reader that waits for bytes both go on",
  rules: "B1 B2 G1 G2",
  memories,
  names,
  preemptions: 3,
  threads: [
    (words) => {
      const ring = new ByteRing(words, 0, CAPACITY);
      const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
      for (let at = 0; at < bytes.length;) {
        const count = ring.write(bytes.subarray(at));
        at += count;
        if (count > 0) wake(words, ring.reader);
        else rest(words, ring.writer, 1, () => ring.room(1) > 0);
      }
      ring.end();
      wake(words, ring.reader);
    },
    (words) => {
      const ring = new ByteRing(words, 0, CAPACITY);
      const bytes: number[] = [];
      while (true) {
        const isEnded = ring.isEnded;
        const read = readNow(ring, 3);
        bytes.push(...read);
        if (read.length > 0) wake(words, ring.writer);
        else if (isEnded) return bytes;
        else rest(words, ring.reader, 0, () => ring.available(1) > 0 || ring.isEnded);
      }
    },
  ],
  check: ([, read]) => assertEquals(read, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
  bugs: [
    lostNotify,
    splitExchange,
    staleLoad(READER, "who waits for bytes"),
    staleLoad(WRITER, "who waits for room"),
    lateStore((index) => index === ENDED, "the end", 3),
  ],
});

function readNow(ring: ByteRing, most: number): Uint8Array {
  const buffer = new Uint8Array(most);
  return buffer.subarray(0, ring.read(buffer));
}

/** Waits until it is woken, unless there is news. */
function rest(words: Int32Array, index: number, self: number, hasNews: () => boolean): void {
  arm(words, index, self);
  if (hasNews() && disarm(words, index, self)) return;
  while (exchange(words, WOKEN + self, 0) === 0) wait(words, WOKEN + self, 0);
}

function wake(words: Int32Array, index: number): void {
  const waiter = takeWaiter(words, index);
  if (waiter < 0) return;
  store(words, WOKEN + waiter, 1);
  notify(words, WOKEN + waiter, 1);
}
