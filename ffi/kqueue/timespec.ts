/**
 * `struct timespec` in native memory.
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { NativeMemory } from "../memory.ts";

/** A time span that calls read. */
export class Timespec {
  /** The size of the struct: two 64-bit numbers. */
  static readonly BYTES = 16;
  readonly #words: Int32Array;
  readonly #pointer: Pointer;

  /** Takes zeroed memory, which its owner frees. */
  constructor({ buffer, pointer }: Pick<NativeMemory, "buffer" | "pointer">) {
    this.#words = new Int32Array(buffer);
    this.#pointer = pointer;
  }

  /** Sets the span in milliseconds, which may have fractions, and answers with the address. */
  set(ms: number): Pointer {
    const nanoseconds = Math.round(ms % 1000 * 1e6);
    // The upper halves of both numbers stay zero: 2³¹ milliseconds are the longest wait.
    this.#words[0] = Math.trunc(ms / 1000);
    this.#words[2] = nanoseconds;
    return this.#pointer;
  }
}
