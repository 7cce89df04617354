/**
 * The seam between futures and the clock.
 *
 * What is below `time/` waits by it: `time/` installs its timers here when it is loaded, with a clock
 * that may be paused; until then a timer of the host serves.
 *
 * @module
 */

import { BUDGET, hasBudget, proceed, refund, resetBudget } from "./budget.ts";
import type { Context, Waker } from "./context.ts";
import { Future, polledAfterEnd } from "./future.ts";
import { isPending, Pending, type Poll } from "./poll.ts";

/** Makes a future that completes once `ms` milliseconds have passed since it was made. */
export type Delay = (ms: number) => Future<void>;

/** The longest that a timer of the host may take, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** A delay by the host's timers. */
class HostDelay extends Future<void> {
  readonly #deadline: number;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #waker: Waker | undefined = undefined;
  #hasEnded = false;

  constructor(ms: number) {
    super();
    this.#deadline = performance.now() + ms;
  }

  poll(cx: Context): Poll<void> {
    if (this.#hasEnded) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    if (performance.now() >= this.#deadline) return this[Symbol.dispose]();
    refund();
    this.#waker = cx.waker;
    if (this.#timer === undefined) this.#start();
    return Pending;
  }

  override [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#hasEnded = true;
  }

  #start(): void {
    const left = Math.ceil(this.#deadline - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#waker?.wake();
    }, Math.min(left, LONGEST_MS));
  }
}

let installed: Delay = (ms) => new HostDelay(ms);

/** Makes `delay` what {@linkcode delay} answers with. */
export function installDelay(delay: Delay): void {
  installed = delay;
}

/** A future that completes once `ms` milliseconds have passed since now. */
export function delay(ms: number): Future<void> {
  return installed(ms);
}

/**
 * Whether a delay is over, which is polled also if what was polled before it has used up the budget:
 * that must not keep the clock from being looked at.
 *
 * @param hadBudget Whether there was a budget before that.
 */
export function pollDelay(delay: Future<void>, cx: Context, hadBudget: boolean): boolean {
  if (!hadBudget || hasBudget()) return !isPending(delay.poll(cx));
  resetBudget(BUDGET);
  const polled = delay.poll(cx);
  resetBudget(0);
  return !isPending(polled);
}
