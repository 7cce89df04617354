/**
 * The run queue of one worker, in shared memory: its owner pushes and pops, others steal.
 *
 * ```text
 *  word 0  heads     low half: `real`, the next entry to take
 *                    high half: `steal`, the first entry that a thief may still be copying
 *  word 1  tail      the entry after the last; only the owner writes it
 *  word 2… entries   `CAPACITY` task numbers
 * ```
 *
 * The three positions are 16 bits wide, run freely and wrap; an entry is at position % CAPACITY.
 *
 * Q1 One producer: only the owner pushes, pops and writes `tail`.
 * Q2 `steal` = `real` when nobody steals. A thief first moves `real` past what it takes, copies, and
 *    then moves `steal` up to `real`. So there is one thief at a time, and the owner does not write
 *    over entries that are being copied: it counts what is free from `steal`.
 * Q3 Both halves change in one compare-and-exchange, so owner and thief agree on who took what.
 * Q4 A full queue gives half of its entries away at once, with the one that did not fit. While a
 *    thief is at work only that one goes: room will be there soon.
 *
 * Follows Tokio's `runtime::scheduler::multi_thread::queue`.
 *
 * @module
 */

import { compareExchange, load, store } from "./atomics.ts";

/** How many tasks a worker keeps for itself. */
export const CAPACITY = 256;

/** How many words a ring takes. */
export const RING_WORDS: number = CAPACITY + 2;

const HEADS = 0;
const TAIL = 1;
const ENTRIES = 2;

/** Where tasks go that have no room. */
export interface Overflow {
  /** Takes `count` tasks out of `batch`, from its beginning. */
  pushBatch(batch: Int32Array, count: number): void;
}

/** One worker's queue, seen from one thread. Only its owner and who takes its place write `tail`. */
export class Ring {
  readonly #words: Int32Array;
  readonly #base: number;
  /** How many entries it takes; less than {@linkcode CAPACITY} only for a model checker. */
  readonly #capacity: number;
  readonly #batch: Int32Array;
  /** The owner's copy of the word that nobody else writes. */
  #tail: number;

  /**
   * @param words The shared words.
   * @param base Where the ring begins in them.
   */
  constructor(words: Int32Array, base: number, capacity: number = CAPACITY) {
    this.#words = words;
    this.#base = base;
    this.#capacity = capacity;
    this.#batch = new Int32Array(capacity / 2 + 1);
    this.#tail = load(words, base + TAIL);
  }

  /** How many tasks are in it, as far as one can tell while others take some. */
  get size(): number {
    return distance(this.#real(), load(this.#words, this.#base + TAIL));
  }

  /** How many tasks fit in for certain. Only the owner can rely on it. */
  get room(): number {
    const words = this.#words;
    const steal = stealOf(load(words, this.#base + HEADS));
    return this.#capacity - distance(steal, this.#tail);
  }

  /** Takes the place of an owner that is gone. */
  inherit(): void {
    this.#tail = load(this.#words, this.#base + TAIL);
  }

  /** Adds a task. Only the owner calls it. */
  push(task: number, overflow: Overflow): void {
    const words = this.#words;
    const tail = this.#tail;
    while (true) {
      const heads = load(words, this.#base + HEADS);
      if (distance(stealOf(heads), tail) < this.#capacity) {
        words[this.#entry(tail)] = task;
        this.#setTail(tail + 1);
        return;
      }
      if (stealOf(heads) !== realOf(heads)) {
        this.#batch[0] = task;
        overflow.pushBatch(this.#batch, 1);
        return;
      }
      if (this.#giveHalf(heads, task, overflow)) return;
    }
  }

  /** Adds the first `count` tasks of `batch`, for which there is room. Only the owner calls it. */
  pushBatch(batch: Int32Array, count: number): void {
    const tail = this.#tail;
    for (let i = 0; i < count; i++) this.#words[this.#entry(tail + i)] = batch[i]!;
    this.#setTail(tail + count);
  }

  /** Takes the oldest task, or answers with -1. Only the owner calls it. */
  pop(): number {
    const words = this.#words;
    const tail = this.#tail;
    let heads = load(words, this.#base + HEADS);
    while (true) {
      const real = realOf(heads);
      if (real === tail) return -1;
      const next = (real + 1) & MASK;
      const steal = stealOf(heads);
      const found = compareExchange(
        words,
        this.#base + HEADS,
        heads,
        pack(steal === real ? next : steal, next),
      );
      if (found === heads) return words[this.#entry(real)]!;
      heads = found;
    }
  }

  /**
   * Takes half of what `victim` has. Only the owner of this ring calls it.
   *
   * @returns One of the tasks, or -1; the others are in this ring now.
   */
  stealFrom(victim: Ring): number {
    const words = this.#words;
    const tail = this.#tail;
    const used = distance(stealOf(load(words, this.#base + HEADS)), tail);
    // There must be room for as many as a thief can get.
    if (used > this.#capacity / 2) return -1;
    const count = victim.#moveHalfTo(this, tail);
    if (count === 0) return -1;
    const last = tail + count - 1;
    if (count > 1) this.#setTail(last);
    return words[this.#entry(last)]!;
  }

  /** Q2: the thief's part. The entries are not the thief's to pop before it writes its own tail. */
  #moveHalfTo(thief: Ring, tail: number): number {
    const words = this.#words;
    let heads = load(words, this.#base + HEADS);
    let first: number;
    let count: number;
    while (true) {
      first = realOf(heads);
      if (stealOf(heads) !== first) return 0;
      const there = distance(first, load(words, this.#base + TAIL));
      count = there - (there >> 1);
      if (count === 0) return 0;
      const found = compareExchange(
        words,
        this.#base + HEADS,
        heads,
        pack(first, (first + count) & MASK),
      );
      if (found === heads) break;
      heads = found;
    }
    for (let i = 0; i < count; i++) {
      thief.#words[thief.#entry(tail + i)] = words[this.#entry(first + i)]!;
    }
    heads = load(words, this.#base + HEADS);
    while (true) {
      const real = realOf(heads);
      const found = compareExchange(words, this.#base + HEADS, heads, pack(real, real));
      if (found === heads) return count;
      heads = found;
    }
  }

  /** Q4. `false` if a thief came in between. */
  #giveHalf(heads: number, task: number, overflow: Overflow): boolean {
    const words = this.#words;
    const count = this.#capacity / 2;
    const first = realOf(heads);
    const after = (first + count) & MASK;
    const found = compareExchange(words, this.#base + HEADS, heads, pack(after, after));
    if (found !== heads) return false;
    for (let i = 0; i < count; i++) {
      this.#batch[i] = words[this.#entry(first + i)]!;
    }
    this.#batch[count] = task;
    overflow.pushBatch(this.#batch, count + 1);
    return true;
  }

  #setTail(tail: number): void {
    this.#tail = tail & MASK;
    store(this.#words, this.#base + TAIL, this.#tail);
  }

  #real(): number {
    return realOf(load(this.#words, this.#base + HEADS));
  }

  #entry(position: number): number {
    return this.#base + ENTRIES + (position & (this.#capacity - 1));
  }
}

const MASK = 0xffff;

function pack(steal: number, real: number): number {
  return (steal << 16) | real;
}

function stealOf(heads: number): number {
  return heads >>> 16;
}

function realOf(heads: number): number {
  return heads & MASK;
}

function distance(from: number, to: number): number {
  return (to - from) & MASK;
}
