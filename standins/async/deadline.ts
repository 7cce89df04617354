/**
 * A promise with a time limit.
 *
 * @module
 */

import { abortable } from "./abortable.ts";

/** Options for {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait before its time. */
  signal?: AbortSignal;
}

/** The promise, unless `ms` pass first: then a rejection with a `TimeoutError`. */
export function deadline<T>(
  p: Promise<T>,
  ms: number,
  options: DeadlineOptions = {},
): Promise<T> {
  const signals: AbortSignal[] = options.signal ? [options.signal] : [];
  if (ms < Number.MAX_SAFE_INTEGER) signals.push(AbortSignal.timeout(ms));
  return abortable(p, AbortSignal.any(signals));
}
