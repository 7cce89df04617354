/**
 * Who of the workers sleeps, and whom to wake when there is work.
 *
 * ```text
 *  word 0   unparked workers << 16 | searching workers
 *  word 1…  one bit for each worker that sleeps
 * ```
 *
 * D1 A worker that looks for tasks to steal is *searching*; at most half of the workers are.
 * D2 New work wakes a worker only if nobody is searching: a searcher will find it.
 * D3 A searcher that was the last one looks once more at all queues after it has given up being one,
 *    because in between D2 may have kept somebody from waking anybody. If it has found work and there
 *    is more, it wakes another, so that the number of workers grows with the work; if it has found
 *    nothing and there is some now, it wakes itself.
 * D4 Who clears a sleeper's bit owns its waking: it is the only one that wakes it. It has counted it
 *    as unparked before, and as searching, because a worker that wakes by itself at this moment may
 *    end its search at once, and nobody may find a count that is too low.
 *
 * Follows Tokio's `runtime::scheduler::multi_thread::idle`.
 *
 * @module
 */

import { add, and, compareExchange, load, or, sub } from "./atomics.ts";
import { MAX_WORKERS } from "./limits.ts";

/** How many words it takes. */
export const IDLE_WORDS: number = 1 + MAX_WORKERS / 32;

const UNPARKED = 1 << 16;
const SEARCHING = 1;
const SEARCHING_MASK = 0xffff;

/** The idle workers, seen from one thread. */
export class Idle {
  readonly #words: Int32Array;
  readonly #state: number;
  readonly #sleepers: number;
  readonly #workers: number;

  constructor(words: Int32Array, base: number, workers: number) {
    this.#words = words;
    this.#state = base;
    this.#sleepers = base + 1;
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

  /** D2: the worker to wake because there is work, or -1. It counts as searching. */
  workerToNotify(): number {
    const words = this.#words;
    while (true) {
      const state = load(words, this.#state);
      if ((state & SEARCHING_MASK) !== 0 || state >> 16 >= this.#workers) return -1;
      const counted = state + UNPARKED + SEARCHING;
      if (compareExchange(words, this.#state, state, counted) !== state) continue;
      const worker = this.#takeAny();
      if (worker >= 0) return worker;
      // All have woken by themselves. Who kept still meanwhile because of D2 relies on this search.
      sub(words, this.#state, UNPARKED + SEARCHING);
    }
  }

  /** Notes that a worker goes to sleep. `true` if it was the last searcher: D3. */
  park(worker: number, wasSearching: boolean): boolean {
    or(this.#words, this.#sleepers + (worker >> 5), 1 << (worker & 31));
    const before = sub(this.#words, this.#state, UNPARKED + (wasSearching ? SEARCHING : 0));
    return wasSearching && (before & SEARCHING_MASK) === 1;
  }

  /**
   * Notes that a worker is awake, for whatever reason.
   *
   * @returns `true` if somebody had chosen it to look for work, so that it counts as searching.
   */
  unpark(worker: number): boolean {
    add(this.#words, this.#state, UNPARKED);
    if (this.#take(worker >> 5, 1 << (worker & 31))) return false;
    sub(this.#words, this.#state, UNPARKED);
    return true;
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

  #takeAny(): number {
    for (let word = 0; word * 32 < this.#workers; word++) {
      let sleepers = load(this.#words, this.#sleepers + word);
      while (sleepers !== 0) {
        const bit = sleepers & -sleepers;
        if (this.#take(word, bit)) return word * 32 + 31 - Math.clz32(bit);
        sleepers = load(this.#words, this.#sleepers + word);
      }
    }
    return -1;
  }

  /** D4. */
  #take(word: number, bit: number): boolean {
    return (and(this.#words, this.#sleepers + word, ~bit) & bit) !== 0;
  }
}
