/**
 * How a backend describes itself. `docs/platforms.md` is written from these descriptions, by
 * `deno task platforms`.
 *
 * @module
 */

import { DARWIN_PLATFORM } from "./darwin/platform.ts";
import { FREEBSD_PLATFORM } from "./freebsd/platform.ts";
import { LINUX_PLATFORM } from "./linux/platform.ts";
import { WINDOWS_PLATFORM } from "./windows/platform.ts";

/**
 * How much is known of a system.
 *
 * 1. The whole suite runs on the system itself with every change, and a failure blocks it.
 * 2. The whole suite runs with every change on something that stands for the system, and a failure
 *    blocks it.
 * 3. Written after the system's headers and documents; parts of it are tested elsewhere.
 */
export type Tier = 1 | 2 | 3;

/** A system. */
export interface Platform {
  /** What Deno calls it, as `"darwin"`. */
  readonly os: string;
  /** What people call it. */
  readonly name: string;
  /** The oldest version, and which libc where there are several. */
  readonly versions: string;
  /** The processors, as Deno calls them. */
  readonly architectures: readonly string[];
  /** What tells that descriptors are ready. */
  readonly selector: string;
  /** How much is known. */
  readonly tier: Tier;
  /** What is tested, and where. */
  readonly tested: readonly string[];
  /** What a user notices that is not so on Linux, or not so elsewhere. */
  readonly differences: readonly string[];
}

/** All systems that there is a backend for. */
export const PLATFORMS: readonly Platform[] = [
  LINUX_PLATFORM,
  WINDOWS_PLATFORM,
  DARWIN_PLATFORM,
  FREEBSD_PLATFORM,
];
