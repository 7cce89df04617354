/**
 * A ring of bytes in shared words: one thread writes, one reads.
 *
 * ```text
 *  word 0       tail      how many bytes were ever written, modulo 2³²
 *  word 1       ended     1 when the writer has ended
 *  word 2       reader    who waits for bytes: its record + 1, or 0        signal.ts
 *  word 3       gone      1 when the reader is gone
 *  word 16      head      how many bytes were ever read, modulo 2³²
 *  word 17      writer    who waits for room: its record + 1, or 0         signal.ts
 *  from 32      bytes     a power of two of them
 * ```
 *
 * Who writes and who reads have a cache line each, so they do not disturb each other while there is
 * something to do for both. What the writer looks at each time is in its own.
 *
 * B1 Only the writer writes `tail`, after the bytes are there; only the reader writes `head`, after
 *    it has copied them. Each keeps a copy of the other's position and looks anew only when, by the
 *    copy, it could not go on as it wants to.
 * B2 `ended` is written after the last `tail`. So who finds `ended`, and no bytes afterwards, has read
 *    all.
 *
 * Follows L. Lamport, "Specifying Concurrent Program Modules" (1983).
 *
 * @module
 */

import { load, store } from "../../scheduler/multi_thread/atomics.ts";

const TAIL = 0;
const ENDED = 1;
const READER = 2;
const GONE = 3;
const HEAD = 16;
const WRITER = 17;
const BYTES = 32;

/** So few bytes are copied one by one, which takes less time than to make a view of them. */
const FEW = 32;

/** How many words a ring of so many bytes takes. */
export function byteRingWords(capacity: number): number {
  return BYTES + capacity / 4;
}

/** A ring, seen from one end. */
export class ByteRing {
  /** How many bytes it holds, a power of two. */
  readonly capacity: number;
  /** The index of the word in which the reader says that it waits. */
  readonly reader: number;
  /** The index of the word in which the writer says that it waits. */
  readonly writer: number;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #mask: number;
  /** B1. */
  #tail: number;
  #head: number;

  /**
   * @param words The shared words.
   * @param base Where it begins in them.
   * @param capacity How many bytes it holds, a power of two from 4.
   */
  constructor(words: Int32Array, base: number, capacity: number) {
    this.capacity = capacity;
    this.reader = base + READER;
    this.writer = base + WRITER;
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer, words.byteOffset + (base + BYTES) * 4, capacity);
    this.#base = base;
    this.#mask = capacity - 1;
    this.#tail = load(words, base + TAIL);
    this.#head = load(words, base + HEAD);
  }

  /** Makes memory that was used for something else an empty ring. Nobody else knows of it yet. */
  clear(): void {
    this.#words.fill(0, this.#base, this.#base + BYTES);
    this.#tail = 0;
    this.#head = 0;
  }

  /** For the writer: how many bytes there is room for; looks anew when it knows of less than `wanted`. */
  room(wanted: number): number {
    let room = this.capacity - ((this.#tail - this.#head) | 0);
    if (room < wanted) {
      this.#head = load(this.#words, this.#base + HEAD);
      room = this.capacity - ((this.#tail - this.#head) | 0);
    }
    return room;
  }

  /** For the writer: copies as many bytes as there is room for, and answers with how many that were. */
  write(source: Uint8Array): number {
    const { length } = source;
    const count = Math.min(this.room(length), length);
    if (count === 0) return 0;
    const bytes = this.#bytes;
    const mask = this.#mask;
    const at = this.#tail & mask;
    if (count <= FEW) {
      for (let i = 0; i < count; i++) bytes[(at + i) & mask] = source[i]!;
    } else {
      const first = Math.min(count, this.capacity - at);
      bytes.set(first === length ? source : source.subarray(0, first), at);
      if (first < count) bytes.set(source.subarray(first, count));
    }
    this.commit(count);
    return count;
  }

  /** For the writer: the room that is there in one piece. */
  reserve(): Uint8Array {
    const at = this.#tail & this.#mask;
    return this.#bytes.subarray(at, at + Math.min(this.room(this.capacity), this.capacity - at));
  }

  /** For the writer: says that so many bytes are there. B1. */
  commit(count: number): void {
    this.#tail = (this.#tail + count) | 0;
    store(this.#words, this.#base + TAIL, this.#tail);
  }

  /** For the reader: how many bytes there are; looks anew when it knows of less than `wanted`. */
  available(wanted: number): number {
    let available = (this.#tail - this.#head) | 0;
    if (available < wanted) {
      this.#tail = load(this.#words, this.#base + TAIL);
      available = (this.#tail - this.#head) | 0;
    }
    return available;
  }

  /** For the reader: copies as many bytes as there are, and answers with how many that were. */
  read(target: Uint8Array): number {
    const { length } = target;
    const count = Math.min(this.available(length), length);
    if (count === 0) return 0;
    const bytes = this.#bytes;
    const mask = this.#mask;
    const at = this.#head & mask;
    if (count <= FEW) {
      for (let i = 0; i < count; i++) target[i] = bytes[(at + i) & mask]!;
    } else {
      const first = Math.min(count, this.capacity - at);
      target.set(bytes.subarray(at, at + first));
      if (first < count) target.set(bytes.subarray(0, count - first), first);
    }
    this.consume(count);
    return count;
  }

  /** For the reader: the bytes that are there in one piece. */
  peek(): Uint8Array {
    const at = this.#head & this.#mask;
    return this.#bytes.subarray(
      at,
      at + Math.min(this.available(this.capacity), this.capacity - at),
    );
  }

  /** For the reader: says that so many bytes were taken. B1. */
  consume(count: number): void {
    this.#head = (this.#head + count) | 0;
    store(this.#words, this.#base + HEAD, this.#head);
  }

  /** For the writer: nothing more will come. B2. */
  end(): void {
    store(this.#words, this.#base + ENDED, 1);
  }

  /** Whether nothing more will come than what is there when it is asked afterwards. B2. */
  get isEnded(): boolean {
    return load(this.#words, this.#base + ENDED) !== 0;
  }

  /** For the reader: it will take nothing more. */
  leave(): void {
    store(this.#words, this.#base + GONE, 1);
  }

  /** Whether the reader will take nothing more. */
  get isAbandoned(): boolean {
    return load(this.#words, this.#base + GONE) !== 0;
  }
}
