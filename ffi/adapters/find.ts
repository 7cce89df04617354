/**
 * The one place that asks which FFI this host has.
 *
 * On Node koffi comes first, because who has installed it wants it, because it is quicker for most
 * of edo's calls, and because `node:ffi` is experimental and says so at each start.
 *
 * @module
 */

import { host, type HostGlobal, type Koffi, type ProcessHost } from "../../host/global.ts";
import { bunProcess, nodeProcess } from "../../host/kind.ts";
import { FfiUnavailableError } from "../unavailable.ts";
import type { Adapter, Build } from "./adapter.ts";
import { bunAdapter } from "./bun.ts";
import { denoAdapter } from "./deno.ts";
import { koffiAdapter } from "./koffi.ts";
import { nodeAdapter } from "./node.ts";

let found: Adapter | undefined;

/**
 * The FFI of this host.
 *
 * @throws {FfiUnavailableError} When it has none; the message says what to install or to set.
 */
export function adapter(): Adapter {
  return found ??= findAdapter();
}

/**
 * As {@linkcode adapter}, looked for each time.
 *
 * @param surroundings Where to look.
 * @throws {FfiUnavailableError} When there is none.
 */
export function findAdapter(surroundings: HostGlobal = host): Adapter {
  const { Deno } = surroundings;
  if (typeof Deno?.dlopen === "function") return denoAdapter(Deno);
  const bun = bunProcess(surroundings);
  const bunFfi = bun?.getBuiltinModule?.("bun:ffi");
  if (bun !== undefined && bunFfi !== undefined) return bunAdapter(bunFfi, buildOf(bun));
  const node = nodeProcess(surroundings);
  if (node !== undefined) return onNode(node);
  throw new FfiUnavailableError(
    "Cannot call the operating system: this host offers no FFI; networking needs Deno 2.9 or " +
      "later, Bun, or Node, everything else works without it",
  );
}

function onNode(node: ProcessHost): Adapter {
  const build = buildOf(node);
  const koffi = loadKoffi(node);
  if (koffi.module !== undefined) return koffiAdapter(koffi.module, build);
  // Node makes the module only where it may be used, and warns when it does.
  const ffi = node.getBuiltinModule?.("node:ffi");
  if (ffi !== undefined) return nodeAdapter(ffi, build, () => refusal(node));
  throw new FfiUnavailableError(
    `Cannot call the operating system: Node ${node.version} offers no FFI by itself; ` +
      `${advice(node)}, everything but networking works without it${koffi.why}`,
  );
}

/** What to do where neither koffi nor `node:ffi` is there. */
function advice(node: ProcessHost): string {
  const install = "install the package koffi (npm install koffi)";
  return node.allowedNodeEnvironmentFlags?.has("--experimental-ffi")
    ? `run node with --experimental-ffi, or ${install}`
    : `${install}, or use Node 26.9 or later`;
}

/** Node's `--permission`, as far as it is about `node:ffi`. */
function refusal(node: ProcessHost): string | undefined {
  if (node.permission === undefined || node.permission.has("ffi")) return undefined;
  return "FFI is not allowed; run node with --allow-ffi, or without --permission";
}

/** Koffi beside edo, or else in the program's own folder. */
function loadKoffi(node: ProcessHost): { readonly module?: Koffi; readonly why: string } {
  const createRequire = node.getBuiltinModule?.("node:module")?.createRequire;
  if (createRequire === undefined) return { why: "" };
  let why = "";
  for (const from of [import.meta.url, `${node.cwd?.() ?? ""}/package.json`]) {
    try {
      return { module: createRequire(from)("koffi") as Koffi, why };
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      if (code === "ERR_DLOPEN_DISABLED") {
        why = "; koffi is here, but node has to run with --allow-addons";
      } else if (code !== "MODULE_NOT_FOUND") why = `; koffi cannot be loaded: ${message}`;
    }
  }
  return { why };
}

/**
 * The system and the processor, also where there is no FFI; `undefined` where the host does not tell,
 * as in a browser. Loads nothing.
 */
export function buildOfHost(surroundings: HostGlobal = host): Build | undefined {
  const process = bunProcess(surroundings) ?? nodeProcess(surroundings);
  return surroundings.Deno?.build ?? (process && buildOf(process));
}

function buildOf({ platform = "unknown", arch = "unknown" }: ProcessHost): Build {
  return { os: SYSTEMS[platform] ?? platform, arch: PROCESSORS[arch] ?? arch };
}

/** Deno's words where Node has others. */
const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows" };
const PROCESSORS: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
