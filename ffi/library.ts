/**
 * Opening a system library, and looking at native memory.
 *
 * @module
 */

import type { Pointer } from "../host/global.ts";
import type { Build, Functions } from "./adapters/adapter.ts";
import { adapter } from "./adapters/find.ts";
import { elsewhere } from "./elsewhere.ts";
import type { Bound, Bytes, NativeSymbol, SymbolTable } from "./native.ts";
import { FfiUnavailableError } from "./unavailable.ts";

export { FfiUnavailableError } from "./unavailable.ts";

/**
 * The system and the processor.
 *
 * @throws {FfiUnavailableError} When the host has no FFI.
 */
export function ffiBuild(): Build {
  return adapter().build;
}

/** Whether asking the system for the time is quicker than asking the host. */
export function isFfiQuick(): boolean {
  return adapter().isQuick;
}

/**
 * Opens the first of `candidates` that can be opened and binds `table` to it.
 *
 * @param candidates Sonames and absolute paths, best first.
 * @param table The symbols to bind.
 * @throws {FfiUnavailableError} When none can be opened: it names all of them and what to do.
 */
export function openLibrary<T extends SymbolTable>(
  candidates: readonly string[],
  table: T,
): Bound<T> {
  const refusal = adapter().refusal();
  if (refusal !== undefined) {
    throw new FfiUnavailableError(`Cannot load ${candidates[0]}: ${refusal}`);
  }
  const failures: string[] = [];
  for (const path of candidates) {
    try {
      return bind(path, table) as Bound<T>;
    } catch (error) {
      failures.push(`${path}: ${(error as Error).message}`);
    }
  }
  throw new FfiUnavailableError(`Cannot load a system library: ${failures.join("; ")}`);
}

/** Binds a table, of which the host may leave the calls on other threads to edo. */
function bind(path: string, table: SymbolTable): Functions {
  const native = adapter();
  if (native.callsElsewhere) return native.open(path, table);
  const here: Record<string, NativeSymbol> = {};
  const there: Functions = {};
  for (const [key, symbol] of Object.entries(table)) {
    if (symbol.nonblocking) there[key] = elsewhere(path, key, symbol);
    else here[key] = symbol;
  }
  return { ...native.open(path, here), ...there };
}

/** Views `bytes` bytes of native memory, `offset` bytes after `pointer`. */
export function view(pointer: Pointer, bytes: number, offset = 0): ArrayBuffer {
  return adapter().view(pointer, bytes, offset);
}

/** The pointer one gets by adding `offset` to another. */
export function pointerAt(pointer: Pointer, offset: number): Pointer {
  const native = adapter();
  return native.pointer(native.address(pointer) + BigInt(offset));
}

/** The pointer with an address; 0 is the null pointer. */
export function pointerTo(address: bigint): Pointer {
  return adapter().pointer(address);
}

/** The address of a pointer; the null pointer's is 0. */
export function addressAt(pointer: Pointer): bigint {
  return adapter().address(pointer);
}

/** The pointer that is stored at `offset`. */
export function pointerIn(buffer: ArrayBuffer, offset: number): Pointer {
  return pointerTo(new DataView(buffer).getBigUint64(offset, true));
}

/** The address of memory of JavaScript, for the call that follows and no longer. */
export function addressOf(view: Bytes): bigint {
  return adapter().addressOf(view);
}
