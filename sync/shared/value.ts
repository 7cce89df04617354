/**
 * A value in the memory of a primitive, as the words in which it would travel.
 *
 * ```text
 *  word 0    place    0: the value is in words 2…; else where it is in the arena, in bytes
 *  word 1    length   in bytes; 0 if there is none, which stands for `undefined`
 *  word 2…   value
 * ```
 *
 * Who writes has the primitive for itself, by permits and not by its lock; who reads excludes those
 * who write.
 *
 * @module
 */

import type { Link } from "../../scheduler/multi_thread/link.ts";
import { CARGO } from "../../scheduler/multi_thread/wire_tags.ts";
import { Cell, type Ending } from "./cell.ts";
import { placeFor } from "./payload.ts";
import { close, isClosed, tryTake } from "./permits.ts";

const PLACE = 0;
const LENGTH = 1;
const VALUE = 2;

/** A value of so many words needs no memory of its own. It fills the smallest block of the arena. */
const INLINE_WORDS = 24;

/** The words of a slot without a value. */
const EMPTY: readonly number[] = new Array(VALUE + INLINE_WORDS).fill(0);

/**
 * Makes the memory of a primitive that protects a value.
 *
 * @param own Its own words, at first; the value comes behind them.
 * @param slot Where, counted from the primitive.
 * @throws {DOMException} `DataCloneError`, as {@linkcode write}.
 * @throws {RangeError} When there is no memory left.
 */
export function cellWith(own: readonly number[], slot: number, value: unknown): Cell {
  const cell = Cell.create([...own, ...EMPTY], clearing(slot));
  try {
    if (value !== undefined) write(cell, slot, value);
  } catch (error) {
    cell[Symbol.dispose]();
    throw error;
  }
  return cell;
}

/** The end of a primitive with a value. */
export function clearing(slot: number): Ending {
  return (link, at) => clear(link, at + slot);
}

/**
 * Writes a value.
 *
 * @param slot Where, counted from the primitive.
 * @throws {DOMException} `DataCloneError`, when the value cannot travel, or has a handle or shared
 * memory in it. What was there stays.
 * @throws {RangeError} When there is no memory for it.
 */
export function write(cell: Cell, slot: number, value: unknown): void {
  const { link, words } = cell;
  const { arena } = link.domain;
  const at = cell.at + slot;
  const bytes = link.encoder.encode([value], "result");
  if ((link.encoder.words[0]! & CARGO) !== 0) {
    throw new DOMException(
      "Cannot keep a value: it has a handle or shared memory in it, which travel by themselves",
      "DataCloneError",
    );
  }
  const place = placeFor(arena, bytes, INLINE_WORDS * 4, "keep");
  link.encoder.copyTo(words, place === 0 ? at + VALUE : place / 4);
  link.encoder.sent();
  clear(link, at);
  words[at + PLACE] = place;
  words[at + LENGTH] = bytes;
}

/** Reads the value: a copy for the caller. */
export function read({ link, words, at }: Cell, slot: number): unknown {
  if (words[at + slot + LENGTH] === 0) return undefined;
  const place = words[at + slot + PLACE]!;
  return link.decoder.decode(words, place === 0 ? at + slot + VALUE : place / 4)[0];
}

/**
 * Takes the value out of what is locked by permits, and closes those.
 *
 * @param permits How many there are in all.
 * @param name What it is taken out of.
 * @throws {TypeError} When it is locked, or was closed before.
 */
export function takeOut(cell: Cell, permits: number, slot: number, name: string): unknown {
  if (isClosed(cell)) {
    throw new TypeError(`Cannot take the value out of a ${name}: it was taken before`);
  }
  if (!tryTake(cell, permits)) {
    throw new TypeError(`Cannot take the value out of a ${name}: it is locked`);
  }
  const value = read(cell, slot);
  close(cell);
  return value;
}

/** Frees the memory of a value; `at` is where its slot is. */
function clear({ domain: { words, arena } }: Link, at: number): void {
  const place = words[at + PLACE]!;
  words[at + PLACE] = 0;
  words[at + LENGTH] = 0;
  if (place !== 0) arena.freeRemote(place);
}
