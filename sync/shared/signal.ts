/**
 * One word in which somebody says that it waits, for those who may have news for it.
 *
 * G1 Who waits writes its number, and then looks once more whether there is news. Who has news writes
 *    that first, and then takes the number out. So one of the two sees the other.
 * G2 Who takes a number out wakes who it is; nobody else does. Who gives up takes its own number out,
 *    and if it is not there any more, is about to be woken.
 *
 * @module
 */

import { compareExchange, exchange, load, store } from "../../scheduler/multi_thread/atomics.ts";

/** G1: says that `waiter` waits. Nobody else does, in this word. */
export function arm(words: Int32Array, index: number, waiter: number): void {
  store(words, index, waiter + 1);
}

/** G2: takes that back. Answers `false` if somebody is about to wake it. */
export function disarm(words: Int32Array, index: number, waiter: number): boolean {
  return compareExchange(words, index, waiter + 1, 0) === waiter + 1;
}

/** G1, G2: takes the number of who waits out, or answers with -1 if nobody does. */
export function takeWaiter(words: Int32Array, index: number): number {
  return load(words, index) === 0 ? -1 : exchange(words, index, 0) - 1;
}
