/**
 * What a worker counts of its doings, for others to read.
 *
 * ```text
 *  word 0  parks        rests that it has begun
 *  word 1  unparks      rests that have ended
 *  word 2  noops        of these, after which it found nothing to do
 *  word 3  tasks        tasks that it has begun
 *  word 4  stolen       tasks that it has taken from other workers
 *  word 5  steals       how often it has taken some
 *  word 6  local        tasks that were spawned on it
 *  word 7  overflows    how often its queue was full
 *  word 8  busy         milliseconds in turns in which it has run tasks
 * ```
 *
 * The worker alone writes them: when it comes to rest, and about once in a millisecond. They count
 * modulo 2³².
 *
 * @module
 */

import { load, store } from "./atomics.ts";

/** What is counted. */
export interface Counts {
  parks: number;
  unparks: number;
  noops: number;
  tasks: number;
  stolen: number;
  steals: number;
  local: number;
  overflows: number;
  busyMs: number;
}

/** The counters of one worker, seen from any isolate. */
export class Counters {
  /** What this isolate has counted, if it is the worker. */
  readonly own: Counts = {
    parks: 0,
    unparks: 0,
    noops: 0,
    tasks: 0,
    stolen: 0,
    steals: 0,
    local: 0,
    overflows: 0,
    busyMs: 0,
  };
  readonly #published = new Int32Array(9);
  readonly #words: Int32Array;
  readonly #base: number;

  /** @param base Where they begin in the shared words. */
  constructor(words: Int32Array, base: number) {
    this.#words = words;
    this.#base = base;
  }

  /** Lets others see what was counted. */
  publish(): void {
    Object.values(this.own).forEach((count, i) => {
      const word = count | 0;
      if (this.#published[i] === word) return;
      this.#published[i] = word;
      store(this.#words, this.#base + i, word);
    });
  }

  /** What the worker has published last. */
  read(): Counts {
    const at = (i: number) => load(this.#words, this.#base + i) >>> 0;
    const [parks, unparks, noops, tasks] = [at(0), at(1), at(2), at(3)];
    const [stolen, steals, local, overflows, busyMs] = [at(4), at(5), at(6), at(7), at(8)];
    return { parks, unparks, noops, tasks, stolen, steals, local, overflows, busyMs };
  }
}
