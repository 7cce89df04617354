/**
 * Sleeps that are started by hand: polled once, with a waker that is woken for nobody.
 *
 * @module
 */

import { type Context, Pending } from "../../../future/mod.ts";
import { type Sleep, sleep } from "../../../time/mod.ts";
import { deadline } from "../js/work.mjs";

/** Every sleep is dropped long before its time. */
const context: Context = { waker: { wake() {} } };

/** Starts the `i`th sleep. */
export function start(i: number): Sleep {
  const timer = sleep(deadline(i));
  if (timer.poll(context) !== Pending) throw new Error("Cannot measure: the sleep is over already");
  return timer;
}

/** Drops them all, and counts them. */
export function dropAll(timers: readonly Sleep[]): number {
  for (const timer of timers) timer[Symbol.dispose]();
  return timers.length;
}
