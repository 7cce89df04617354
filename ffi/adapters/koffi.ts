/**
 * FFI by koffi, a package that a program on Node has beside edo. A call costs 13 to 50 ns more than
 * C's; pointers are numbers.
 *
 * @module
 */

import type { Koffi, Pointer } from "../../host/global.ts";
import type { NativeSymbol, NativeType } from "../native.ts";
import type { Adapter, Build, Functions } from "./adapter.ts";

/** Koffi's names of the types. */
const TYPES: Readonly<Record<NativeType, string>> = {
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  isize: "int64",
  // Takes numbers as well as views.
  pointer: "void *",
  buffer: "void *",
  void: "void",
};

const RESULTS: Readonly<Record<NativeType, string>> = {
  ...TYPES,
  pointer: "uintptr_t",
  buffer: "uintptr_t",
};

/** The adapter of koffi. */
export function koffiAdapter(koffi: Koffi, build: Build): Adapter {
  return {
    build,
    callsElsewhere: false,
    isQuick: false,
    refusal: () => undefined,
    open(path, table) {
      const library = koffi.load(path);
      const bind = (key: string, { name = key, parameters, result }: NativeSymbol) => {
        const types = parameters.map((type) => TYPES[type]);
        return converted(library.func(name, RESULTS[result], types), result);
      };
      return Object.fromEntries(
        Object.entries(table).map(([key, symbol]) => [key, bind(key, symbol)]),
      );
    },
    view: (pointer, bytes, offset) => koffi.view(addressOf(pointer) + BigInt(offset), bytes),
    pointer: (address) => asPointer(address),
    address: addressOf,
    addressOf: (view) => view.byteLength === 0 ? 0n : BigInt(koffi.address(view)),
  };
}

/** Results as Deno has them: 64 bits as `bigint`, the null pointer as `null`. */
function converted(call: Functions[string], result: NativeType): Functions[string] {
  if (result === "pointer" || result === "buffer") return (...args) => asPointer(call(...args));
  if (result === "i64" || result === "u64" || result === "isize") {
    return (...args) => BigInt(call(...args));
  }
  return call;
}

function asPointer(address: number | bigint): Pointer {
  const number = Number(address);
  return (number === 0 ? null : number) as unknown as Pointer;
}

function addressOf(pointer: Pointer): bigint {
  return BigInt((pointer ?? 0) as unknown as number);
}
