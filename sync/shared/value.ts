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
import type { Cell } from "./cell.ts";

const PLACE = 0;
const LENGTH = 1;
const VALUE = 2;

/** A value of so many words needs no memory of its own. It fills the smallest block of the arena. */
const INLINE_WORDS = 24;

/** The words of a slot without a value. */
export const EMPTY: readonly number[] = new Array(VALUE + INLINE_WORDS).fill(0);

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
  const place = bytes > INLINE_WORDS * 4 ? arena.allocate(bytes) : 0;
  if (place === 0 && bytes > INLINE_WORDS * 4) {
    throw new RangeError(`Cannot keep a value of ${bytes} bytes: the shared memory is full`);
  }
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

/** Frees the memory of a value; `at` is where its slot is. */
export function clear({ domain: { words, arena } }: Link, at: number): void {
  const place = words[at + PLACE]!;
  words[at + PLACE] = 0;
  words[at + LENGTH] = 0;
  if (place !== 0) arena.freeRemote(place);
}
