/**
 * The one place that asks which operating system this is.
 *
 * @module
 */

import { host } from "../host/global.ts";
import type { Backend } from "./backend.ts";
import { ffiBuild, FfiUnavailableError, isFfiQuick } from "./library.ts";
import { hostResolver } from "./host_resolver.ts";
import { linux } from "./linux/mod.ts";
import { windows } from "./windows/mod.ts";
import { quicken } from "../time/clock.ts";

const PROCESSORS = ["x86_64", "aarch64"];

let opened: Backend | undefined;

/**
 * The operating system under this isolate, opened when first asked for.
 *
 * @throws {FfiUnavailableError} When the host has no FFI or does not allow it, when the library
 * cannot be loaded, or when there is no backend for the system.
 *
 * @example
 * ```ts
 * import { backend } from "@edo/runtime/ffi";
 * import { assert } from "@std/assert";
 *
 * const { sockets } = backend();
 * const fd = sockets.open(4, "datagram");
 * assert(fd >= 0);
 * sockets.close(fd);
 * ```
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
  const { os, arch } = ffiBuild();
  if (os === "linux" && PROCESSORS.includes(arch)) {
    return onThisHost(linux(arch));
  }
  if (os === "windows" && PROCESSORS.includes(arch)) return onThisHost(windows());
  throw new FfiUnavailableError(
    `Cannot call the operating system: there is no backend for ${os} on ${arch} yet, ` +
      "only for linux and windows on x86_64 and aarch64",
  );
}

/** With what the host does better than the system, and the other way round. */
function onThisHost(system: Backend): Backend {
  // In Deno a fifth of the time of `performance.now()`, which every timer pays.
  if (isFfiQuick()) quicken(system.monotonic, system.threadTime);
  const resolver = hostResolver();
  return resolver === undefined ? system : { ...system, resolver };
}
