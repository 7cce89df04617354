/**
 * Trying again after a pause.
 *
 * @module
 */

import { delay } from "./delay.ts";

/** Says that every attempt failed; the last failure is the `cause`. */
export class RetryError extends Error {
  /** Keeps the last failure. */
  constructor(cause: unknown, attempts: number) {
    super(`Retrying exceeded the maxAttempts (${attempts})`, { cause });
    this.name = "RetryError";
  }
}

/** Options for {@linkcode retry}. */
export interface RetryOptions {
  /** By how much each pause exceeds the last: 2 unless given. */
  multiplier?: number;
  /** The longest pause in milliseconds: 60000 unless given. */
  maxTimeout?: number;
  /** How often to try: 5 times unless given. */
  maxAttempts?: number;
  /** The first pause in milliseconds: 1000 unless given. */
  minTimeout?: number;
  /** The share of a pause that is left to chance, from 0 to 1: 1 unless given. */
  jitter?: number;
  /** Tells whether a failure is worth another attempt: every failure unless given. */
  isRetriable?: (err: unknown) => boolean;
  /** Ends the attempts. */
  signal?: AbortSignal;
}

/** Calls `fn` until it succeeds, with growing pauses in between. */
export async function retry<T>(
  fn: (() => Promise<T>) | (() => T),
  options: RetryOptions = {},
): Promise<T> {
  const {
    multiplier = 2,
    maxTimeout = 60000,
    maxAttempts = 5,
    minTimeout = 1000,
    jitter = 1,
    isRetriable = () => true,
    signal,
  } = options;
  require(Number.isInteger(maxAttempts) && maxAttempts >= 1, "maxAttempts", maxAttempts);
  require(Number.isFinite(multiplier) && multiplier >= 1, "multiplier", multiplier);
  require(maxTimeout > 0, "maxTimeout", maxTimeout);
  require(minTimeout >= 0 && minTimeout <= maxTimeout, "minTimeout", minTimeout);
  require(jitter >= 0 && jitter <= 1, "jitter", jitter);
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      if (attempt >= maxAttempts) throw new RetryError(error, maxAttempts);
    }
    const pause = Math.min(maxTimeout, minTimeout * multiplier ** (attempt - 1));
    await delay(pause * (1 - jitter * Math.random()), signal ? { signal } : {});
  }
}

function require(holds: boolean, name: string, value: number): void {
  if (!holds) throw new RangeError(`Cannot retry: "${name}" is out of range: ${value}`);
}
