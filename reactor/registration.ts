/**
 * One source of events, and who waits for it.
 *
 * @module
 */

import { READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../ffi/backend.ts";
import type { Waker } from "../future/context.ts";
import { type Interest, Ready } from "./interest.ts";
import type { Reactor } from "./reactor.ts";

/** A place in the list of those who wait; the future that waits is the place. */
export interface Waiter {
  /** Which bits wake it. */
  readonly interest: Interest;
  /** Whom to wake; `undefined` while it is in no list. */
  waitingWaker: Waker | undefined;
  /** Its neighbours in the list. */
  nextWaiter: Waiter | undefined;
  previousWaiter: Waiter | undefined;
}

/**
 * A descriptor that the reactor watches.
 *
 * R1 `readiness` starts as ready for all: the first call decides.
 * R2 A call that would block clears the bits that it needed, then its future joins the list. No
 *    event can be dispatched in between, because both happen in one synchronous step; code that
 *    waits between looking and clearing passes the tick, and a newer event keeps its bits.
 * R3 An event sets bits and wakes everyone whom it concerns, in the order of arrival.
 * R4 The CLOSED bits are never cleared: the end stays the end.
 * R5 After `close` nobody waits: waiters were woken and their next call fails.
 */
export class Registration {
  /** The descriptor. */
  readonly fd: number;
  /** Its place in the reactor's table, and which tenant of the place it is. */
  readonly index: number;
  readonly generation: number;
  readonly #reactor: Reactor;
  #readiness = READABLE | WRITABLE;
  #tick = 0;
  #first: Waiter | undefined = undefined;
  #last: Waiter | undefined = undefined;
  #open = true;

  /** Made by {@linkcode Reactor.register}. */
  constructor(reactor: Reactor, fd: number, index: number, generation: number) {
    this.#reactor = reactor;
    this.fd = fd;
    this.index = index;
    this.generation = generation;
  }

  /** Whether the source is still watched. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether one of the bits of `interest` is believed to be ready. */
  isReady(interest: Interest): boolean {
    return (this.#readiness & closedToo(interest)) !== 0;
  }

  /** What is believed to be ready among `interest`. */
  ready(interest: Interest): Ready {
    return new Ready(this.#readiness & closedToo(interest), this.#tick);
  }

  /** R2: takes bits back after a call that would have blocked. */
  clear(bits: number): void {
    this.#readiness &= ~(bits & ~(READ_CLOSED | WRITE_CLOSED));
  }

  /** R2: takes back what `seen` had, unless an event came since. */
  clearReadiness(seen: Ready): void {
    if (seen.tick === this.#tick) this.clear(seen.bits);
  }

  /** Adds `waiter` to those who wait, or gives it a newer waker. */
  wait(waiter: Waiter, waker: Waker): void {
    const isNew = waiter.waitingWaker === undefined;
    waiter.waitingWaker = waker;
    if (!isNew) return;
    waiter.previousWaiter = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.nextWaiter = waiter;
    this.#last = waiter;
    this.#reactor.waiting(this, waiter.interest);
  }

  /** Takes `waiter` out of the list, if it is there. */
  forget(waiter: Waiter): void {
    if (waiter.waitingWaker === undefined) return;
    const { previousWaiter: previous, nextWaiter: next } = waiter;
    if (previous === undefined) this.#first = next;
    else previous.nextWaiter = next;
    if (next === undefined) this.#last = previous;
    else next.previousWaiter = previous;
    waiter.waitingWaker = undefined;
    waiter.nextWaiter = undefined;
    waiter.previousWaiter = undefined;
    this.#reactor.done();
  }

  /** R3: takes an event. Called by the reactor. */
  dispatch(bits: number): void {
    this.#readiness |= bits;
    this.#tick = (this.#tick + 1) | 0;
    for (let waiter = this.#first; waiter !== undefined;) {
      const next: Waiter | undefined = waiter.nextWaiter;
      if ((closedToo(waiter.interest) & bits) !== 0) {
        const waker = waiter.waitingWaker!;
        this.forget(waiter);
        waker.wake();
      }
      waiter = next;
    }
  }

  /** R5: stops watching and wakes everyone. The owner closes the descriptor afterwards. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#reactor.deregister(this);
    this.dispatch(ALL);
  }
}

const ALL = 0xff;

/** The end of reading concerns readers, the end of writing writers. */
function closedToo(interest: Interest): number {
  // READ_CLOSED and WRITE_CLOSED are READABLE and WRITABLE, two bits up.
  return interest | ((interest & (READABLE | WRITABLE)) << 2);
}
