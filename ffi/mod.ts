/**
 * The boundary to the operating system, and the one place that asks which system this is.
 *
 * @module
 */

import { host } from "../host/global.ts";
import type { Backend } from "./backend.ts";
import { ffiHost, FfiUnavailableError } from "./library.ts";
import { linux } from "./linux/mod.ts";

export type {
  Backend,
  Endpoint,
  Family,
  Resolver,
  Selector,
  SocketOption,
  Sockets,
} from "./backend.ts";
export {
  ERROR,
  FAILED,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WOULD_BLOCK,
  WRITABLE,
  WRITE_CLOSED,
} from "./backend.ts";
export { FfiUnavailableError } from "./library.ts";
export { type Failure, isOsError, type OsError, osError } from "./os_error.ts";

const PROCESSORS = ["x86_64", "aarch64"];

let opened: Backend | undefined;

/**
 * The operating system under this isolate, opened when first asked for.
 *
 * @throws {FfiUnavailableError} When the host has no FFI or does not allow it, when the library
 * cannot be loaded, or when there is no backend for the system.
 */
export function backend(): Backend {
  return opened ??= open();
}

/**
 * Opens the backend now if that needs no question, so that it is not opened in the middle of a
 * test, whose sanitizer would take the library for a leak.
 */
export function preload(): void {
  const deno = host.Deno;
  if (deno?.permissions.querySync({ name: "ffi" }).state !== "granted") return;
  try {
    backend();
  } catch {
    // The first real use fails with the same error, where somebody can catch it.
  }
}

function open(): Backend {
  const { os, arch } = ffiHost().build;
  if (os === "linux" && PROCESSORS.includes(arch)) return linux(arch);
  throw new FfiUnavailableError(
    `Cannot call the operating system: there is no backend for ${os} on ${arch} yet, ` +
      "only for linux on x86_64 and aarch64",
  );
}
