/**
 * What the tests of the arena have in common, in this thread and in others.
 *
 * @module
 */

import type { Random } from "../../../future/random.ts";

/** How many pages the arena of a test has. */
export const PAGES = 40;

/** How many words it takes, for 8 isolates. */
export const SIZE: number = 16 + 8 * 16 + PAGES * (16_384 + 2) + 16;

/** A random number of bytes: most are small, some are runs of pages. */
export function rangeOf(random: Random): number {
  return 4 + random.below([200, 1000, 10_000, 40_000, 200_000][random.below(5)]!);
}

/** Fills a block with a mark that belongs to it. */
export function write(words: Int32Array, offset: number, bytes: number, mark: number): void {
  words.fill(mark, offset >> 2, (offset + bytes) >> 2);
}

/** Whether a block is as it was written. */
export function isFilled(
  words: Int32Array,
  offset: number,
  bytes: number,
  mark: number,
): boolean {
  for (let at = offset >> 2; at < (offset + bytes) >> 2; at++) if (words[at] !== mark) return false;
  return true;
}
