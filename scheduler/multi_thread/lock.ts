/**
 * A lock of one shared word, for pieces of work of a few instructions.
 *
 * ```text
 *  0 open     1 held     2 held, and somebody sleeps
 * ```
 *
 * It is not fair and must not be held over a wait. A thread that may not sleep (a page of a browser)
 * spins.
 *
 * Follows U. Drepper, "Futexes Are Tricky", mutex 2.
 *
 * @module
 */

import { compareExchange, exchange, notify, wait } from "./atomics.ts";

const OPEN = 0;
const HELD = 1;
const CONTENDED = 2;

/** Looks before it sleeps: what the lock protects takes less than a sleep does. */
const SPINS = 64;

/** Takes the lock at `words[index]`. */
export function acquire(words: Int32Array, index: number): void {
  for (let i = 0; i < SPINS; i++) {
    if (compareExchange(words, index, OPEN, HELD) === OPEN) return;
  }
  while (exchange(words, index, CONTENDED) !== OPEN) sleep(words, index);
}

/** Opens the lock. */
export function release(words: Int32Array, index: number): void {
  if (exchange(words, index, OPEN) === CONTENDED) notify(words, index, 1);
}

function sleep(words: Int32Array, index: number): void {
  try {
    wait(words, index, CONTENDED);
  } catch {
    // This thread may not block; it looks again at once.
  }
}
