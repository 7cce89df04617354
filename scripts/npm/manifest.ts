/**
 * The `package.json` of the npm package, and the files beside it.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { ENTRIES, modulesWithEffects, ROOT } from "./layout.ts";

/** Who can load one subpath, first match wins. */
export interface Export {
  /** Its declarations. */
  readonly types: string;
  /** The module; for `require` too, where Node can require such modules. */
  readonly default: string;
}

/** What the package says of itself. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Record<string, Export | string>;
  readonly [key: string]: unknown;
}

const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE"];

/**
 * Makes the `package.json`.
 *
 * @param repository Where the sources are: npm compares it with where a release was built.
 */
export function manifest(repository = Deno.env.get("NPM_REPOSITORY")): Manifest {
  const exports = Object.fromEntries(ENTRIES.map(([subpath, path]) => {
    const module = `./esm/${path.replace(/\.ts$/, "")}`;
    return [subpath, { types: `${module}.d.ts`, default: `${module}.js` }];
  }));
  return {
    name: config.name,
    version: config.version,
    description:
      "Tokio for TypeScript: an event-driven, non-blocking I/O platform and task runtime",
    keywords: ["async", "runtime", "tokio", "future", "scheduler", "channels", "epoll", "tcp"],
    license: config.license,
    ...repository !== undefined && { repository: { type: "git", url: `git+${repository}.git` } },
    type: "module",
    exports: { ...exports, "./package.json": "./package.json" },
    files: ["esm", "src", "CHANGELOG.md"],
    sideEffects: modulesWithEffects().map((path) => `./esm/${path.replace(/\.ts$/, ".js")}`),
    engines: { node: ">=20.16", bun: ">=1.4", deno: ">=2.9" },
    peerDependencies: { koffi: ">=2.9 <4" },
    peerDependenciesMeta: { koffi: { optional: true } },
    publishConfig: { access: "public", provenance: true },
  };
}

/** Writes `package.json`, read-me, changes and licence into the folder of the package. */
export async function writeDocuments(folder: string): Promise<void> {
  const text = JSON.stringify(manifest(), undefined, 2);
  await Deno.writeTextFile(`${folder}/package.json`, `${text}\n`);
  for (const name of DOCUMENTS) await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
}
