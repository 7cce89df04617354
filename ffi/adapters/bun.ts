/**
 * FFI by `bun:ffi`. A call costs 1 to 8 ns more than C's, whatever its arguments; pointers are
 * numbers.
 *
 * @module
 */

import type { BunFfi, Pointer } from "../../host/global.ts";
import type { NativeSymbol, NativeType } from "../native.ts";
import type { Adapter, Build } from "./adapter.ts";

/** Bun's names of the types. */
const TYPES: Readonly<Record<NativeType, string>> = {
  i32: "i32",
  u32: "u32",
  i64: "i64",
  u64: "u64",
  isize: "i64",
  pointer: "ptr",
  buffer: "ptr",
  void: "void",
};

function declaration({ parameters, result }: NativeSymbol) {
  return { args: parameters.map((type) => TYPES[type]), returns: TYPES[result] };
}

/** The adapter of Bun. */
export function bunAdapter(ffi: BunFfi, build: Build): Adapter {
  return {
    build,
    callsElsewhere: false,
    isQuick: true,
    refusal: () => undefined,
    open(path, table) {
      const entries = Object.entries(table);
      const declared = entries.map(([key, symbol]) => [symbol.name ?? key, declaration(symbol)]);
      const { symbols } = ffi.dlopen(path, Object.fromEntries(declared));
      return Object.fromEntries(entries.map(([key, { name = key }]) => [key, symbols[name]!]));
    },
    view: (pointer, bytes, offset) => ffi.toArrayBuffer(asNumber(pointer), offset, bytes),
    pointer: (address) => (address === 0n ? null : Number(address)) as Pointer,
    address: (pointer) => BigInt(asNumber(pointer)),
    // Bun has no address for memory of no length.
    addressOf: (view) => view.byteLength === 0 ? 0n : BigInt(ffi.ptr(view)),
  };
}

function asNumber(pointer: Pointer): number {
  return (pointer ?? 0) as unknown as number;
}
