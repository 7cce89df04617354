/**
 * What the two ends of a oneshot channel share.
 *
 * @module
 */

import type { Waker } from "../../future/context.ts";
import { Notify } from "../notify.ts";

/** The value is there, and was not taken. */
export const VALUE = 1;
/** The sender has sent, or was dropped. */
export const SPENT = 2;
/** The receiver takes no value any more, except one that is there. */
export const CLOSED = 4;
/** The receiver has ended. */
export const TERMINATED = 8;

/** The state of one channel. */
export class Shared<T> {
  // Plain properties set by the constructor: a channel is made for each value.
  /** Any of the bits above. */
  declare state: number;
  declare value: T | undefined;
  /** Who waits for the value. */
  declare receiver: Waker | undefined;
  /** Those who wait until the receiver is closed; as a rule nobody ever does. */
  declare private closing: Notify | undefined;

  constructor() {
    this.state = 0;
    this.value = undefined;
    this.receiver = undefined;
    this.closing = undefined;
  }

  /** Wakes who waits for the value. */
  wakeReceiver(): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    this.receiver = undefined;
    receiver.wake();
  }

  /** Whether the receiver takes no value any more. */
  get isClosed(): boolean {
    return (this.state & CLOSED) !== 0;
  }

  /** What tells that the receiver was closed. */
  whenClosed(): Notify {
    return this.closing ??= new Notify();
  }

  /** Notes what has become of the receiver, and tells those who wait for that. */
  close(bits: number): void {
    this.state |= bits;
    if (this.closing !== undefined) this.closing.notifyWaiters();
  }
}
