/**
 * The tests as Node and Bun run them: compiled, beside the package that was installed as a user
 * would install it. The folders of the package stand where the tests expect those of the sources.
 *
 * ```text
 * node_modules/@edo/runtime     the package, from the file that `npm pack` made
 * node_modules/@std/…           the stand-ins
 * mod.js, future/, net/, …      links into the package
 * tests/…                       the tests
 * ```
 *
 * @module
 */

import { compile } from "./compile.ts";
import { npm } from "./hosts.ts";
import { FOLDERS, modulesIn, NAME, ROOT } from "./layout.ts";

/** FFI for older Node. */
export const KOFFI = "koffi@3";

/** What the tests need besides: FFI, and a compiler for programs that they write. */
const TOOLS = ["typescript@5.9.3", KOFFI];

/** Folders of tests that are about the repository, Deno or other programs. */
const NOT_HERE = [
  "tests/bench/",
  "tests/browser/",
  "tests/examples/",
  "tests/scripts/",
  "tests/npm/",
  "tests/standins/",
];

/** The exception: it is what the tests run with. */
const ADAPTER = "tests/npm/adapter/";

/** A file that has tests at all: some are only about types. */
const DECLARES = /^\s*(?:Deno\.)?(?:test|it|describe)\(/m;

const STANDINS = ["assert", "async", "testing"];

/** Packs the package and installs it in a fresh folder. Answers with the file that was packed. */
export async function installPackage(built: string, app: string): Promise<string> {
  await Deno.remove(app, { recursive: true }).catch(() => {});
  await Deno.mkdir(app, { recursive: true });
  const file = (await npm(built, "pack", "--pack-destination", app)).trim().split("\n").at(-1)!;
  await Deno.writeTextFile(`${app}/package.json`, '{ "private": true, "type": "module" }');
  await npm(app, "install", `./${file}`, ...TOOLS);
  return `${app}/${file}`;
}

/** Shows koffi to the host that runs next, or hides it from one that has FFI of its own. */
export async function offerKoffi(app: string, isOffered: boolean): Promise<void> {
  const [shown, hidden] = [`${app}/node_modules/koffi`, `${app}/node_modules/.koffi`];
  const [from, to] = isOffered ? [hidden, shown] : [shown, hidden];
  await Deno.rename(from, to).catch((error) => {
    // It is so already.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/**
 * Compiles the tests into the folder where the package is installed.
 *
 * @returns The test files, from there.
 */
export async function buildTests(app: string): Promise<string[]> {
  const staged = await Deno.makeTempDir({ prefix: "edo-npm-tests-" });
  try {
    const modules = [...modulesIn("tests").filter(isPortable), ...modulesIn("standins")];
    for (const module of modules) await stage(module, staged);
    await compile({
      folder: staged,
      files: modules,
      from: ".",
      to: "out",
      options: { noCheck: true, declaration: false, declarationMap: false, sourceMap: false },
      lenient: true,
    });
    for (const module of modules) await place(staged, app, module.replace(/\.ts$/, ".js"));
    for (const name of STANDINS) await placeStandin(app, name);
    await linkPackage(app);
    return modules.map((module) => module.replace(/\.ts$/, ".js")).filter((script) =>
      script.endsWith("_test.js") && DECLARES.test(Deno.readTextFileSync(`${app}/${script}`))
    );
  } finally {
    await Deno.remove(staged, { recursive: true });
  }
}

function isPortable(module: string): boolean {
  if (module.split("/").length === 2) return false;
  return module.startsWith(ADAPTER) || !NOT_HERE.some((folder) => module.startsWith(folder));
}

async function stage(module: string, to: string): Promise<void> {
  await write(`${to}/${module}`, await Deno.readTextFile(new URL(module, ROOT)));
}

/** Puts a compiled module where it is run from, with what it takes for `Deno`. */
async function place(staged: string, app: string, script: string): Promise<void> {
  const source = await Deno.readTextFile(`${staged}/out/${script}`);
  const target = script.replace(/^standins\//, "node_modules/@std/");
  const adapter = `import { Deno } from "${upFrom(target)}tests/npm/adapter/deno.js"; `;
  const own = target.startsWith(ADAPTER);
  const needed = !own && (/\bDeno\./.test(source) || target.endsWith("_test.js"));
  await write(`${app}/${target}`, needed ? adapter + source : source);
}

function upFrom(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

async function placeStandin(app: string, name: string): Promise<void> {
  const source = await Deno.readTextFile(new URL(`standins/${name}/deno.json`, ROOT));
  const text = source.replaceAll('.ts"', '.js"');
  const { exports } = JSON.parse(text);
  const manifest = { name: `@std/${name}`, type: "module", exports };
  await write(`${app}/node_modules/@std/${name}/package.json`, JSON.stringify(manifest));
}

async function linkPackage(app: string): Promise<void> {
  for (const name of ["mod.js", ...FOLDERS]) {
    await Deno.symlink(`node_modules/${NAME}/esm/${name}`, `${app}/${name}`);
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}
