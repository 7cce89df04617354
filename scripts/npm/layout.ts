/**
 * What goes into the npm package: the entry points of `deno.json`, and the modules that threads
 * begin with, which no other module imports.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** The name of the package. */
export const NAME: string = config.name;

/** The one place that has the version. */
export const VERSION: string = config.version;

/** Subpath, as in `@edo/runtime/net`, and path of its module, from the root. */
export const ENTRIES: readonly (readonly [subpath: string, path: string])[] = Object.entries(
  config.exports,
).map(([subpath, path]) => [subpath, path.slice("./".length)]);

/** The entry points that are imported, and not run by a thread. */
export function importedEntries(): readonly (readonly [subpath: string, path: string])[] {
  const started = startedModules();
  return ENTRIES.filter(([, path]) => !started.includes(path));
}

/** Folders of the library, those of its entry points. */
export const FOLDERS: readonly string[] = [
  "host",
  ...new Set(ENTRIES.flatMap(([, path]) => path.includes("/") ? [path.split("/")[0]!] : [])),
];

/** Modules that are started by their address, as `moduleBeside(import.meta.url, "./name")`. */
const STARTED = /\bmoduleBeside\(\s*import\.meta\.url,\s*"([^"]+)"/g;

/** The modules of the library that threads begin with, found by who starts them. */
export function startedModules(): string[] {
  const found = new Set<string>();
  for (const module of libraryModules()) {
    const source = Deno.readTextFileSync(new URL(module, ROOT));
    for (const [, name] of source.matchAll(STARTED)) {
      found.add(new URL(`${name}.ts`, `file:///${module}`).pathname.slice(1));
    }
  }
  return [...found].sort();
}

/** Imports for what a module does: nobody names anything of it. */
const FOR_EFFECT = /^import "([^"]+)";$|^[^/*]*\bimport\("([^"]+)"\)/gm;

/**
 * Modules that have to be loaded although nobody may use anything of them: those that another one
 * imports for what they do, and those that threads begin with.
 */
export function modulesWithEffects(): string[] {
  const found = new Set(startedModules());
  for (const module of libraryModules()) {
    const source = Deno.readTextFileSync(new URL(module, ROOT));
    for (const [, fixed, dynamic] of source.matchAll(FOR_EFFECT)) {
      found.add(new URL((fixed ?? dynamic)!, `file:///${module}`).pathname.slice(1));
    }
  }
  return [...found].sort();
}

/** All modules of the library, from the root of the repository. */
export function libraryModules(): string[] {
  return ["mod.ts", ...FOLDERS.flatMap(modulesIn)];
}

/** The modules in a folder and those below it, from the root of the repository. */
export function modulesIn(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...modulesIn(path));
    else if (path.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}
