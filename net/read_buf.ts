/**
 * A buffer that remembers how full it is.
 *
 * @module
 */

import { checkBuffer } from "./buffer.ts";

/**
 * Collects data from several reads: each fills what the ones before have left.
 *
 * @example
 * ```ts
 * import { ReadBuf } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * const buffer = new ReadBuf(new Uint8Array(4));
 * buffer.put(new Uint8Array([1, 2, 3]));
 * assertEquals([buffer.filled.length, buffer.remaining], [3, 1]);
 * ```
 */
export class ReadBuf {
  readonly #bytes: Uint8Array;
  #filled = 0;

  /** Wraps memory that counts as empty. */
  constructor(bytes: Uint8Array) {
    checkBuffer(bytes);
    this.#bytes = bytes;
  }

  /** How many bytes fit in all. */
  get capacity(): number {
    return this.#bytes.byteLength;
  }

  /** How many bytes still fit. */
  get remaining(): number {
    return this.#bytes.byteLength - this.#filled;
  }

  /** The data, a view and not a copy. */
  get filled(): Uint8Array {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** The room that is left, a view and not a copy. */
  get unfilled(): Uint8Array {
    return this.#bytes.subarray(this.#filled);
  }

  /**
   * Counts `bytes` more bytes of the room as data.
   *
   * @throws {RangeError} When there is less room.
   */
  advance(bytes: number): void {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > this.remaining) {
      throw new RangeError(`Cannot advance by ${bytes} bytes: ${this.remaining} are left`);
    }
    this.#filled += bytes;
  }

  /**
   * Appends a copy of `data`.
   *
   * @throws {RangeError} When there is less room.
   */
  put(data: Uint8Array): void {
    const room = this.unfilled;
    this.advance(data.byteLength);
    room.set(data);
  }

  /** Counts everything as room again. */
  clear(): void {
    this.#filled = 0;
  }
}

/** @throws {TypeError} When `buffer` is no {@linkcode ReadBuf}. */
export function checkReadBuf(buffer: ReadBuf): void {
  if (buffer instanceof ReadBuf) return;
  throw new TypeError(`Cannot use a value of type ${typeof buffer} as a buffer: give a ReadBuf`);
}
