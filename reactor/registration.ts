/**
 * One source of events, and who waits for it.
 *
 * @module
 */

import { READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../ffi/backend.ts";
import type { Waker } from "../future/context.ts";
import { type Interest, Ready } from "./interest.ts";
import type { Reactor } from "./reactor.ts";

/** Someone who waits for readiness; the future that waits is the waiter. */
export interface Waiter {
  /** Which bits wake it. */
  readonly interest: Interest;
  /** Whom to wake; nobody while it does not wait. */
  waitingWaker: Waker | undefined | null;
}

/**
 * A descriptor that the reactor watches.
 *
 * R1 Readiness starts as ready for all: the first call decides.
 * R2 A call that would block clears the bits that it needed, then its future begins to wait. No
 *    event can be dispatched in between, because both happen in one synchronous step; code that
 *    waits between looking and clearing passes the tick, and a newer event keeps its bits.
 * R3 An event sets bits and wakes everyone whom it concerns: the one reader or writer that most
 *    sockets have, then all others in the order of their arrival.
 * R4 The CLOSED bits are never cleared: the end stays the end.
 * R5 After `close` nobody waits: waiters were woken and their next call fails.
 */
export class Registration {
  // Plain properties set by the constructor, those of every message first: private fields would cost
  // an initializer call for each class of a chain, and the order decides what shares a cache line.
  declare private readiness: number;
  declare private tick: number;
  declare private reader: Waiter | undefined;
  declare private writer: Waiter | undefined;
  /** The descriptor. */
  declare readonly fd: number;
  declare private readonly reactor: Reactor;
  declare private open: boolean;
  declare private others: Waiter[] | undefined;
  /** Its place in the reactor's table. */
  declare readonly index: number;
  /** Which tenant of that place it is. */
  declare readonly generation: number;

  /**
   * Begins to watch a descriptor, which must be non-blocking.
   *
   * @throws {OsError} When the system refuses.
   */
  constructor(reactor: Reactor, fd: number) {
    this.readiness = READABLE | WRITABLE;
    this.tick = 0;
    this.reader = undefined;
    this.writer = undefined;
    this.fd = fd;
    this.reactor = reactor;
    this.open = true;
    this.others = undefined;
    const { index, generation } = reactor.enroll(this, fd);
    this.index = index;
    this.generation = generation;
  }

  /** Whether the source is still watched. */
  get isOpen(): boolean {
    return this.open;
  }

  /** Whether one of the bits of `interest` is believed to be ready. */
  isReady(interest: Interest): boolean {
    return (this.readiness & withClosed(interest)) !== 0;
  }

  /** What is believed to be ready among `interest`. */
  ready(interest: Interest): Ready {
    return new Ready(this.readiness & withClosed(interest), this.tick);
  }

  /** R2: takes bits back after a call that would have blocked. */
  clear(bits: number): void {
    this.readiness &= ~(bits & ~(READ_CLOSED | WRITE_CLOSED));
  }

  /** R2: takes back what `seen` had, unless an event came since. */
  clearReadiness(seen: Ready): void {
    if (seen.tick === this.tick) this.clear(seen.bits);
  }

  /** Makes `waiter` wait, or gives it a newer waker. */
  wait(waiter: Waiter, waker: Waker): void {
    const waits = waiter.waitingWaker;
    waiter.waitingWaker = waker;
    if (waits) return;
    const { interest } = waiter;
    if (interest === READABLE && this.reader === undefined) this.reader = waiter;
    else if (interest === WRITABLE && this.writer === undefined) this.writer = waiter;
    else (this.others ??= []).push(waiter);
    this.reactor.waiting(this, interest);
  }

  /** Makes `waiter` wait no longer, if it does. */
  forget(waiter: Waiter): void {
    if (!waiter.waitingWaker) return;
    if (this.reader === waiter) this.reader = undefined;
    else if (this.writer === waiter) this.writer = undefined;
    else this.others!.splice(this.others!.indexOf(waiter), 1);
    waiter.waitingWaker = undefined;
    this.reactor.done();
  }

  /** R3: takes an event. Called by the reactor. */
  dispatch(bits: number): void {
    this.readiness |= bits;
    this.tick = (this.tick + 1) | 0;
    const { reader, writer, others } = this;
    if (reader !== undefined && (bits & READS) !== 0) wake(this, reader);
    if (writer !== undefined && (bits & WRITES) !== 0) wake(this, writer);
    if (others === undefined || others.length === 0) return;
    for (const waiter of [...others]) {
      if ((withClosed(waiter.interest) & bits) !== 0) wake(this, waiter);
    }
  }

  /** R5: stops watching and wakes everyone. The owner closes the descriptor afterwards. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.reactor.deregister(this);
    this.dispatch(ALL);
  }
}

function wake(registration: Registration, waiter: Waiter): void {
  const waker = waiter.waitingWaker;
  if (!waker) return;
  registration.forget(waiter);
  waker.wake();
}

const ALL = 0xff;
const READS = READABLE | READ_CLOSED;
const WRITES = WRITABLE | WRITE_CLOSED;

/** The end of reading concerns readers, the end of writing writers. */
function withClosed(interest: Interest): number {
  // READ_CLOSED and WRITE_CLOSED are READABLE and WRITABLE, two bits up.
  return interest | ((interest & (READABLE | WRITABLE)) << 2);
}
