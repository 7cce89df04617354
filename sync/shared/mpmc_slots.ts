/**
 * Room for payloads, handed about one by one.
 *
 * ```text
 *  word 0   spare   the first slot that nobody has + 1, or 0          last in, first out
 *  word 1   free    how many of those there are
 *  word 2   first   the first slot with a value that waits + 1, or 0  first in, first out
 *  word 3   last    the last one + 1
 *  word 4   size    how many of those there are
 *  word 5   place   where the slots are, in bytes
 *  word 6   room    how many slots there are
 *
 *  slot, 32 words
 *    word 0    next     the next one of its list + 1, or 0
 *    word 1    place    0: the payload is in words 3…; else where it is in the arena, in bytes
 *    word 2    length   of the payload, in bytes
 *    word 3…   payload
 * ```
 *
 * U1 Each slot is in one place: spare, with somebody who sends, among the values, or with somebody
 *    who receives. It goes from one to the next under the lock of the channel.
 * U2 Who has a slot writes or reads its payload without the lock.
 *
 * @module
 */

import { store } from "../../scheduler/multi_thread/atomics.ts";

const SPARE = 0;
const FREE = 1;
const FIRST = 2;
const LAST = 3;
const SIZE = 4;
const PLACE = 5;
const ROOM = 6;

/** How many words the lists take. */
export const LISTS = 7;

const SLOT_WORDS = 32;
const NEXT = 0;
const PAYLOAD_PLACE = 1;
const LENGTH = 2;
const PAYLOAD = 3;

/** How many bytes of payload fit into a slot. */
export const INLINE: number = (SLOT_WORDS - PAYLOAD) * 4;

/** How many words so many slots take. */
export function wordsOfSlots(room: number): number {
  return room * SLOT_WORDS;
}

/** The slots of a channel, seen from one isolate. */
export class Slots {
  readonly #words: Int32Array;
  readonly #lists: number;

  /**
   * @param words The shared words.
   * @param lists Where the lists begin in them.
   */
  constructor(words: Int32Array, lists: number) {
    this.#words = words;
    this.#lists = lists;
  }

  /** Makes all slots spare. Nobody else knows of them yet. */
  lay(place: number, room: number): void {
    const words = this.#words;
    const lists = this.#lists;
    for (let slot = 0; slot < room; slot++) words[place / 4 + slot * SLOT_WORDS + NEXT] = slot;
    const begin = [room, room, 0, 0, 0, place, room];
    for (const [index, word] of begin.entries()) store(words, lists + index, word);
  }

  /** Where the slots are, in bytes, or 0 if there are none. */
  get place(): number {
    return this.#words[this.#lists + PLACE]!;
  }

  /** How many slots there are. */
  get room(): number {
    return this.#words[this.#lists + ROOM]!;
  }

  /** How many slots are spare. */
  get free(): number {
    return this.#words[this.#lists + FREE]!;
  }

  /** How many values wait. */
  get size(): number {
    return this.#words[this.#lists + SIZE]!;
  }

  /** Takes a spare slot, or answers with -1. Under the lock. */
  takeSpare(): number {
    const words = this.#words;
    const lists = this.#lists;
    const slot = words[lists + SPARE]! - 1;
    if (slot < 0) return -1;
    words[lists + SPARE] = words[this.#at(slot) + NEXT]!;
    store(words, lists + FREE, words[lists + FREE]! - 1);
    return slot;
  }

  /** Makes a slot spare. Under the lock. */
  putSpare(slot: number): void {
    const words = this.#words;
    const lists = this.#lists;
    words[this.#at(slot) + NEXT] = words[lists + SPARE]!;
    words[lists + SPARE] = slot + 1;
    store(words, lists + FREE, words[lists + FREE]! + 1);
  }

  /** Takes the slot of the first value, or answers with -1. Under the lock. */
  takeFirst(): number {
    const words = this.#words;
    const lists = this.#lists;
    const slot = words[lists + FIRST]! - 1;
    if (slot < 0) return -1;
    const next = words[this.#at(slot) + NEXT]!;
    words[lists + FIRST] = next;
    if (next === 0) words[lists + LAST] = 0;
    store(words, lists + SIZE, words[lists + SIZE]! - 1);
    return slot;
  }

  /** Puts a value behind the others. Under the lock. */
  putLast(slot: number): void {
    const words = this.#words;
    const lists = this.#lists;
    const last = words[lists + LAST]!;
    words[this.#at(slot) + NEXT] = 0;
    if (last === 0) words[lists + FIRST] = slot + 1;
    else words[this.#at(last - 1) + NEXT] = slot + 1;
    words[lists + LAST] = slot + 1;
    store(words, lists + SIZE, words[lists + SIZE]! + 1);
  }

  /** Puts a value before the others, where it was. Under the lock. */
  putFirst(slot: number): void {
    const words = this.#words;
    const lists = this.#lists;
    const first = words[lists + FIRST]!;
    words[this.#at(slot) + NEXT] = first;
    words[lists + FIRST] = slot + 1;
    if (first === 0) words[lists + LAST] = slot + 1;
    store(words, lists + SIZE, words[lists + SIZE]! + 1);
  }

  /** Notes where the payload of a slot is: `place` as in the drawing above. U2. */
  setPayload(slot: number, place: number, length: number): void {
    const at = this.#at(slot);
    this.#words[at + PAYLOAD_PLACE] = place;
    this.#words[at + LENGTH] = length;
  }

  /** Where the payload is in the arena, in bytes, or 0 if it is in the slot. U2. */
  placeOf(slot: number): number {
    return this.#words[this.#at(slot) + PAYLOAD_PLACE]!;
  }

  /** The bytes of a payload. U2. */
  lengthOf(slot: number): number {
    return this.#words[this.#at(slot) + LENGTH]!;
  }

  /** The index of the word at which a payload begins. U2. */
  indexOf(slot: number): number {
    const at = this.#at(slot);
    const place = this.#words[at + PAYLOAD_PLACE]!;
    return place === 0 ? at + PAYLOAD : place / 4;
  }

  #at(slot: number): number {
    return this.place / 4 + slot * SLOT_WORDS;
  }
}
