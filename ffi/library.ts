/**
 * Opening a system library.
 *
 * @module
 */

import { type DenoHost, host } from "../host/global.ts";
import type { Bound, SymbolTable } from "./native.ts";

/** A library cannot be opened, or the host has no way to call it. */
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
 * A grant that is limited to a path (`--allow-ffi=/lib/…/libc.so.6`) is honoured: candidates with
 * an absolute path are tried where the bare name is not allowed.
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
  const failures: string[] = [];
  const allowed = candidates.filter((path) => mayOpen(deno, path));
  for (const path of allowed.length > 0 ? allowed : candidates.slice(0, 1)) {
    try {
      return deno.dlopen(path, table).symbols as Bound<T>;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push(`${path}: ${error.message}`);
      if (error.name === "NotCapable") break;
    }
  }
  const flag = allowed.length > 0 ? "" : "; run again with the --allow-ffi flag";
  throw new FfiUnavailableError(`Cannot load a system library: ${failures.join("; ")}${flag}`);
}

function mayOpen(deno: DenoHost, path: string): boolean {
  const query = path.startsWith("/") ? { name: "ffi", path } as const : { name: "ffi" } as const;
  return deno.permissions.querySync(query).state === "granted";
}
