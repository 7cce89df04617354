/**
 * A selector without a system: descriptors, edges, parks and time are scripted.
 *
 * It is strict where the contract of `ffi/backend.ts` asks something of its users: a descriptor that
 * is closed while it is watched, a second park, or any use after `close` throws.
 *
 * @module
 */

import {
  ERROR,
  FAILED,
  READ_CLOSED,
  READABLE,
  type Selector,
  WRITABLE,
  WRITE_CLOSED,
} from "../../ffi/backend.ts";
import type { Failure } from "../../ffi/os_error.ts";
import type { Clock } from "../../time/clock.ts";

/** A clock that moves when it is told to. */
export class FakeClock implements Clock {
  #now: number;
  readonly #listeners = new Set<() => void>();

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Lets time pass, and with it whatever waits for it. */
  advance(ms: number): void {
    this.#now += ms;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` whenever time has passed. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** How a {@linkcode FakeSelector} reports. */
export interface FakeOptions {
  /** `true`: as epoll with edges. `false`: once for each `arm`, as AFD and one-shot kqueue. */
  readonly reportsEdges?: boolean;
  /** What parks and waiting polls are measured by. */
  readonly clock?: FakeClock;
}

/** A call that was made on the selector. */
export type Call =
  | { readonly name: "add" | "remove"; readonly fd: number; readonly index: number }
  | { readonly name: "arm"; readonly fd: number; readonly interest: number }
  | { readonly name: "poll" | "park"; readonly timeoutMs: number }
  | { readonly name: "wake" | "close" };

interface Source {
  readonly fd: number;
  readonly index: number;
  readonly generation: number;
  armed: number;
  /** Bits of an event that is not collected yet. */
  queued: number;
}

interface Park {
  readonly until: number;
  readonly done: (events: number) => void;
  ends: boolean;
}

interface Event {
  readonly index: number;
  readonly generation: number;
  readonly bits: number;
}

const ALL = 0xff;
const CLOSED = READ_CLOSED | WRITE_CLOSED | ERROR;

/** The index under which a wake is reported, as epoll's eventfd is. */
const WAKER = -1;

/** {@linkcode Selector} by script. */
export class FakeSelector implements Selector {
  readonly reportsEdges: boolean;
  readonly clock: FakeClock;
  /** Every call, in order. */
  readonly calls: Call[] = [];
  /** What each open descriptor is ready for. */
  readonly #levels = new Map<number, number>();
  readonly #sources = new Map<number, Source>();
  readonly #script: { readonly at: number; readonly action: () => void }[] = [];
  #events: readonly Event[] = [];
  #spurious: Event[] = [];
  #isWoken = false;
  #park: Park | undefined = undefined;
  #failure: Failure = { code: "", errno: 0, syscall: "" };
  #isClosed = false;

  constructor({ reportsEdges = true, clock = new FakeClock() }: FakeOptions = {}) {
    this.reportsEdges = reportsEdges;
    this.clock = clock;
    clock.listen(() => this.#timePassed());
  }

  /** Whether a park is outstanding. */
  get isParked(): boolean {
    return this.#park !== undefined;
  }

  /** Opens a descriptor, the lowest that is free. */
  open(bits = 0): number {
    let fd = 3;
    while (this.#levels.has(fd)) fd += 1;
    this.#levels.set(fd, bits);
    return fd;
  }

  /** Closes a descriptor, which must not be watched any more (S3). */
  closeDescriptor(fd: number): void {
    if (this.#sources.has(fd)) throw new Error(`Descriptor ${fd} is closed before it is removed`);
    this.#levels.delete(fd);
  }

  /** Makes a descriptor ready for `bits`: an edge. */
  raise(fd: number, bits: number): void {
    this.#levels.set(fd, this.#levels.get(fd)! | bits);
    const source = this.#sources.get(fd);
    if (source !== undefined && (source.armed & bits) !== 0) this.#queue(source);
    this.#endPark();
  }

  /** Makes a descriptor not ready for `bits` any more. */
  lower(fd: number, bits: number): void {
    this.#levels.set(fd, this.#levels.get(fd)! & ~bits);
  }

  /** Scripts an event as it is, for whichever index and generation. */
  emit(index: number, generation: number, bits: number): void {
    this.#spurious.push({ index, generation, bits });
    this.#endPark();
  }

  /** Does `action` when the clock reads `at`, also in the middle of a wait. */
  at(at: number, action: () => void): void {
    this.#script.push({ at, action });
    this.#script.sort((a, b) => a.at - b.at);
  }

  add(fd: number, index: number, generation: number): number {
    this.#called({ name: "add", fd, index });
    if (!this.#levels.has(fd)) return this.#fail("EBADF", 9);
    if (this.#sources.has(fd)) return this.#fail("EEXIST", 17);
    const armed = this.reportsEdges ? ALL : 0;
    const source = { fd, index, generation, armed, queued: 0 };
    this.#sources.set(fd, source);
    if (this.#levels.get(fd) !== 0 && this.reportsEdges) this.#queue(source);
    this.#endPark();
    return 0;
  }

  arm(fd: number, index: number, generation: number, interest: number): void {
    this.#called({ name: "arm", fd, interest });
    const source = this.#sources.get(fd);
    if (source?.index !== index || source.generation !== generation) {
      throw new Error(`Descriptor ${fd} is armed, but index ${index} is not there`);
    }
    if (this.reportsEdges) return;
    source.armed |= interest | CLOSED;
    if ((this.#levels.get(fd)! & source.armed) !== 0) this.#queue(source);
    this.#endPark();
  }

  remove(fd: number, index: number): void {
    this.#called({ name: "remove", fd, index });
    if (this.#sources.get(fd)?.index !== index) {
      throw new Error(`Descriptor ${fd} is removed, but index ${index} is not there`);
    }
    this.#sources.delete(fd);
  }

  poll(timeoutMs: number): number {
    this.#called({ name: "poll", timeoutMs });
    const until = this.clock.now() + timeoutMs;
    this.#play();
    while (!this.#hasEvents() && this.clock.now() < until) {
      const next = this.#script[0]?.at ?? Infinity;
      this.clock.advance(Math.min(next, until) - this.clock.now());
      this.#play();
    }
    return this.#collect();
  }

  park(timeoutMs: number, done: (events: number) => void): void {
    this.#called({ name: "park", timeoutMs });
    if (this.#park !== undefined) throw new Error("A second park, while one is outstanding");
    const until = timeoutMs < 0 ? Infinity : this.clock.now() + timeoutMs;
    this.#park = { until, done, ends: false };
    this.#endPark();
    this.#timePassed();
  }

  wake(): void {
    this.#called({ name: "wake" });
    this.#isWoken = true;
    this.#endPark();
  }

  watchWaker(waker: number): number {
    return waker >= 0 ? waker : 1_000_000;
  }

  index(i: number): number {
    return this.#events[i]!.index;
  }

  generation(i: number): number {
    return this.#events[i]!.generation;
  }

  readiness(i: number): number {
    return this.#events[i]!.bits;
  }

  close(): void {
    this.#called({ name: "close" });
    if (this.#park !== undefined) throw new Error("The selector is closed while it is parked");
    this.#isClosed = true;
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  #fail(code: string, errno: number): number {
    this.#failure = { code, errno, syscall: "fake_add" };
    return FAILED;
  }

  #called(call: Call): void {
    if (this.#isClosed) throw new Error(`The selector is used after its close: ${call.name}`);
    this.calls.push(call);
  }

  #queue(source: Source): void {
    const ready = this.#levels.get(source.fd)! & source.armed;
    source.queued |= ready;
    if (!this.reportsEdges) source.armed &= ~ready;
  }

  #hasEvents(): boolean {
    if (this.#isWoken || this.#spurious.length > 0) return true;
    return this.#sources.values().some((source) => source.queued !== 0);
  }

  #collect(): number {
    const events = this.#spurious;
    this.#spurious = [];
    if (this.#isWoken) events.push({ index: WAKER, generation: 0, bits: READABLE });
    this.#isWoken = false;
    for (const source of this.#sources.values()) {
      const { index, generation, queued } = source;
      if (queued === 0) continue;
      source.queued = 0;
      events.push({ index, generation, bits: queued });
    }
    this.#events = events;
    return events.length;
  }

  #play(): void {
    while (this.#script.length > 0 && this.#script[0]!.at <= this.clock.now()) {
      this.#script.shift()!.action();
    }
  }

  #timePassed(): void {
    this.#play();
    const park = this.#park;
    if (park !== undefined && park.until <= this.clock.now()) this.#finish(park);
  }

  /** Ends the park, if there is a reason: the answer comes later, as from another thread. */
  #endPark(): void {
    if (this.#park !== undefined && this.#hasEvents()) this.#finish(this.#park);
  }

  #finish(park: Park): void {
    if (park.ends) return;
    park.ends = true;
    setImmediate(() => {
      this.#park = undefined;
      park.done(this.#collect());
    });
  }
}

/** The bits of a stream socket that is connected and has nothing to read. */
export const CONNECTED = WRITABLE;
