/**
 * How symbols of native libraries are declared, and the functions they become.
 *
 * @module
 */

import type { Pointer } from "../host/global.ts";

/** The C types that edo passes. Lengths and descriptors are 32 bits wide: `usize` doubles a call. */
export type NativeType = "i32" | "u32" | "i64" | "u64" | "isize" | "pointer" | "buffer" | "void";

/** One C function. */
export interface NativeSymbol {
  /** The name in the library, where it differs from the key. */
  readonly name?: string;
  /** The types of the arguments. */
  readonly parameters: readonly NativeType[];
  /** The type of the result. */
  readonly result: NativeType;
  /** Runs on another thread and answers with a promise. errno is lost there. */
  readonly nonblocking?: true;
}

/** The C functions of one library. */
export type SymbolTable = Readonly<Record<string, NativeSymbol>>;

interface Arguments {
  i32: number;
  u32: number;
  i64: bigint;
  u64: bigint;
  isize: bigint;
  pointer: Pointer;
  buffer: Bytes | null;
  void: never;
}

interface Results {
  i32: number;
  u32: number;
  i64: bigint;
  u64: bigint;
  isize: bigint;
  pointer: Pointer;
  buffer: Pointer;
  void: void;
}

/** What a `buffer` parameter takes. */
export type Bytes = Uint8Array | Int32Array | Uint16Array | Uint32Array | BigUint64Array;

type ArgumentsOf<P extends readonly NativeType[]> = { [K in keyof P]: Arguments[P[K]] };

type Answer<S extends NativeSymbol> = S extends { readonly nonblocking: true }
  ? Promise<Results[S["result"]]>
  : Results[S["result"]];

/** The JavaScript functions that a {@linkcode SymbolTable} becomes. */
export type Bound<T extends SymbolTable> = {
  readonly [K in keyof T]: (...args: ArgumentsOf<T[K]["parameters"]>) => Answer<T[K]>;
};
