/**
 * Who of the workers sleeps, and whom to wake when there is work.
 *
 * ```text
 *  word 0   unparked workers << 16 | searching workers
 *  word 1…  one bit for each worker that sleeps
 *  word 5…  one bit for each worker that dozes: D5
 *  word 9…  one word for each worker: AWAKE, SLEEPING or DOZING, written by itself
 * ```
 *
 * D1 A worker that looks for tasks to steal is *searching*; at most half of the workers are.
 * D2 New work wakes a worker only if nobody is searching: a searcher will find it.
 * D3 A searcher that was the last one looks once more at all queues after it has given up being one,
 *    because in between D2 may have kept somebody from waking anybody. If it has found work and there
 *    is more, it wakes another, so that the number of workers grows with the work; if it has found
 *    nothing and there is some now, it wakes itself.
 * D4 Who clears a worker's bit owns its waking: it is the only one that wakes it. It has counted it
 *    as unparked before, and as searching, because a worker that wakes by itself at this moment may
 *    end its search at once, and nobody may find a count that is too low.
 * D5 A worker whose tasks wait for the host *dozes* where others sleep: the host may have it compute
 *    at any time without a word, and then it hears of nothing. So those who sleep are woken first. If
 *    nobody sleeps all who doze are woken, because any of them may not come, and none of them counts
 *    as searching, because D2 would have others rely on it. Of those who sleep, only such code could
 *    keep one that no task waits for, as a timer of a module's own.
 * D6 A worker that is lost while it rests is taken out of the counts by who finds it lost. Nobody is
 *    lost while it searches, since nothing of a user's runs then.
 *
 * Follows Tokio's `runtime::scheduler::multi_thread::idle`, which has no D5 and D6.
 *
 * @module
 */

import { add, and, compareExchange, load, or, store, sub } from "./atomics.ts";
import { MAX_WORKERS } from "./limits.ts";

const MAP_WORDS = MAX_WORKERS / 32;

/** How many words it takes. */
export const IDLE_WORDS: number = 1 + 2 * MAP_WORDS + MAX_WORKERS;

const UNPARKED = 1 << 16;
const SEARCHING = 1;
const SEARCHING_MASK = 0xffff;

const AWAKE = 0;
const SLEEPING = 1;
const DOZING = 2;

/** The idle workers, seen from one thread. */
export class Idle {
  readonly #words: Int32Array;
  readonly #state: number;
  readonly #sleepers: number;
  readonly #dozers: number;
  readonly #rests: number;
  readonly #workers: number;

  constructor(words: Int32Array, base: number, workers: number) {
    this.#words = words;
    this.#state = base;
    this.#sleepers = base + 1;
    this.#dozers = this.#sleepers + MAP_WORDS;
    this.#rests = this.#dozers + MAP_WORDS;
    this.#workers = workers;
  }

  /** Says that all workers run. Called once, before there are any. */
  begin(): void {
    add(this.#words, this.#state, this.#workers * UNPARKED);
  }

  /** How many workers look for work. */
  get searching(): number {
    return load(this.#words, this.#state) & SEARCHING_MASK;
  }

  /**
   * D2: a worker to wake because there is work, or -1. Who gets one asks again, until there is none:
   * D5. One that sleeps counts as searching, and so is the last.
   */
  workerToNotify(): number {
    const words = this.#words;
    while (true) {
      const state = load(words, this.#state);
      if ((state & SEARCHING_MASK) !== 0 || state >> 16 >= this.#workers) return -1;
      const counted = state + UNPARKED + SEARCHING;
      if (compareExchange(words, this.#state, state, counted) !== state) continue;
      const sleeper = this.#takeAny(this.#sleepers);
      if (sleeper >= 0) return sleeper;
      sub(words, this.#state, SEARCHING);
      const dozer = this.#takeAny(this.#dozers);
      if (dozer >= 0) return dozer;
      // All have woken by themselves. Who kept still meanwhile because of D2 relies on this search.
      sub(words, this.#state, UNPARKED);
    }
  }

  /**
   * Notes that a worker goes to sleep, or dozes: D5.
   *
   * @returns `true` if it was the last searcher: D3.
   */
  park(worker: number, wasSearching: boolean, dozes: boolean = false): boolean {
    store(this.#words, this.#rests + worker, dozes ? DOZING : SLEEPING);
    const map = dozes ? this.#dozers : this.#sleepers;
    or(this.#words, map + (worker >> 5), 1 << (worker & 31));
    const before = sub(this.#words, this.#state, UNPARKED + (wasSearching ? SEARCHING : 0));
    return wasSearching && (before & SEARCHING_MASK) === 1;
  }

  /**
   * Notes that a worker is awake, for whatever reason.
   *
   * @returns `true` if somebody had chosen it to look for work, and it counts as searching.
   */
  unpark(worker: number): boolean {
    const dozed = load(this.#words, this.#rests + worker) === DOZING;
    store(this.#words, this.#rests + worker, AWAKE);
    add(this.#words, this.#state, UNPARKED);
    const map = dozed ? this.#dozers : this.#sleepers;
    if (this.#take(map + (worker >> 5), 1 << (worker & 31))) return false;
    sub(this.#words, this.#state, UNPARKED);
    return !dozed;
  }

  /** D6: a worker is lost, and another one begins in its place. There may be work for others. */
  lose(worker: number): void {
    const rested = load(this.#words, this.#rests + worker) !== AWAKE;
    if (rested && this.unpark(worker)) this.endSearch();
  }

  /** D1: whether a worker may begin to search. */
  beginSearch(): boolean {
    if (2 * this.searching >= this.#workers) return false;
    add(this.#words, this.#state, SEARCHING);
    return true;
  }

  /** Ends a search. `true` if it was the last one: D3. */
  endSearch(): boolean {
    return (sub(this.#words, this.#state, SEARCHING) & SEARCHING_MASK) === 1;
  }

  #takeAny(map: number): number {
    for (let word = 0; word * 32 < this.#workers; word++) {
      let resting = load(this.#words, map + word);
      while (resting !== 0) {
        const bit = resting & -resting;
        if (this.#take(map + word, bit)) return word * 32 + 31 - Math.clz32(bit);
        resting = load(this.#words, map + word);
      }
    }
    return -1;
  }

  /** D4. */
  #take(index: number, bit: number): boolean {
    return (and(this.#words, index, ~bit) & bit) !== 0;
  }
}
