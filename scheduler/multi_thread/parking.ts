/**
 * Telling an isolate that there is something for it, wherever it is.
 *
 * S1 An isolate that is about to rest writes PARKED, and then looks once more whether there is
 *    something for it. Who has something for it writes that first, and then NOTIFIED. So one of the
 *    two sees the other.
 * S2 Who finds PARKED when it writes NOTIFIED wakes the isolate. Nobody else does.
 *
 * @module
 */

import { compareExchange, exchange, load, notify, store } from "./atomics.ts";
import type { Domain } from "./domain.ts";

/** It runs, and will look. */
export const AWAKE = 0;
/** It rests until somebody wakes it. */
export const PARKED = 1;
/** It has been told, and has not looked since. */
export const NOTIFIED = 2;

/** Wakes the selector that a descriptor belongs to, from any thread. */
export type WakeSelector = (descriptor: number) => void;

/** S1, S2: tells `isolate` that there is something for it, which has been written before. */
export function unpark(domain: Domain, isolate: number, wakeSelector: WakeSelector): void {
  const { words } = domain;
  const parked = domain.parked(isolate);
  if (load(words, parked) === NOTIFIED) return;
  if (exchange(words, parked, NOTIFIED) !== PARKED) return;
  const descriptor = load(words, domain.waker(isolate)) - 1;
  if (descriptor >= 0) wakeSelector(descriptor);
  else notify(words, parked);
}

/** Says that this isolate is about to look for what there is for it. */
export function awake(domain: Domain): void {
  const parked = domain.parked(domain.self);
  if (load(domain.words, parked) !== AWAKE) store(domain.words, parked, AWAKE);
}

/**
 * S1: says that this isolate is about to rest.
 *
 * @returns `false` if somebody has something for it.
 */
export function park(domain: Domain): boolean {
  const parked = domain.parked(domain.self);
  // Not an exchange: who found PARKED for a moment would wake an isolate that does not rest.
  if (compareExchange(domain.words, parked, AWAKE, PARKED) === AWAKE) return true;
  store(domain.words, parked, AWAKE);
  return false;
}
