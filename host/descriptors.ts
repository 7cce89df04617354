/**
 * The descriptors that this process has open.
 *
 * @module
 */

import { host } from "./global.ts";

const PROC = "/proc/self/fd";

/**
 * Open descriptors by number, and what each stands for, such as `"socket:[4711]"`. Empty where the
 * system does not tell (it takes Linux), or reading is not permitted (Deno wants `--allow-all`).
 */
export function openDescriptors(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of list()) {
    try {
      found.set(name, link(`${PROC}/${name}`));
    } catch {
      // It was closed since, as the one by which the directory was read.
    }
  }
  return found;
}

function list(): string[] {
  const deno = host.Deno;
  try {
    if (deno === undefined) {
      return host.process?.getBuiltinModule?.("node:fs")?.readdirSync(PROC) ?? [];
    }
    // Asking first keeps Deno from prompting.
    if (deno.permissions.querySync({ name: "read", path: PROC }).state !== "granted") return [];
    // Wine shows the folder of the system below it, on a drive, and takes 0.2 s for it.
    if (!deno.realPathSync(PROC).startsWith("/")) return [];
    return [...deno.readDirSync(PROC)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function link(path: string): string {
  return host.Deno?.readLinkSync(path) ??
    host.process!.getBuiltinModule!("node:fs")!.readlinkSync(path);
}
