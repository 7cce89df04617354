/**
 * Values that are one word: most arguments and results of small tasks, and most messages. They go
 * past the writer and the reader.
 *
 * @module
 */

import { FALSE, NULL, SMALL_INTEGER, TAG_BITS, TAG_MASK, TRUE, UNDEFINED } from "./wire_tags.ts";

const SMALLEST = -(1 << 25);
const LARGEST = (1 << 25) - 1;

/** The word of a value, or 0 if it takes more than one. */
export function smallWord(value: unknown): number {
  if (typeof value === "number") {
    const integer = value | 0;
    const isInteger = integer === value && (integer !== 0 || 1 / value > 0);
    if (!isInteger || integer < SMALLEST || integer > LARGEST) return 0;
    return (integer << TAG_BITS) | SMALL_INTEGER;
  }
  if (value === undefined) return UNDEFINED;
  if (value === null) return NULL;
  if (value === true) return TRUE;
  return value === false ? FALSE : 0;
}

/** Whether a value takes no more than this first word. */
export function isSmall(word: number): boolean {
  const tag = word & TAG_MASK;
  return tag === SMALL_INTEGER || (tag >= UNDEFINED && tag <= FALSE);
}

/** The value of a word for which {@linkcode isSmall} holds. */
export function smallValue(word: number): unknown {
  const tag = word & TAG_MASK;
  if (tag === SMALL_INTEGER) return word >> TAG_BITS;
  if (tag === UNDEFINED) return undefined;
  return tag === NULL ? null : tag === TRUE;
}
