/**
 * What a host's FFI is to edo: one typed view of `Deno.dlopen`, `bun:ffi`, `node:ffi` and koffi.
 *
 * Symbols are declared once, as Deno has them ({@linkcode SymbolTable}), and each adapter translates.
 * What it binds is called directly: an adapter wraps a function only where the host's own differs
 * in what it takes or gives.
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { Bytes, SymbolTable } from "../native.ts";

/** Bound functions by the keys of their table. */
// deno-lint-ignore no-explicit-any
export type Functions = Record<string, (...args: any[]) => any>;

/** The system and the processor, in Deno's words, as `"linux"` and `"x86_64"`. */
export interface Build {
  /** The operating system. */
  readonly os: string;
  /** The architecture of the processor. */
  readonly arch: string;
}

/** The FFI of a host. */
export interface Adapter {
  /** What is running on what. */
  readonly build: Build;
  /** Whether it makes `nonblocking` calls itself. If not, {@linkcode Adapter.open} gets none. */
  readonly callsElsewhere: boolean;
  /** Whether asking the system for the time by it is quicker than `performance.now()`. */
  readonly isQuick: boolean;
  /** Why FFI may not be used and how to allow it, or `undefined` if it may; asks where the host can. */
  refusal(): string | undefined;
  /** Opens a library, by soname or absolute path, and binds `table`. Throws what the host throws. */
  open(path: string, table: SymbolTable): Functions;
  /** Views `bytes` bytes of native memory, `offset` bytes after `pointer`. */
  view(pointer: Pointer, bytes: number, offset: number): ArrayBuffer;
  /** The pointer with an address; 0 is the null pointer. */
  pointer(address: bigint): Pointer;
  /** The address of a pointer; the null pointer's is 0. */
  address(pointer: Pointer): bigint;
  /**
   * The address of memory of JavaScript. It holds until the next call into JavaScript's memory, so
   * it goes into a system call at once.
   */
  addressOf(view: Bytes): bigint;
}
