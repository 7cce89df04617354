/**
 * The npm package by TypeScript's compiler alone, for where JSR cannot be reached.
 *
 * @module
 */

import { compile } from "./compile.ts";
import { ENTRIES, libraryModules, ROOT, startedModules } from "./layout.ts";

/** Writes `src/` and `esm/` into the folder of the package. */
export async function buildWithTsc(folder: string): Promise<void> {
  const staged = await Deno.makeTempDir({ prefix: "edo-npm-" });
  try {
    for (const module of libraryModules()) await copy(module, `${staged}/src`);
    const files = [...ENTRIES.map(([, path]) => path), ...startedModules()];
    await compile({
      folder: staged,
      files: files.map((path) => `src/${path}`),
      from: "src",
      to: "esm",
    });
    // Only what an entry point or a thread needs is in the package.
    for (const module of libraryModules()) {
      const script = `esm/${module.replace(/\.ts$/, ".js")}`;
      if (!await exists(`${staged}/${script}`)) await Deno.remove(`${staged}/src/${module}`);
    }
    for (const part of ["src", "esm"]) await copyFolder(`${staged}/${part}`, `${folder}/${part}`);
  } finally {
    await Deno.remove(staged, { recursive: true });
  }
}

async function copy(module: string, to: string): Promise<void> {
  const target = `${to}/${module}`;
  await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(new URL(module, ROOT), target);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
