/**
 * Wakers: numbers by which every thread of the process finds the port of a selector.
 *
 * A port ends with its selector, while a waker outlives it. So a waker is a handle of shared memory
 * that tells which port is the one to wake now:
 *
 *     word 0  port     the handle of the port, or 0
 *     word 1  pending  1 while a wake is on its way
 *
 * W1 Who wakes sets `pending`, then reads `port`. Who takes over writes `port`, then reads `pending`.
 *    So one of them sees the other, and no wake is lost between two selectors.
 * W2 `pending` is cleared by the selector when it has taken a wake, before it looks at anything else.
 *    Until then further wakes are the same one.
 * W3 A port may be closed just when it is to be woken, and its handle be something else by then. To
 *    wake something that is no port fails, and to wake another one is a spurious wake.
 *
 * @module
 */

import { view } from "../library.ts";
import { CONSTANTS } from "./abi.ts";
import { postWake } from "./port.ts";
import { type System, unavailable } from "./system.ts";

const PORT = 0;
const PENDING = 1;
const BYTES = 8;

/** The wakers that an isolate has met. Their memory stays mapped: a process has few. */
export class Wakers {
  readonly #system: System;
  readonly #known = new Map<number, Int32Array>();

  constructor(system: System) {
    this.#system = system;
  }

  /** Makes a waker. */
  create(): number {
    const { kernel } = this.#system;
    const section = kernel.CreateFileMappingW(-1n, null, CONSTANTS.PAGE_READWRITE, 0, BYTES, null);
    if (section === 0) throw unavailable("CreateFileMappingW", this.#system.lastError());
    return section;
  }

  /** W1: lets `waker` wake `port` from now on; 0 is none. */
  direct(waker: number, port: number): void {
    const words = this.#words(waker);
    Atomics.store(words, PORT, port);
    if (port !== 0 && Atomics.load(words, PENDING) !== 0) postWake(this.#system, port);
  }

  /** W1: wakes the port of `waker`, from any thread. */
  wake(waker: number): void {
    const words = this.#words(waker);
    if (Atomics.exchange(words, PENDING, 1) !== 0) return;
    const port = Atomics.load(words, PORT);
    if (port !== 0) postWake(this.#system, port);
  }

  /** W2: a wake was taken. */
  taken(waker: number): void {
    Atomics.store(this.#words(waker), PENDING, 0);
  }

  #words(waker: number): Int32Array {
    const known = this.#known.get(waker);
    if (known !== undefined) return known;
    const memory = this.#system.kernel.MapViewOfFile(waker, CONSTANTS.FILE_MAP_WRITE, 0, 0, 8n);
    if (memory === null) throw unavailable("MapViewOfFile", this.#system.lastError());
    const words = new Int32Array(view(memory, BYTES));
    this.#known.set(waker, words);
    return words;
  }
}
