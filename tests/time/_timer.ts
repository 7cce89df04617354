/**
 * Timers for the wheel.
 *
 * @module
 */

import { IDLE, type TimerEntry } from "../../time/wheel.ts";

/** A timer that tells when it fires. */
export class Timer implements TimerEntry {
  slot: number = IDLE;
  nextTimer: TimerEntry | undefined = undefined;
  previousTimer: TimerEntry | undefined = undefined;
  readonly when: number;
  readonly #fired: (timer: Timer) => void;

  constructor(when: number, fired: (timer: Timer) => void) {
    this.when = when;
    this.#fired = fired;
  }

  fire(): void {
    this.#fired(this);
  }
}
