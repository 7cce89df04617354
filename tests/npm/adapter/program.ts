/**
 * Programs of tests, as the host runs them: compiled, with what they take for `Deno`.
 *
 * @module
 */

import { builtin, process } from "./node.ts";

const { mkdtempSync, rmSync, writeFileSync } = builtin("fs");
const { createRequire } = builtin("module");
const { tmpdir } = builtin("os");
const { fileURLToPath } = builtin("url");

const DATA = "data:application/typescript;base64,";

/** The part of the compiler that is used. */
interface Compiler {
  readonly ModuleKind: { readonly ESNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
  transpileModule(source: string, options: { compilerOptions: object }): { outputText: string };
}

let folder: string | undefined;
let made = 0;

/**
 * A path that the host can run.
 *
 * @param module A module of the tests, or a data URL with TypeScript in it.
 */
export function compiledProgram(module: string): string {
  if (!module.startsWith(DATA)) {
    return fileURLToPath(new URL(module.replace(/\.ts$/, ".js"), import.meta.url));
  }
  const { ModuleKind, ScriptTarget, transpileModule } = createRequire(import.meta.url)(
    "typescript",
  ) as Compiler;
  const source = atob(module.slice(DATA.length)).replaceAll(
    /(\b(?:from |import\()"[^"]*\.)ts"/g,
    '$1js"',
  );
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
  });
  const adapter = new URL("./deno.js", import.meta.url).href;
  const path = `${temporary()}/${made++}.mjs`;
  writeFileSync(path, `import { Deno } from "${adapter}";\n${outputText}`);
  return path;
}

function temporary(): string {
  if (folder === undefined) {
    const own: string = mkdtempSync(`${tmpdir()}/edo-program-`);
    process.once("exit", () => rmSync(own, { recursive: true }));
    folder = own;
  }
  return folder;
}
