/**
 * Node and Bun, each release from npm, in `.bench/hosts/`.
 *
 * @module
 */

import { run } from "./run.ts";
import { ROOT } from "./layout.ts";

/** What brings a host, and what it lacks. */
interface Release {
  /** The package of npm, with its release. */
  readonly specifier: string;
  /** Whether it has no FFI of its own, so that users install koffi. */
  readonly needsKoffi: boolean;
}

/** The hosts that the package is tested on. */
export const HOSTS: Readonly<Record<string, Release>> = {
  node20: { specifier: "node@20", needsKoffi: true },
  node22: { specifier: "node@22", needsKoffi: true },
  node24: { specifier: "node@24", needsKoffi: true },
  node26: { specifier: "node@26", needsKoffi: false },
  bun: { specifier: "bun@1", needsKoffi: false },
};

/** A host that is installed. */
export interface Host {
  /** What the command line calls it. */
  readonly name: string;
  /** Its program. */
  readonly program: string;
  /** What it says of itself, as `"v26.10.0"`. */
  readonly version: string;
  /** Whether it has no FFI of its own. */
  readonly needsKoffi: boolean;
}

const FOLDER = new URL(".bench/hosts", ROOT).pathname;

/**
 * Installs a host, unless it is there.
 *
 * @throws {TypeError} When there is no such host.
 */
export async function installHost(name: string): Promise<Host> {
  const release = HOSTS[name];
  if (release === undefined) {
    const known = Object.keys(HOSTS).join(", ");
    throw new TypeError(`Cannot test on "${name}": the hosts are ${known}`);
  }
  const { specifier, needsKoffi } = release;
  const folder = `${FOLDER}/${name}`;
  const program = `${folder}/node_modules/.bin/${specifier.split("@")[0]}`;
  let version = await versionOf(program);
  if (version === undefined) {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }');
    // The package of Node brings its program by a script, which the settings around may forbid.
    await npm(folder, "install", specifier, "--ignore-scripts=false");
    version = await versionOf(program);
  }
  if (version === undefined) throw new Error(`Cannot start ${program}, which npm has installed`);
  return { name, program, version, needsKoffi };
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { output } = await run(program, ["--version"]);
    return output.trim();
  } catch {
    return undefined;
  }
}

/** Runs npm in a folder, without its messages and without the settings of the repository. */
export async function npm(folder: string, ...args: string[]): Promise<string> {
  const quiet = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
  const { output, errors, code } = await run("npm", [...args, ...quiet], { cwd: folder });
  if (code !== 0) throw new Error(`Cannot run npm ${args.join(" ")} in ${folder}:\n${errors}`);
  return output;
}
