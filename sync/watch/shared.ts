/**
 * What the ends of a watch channel share.
 *
 * @module
 */

import { Notify } from "../notify.ts";
import { Waiters } from "../waiters.ts";
import { WOKEN } from "./wait.ts";

/** The version that no value has. */
export const NEVER = -1;

/** Versions wrap around here, to stay small integers. */
const VERSIONS = 0x3fff_ffff;

/** The state of one channel. */
export class Shared<T> {
  /** The current value. */
  value: T;
  /** Counts the values. */
  version = 0;
  /** How many senders are open. Once it is 0 there are no more changes. */
  senders = 0;
  /** How many receivers are open. It may rise again from 0. */
  receivers = 0;
  /** Those who wait for a change. */
  readonly waiting: Waiters = new Waiters();
  /** Tells that the last receiver was closed. */
  readonly closed: Notify = new Notify();

  constructor(value: T) {
    this.value = value;
  }

  /** Whether there is no receiver. */
  get isClosed(): boolean {
    return this.receivers === 0;
  }

  /** What tells that the last receiver was closed. */
  whenClosed(): Notify {
    return this.closed;
  }

  /** Puts a value in place of the current one. */
  store(value: T): void {
    this.value = value;
    this.version = (this.version + 1) & VERSIONS;
    this.wakeAll();
  }

  /** Has those who wait for a change look again. */
  wakeAll(): void {
    if (this.waiting.first !== undefined) this.waiting.wakeAll(WOKEN);
  }
}

/** How one receiver looks at the channel. */
export class View<T> {
  readonly shared: Shared<T>;
  /** The version that the receiver has seen last. */
  seen: number;
  /** Whether a loop would begin with the current value, though it counts as seen. */
  isFresh: boolean;
  /** Whether the receiver is open. */
  isOpen = true;
  /** How many of its waits were polled and have not ended. */
  waits = 0;

  constructor(shared: Shared<T>, seen: number, isFresh: boolean) {
    this.shared = shared;
    this.seen = seen;
    this.isFresh = isFresh;
    shared.receivers += 1;
  }

  /** Whether the current value was not seen. */
  get hasUnseen(): boolean {
    return this.seen !== this.shared.version;
  }

  /** Whether there will be no more changes. */
  get isClosed(): boolean {
    return !this.isOpen || this.shared.senders === 0;
  }

  /** Marks the current value as seen. */
  see(): T {
    const { shared } = this;
    this.seen = shared.version;
    this.isFresh = false;
    return shared.value;
  }
}
