/**
 * Memory outside of the heap of JavaScript.
 *
 * @module
 */

import type { Pointer } from "../host/global.ts";

/** A block of memory that the garbage collector neither moves nor frees. */
export interface NativeMemory {
  /** Its address. */
  readonly pointer: Pointer;
  /** A view on it. */
  readonly buffer: ArrayBuffer;
  /** Gives it back; the view must not be used afterwards. */
  free(): void;
}
