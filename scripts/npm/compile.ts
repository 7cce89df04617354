/**
 * TypeScript's own compiler, from npm: what dnt uses too.
 *
 * @module
 */

/** The release that compiles; consumers may have others. */
export const TYPESCRIPT = "5.9.3";

/**
 * Node 20 and 22 have no `using`, which this has rewritten. Everything else that is newer than they
 * are the library does without.
 */
export const TARGET = "ES2022";

/**
 * Declarations of what the oldest host has, so that nothing newer is used without being looked for.
 * The members of `ArrayBuffer` that came later are.
 */
export const LIBRARIES = [
  ...[
    "ES2023",
    "ES2024.ArrayBuffer",
    "ES2024.SharedMemory",
    "ES2024.String",
    "ESNext.Disposable",
    "ESNext.Float16",
  ],
  ...["DOM", "DOM.Iterable", "DOM.AsyncIterable"],
];

/** What to compile. */
export interface Compilation {
  /** Where it happens. */
  readonly folder: string;
  /** The modules to begin with, from there; what they import follows. */
  readonly files: readonly string[];
  /** Where the sources begin, from there. */
  readonly from: string;
  /** Where the results go, from there. */
  readonly to: string;
  /** Compiler options that differ. */
  readonly options?: Record<string, unknown>;
  /** Whether errors are none: what is imported is not there. */
  readonly lenient?: boolean;
}

/**
 * Compiles.
 *
 * @throws {Error} When there are errors of types.
 */
export async function compile(
  { folder, files, from, to, options, lenient = false }: Compilation,
): Promise<void> {
  const compilerOptions = {
    target: TARGET,
    module: "NodeNext",
    lib: LIBRARIES,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noUncheckedIndexedAccess: true,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    declarationMap: true,
    sourceMap: true,
    newLine: "lf",
    rootDir: from,
    outDir: to,
    ...options,
  };
  const settings = `${folder}/tsconfig.json`;
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
  await Deno.writeTextFile(settings, JSON.stringify({ compilerOptions, files }));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-config", "--node-modules-dir=none"]
      .concat(`npm:typescript@${TYPESCRIPT}/tsc`, "-p", settings),
    cwd: folder,
  }).output();
  await Deno.remove(settings);
  if (!success && !lenient) {
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    throw new Error(`Cannot compile ${folder}:\n${said}`);
  }
  await renameInDeclarations(`${folder}/${to}`);
}

/** A relative specifier in a declaration, up to its extension. */
const SPECIFIER = /((?:\bfrom |\bimport\(|^import )"\.\.?\/[^"\n]*\.)ts(?=")/gm;

/**
 * Has declarations name JavaScript, as the modules do. The compiler leaves their specifiers as they
 * are and would find them; others, Deno among them, do not.
 */
async function renameInDeclarations(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await renameInDeclarations(path);
    else if (name.endsWith(".d.ts")) {
      const source = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, source.replaceAll(SPECIFIER, "$1js"));
    }
  }
}
