/**
 * The selector of macOS and FreeBSD: kqueue with one-shot filters, and a user event to wake it.
 *
 * K1 `arm` adds a one-shot filter for each direction that somebody waits for. A filter that is added
 *    while the source is ready fires at once, so no change between a would-block and `arm` is lost.
 * K2 Added filters are collected and handed over with the next `poll`, in the same call. While a park
 *    is outstanding they are handed over at once.
 * K3 A filter that is believed to be there is not added again, until its event has been collected.
 * K4 `remove` deletes the filters that are there, because the descriptor may live on elsewhere.
 * K5 A poll that takes a wake away from an outstanding park raises it again.
 * K6 A filter that the system refuses is reported as an event, so that who waits tries the call and
 *    gets its error.
 *
 * Records, and times that are lent to another thread, are native memory.
 *
 * @see kqueue(2)
 * @module
 */

import type { Selector } from "../backend.ts";
import { ERROR, FAILED, PRIORITY, READABLE, WRITABLE } from "../backend.ts";
import type { Failure } from "../os_error.ts";
import type { NativeMemory } from "../memory.ts";
import type { System } from "../unix/system.ts";
import { waitElsewhere } from "../wait_elsewhere.ts";
import { CONSTANTS, type KqueueAbi } from "./abi.ts";
import { KeventList, readinessOf } from "./events.ts";
import type { KqueueLibc } from "./libc.ts";
import { Timespec } from "./timespec.ts";

const C = CONSTANTS;

/** How many events one call collects, as in Tokio. */
const CAPACITY = 1024;

/** How many added filters are collected at the most. */
const CHANGES = 256;

/** The index of the user event, which no registration has. */
const WAKER = -1;

/** The user event: raised by a wake, and taken by the call that collects it. */
const USER_EVENT = { ident: 0, fflags: 0, index: WAKER, generation: 0 };

/** Why a descriptor is refused that is watched already; epoll's kernel says the same. */
const WATCHED: Failure = { code: "EEXIST", errno: 17, syscall: "kevent" };

/** A source. */
interface Watch {
  readonly fd: number;
  readonly generation: number;
  /** The filters that are there, or will be with the next call: bits of {@linkcode FILTERS}. */
  armed: number;
  /** What somebody waits for that no filter tells apart. */
  asked: number;
}

/** What kqueue needs beside libc. */
export interface KqueueParts {
  /** Its calls. */
  readonly libc: KqueueLibc;
  /** Its numbers. */
  readonly abi: KqueueAbi;
  /** Answers -1 with errno for what is no open descriptor. */
  readonly probe: (fd: number) => number;
}

/** {@linkcode Selector} by kqueue. */
export class KqueueSelector implements Selector {
  readonly reportsEdges = false;
  readonly #system: System;
  readonly #libc: KqueueLibc;
  readonly #probe: (fd: number) => number;
  readonly #userFilter: number;
  /** The filters by the bit that asks for them. */
  readonly #filters: readonly { bit: number; filter: number; fflags: number }[];
  #kqueue: number;
  /** Whether others wake this kqueue by its number, so that it outlives the selector. */
  #isWaker = false;
  readonly #memory: NativeMemory[] = [];
  readonly #control: List;
  readonly #changes: List;
  #pending = 0;
  readonly #polled: List;
  readonly #polledFor: Timespec;
  readonly #parked: List;
  readonly #parkedFor: Timespec;
  #events: KeventList;
  readonly #watches = new Map<number, Watch>();
  readonly #descriptors = new Set<number>();
  /** K6: sources of refused filters that have not been reported yet. */
  #refused: { index: number; generation: number }[] = [];
  /** Bits to report beside those of event `i`. */
  readonly #told = new Map<number, number>();
  #woken = false;
  #isParked = false;
  #failure: Failure = { code: "", errno: 0, syscall: "" };

  constructor(system: System, { libc, abi, probe }: KqueueParts) {
    this.#system = system;
    this.#libc = libc;
    this.#probe = probe;
    this.#userFilter = abi.EVFILT_USER;
    this.#filters = [
      { bit: READABLE, filter: C.EVFILT_READ, fflags: 0 },
      { bit: WRITABLE, filter: C.EVFILT_WRITE, fflags: 0 },
      ...(abi.urgent === undefined ? [] : [{ bit: PRIORITY, ...abi.urgent }]),
    ];
    const list = (records: number): List => {
      const memory = this.#allocate(records * abi.kevent.size);
      return { pointer: memory.pointer, records: new KeventList(memory.buffer, abi) };
    };
    this.#control = list(1);
    this.#changes = list(CHANGES);
    this.#polled = list(CAPACITY + CHANGES);
    this.#parked = list(CAPACITY + CHANGES);
    this.#polledFor = new Timespec(this.#allocate(Timespec.BYTES));
    this.#parkedFor = new Timespec(this.#allocate(Timespec.BYTES));
    this.#events = this.#polled.records;
    this.#kqueue = this.#open();
  }

  /** Filters are added when somebody waits; this only asks whether `fd` is a descriptor. */
  add(fd: number, index: number, generation: number): number {
    if (this.#probe(fd) < 0) return this.#fail("fcntl");
    if (this.#descriptors.has(fd)) {
      this.#failure = WATCHED;
      return FAILED;
    }
    this.#descriptors.add(fd);
    this.#watches.set(index, { fd, generation, armed: 0, asked: 0 });
    return 0;
  }

  arm(_fd: number, index: number, generation: number, interest: number): void {
    const watch = this.#watches.get(index);
    if (watch === undefined || watch.generation !== generation) return;
    this.#want(watch, index, this.#tellable(watch, interest));
    if (this.#isParked) this.#submit();
  }

  remove(fd: number, index: number): void {
    const watch = this.#watches.get(index);
    if (watch?.fd !== fd) return;
    this.#watches.delete(index);
    this.#descriptors.delete(fd);
    if (watch.armed === 0) return;
    this.#submit();
    this.#disarm(watch);
  }

  poll(timeoutMs: number): number {
    const { pointer, records } = this.#polled;
    const time = this.#polledFor.set(this.#refused.length > 0 ? 0 : timeoutMs);
    const pending = this.#pending;
    this.#pending = 0;
    const changes = this.#changes.pointer;
    const count = this.#libc.kevent(this.#kqueue, changes, pending, pointer, CAPACITY, time);
    return this.#collect(records, count);
  }

  park(timeoutMs: number, done: (events: number) => void): void {
    this.#submit();
    this.#isParked = true;
    if (this.#refused.length > 0) this.wake();
    const { pointer, records } = this.#parked;
    const time = timeoutMs < 0 ? null : this.#parkedFor.set(timeoutMs);
    const [libc, kqueue] = [this.#libc, this.#kqueue];
    const wait = () => libc.kevent_elsewhere(kqueue, null, 0, pointer, CAPACITY, time);
    const look = () => libc.kevent(kqueue, null, 0, pointer, CAPACITY, this.#parkedFor.set(0));
    waitElsewhere(wait, timeoutMs, look).then((count) => {
      this.#isParked = false;
      done(this.#collect(records, count));
    });
  }

  wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    this.#raise();
  }

  /**
   * The waker is the kqueue itself, whose user event any thread may raise. One that another selector
   * has left takes the place of this one's own.
   */
  watchWaker(waker: number): number {
    this.#isWaker = true;
    if (waker < 0) return this.#kqueue;
    if (this.#isParked) throw new Error("Cannot take over a waker: a park is outstanding");
    this.#system.libc.close(this.#kqueue);
    this.#kqueue = waker;
    this.#pending = 0;
    for (const [index, watch] of this.#watches) {
      const { armed } = watch;
      watch.armed = 0;
      this.#want(watch, index, armed);
    }
    return waker;
  }

  index(i: number): number {
    return this.#events.index(i);
  }

  generation(i: number): number {
    return this.#events.generation(i);
  }

  readiness(i: number): number {
    const events = this.#events;
    const bits = readinessOf(events.filter(i), events.flags(i), events.fflags(i));
    return this.#told.size === 0 ? bits : bits | (this.#told.get(i) ?? 0);
  }

  close(): void {
    if (this.#isWaker) {
      for (const watch of this.#watches.values()) this.#disarm(watch);
    } else {
      this.#system.libc.close(this.#kqueue);
    }
    this.#watches.clear();
    for (const memory of this.#memory) memory.free();
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  /**
   * The filters that tell of `interest`. An error shows on every filter; where it or urgent data are
   * all that somebody waits for, the reader's filter stands for them.
   */
  #tellable(watch: Watch, interest: number): number {
    let wanted = 0;
    for (const { bit } of this.#filters) wanted |= interest & bit;
    if (wanted !== 0) return wanted;
    watch.asked |= interest & (ERROR | PRIORITY);
    return READABLE;
  }

  /** K1, K3: adds the filters of `bits` that are not there. */
  #want(watch: Watch, index: number, bits: number): void {
    const missing = bits & ~watch.armed;
    watch.armed |= missing;
    const { fd: ident, generation } = watch;
    const flags = C.EV_ADD | C.EV_ONESHOT;
    for (const { bit, filter, fflags } of this.#filters) {
      if ((missing & bit) === 0) continue;
      if (this.#pending === CHANGES) this.#submit();
      const change = { ident, filter, flags, fflags, index, generation };
      this.#changes.records.set(this.#pending++, change);
    }
  }

  /** K2: hands over what was collected, and asks for a receipt for each. */
  #submit(): void {
    const pending = this.#pending;
    if (pending === 0) return;
    this.#pending = 0;
    const { pointer, records } = this.#changes;
    for (let i = 0; i < pending; i++) records.addFlags(i, C.EV_RECEIPT);
    const time = this.#polledFor.set(0);
    const count = this.#libc.kevent(this.#kqueue, pointer, pending, pointer, pending, time);
    for (let i = 0; i < count; i++) {
      if ((records.flags(i) & C.EV_ERROR) !== 0 && records.data(i) !== 0) this.#refuse(i);
    }
  }

  /** K6: notes a change that was refused. */
  #refuse(i: number): void {
    const { records } = this.#changes;
    const [index, generation] = [records.index(i), records.generation(i)];
    this.#disarmed(index, generation, records.filter(i));
    this.#refused.push({ index, generation });
    if (this.#isParked) this.wake();
  }

  /** K4: deletes the filters that are there, each by a call of its own: one may have fired. */
  #disarm(watch: Watch): void {
    const { fd: ident, armed } = watch;
    for (const { bit, filter } of this.#filters) {
      if ((armed & bit) === 0) continue;
      this.#change({ ident, filter, flags: C.EV_DELETE, fflags: 0, index: 0, generation: 0 });
    }
  }

  /** Looks through what a call has answered with, and answers how many events there are. */
  #collect(records: KeventList, answer: number): number {
    let count = Math.max(answer, 0);
    this.#events = records;
    this.#told.clear();
    for (let i = 0; i < count; i++) {
      const filter = records.filter(i);
      if (filter === this.#userFilter) this.#takeWake();
      else this.#note(i, this.#disarmed(records.index(i), records.generation(i), filter));
    }
    const flags = C.EV_ERROR;
    for (const { index, generation } of this.#refused) {
      records.set(count++, {
        ident: 0,
        filter: C.EVFILT_READ,
        flags,
        fflags: 0,
        index,
        generation,
      });
    }
    if (this.#refused.length > 0) this.#refused = [];
    return count;
  }

  /** Notes that a filter is gone, because it has fired or was refused. */
  #disarmed(index: number, generation: number, filter: number): Watch | undefined {
    const watch = this.#watches.get(index);
    if (watch === undefined || watch.generation !== generation) return undefined;
    for (const { bit, filter: own } of this.#filters) if (own === filter) watch.armed &= ~bit;
    return watch;
  }

  /** Reports with event `i` what was asked for and has no filter of its own. */
  #note(i: number, watch: Watch | undefined): void {
    if (watch === undefined || watch.asked === 0) return;
    this.#told.set(i, watch.asked);
    watch.asked = 0;
  }

  /** K5 */
  #takeWake(): void {
    if (this.#isParked) this.#raise();
    else this.#woken = false;
  }

  #raise(): void {
    const filter = this.#userFilter;
    this.#change({ ...USER_EVENT, filter, flags: 0, fflags: C.NOTE_TRIGGER });
  }

  /** Makes one change at once. */
  #change(change: Parameters<KeventList["set"]>[1]): number {
    this.#control.records.set(0, change);
    return this.#libc.kevent(this.#kqueue, this.#control.pointer, 1, null, 0, null);
  }

  #open(): number {
    const kqueue = this.#libc.kqueue();
    if (kqueue < 0) throw this.#unopened("kqueue");
    this.#kqueue = kqueue;
    const flags = C.EV_ADD | C.EV_CLEAR;
    if (this.#change({ ...USER_EVENT, filter: this.#userFilter, flags }) < 0) {
      throw this.#unopened("kevent");
    }
    return kqueue;
  }

  #unopened(syscall: string): Error {
    this.#fail(syscall);
    return new Error(`Cannot make a selector: ${syscall} failed with ${this.#failure.code}`);
  }

  #allocate(bytes: number): NativeMemory {
    const memory = this.#system.allocate(bytes);
    this.#memory.push(memory);
    return memory;
  }

  #fail(syscall: string): number {
    const errno = this.#system.errno();
    this.#failure = { code: this.#system.errnoName(errno), errno, syscall };
    return FAILED;
  }
}

/** Records in native memory. */
interface List {
  readonly pointer: NativeMemory["pointer"];
  readonly records: KeventList;
}
