/**
 * A bounded queue of payloads in shared words: any number of threads put some in, and one
 * takes them out.
 *
 * ```text
 *  word 0       tail      how many places were ever claimed, modulo 2³²
 *  word 16      head      how many were ever taken, modulo 2³²
 *  from 32      slots     a power of two of them, 32 words each
 *
 *  slot
 *    word 0     turn      the number of the place that it is next for, or that number + 1 when a
 *                         payload is in it
 *    word 1     place     0: the payload is in words 3…; else where it is in the arena, in bytes
 *    word 2     length    of the payload, in bytes
 *    word 3…    payload
 * ```
 *
 * V1 Place number n is in slot n modulo the number of slots. Who adds 1 to `tail` may write into the
 *    slot; it has a permit to do so, and there are no more permits than slots that are free. Only the
 *    taker reads and writes `head`, and reads a slot whose turn is n + 1.
 * V2 Who has written sets the turn to n + 1; who has read sets it to n + the number of slots, which is
 *    the next place in this slot, and then gives the permit back. Nobody else writes a turn.
 * V3 A place that was claimed and is not filled yet hides those behind it, so that everybody gets them
 *    in their order.
 *
 * Follows D. Vyukov, "Bounded MPMC queue" (2011).
 *
 * @module
 */

import { add, load, store } from "../../scheduler/multi_thread/atomics.ts";

const TAIL = 0;
const HEAD = 16;
const SLOTS = 32;
const SLOT_WORDS = 32;

const TURN = 0;
const PLACE = 1;
const LENGTH = 2;
const PAYLOAD = 3;

/** How many bytes of payload fit into a slot. */
export const SLOT_BYTES: number = (SLOT_WORDS - PAYLOAD) * 4;

/** The number of slots for so many payloads at once. */
export function slotsFor(capacity: number): number {
  return Math.max(2, 2 ** Math.ceil(Math.log2(capacity)));
}

/** How many words a queue of so many slots takes. */
export function slotQueueWords(count: number): number {
  return SLOTS + count * SLOT_WORDS;
}

/** A queue, seen from one thread. */
export class SlotQueue {
  readonly #words: Int32Array;
  readonly #base: number;
  readonly #count: number;

  /**
   * @param words The shared words.
   * @param base Where it begins in them.
   * @param count How many slots it has, a power of two from 2.
   */
  constructor(words: Int32Array, base: number, count: number) {
    this.#words = words;
    this.#base = base;
    this.#count = count;
  }

  /** Makes memory that was used for something else an empty queue. Nobody else knows of it yet. */
  clear(): void {
    store(this.#words, this.#base + TAIL, 0);
    this.#words[this.#base + HEAD] = 0;
    for (let i = 0; i < this.#count; i++) store(this.#words, this.#slot(i) + TURN, i);
  }

  /** About how many payloads there are. For the taker. */
  get size(): number {
    const head = this.#words[this.#base + HEAD]!;
    return Math.max(0, (load(this.#words, this.#base + TAIL) - head) | 0);
  }

  /** V1: claims a place for a payload, with a permit. Answers with the slot. */
  claim(): number {
    return this.#slot(add(this.#words, this.#base + TAIL, 1));
  }

  /** Says that the payload is in a slot that was claimed. V2. */
  publish(slot: number): void {
    store(this.#words, slot + TURN, this.#words[slot + TURN]! + 1);
  }

  /** The slot of the first payload, without taking it; -1 if there is none. For the taker. */
  peek(): number {
    const head = this.#words[this.#base + HEAD]!;
    const slot = this.#slot(head);
    return load(this.#words, slot + TURN) === ((head + 1) | 0) ? slot : -1;
  }

  /** Takes the first payload, whose slot `peek` has just answered with: V1. For the taker. */
  takeFirst(): void {
    this.#words[this.#base + HEAD]!++;
  }

  /** Takes the first payload: V1. Answers with its slot, or -1 if there is none. For the taker. */
  take(): number {
    const slot = this.peek();
    if (slot >= 0) this.takeFirst();
    return slot;
  }

  /** Says that a slot that was taken is not needed any more. V2. */
  release(slot: number): void {
    // Who gets the permit that is given back afterwards sees it.
    this.#words[slot + TURN]! += this.#count - 1;
  }

  /** Notes where the payload of a claimed slot is: `place` as in the drawing above. */
  setPayload(slot: number, place: number, length: number): void {
    this.#words[slot + PLACE] = place;
    this.#words[slot + LENGTH] = length;
  }

  /** Where the payload is in the arena, in bytes, or 0 if it is in the slot. */
  placeOf(slot: number): number {
    return this.#words[slot + PLACE]!;
  }

  /** The bytes of a payload. */
  lengthOf(slot: number): number {
    return this.#words[slot + LENGTH]!;
  }

  /** The index of the word at which the payload of a slot begins. */
  indexOf(slot: number): number {
    const place = this.#words[slot + PLACE]!;
    return place === 0 ? slot + PAYLOAD : place / 4;
  }

  /** V1. */
  #slot(position: number): number {
    return this.#base + SLOTS + (position & (this.#count - 1)) * SLOT_WORDS;
  }
}
