/**
 * Makes the npm package in the folder `npm/`: with dnt, or where JSR cannot be reached with
 * TypeScript's compiler, which gives the same.
 *
 * ```sh
 * deno run -A scripts/build_npm.ts [--with dnt|tsc] [--out FOLDER]
 * ```
 *
 * @module
 */

import { NAME, ROOT, VERSION } from "./npm/layout.ts";
import { writeDocuments } from "./npm/manifest.ts";
import { buildWithDnt, loadDnt } from "./npm/with_dnt.ts";
import { buildWithTsc } from "./npm/with_tsc.ts";

/** What makes the package. */
export type Builder = "dnt" | "tsc";

/** Where the package is made unless something else is said. */
export const OUT: string = new URL("npm", ROOT).pathname;

/**
 * Makes the package.
 *
 * @param out The folder, which is emptied first.
 * @param builder With what; else dnt if it can be had.
 * @returns With what it was made.
 * @throws {Error} When the sources do not compile, or dnt was asked for and cannot be had.
 */
export async function buildNpm(out: string = OUT, builder?: Builder): Promise<Builder> {
  const dnt = builder === "tsc" ? undefined : await loadDnt();
  if (dnt instanceof Error && builder === "dnt") {
    throw new Error("Cannot build with dnt: it cannot be loaded", { cause: dnt });
  }
  await Deno.remove(out, { recursive: true }).catch(() => {});
  await Deno.mkdir(out, { recursive: true });
  const used = dnt === undefined || dnt instanceof Error ? "tsc" : "dnt";
  if (dnt === undefined || dnt instanceof Error) await buildWithTsc(out);
  else await buildWithDnt(dnt, out);
  await writeDocuments(out);
  return used;
}

function option(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}

if (import.meta.main) {
  const builder = option("with");
  if (builder !== undefined && builder !== "dnt" && builder !== "tsc") {
    throw new TypeError(`Cannot build with "${builder}": use dnt or tsc`);
  }
  const out = option("out") ?? OUT;
  const used = await buildNpm(out, builder);
  // deno-lint-ignore no-console -- this is a command
  console.log(`${NAME}@${VERSION}, made with ${used}, is in ${out}`);
}
