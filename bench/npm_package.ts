/**
 * edo's own npm package as a peer: built into `.bench/package`, and once more beside koffi.
 *
 * @module
 */

import { buildNpm } from "../scripts/build_npm.ts";
import { libraryModules } from "../scripts/npm/layout.ts";
import { build, ROOT, WORK } from "./build.ts";
import type { Peer } from "./peers.ts";
import { isFile, type Missing, type Tool } from "./tools.ts";

/** With what Node calls the system. */
export type NodeFfi = "node:ffi" | "koffi";

/**
 * An echo server on the package.
 *
 * @param tool Node or Bun.
 * @param style In which style it is written.
 * @param ffi Where it is Node, with what it calls the system.
 */
export async function packagePeer(
  tool: Tool | Missing,
  style: "await" | "yield",
  ffi?: NodeFfi,
): Promise<Peer | Missing> {
  if ("missing" in tool) return tool;
  const folder = ffi === "koffi" ? `${WORK}/build/koffi/package` : `${WORK}/package`;
  const problem = ffi === "koffi" ? await build("koffi") : undefined;
  if (problem !== undefined) return problem;
  if (!await isUpToDate(`${folder}/package.json`)) await buildNpm(folder, "tsc");
  const script = `${ROOT}bench/peers/edo_hosts/tcp.mjs`;
  const flags = ffi === "node:ffi" ? ["--no-warnings"] : [];
  const args = [...flags, script, "--package", folder, "--style", style];
  return { command: tool.path, args, version: [tool.version, ffi].filter(Boolean).join(", ") };
}

async function isUpToDate(product: string): Promise<boolean> {
  if (!await isFile(product)) return false;
  const built = (await Deno.stat(product)).mtime!;
  for (const module of libraryModules()) {
    if ((await Deno.stat(`${ROOT}${module}`)).mtime! > built) return false;
  }
  return true;
}
