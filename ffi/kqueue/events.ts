/**
 * Lists of `struct kevent`, and what an event means.
 *
 * The index and the generation of a registration travel in the 64 bits of user data, as two words.
 * The systems are little-endian, so 32-bit words reach every field.
 *
 * @module
 */

import { ERROR, PRIORITY, READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../backend.ts";
import { CONSTANTS, type KqueueAbi } from "./abi.ts";

const C = CONSTANTS;

/** One event or change. */
export interface Kevent {
  /** What it is about: a descriptor, or any number for `EVFILT_USER`. */
  readonly ident: number;
  /** Which filter. */
  readonly filter: number;
  /** What to do, or what has happened. */
  readonly flags: number;
  /** Flags of the filter. */
  readonly fflags: number;
  /** The place of the registration. */
  readonly index: number;
  /** Which tenant of the place. */
  readonly generation: number;
}

/** Writes and reads a list of `struct kevent` in a block of memory. */
export class KeventList {
  readonly #words: Int32Array;
  /** In 32-bit words: one record, and where its fields begin. */
  readonly #stride: number;
  readonly #filter: number;
  readonly #fflags: number;
  readonly #data: number;
  readonly #udata: number;

  constructor(memory: ArrayBuffer, { kevent }: Pick<KqueueAbi, "kevent">) {
    this.#words = new Int32Array(memory);
    this.#stride = kevent.size / 4;
    // The flags are the upper half of the word whose lower half is the filter.
    this.#filter = kevent.filter / 4;
    this.#fflags = kevent.fflags / 4;
    this.#data = kevent.data / 4;
    this.#udata = kevent.udata / 4;
  }

  /** Writes record `i`; all that has no name here becomes zero. */
  set(i: number, { ident, filter, flags, fflags, index, generation }: Kevent): void {
    const at = i * this.#stride;
    const words = this.#words;
    words.fill(0, at, at + this.#stride);
    words[at] = ident;
    words[at + this.#filter] = (filter & 0xffff) | (flags << 16);
    words[at + this.#fflags] = fflags;
    words[at + this.#udata] = index;
    words[at + this.#udata + 1] = generation;
  }

  /** Sets more flags of record `i`. */
  addFlags(i: number, flags: number): void {
    this.#words[i * this.#stride + this.#filter]! |= flags << 16;
  }

  /** What record `i` is about. */
  ident(i: number): number {
    return this.#words[i * this.#stride]!;
  }

  /** Its filter, a negative number. */
  filter(i: number): number {
    return this.#words[i * this.#stride + this.#filter]! << 16 >> 16;
  }

  /** Its flags. */
  flags(i: number): number {
    return this.#words[i * this.#stride + this.#filter]! >>> 16;
  }

  /** The flags of its filter, as a signed number. */
  fflags(i: number): number {
    return this.#words[i * this.#stride + this.#fflags]!;
  }

  /** The lower half of its data: the error number of a record with `EV_ERROR`. */
  data(i: number): number {
    return this.#words[i * this.#stride + this.#data]!;
  }

  /** The place of its registration. */
  index(i: number): number {
    return this.#words[i * this.#stride + this.#udata]!;
  }

  /** Which tenant of the place. */
  generation(i: number): number {
    return this.#words[i * this.#stride + this.#udata + 1]!;
  }
}

const READ_END = READABLE | READ_CLOSED;
const WRITE_END = WRITABLE | WRITE_CLOSED;

/**
 * What an event says about a source, in bits.
 *
 * A failed change concerns readers and writers alike: their next call tells what is wrong. An end
 * with an error in its flags is the end of both directions.
 */
export function readinessOf(filter: number, flags: number, fflags: number): number {
  if (flags & C.EV_ERROR) return ERROR | READABLE | WRITABLE;
  const ended = (flags & C.EV_EOF) !== 0;
  if (ended && fflags !== 0 && (filter === C.EVFILT_READ || filter === C.EVFILT_WRITE)) {
    return ERROR | READ_END | WRITE_END;
  }
  if (filter === C.EVFILT_READ) return ended ? READ_END : READABLE;
  if (filter === C.EVFILT_WRITE) return ended ? WRITE_END : WRITABLE;
  return PRIORITY | READABLE;
}
