/**
 * FFI by `node:ffi`, which Node has since 26.1, without a flag since 26.9.
 *
 * Pointers are `bigint`. Node has a quick way for functions of up to three arguments; a call with
 * four or more costs 160 to 230 ns over C's, and a typed array costs 60 ns more than an address. So
 * `recv` and `send` without flags become `read` and `write`, of small amounts by way of memory whose
 * address is known (`recv` of 64 bytes that fails at once: 420 ns, `read`: 165 ns, and 20 to copy).
 *
 * @module
 */

import type { NodeFfi, Pointer } from "../../host/global.ts";
import type { NativeSymbol, NativeType, SymbolTable } from "../native.ts";
import type { Adapter, Build, Functions } from "./adapter.ts";

/** Node's names of the types. */
const TYPES: Readonly<Record<NativeType, string>> = {
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  isize: "int64",
  // Takes `bigint` as well as views.
  pointer: "pointer",
  buffer: "pointer",
  void: "void",
};

/** Up to how many bytes copying is quicker than asking Node for an address. */
const COPIED = 16384;

/** The adapter of `node:ffi`. */
export function nodeAdapter(
  ffi: NodeFfi,
  build: Build,
  refusal: () => string | undefined,
): Adapter {
  return {
    build,
    callsElsewhere: false,
    isQuick: false,
    refusal,
    open: (path, table) => withQuickSockets(ffi, bind(ffi, path, table)),
    view: (pointer, bytes, offset) =>
      ffi.toArrayBuffer(asAddress(pointer) + BigInt(offset), bytes, false),
    pointer: asPointer,
    address: asAddress,
    addressOf: (view) => view.byteLength === 0 ? 0n : ffi.getRawPointer(view),
  };
}

function bind(ffi: NodeFfi, path: string, table: SymbolTable): Functions {
  const bound: Functions = {};
  let taken = new Set<string>();
  let library = ffi.dlopen(path).lib;
  for (const [key, symbol] of Object.entries(table)) {
    const name = symbol.name ?? key;
    if (taken.has(name)) {
      // One library has one signature for each symbol.
      library = ffi.dlopen(path).lib;
      taken = new Set();
    }
    taken.add(name);
    bound[key] = converted(library.getFunction(name, declaration(symbol)), symbol.result);
  }
  return bound;
}

function declaration({ parameters, result }: NativeSymbol) {
  return { arguments: parameters.map((type) => TYPES[type]), return: TYPES[result] };
}

/** The null pointer as `null`, as Deno has it. */
function converted(call: Functions[string], result: NativeType): Functions[string] {
  if (result !== "pointer" && result !== "buffer") return call;
  return (...args) => asPointer(call(...args));
}

/**
 * `recv` and `send` of a Unix by calls of three arguments. A closed peer raises no signal: Node
 * ignores SIGPIPE.
 */
function withQuickSockets(ffi: NodeFfi, bound: Functions): Functions {
  const { recv, send, read, write } = bound;
  if (!recv || !send || !read || !write) return bound;
  const memory = new ArrayBuffer(COPIED);
  const bytes = new Uint8Array(memory);
  const address = ffi.getRawPointer(memory);
  return {
    ...bound,
    recv(fd: number, buffer: Uint8Array, length: number, flags: number): number {
      if (flags !== 0) return recv(fd, buffer, length, flags);
      if (length > COPIED) return read(fd, buffer, length);
      const received = read(fd, address, length);
      if (received > 0) buffer.set(bytes.subarray(0, received));
      return received;
    },
    send(fd: number, buffer: Uint8Array, length: number, flags: number): number {
      // An empty datagram is a message too.
      if (flags !== MSG_NOSIGNAL || length === 0) return send(fd, buffer, length, flags);
      if (length > COPIED) return write(fd, buffer, length);
      bytes.set(length === buffer.byteLength ? buffer : buffer.subarray(0, length));
      return write(fd, address, length);
    },
  };
}

/** Of Linux. Where it has another number, `send` stays as it is. */
const MSG_NOSIGNAL = 0x4000;

function asPointer(address: bigint): Pointer {
  return (address === 0n ? null : address) as unknown as Pointer;
}

function asAddress(pointer: Pointer): bigint {
  return (pointer ?? 0n) as unknown as bigint;
}
