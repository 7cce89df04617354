/**
 * FFI by `Deno.dlopen`. A call costs 4 to 11 ns more than C's.
 *
 * @module
 */

import type { DenoHost } from "../../host/global.ts";
import type { Adapter } from "./adapter.ts";

/**
 * The adapter of Deno. The host has to allow FFI without a path: Deno grants the functions that
 * read memory only then.
 */
export function denoAdapter(deno: DenoHost): Adapter {
  const { UnsafePointer, UnsafePointerView } = deno;
  return {
    build: deno.build,
    callsElsewhere: true,
    isQuick: true,
    refusal() {
      if (deno.permissions.requestSync({ name: "ffi" }).state === "granted") return undefined;
      return "FFI is not allowed; run again with the --allow-ffi flag, without a path";
    },
    open: (path, table) => deno.dlopen(path, table).symbols,
    view: (pointer, bytes, offset) => UnsafePointerView.getArrayBuffer(pointer, bytes, offset),
    pointer: (address) => UnsafePointer.create(address),
    address: (pointer) => UnsafePointer.value(pointer),
    addressOf: (view) => UnsafePointer.value(UnsafePointer.of(view as Uint8Array)),
  };
}
