/**
 * The npm package by dnt, where JSR can be reached.
 *
 * dnt finds out by itself which modules belong to an entry point, but it knows nothing of modules
 * that threads begin with: those are entry points as well here, and their addresses follow the
 * extension of the module that starts them (`host/module_url.ts`). Its shims stay off. They would
 * give Node something that is called `Deno` and has no FFI, and the library asks for what it needs.
 *
 * @module
 */

import { LIBRARIES, TARGET } from "./compile.ts";
import { ENTRIES, ROOT, startedModules } from "./layout.ts";
import { manifest } from "./manifest.ts";

/** In a variable, so that nobody looks for it who does not build. */
const DNT = "jsr:@deno/dnt@^0.42.0";

/** The part of dnt that is used. */
export interface Dnt {
  build(options: Record<string, unknown>): Promise<void>;
}

/** dnt, or why it cannot be had. */
export async function loadDnt(): Promise<Dnt | Error> {
  try {
    return await import(DNT);
  } catch (error) {
    return error as Error;
  }
}

/** Writes `src/` and `esm/` into the folder of the package. */
export async function buildWithDnt(dnt: Dnt, folder: string): Promise<void> {
  const started = startedModules();
  await dnt.build({
    entryPoints: [
      ...ENTRIES.map(([name, path]) => ({ name, path: fromRoot(path) })),
      ...started.map((path) => ({ name: `./${path}`, path: fromRoot(path) })),
    ],
    outDir: folder,
    package: manifest(),
    shims: {},
    esModule: true,
    scriptModule: false,
    declaration: "inline",
    declarationMap: true,
    typeCheck: "single",
    test: false,
    skipNpmInstall: true,
    polyfills: false,
    compilerOptions: {
      target: TARGET,
      lib: LIBRARIES,
      sourceMap: true,
      noUncheckedIndexedAccess: true,
      useUnknownInCatchVariables: true,
    },
  });
  // dnt's own words to npm. `files` and `type` in `package.json` say the same.
  for (const name of [".npmignore", "esm/package.json"]) {
    await Deno.remove(`${folder}/${name}`).catch(() => {});
  }
}

function fromRoot(path: string): string {
  return new URL(path, ROOT).pathname;
}
