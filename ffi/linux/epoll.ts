/**
 * The selector of Linux: epoll with edges, and an eventfd to wake it.
 *
 * Edges make `arm` free: a source is added once, for everything, and the kernel reports each change
 * to ready. The index and the generation of a registration travel in the event's 64 bits of data.
 *
 * @see epoll(7), eventfd(2)
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
import { type Gate, LoopWait } from "../loop_wait.ts";
import type { Failure } from "../os_error.ts";
import type { NativeMemory } from "../memory.ts";
import type { System } from "../unix/system.ts";
import { waitElsewhere } from "../wait_elsewhere.ts";
import { CONSTANTS, type Layouts } from "./abi.ts";
import type { LinuxLibc } from "./libc.ts";

const C = CONSTANTS;

/** Edge-triggered, the highest bit of the event mask. */
const EPOLLET = 1 << 31;
const EVERYTHING = C.EPOLLIN | C.EPOLLOUT | C.EPOLLRDHUP | C.EPOLLPRI | EPOLLET;

/** How many events one call collects, as in Tokio. */
const CAPACITY = 1024;

/** The index of the eventfd, which no registration has. */
const WAKER = -1;

/** {@linkcode Selector} by epoll. */
export class EpollSelector implements Selector {
  readonly reportsEdges = true;
  readonly #system: System<LinuxLibc>;
  readonly #libc: LinuxLibc;
  readonly #epoll: number;
  readonly #eventfd: number;
  readonly #control: NativeMemory;
  readonly #control32: Int32Array;
  readonly #counterMemory: NativeMemory;
  readonly #counter: BigUint64Array;
  #woken = false;
  #isParked = false;
  /** Where the host's loop can be waited in. */
  readonly #loop: LoopWait | undefined;
  readonly #polled: NativeMemory;
  readonly #polled32: Int32Array;
  readonly #parked: NativeMemory;
  readonly #parked32: Int32Array;
  /** In 32-bit words: one event, and where its data begin. */
  readonly #stride: number;
  readonly #data: number;
  #events: Int32Array;
  #failure: Failure = { code: "", errno: 0, syscall: "" };

  constructor(system: System<LinuxLibc>, layouts: Layouts) {
    const { size, data } = layouts.epoll_event;
    const libc = system.libc;
    this.#system = system;
    this.#libc = libc;
    this.#stride = size / 4;
    this.#data = data / 4;
    this.#control = system.allocate(size);
    this.#control32 = new Int32Array(this.#control.buffer);
    this.#counterMemory = system.allocate(8);
    this.#counter = new BigUint64Array(this.#counterMemory.buffer);
    this.#polled = system.allocate(size * CAPACITY);
    this.#polled32 = new Int32Array(this.#polled.buffer);
    this.#parked = system.allocate(size * CAPACITY);
    this.#parked32 = new Int32Array(this.#parked.buffer);
    this.#events = this.#polled32;
    this.#epoll = this.#descriptor(libc.epoll_create1(C.EPOLL_CLOEXEC), "epoll_create1");
    this.#eventfd = this.#descriptor(libc.eventfd(0, C.EFD_CLOEXEC | C.EFD_NONBLOCK), "eventfd");
    this.#watch(this.#eventfd, C.EPOLLIN, WAKER, 0);
    this.#loop = LoopWait.open(this.#gate());
  }

  add(fd: number, index: number, generation: number): number {
    return this.#watch(fd, EVERYTHING, index, generation);
  }

  /** Nothing to do: every edge is reported. */
  arm(): void {}

  remove(fd: number): void {
    this.#libc.epoll_ctl(this.#epoll, C.EPOLL_CTL_DEL, fd, this.#control.pointer);
  }

  poll(timeoutMs: number): number {
    const polled = this.#polled.pointer;
    const count = this.#libc.epoll_wait(this.#epoll, polled, CAPACITY, timeoutMs);
    this.#events = this.#polled32;
    if (this.#woken && !this.#isParked) this.#drain();
    return count > 0 ? count : 0;
  }

  park(timeoutMs: number, done: (events: number) => void): void {
    const parked = this.#parked.pointer;
    const epoll = this.#epoll;
    this.#isParked = true;
    const end = (count: number) => {
      this.#isParked = false;
      this.#events = this.#parked32;
      if (this.#woken) this.#drain();
      done(count > 0 ? count : 0);
    };
    const libc = this.#libc;
    const look = () => libc.epoll_wait(epoll, parked, CAPACITY, 0);
    if (this.#loop === undefined) {
      const wait = () => libc.epoll_wait_elsewhere(epoll, parked, CAPACITY, timeoutMs);
      waitElsewhere(wait, timeoutMs, look).then(end);
    } else {
      this.#loop.start(timeoutMs, () => end(look()));
    }
  }

  /** A selector that watches this one. */
  #gate(): Gate {
    const libc = this.#libc;
    const control = (gate: number, operation: number) => {
      this.#control32[0] = C.EPOLLIN;
      libc.epoll_ctl(gate, operation, this.#epoll, this.#control.pointer);
    };
    return {
      socket: () => libc.socket(C.AF_INET, C.SOCK_DGRAM | C.SOCK_NONBLOCK | C.SOCK_CLOEXEC, 0),
      replace(socket) {
        const gate = libc.epoll_create1(C.EPOLL_CLOEXEC);
        const replaced = libc.dup3(gate, socket, C.O_CLOEXEC);
        libc.close(gate);
        return replaced;
      },
      open: (gate) => control(gate, C.EPOLL_CTL_ADD),
      shut: (gate) => control(gate, C.EPOLL_CTL_DEL),
      close: (fd) => void libc.close(fd),
    };
  }

  /**
   * The eventfd is level-triggered and not read while a park is outstanding: a poll in between sees
   * the wake too, but cannot take it away from the park that it was meant for.
   */
  wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    this.#counter[0] = 1n;
    this.#libc.write(this.#eventfd, this.#counterMemory.pointer, 8);
  }

  /** It reports edges and is not read: it counts up to 2^64 wakes. */
  watchWaker(waker: number): number {
    const fd = waker >= 0
      ? waker
      : this.#descriptor(this.#libc.eventfd(0, C.EFD_CLOEXEC | C.EFD_NONBLOCK), "eventfd");
    this.#watch(fd, C.EPOLLIN | EPOLLET, WAKER, 0);
    return fd;
  }

  index(i: number): number {
    return this.#events[i * this.#stride + this.#data]!;
  }

  generation(i: number): number {
    return this.#events[i * this.#stride + this.#data + 1]!;
  }

  readiness(i: number): number {
    const events = this.#events[i * this.#stride]!;
    let ready = 0;
    if (events & (C.EPOLLIN | C.EPOLLPRI)) ready |= READABLE;
    if (events & C.EPOLLOUT) ready |= WRITABLE;
    if (events === (C.EPOLLIN | C.EPOLLOUT)) return ready;
    if (events & C.EPOLLPRI) ready |= PRIORITY;
    if (events & C.EPOLLRDHUP) ready |= READ_CLOSED | READABLE;
    if (events & C.EPOLLHUP) ready |= READ_CLOSED | WRITE_CLOSED | READABLE | WRITABLE;
    if (events & C.EPOLLERR) ready |= ERROR | READABLE | WRITABLE;
    return ready;
  }

  close(): void {
    this.#loop?.close();
    this.#libc.close(this.#eventfd);
    this.#libc.close(this.#epoll);
    this.#control.free();
    this.#counterMemory.free();
    this.#polled.free();
    this.#parked.free();
  }

  lastFailure(): Failure {
    return this.#failure;
  }

  #drain(): void {
    this.#woken = false;
    this.#libc.read(this.#eventfd, this.#counterMemory.pointer, 8);
  }

  #watch(fd: number, events: number, index: number, generation: number): number {
    const event = this.#control32;
    event[0] = events;
    event[this.#data] = index;
    event[this.#data + 1] = generation;
    const added = this.#libc.epoll_ctl(this.#epoll, C.EPOLL_CTL_ADD, fd, this.#control.pointer);
    return added < 0 ? this.#fail("epoll_ctl") : added;
  }

  #descriptor(fd: number, syscall: string): number {
    if (fd >= 0) return fd;
    this.#fail(syscall);
    throw new Error(`Cannot make a selector: ${syscall} failed with ${this.#failure.code}`);
  }

  #fail(syscall: string): number {
    const errno = this.#system.errno();
    this.#failure = { code: this.#system.errnoName(errno), errno, syscall };
    return FAILED;
  }
}
