/**
 * The one place that asks which operating system this is.
 *
 * @module
 */

import { host } from "../host/global.ts";
import { buildOfHost } from "./adapters/find.ts";
import type { Backend } from "./backend.ts";
import { hostResolver } from "./host_resolver.ts";
import { ffiBuild, FfiUnavailableError, isFfiQuick } from "./library.ts";
import { quicken } from "../time/clock.ts";

const PROCESSORS = ["x86_64", "aarch64"];

/** Opens the backend of a system, for one of the processors. */
type Open = (arch: string) => Backend;

/** What loads each. A module takes a quarter of a millisecond at the start, so only one is loaded. */
const SYSTEMS: ReadonlyMap<string, () => Promise<Open>> = new Map([
  ["linux", async () => (await import("./linux/mod.ts")).linux],
  ["darwin", async () => (await import("./darwin/mod.ts")).darwin],
  ["freebsd", async () => (await import("./freebsd/mod.ts")).freebsd],
  ["windows", async () => (await import("./windows/mod.ts")).windows],
]);

const openSystem: Open | undefined = await SYSTEMS.get(buildOfHost()?.os ?? "")?.();

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

/**
 * Puts another backend in the place of this system's, for tests that run on it. What was made of the
 * first one goes on with that.
 */
export function replaceBackend(other: Backend): void {
  opened = other;
}

function open(): Backend {
  const { os, arch } = ffiBuild();
  if (openSystem !== undefined && PROCESSORS.includes(arch)) return onThisHost(openSystem(arch));
  throw new FfiUnavailableError(
    `Cannot call the operating system: there is no backend for ${os} on ${arch}, ` +
      `only for ${[...SYSTEMS.keys()].join(", ")} on ${PROCESSORS.join(" and ")}`,
  );
}

/** With what the host does better than the system, and the other way round. */
function onThisHost(system: Backend): Backend {
  // In Deno a fifth of the time of `performance.now()`, which every timer pays.
  if (isFfiQuick()) quicken(system.monotonic, system.threadTime);
  const resolver = hostResolver();
  return resolver === undefined ? system : { ...system, resolver };
}
