/**
 * What users' tools say of the package: linters of packages, releases of TypeScript, CommonJS.
 *
 * @module
 */

import { type Host, npm } from "./hosts.ts";
import { importedEntries, NAME, ROOT } from "./layout.ts";
import { run } from "./run.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** What is wrong; nothing if all is well. */
  readonly complaint?: string;
}

/** The oldest and the newest release of TypeScript that can read the declarations, and between. */
const COMPILERS: Readonly<Record<string, string>> = {
  "typescript-5.4": "npm:typescript@5.4",
  "typescript-5.7": "npm:typescript@5.7",
  "typescript-6": "npm:typescript@6",
  "typescript-7": "npm:typescript@7",
};

/** How TypeScript finds packages: as Node does, and as bundlers do. */
const RESOLUTIONS = [["Node16", "Node16"], ["ESNext", "Bundler"]] as const;

/** The declarations that a user of `using` has to name for targets before `ESNext`. */
const LIBRARIES = ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"];

/** Installs the tools beside the package. */
export async function installTools(app: string): Promise<void> {
  const compilers = Object.entries(COMPILERS).map(([name, specifier]) => `${name}@${specifier}`);
  await npm(app, "install", "publint@0.3", "@arethetypeswrong/cli@0.18", ...compilers);
}

/** Asks publint and arethetypeswrong. */
export async function lintPackage(app: string, tarball: string): Promise<Check[]> {
  const bin = `${app}/node_modules/.bin`;
  return [
    await check("publint", `${bin}/publint`, ["run", "--strict", tarball], app),
    await check("arethetypeswrong", `${bin}/attw`, [tarball, "--profile", "esm-only"], app),
  ];
}

/** Compiles a program that uses the package, its declarations included. */
export async function checkTypes(app: string): Promise<Check[]> {
  await Deno.copyFile(new URL("tests/npm/fixtures/consumer.ts", ROOT), `${app}/consumer.ts`);
  const checks: Check[] = [];
  for (const compiler of Object.keys(COMPILERS)) {
    for (const [module, moduleResolution] of RESOLUTIONS) {
      const settings = `${app}/tsconfig.json`;
      await Deno.writeTextFile(
        settings,
        JSON.stringify({
          compilerOptions: {
            ...{ target: "ES2022", module, moduleResolution, lib: LIBRARIES, types: [] },
            ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
          },
          files: ["consumer.ts"],
        }),
      );
      const name = `${compiler}, moduleResolution ${moduleResolution}`;
      const program = `${app}/node_modules/${compiler}/bin/tsc`;
      checks.push(await check(name, "node", [program, "-p", settings], app));
    }
  }
  return checks;
}

/**
 * Requires the package from CommonJS. The host has to say that it is imported instead, because a
 * module of it waits at its top level.
 */
export async function requireIt(app: string, host: Host): Promise<Check> {
  const source = `if (!require("${NAME}").spawn) throw new Error("Nothing is in it");`;
  await Deno.writeTextFile(`${app}/requires.cjs`, source);
  const found = await check(`require() on ${host.name}`, host.program, ["requires.cjs"], app);
  const says = /use (await )?import\(/i.test(found.complaint?.replaceAll('"', "") ?? "");
  return says ? { name: found.name } : found;
}

/** Imports every entry point, by the name that users write. */
export async function importAll(app: string, host: Host): Promise<Check> {
  const names = importedEntries().map(([subpath]) => subpath.replace(/^\./, NAME));
  const source = `for (const name of ${JSON.stringify(names)}) {
    if (Object.keys(await import(name)).length === 0) throw new Error("Nothing is in " + name);
  }`;
  await Deno.writeTextFile(`${app}/imports.mjs`, source);
  return await check(`import() on ${host.name}`, host.program, ["imports.mjs"], app);
}

async function check(
  name: string,
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Check> {
  const { code, output, errors } = await run(command, args, { cwd, timeoutMs: 120_000 });
  return code === 0 ? { name } : { name, complaint: `${output}${errors}` };
}
