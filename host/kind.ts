/**
 * Which JavaScript runtime this is.
 *
 * @module
 */

import { host, type HostGlobal, type ProcessHost } from "./global.ts";

/** Node's `process`, if this is Node and not Deno or Bun, which have one too. */
export function nodeProcess(surroundings: HostGlobal = host): ProcessHost | undefined {
  // Asking Deno's for anything would load it, which takes 15 ms.
  if (surroundings.Deno !== undefined) return undefined;
  const { process } = surroundings;
  const versions = process?.versions;
  if (versions?.node === undefined) return undefined;
  return versions.bun === undefined && versions.deno === undefined ? process : undefined;
}

/** Bun's `process`, if this is Bun. */
export function bunProcess(surroundings: HostGlobal = host): ProcessHost | undefined {
  if (surroundings.Deno !== undefined) return undefined;
  const { process } = surroundings;
  return process?.versions?.bun === undefined ? undefined : process;
}
