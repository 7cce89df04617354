/**
 * What each entry point weighs in a browser: bundled by esbuild, which comes from npm, minified, and
 * compressed by gzip.
 *
 * ```sh
 * deno run -A scripts/size.ts [--built FOLDER] [SUBPATH...]
 * ```
 *
 * @module
 */

import { buildNpm, OUT } from "./build_npm.ts";
import { npm } from "./npm/hosts.ts";
import { importedEntries, ROOT } from "./npm/layout.ts";
import { run } from "./npm/run.ts";

const TOOLS = new URL(".bench/size", ROOT).pathname;

/** The bytes of one entry point. */
export interface Size {
  readonly minified: number;
  readonly gzip: number;
}

/** Bundles a module and weighs it. */
async function weigh(module: string): Promise<Size> {
  const args = [module, "--bundle", "--minify", "--format=esm", "--target=es2022"];
  const { code, output, errors } = await run(`${TOOLS}/node_modules/.bin/esbuild`, [
    ...args,
    "--log-level=error",
  ]);
  if (code !== 0) throw new Error(`Cannot bundle ${module}:\n${errors}`);
  return { minified: new TextEncoder().encode(output).length, gzip: await gzip(output) };
}

/** How many bytes gzip makes of a text. */
export async function gzip(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

/** A number of bytes, in KiB. */
export function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

if (import.meta.main) {
  const args = [...Deno.args];
  const at = args.indexOf("--built");
  const built = at < 0 ? OUT : args.splice(at, 2)[1]!;
  if (at < 0) await buildNpm();
  await Deno.mkdir(TOOLS, { recursive: true });
  await Deno.writeTextFile(`${TOOLS}/package.json`, '{ "private": true }');
  await npm(TOOLS, "install", "esbuild@0.28");
  for (const [subpath, path] of importedEntries()) {
    if (args.length > 0 && !args.includes(subpath)) continue;
    const { minified, gzip } = await weigh(`${built}/esm/${path.replace(/\.ts$/, ".js")}`);
    // deno-lint-ignore no-console -- this is a command
    console.log(
      `${subpath.padEnd(20)} ${kib(minified).padStart(11)} ${kib(gzip).padStart(10)} gzip`,
    );
  }
}
