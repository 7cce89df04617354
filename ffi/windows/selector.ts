/**
 * The selector of Windows: polls of sockets and overlapped operations on one completion port.
 *
 * A poll answers once, so it is begun when somebody waits (`arm`), all together before the next wait;
 * while a park is outstanding at once, since the port takes requests during a wait. What a poll has
 * found ends what it was for; for the rest of what was wanted another one is begun.
 *
 * @see `ffi/windows/afd.ts` and `ffi/windows/overlapped.ts` for the rules of their memory
 * @module
 */

import type { Selector } from "../backend.ts";
import {
  ERROR,
  FAILED,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../backend.ts";
import type { Failure } from "../os_error.ts";
import { AFD } from "./abi.ts";
import { AfdPolls, type Slot } from "./afd.ts";
import { Operations } from "./overlapped.ts";
import { Batch, CAPACITY, CompletionPort, KEY } from "./port.ts";
import { ERRORS } from "./errors.ts";
import { failureOf, type System } from "./system.ts";
import type { Wakers } from "./waker.ts";

const [ERROR_ALREADY_EXISTS] = ERRORS.ERROR_ALREADY_EXISTS;

/** For how long at most a selector that is closed waits for what it has cancelled. */
const CLOSING_MS = 1000;

/** {@linkcode Selector} by a completion port. */
export class WindowsSelector implements Selector {
  readonly reportsEdges = false;
  /** Operations of handles that have no readiness. */
  readonly operations: Operations;
  readonly #wakers: Wakers;
  readonly #baseHandle: (fd: number) => number;
  readonly #whyNoBase: () => Failure;
  readonly #port: CompletionPort;
  readonly #polls: AfdPolls;
  readonly #polled: Batch;
  readonly #parked: Batch;
  readonly #byIndex = new Map<number, Slot>();
  /** The sockets that are watched: each at most once. */
  readonly #sockets = new Set<number>();
  /** Slots to be looked at before the next wait, and those whose polls were refused. */
  readonly #listed: Slot[] = [];
  readonly #refused: Slot[] = [];
  readonly #events = new Int32Array(3 * 2 * CAPACITY);
  #count = 0;
  #isParked = false;
  #isWoken = false;
  #tookWake = false;
  #waker = -1;
  #failure: Failure = { code: "", errno: 0, syscall: "" };

  /**
   * @param wakers Those of this isolate.
   * @param baseHandle Finds the handle that the driver knows a socket by; 0 or `FAILED`.
   * @param whyNoBase Why that failed.
   */
  constructor(
    system: System,
    wakers: Wakers,
    baseHandle: (fd: number) => number,
    whyNoBase: () => Failure,
  ) {
    this.#wakers = wakers;
    this.#baseHandle = baseHandle;
    this.#whyNoBase = whyNoBase;
    this.#port = new CompletionPort(system);
    this.#polls = new AfdPolls(system, this.#port);
    this.operations = new Operations(system, this.#port);
    this.#polled = new Batch(system);
    this.#parked = new Batch(system);
  }

  /** A handle of overlapped operations reports by these alone. */
  add(fd: number, index: number, generation: number): number {
    if (this.operations.has(fd)) return 0;
    if (this.#sockets.has(fd)) return this.#refuse(failureOf(ERROR_ALREADY_EXISTS, "WSAIoctl"));
    const base = this.#baseHandle(fd);
    if (base === FAILED) return this.#refuse(this.#whyNoBase());
    this.#sockets.add(fd);
    const slot = this.#polls.acquire();
    slot.index = index;
    slot.generation = generation;
    slot.base = base;
    this.#byIndex.set(index, slot);
    return 0;
  }

  arm(_fd: number, index: number, _generation: number, interest: number): void {
    const slot = this.#byIndex.get(index);
    if (slot === undefined) return;
    slot.wanted |= interest;
    if ((slot.wanted & ~slot.armed) === 0) return;
    if (this.#isParked) this.#update(slot);
    else this.#list(slot);
  }

  remove(fd: number, index: number): void {
    const slot = this.#byIndex.get(index);
    if (slot === undefined) return this.operations.detach(fd);
    this.#byIndex.delete(index);
    this.#sockets.delete(fd);
    this.#polls.release(slot);
  }

  poll(timeoutMs: number): number {
    this.#updateListed();
    this.#port.poll(this.#polled, this.#refused.length > 0 ? 0 : timeoutMs);
    this.#collect(this.#polled);
    // The park is meant by the wake that was taken from it.
    if (this.#isParked && this.#tookWake) this.#port.wake();
    return this.#count;
  }

  park(timeoutMs: number, done: (events: number) => void): void {
    this.#updateListed();
    this.#isParked = true;
    const patience = this.#refused.length > 0 ? 0 : timeoutMs;
    this.#port.pollElsewhere(this.#parked, patience).then(() => {
      this.#isParked = false;
      this.#isWoken = false;
      this.#collect(this.#parked);
      done(this.#count);
    });
  }

  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    this.#port.wake();
  }

  watchWaker(waker: number): number {
    this.#waker = waker >= 0 ? waker : this.#wakers.create();
    this.#wakers.direct(this.#waker, this.#port.handle);
    return this.#waker;
  }

  index(i: number): number {
    return this.#events[3 * i]!;
  }

  generation(i: number): number {
    return this.#events[3 * i + 1]!;
  }

  readiness(i: number): number {
    return this.#events[3 * i + 2]!;
  }

  /** Waits for what is cancelled, so that its memory can be given back. */
  close(): void {
    if (this.#waker >= 0) this.#wakers.direct(this.#waker, 0);
    this.#polls.cancelAll();
    this.operations.cancelAll();
    const start = performance.now();
    while (this.#inFlight() > 0 && performance.now() - start < CLOSING_MS) {
      this.#port.poll(this.#polled, 1);
      this.#collect(this.#polled);
    }
    this.#polls.close();
    this.#port.close();
    this.#polled.free();
    this.#parked.free();
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  #refuse(failure: Failure): number {
    this.#failure = failure;
    return FAILED;
  }

  #inFlight(): number {
    return this.#polls.inFlight + this.operations.inFlight;
  }

  #list(slot: Slot): void {
    if (slot.isListed) return;
    slot.isListed = true;
    this.#listed.push(slot);
  }

  #updateListed(): void {
    if (this.#listed.length === 0) return;
    for (const slot of this.#listed.splice(0)) {
      slot.isListed = false;
      this.#update(slot);
    }
  }

  /** Begins a poll for what is wanted, or ends the one that was for less. */
  #update(slot: Slot): void {
    if (!slot.isUsed || (slot.wanted & ~slot.armed) === 0) return;
    if (slot.armed !== 0) return this.#polls.cancel(slot);
    if (this.#polls.start(slot, eventsFor(slot.wanted))) return;
    this.#refused.push(slot);
    if (this.#isParked) this.wake();
  }

  /** Turns completions into events. */
  #collect(batch: Batch): void {
    this.#count = 0;
    this.#tookWake = false;
    // A call that finds out what is wrong follows.
    for (const slot of this.#refused.splice(0, CAPACITY)) {
      if (slot.isUsed) this.#report(slot, AFD.ABORT);
    }
    for (let i = 0; i < batch.count; i++) {
      const key = batch.key(i);
      if (key === KEY.AFD) this.#finishPoll(batch.context(i));
      else if (key === KEY.OVERLAPPED) this.#finishOperation(batch.address(i));
      else this.#takeWake();
    }
  }

  #finishPoll(context: number): void {
    const slot = this.#polls.finish(context);
    if (!slot.isUsed) return;
    const found = this.#polls.found(slot);
    if (found !== 0) this.#report(slot, found);
    if (slot.wanted !== 0) this.#list(slot);
  }

  /** It reports by itself; here it counts as something that happened. */
  #finishOperation(address: number): void {
    this.operations.finish(address);
    this.#push(-1, 0, 0);
  }

  #takeWake(): void {
    this.#tookWake = this.#isWoken;
    if (!this.#isParked) this.#isWoken = false;
    if (this.#waker >= 0) this.#wakers.taken(this.#waker);
  }

  #report(slot: Slot, found: number): void {
    const ready = readinessOf(found);
    slot.wanted &= ~ended(ready);
    this.#push(slot.index, slot.generation, ready);
  }

  #push(index: number, generation: number, ready: number): void {
    const at = 3 * this.#count++;
    this.#events[at] = index;
    this.#events[at + 1] = generation;
    this.#events[at + 2] = ready;
  }
}

/** What the driver has to look for on behalf of someone who waits for `interest`. */
export function eventsFor(interest: number): number {
  let events = AFD.ABORT | AFD.CONNECT_FAIL;
  if (interest & READABLE) events |= AFD.RECEIVE | AFD.ACCEPT | AFD.DISCONNECT;
  if (interest & WRITABLE) events |= AFD.SEND;
  if (interest & PRIORITY) events |= AFD.RECEIVE_EXPEDITED;
  return events;
}

/** What the driver has found, in the contract's words. */
export function readinessOf(events: number): number {
  let ready = 0;
  if (events & (AFD.RECEIVE | AFD.ACCEPT)) ready |= READABLE;
  if (events & AFD.RECEIVE_EXPEDITED) ready |= PRIORITY | READABLE;
  if (events & AFD.SEND) ready |= WRITABLE;
  if (events & AFD.DISCONNECT) ready |= READ_CLOSED | READABLE;
  if (events & (AFD.ABORT | AFD.LOCAL_CLOSE | AFD.CONNECT_FAIL)) {
    ready |= ERROR | READ_CLOSED | WRITE_CLOSED | READABLE | WRITABLE;
  }
  return ready;
}

/** The interests that are answered by `ready`: all, where there is an error. */
function ended(ready: number): number {
  return ready & ERROR ? -1 : ready;
}
