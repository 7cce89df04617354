/**
 * What one waits for, and what is ready.
 *
 * @module
 */

import { ERROR, PRIORITY, READ_CLOSED, READABLE, WRITABLE, WRITE_CLOSED } from "../ffi/backend.ts";

/**
 * What a task waits for: a set of bits, combined with `|`.
 *
 * @example
 * ```ts
 * import { Interest } from "@edo/runtime/reactor";
 * import { assertEquals } from "@std/assert";
 *
 * const both = Interest.READABLE | Interest.WRITABLE;
 * assertEquals((both & Interest.WRITABLE) !== 0, true);
 * ```
 */
export const Interest = {
  /** Data or a connection can be read, or reading has ended. */
  READABLE,
  /** Data can be written, or writing has ended. */
  WRITABLE,
  /** An error is there to be taken. With kqueue a wait for this alone also ends with the next data. */
  ERROR,
  /** Out-of-band data. On FreeBSD a wait for this alone ends with the next data of any kind. */
  PRIORITY,
} as const;

/** A set of {@linkcode Interest} bits. */
export type Interest = number;

/**
 * What a source is ready for. Spurious readiness is allowed: the call that follows decides.
 *
 * @example
 * ```ts
 * import { Ready } from "@edo/runtime/reactor";
 * import { assert } from "@std/assert";
 *
 * const ready = new Ready(Ready.READABLE | Ready.READ_CLOSED);
 * assert(ready.isReadable() && ready.isReadClosed() && !ready.isWritable());
 * ```
 */
export class Ready {
  /** Reading will not wait. */
  static readonly READABLE: number = READABLE;
  /** Writing will not wait. */
  static readonly WRITABLE: number = WRITABLE;
  /** The other end sends no more; stays set. */
  static readonly READ_CLOSED: number = READ_CLOSED;
  /** Nothing more can be written; stays set. */
  static readonly WRITE_CLOSED: number = WRITE_CLOSED;
  /** An error is there to be taken. */
  static readonly ERROR: number = ERROR;
  /** Out-of-band data. */
  static readonly PRIORITY: number = PRIORITY;

  /** The bits. */
  readonly bits: number;
  /** When this was seen; {@linkcode Registration.clearReadiness} compares it. */
  readonly tick: number;

  /** Makes a set of readiness bits. */
  constructor(bits: number, tick = 0) {
    this.bits = bits;
    this.tick = tick;
  }

  /** Whether a read will not wait, the end of the stream included. */
  isReadable(): boolean {
    return (this.bits & (READABLE | READ_CLOSED)) !== 0;
  }

  /** Whether a write will not wait, failing included. */
  isWritable(): boolean {
    return (this.bits & (WRITABLE | WRITE_CLOSED)) !== 0;
  }

  /** Whether the other end has ended its side. */
  isReadClosed(): boolean {
    return (this.bits & READ_CLOSED) !== 0;
  }

  /**
   * Whether writing has ended. That both ends have closed in order is told on Linux only; elsewhere
   * the write that follows fails.
   */
  isWriteClosed(): boolean {
    return (this.bits & WRITE_CLOSED) !== 0;
  }

  /** Whether an error is there to be taken. */
  isError(): boolean {
    return (this.bits & ERROR) !== 0;
  }

  /** Whether out-of-band data wait. */
  isPriority(): boolean {
    return (this.bits & PRIORITY) !== 0;
  }

  /** Whether nothing is ready. */
  isEmpty(): boolean {
    return this.bits === 0;
  }
}
