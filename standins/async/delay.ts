/**
 * A promise that takes its time.
 *
 * @module
 */

/** Options for {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the delay with a rejection. */
  signal?: AbortSignal;
  /** Whether the process waits for the delay before it ends; by default it does. */
  persistent?: boolean;
}

/** The longest time one timer can count. */
const LONGEST_MS = 2 ** 31 - 1;

/** Resolves after `ms`. */
export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  const { signal, persistent = true } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const due = Date.now() + ms;
  let timer: number;
  const start = (left: number) => {
    timer = Number(setTimeout(finish, Math.min(Math.max(left, 0) || 0, LONGEST_MS)));
    if (!persistent) Deno.unrefTimer(timer);
  };
  const finish = () => {
    if (ms > LONGEST_MS && Date.now() < due) return start(due - Date.now());
    signal?.removeEventListener("abort", abort);
    resolve();
  };
  const abort = () => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  signal?.addEventListener("abort", abort, { once: true });
  start(ms);
  return promise;
}
