/**
 * Opening a system library.
 *
 * @module
 */

import { type DenoHost, host } from "../host/global.ts";
import type { Bound, SymbolTable } from "./native.ts";

/**
 * The operating system cannot be called: the host has no FFI, does not allow it, or a library is
 * missing. The message says which, and what to do.
 *
 * @example
 * ```ts
 * import { FfiUnavailableError } from "@edo/runtime/ffi";
 * import { TcpListener } from "@edo/runtime/net";
 *
 * try {
 *   using listener = await TcpListener.bind("127.0.0.1:0");
 *   listener.localAddr();
 * } catch (error) {
 *   if (!(error instanceof FfiUnavailableError)) throw error;
 *   // Go on without a server.
 * }
 * ```
 */
export class FfiUnavailableError extends Error {
  /** Always `"FfiUnavailableError"`. */
  override readonly name = "FfiUnavailableError";
}

/** The host, if it can call native libraries. */
export function ffiHost(): DenoHost {
  const deno = host.Deno;
  if (typeof deno?.dlopen === "function") return deno;
  throw new FfiUnavailableError(
    "Cannot call the operating system: this host offers no FFI; " +
      "networking needs Deno 2.9 or later, everything else works without it",
  );
}

/**
 * Opens the first of `candidates` that can be opened and binds `table` to it.
 *
 * The host has to allow FFI without a path: Deno grants the functions that read memory only then.
 *
 * @param candidates Sonames and absolute paths, best first.
 * @param table The symbols to bind.
 * @throws {FfiUnavailableError} When none can be opened: it names all of them and what to do.
 */
export function openLibrary<T extends SymbolTable>(
  candidates: readonly string[],
  table: T,
): Bound<T> {
  const deno = ffiHost();
  if (deno.permissions.requestSync({ name: "ffi" }).state !== "granted") {
    throw new FfiUnavailableError(
      `Cannot load ${candidates[0]}: FFI is not allowed; ` +
        "run again with the --allow-ffi flag, without a path",
    );
  }
  const failures: string[] = [];
  for (const path of candidates) {
    try {
      return deno.dlopen(path, table).symbols as Bound<T>;
    } catch (error) {
      failures.push(`${path}: ${(error as Error).message}`);
    }
  }
  throw new FfiUnavailableError(`Cannot load a system library: ${failures.join("; ")}`);
}
