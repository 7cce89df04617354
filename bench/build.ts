/**
 * Compiles the load generator and the compiled peers into `.bench/`, once per state of their
 * sources: a hash of the sources lies beside the results. Peers from npm are installed there.
 *
 * @module
 */

import { findCompiler, isFile, lastLine, type Missing, runProgram, type Tool } from "./tools.ts";

/** The repository, with a slash at the end. */
export const ROOT = new URL("../", import.meta.url).pathname;

/** Where everything is built. Ignored by git. */
export const WORK = `${ROOT}.bench`;

/** One set of programs that are built together. */
interface Recipe {
  readonly sources: string;
  readonly outputs: readonly string[];
  readonly compiler: () => Promise<Tool | Missing>;
  /** The commands to run in a copy of the sources, and where each output is after them. */
  readonly commands: readonly (readonly string[])[];
  readonly results: readonly string[];
}

const C_FLAGS = ["-O2", "-Wall", "-Wextra"];
const findC = () => findCompiler(["cc", "gcc", "clang"], "--version");

const RECIPES = {
  load: {
    sources: "bench/load",
    outputs: ["load"],
    compiler: findC,
    commands: [[...C_FLAGS, "load.c", "-o", "load"]],
    results: ["load"],
  },
  c: {
    sources: "bench/peers/c",
    outputs: ["c-epoll", "c-udp"],
    compiler: findC,
    commands: [
      [...C_FLAGS, "tcp_epoll.c", "-o", "c-epoll"],
      [...C_FLAGS, "udp.c", "-o", "c-udp"],
    ],
    results: ["c-epoll", "c-udp"],
  },
  tokio: {
    sources: "bench/peers/tokio",
    outputs: ["tcp", "udp", "timers", "primitives", "multi"].map((name) => `tokio-${name}`),
    compiler: () => findCompiler(["cargo"], "--version"),
    commands: [["build", "--release", "--quiet", "--target-dir", "target"]],
    results: ["tcp", "udp", "timers", "primitives", "multi"].map((name) =>
      `target/release/${name}`
    ),
  },
  js: {
    sources: "bench/peers/js",
    outputs: ["js.installed"],
    compiler: () => findCompiler(["npm"], "--version"),
    commands: [["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]],
    results: ["node_modules/.package-lock.json"],
  },
  "js_pools": {
    sources: "bench/peers/js_pools",
    outputs: ["js_pools.installed"],
    compiler: () => findCompiler(["npm"], "--version"),
    commands: [["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]],
    results: ["node_modules/.package-lock.json"],
  },
  koffi: {
    sources: "bench/peers/koffi",
    outputs: ["koffi.installed"],
    compiler: () => findCompiler(["npm"], "--version"),
    commands: [["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]],
    results: ["node_modules/.package-lock.json"],
  },
  go: {
    sources: "bench/peers/go",
    outputs: ["go-tcp", "go-udp"],
    compiler: () => findCompiler(["go"], "version"),
    commands: [["build", "-o", "go-tcp", "./tcp"], ["build", "-o", "go-udp", "./udp"]],
    results: ["go-tcp", "go-udp"],
  },
} satisfies Record<string, Recipe>;

/** A set of programs this module can build. */
export type Product = keyof typeof RECIPES;

/** Makes sure the programs of `product` are in `.bench/`; says why not if they cannot be. */
export async function build(product: Product): Promise<Missing | undefined> {
  const recipe: Recipe = RECIPES[product];
  const hash = await hashFolder(`${ROOT}${recipe.sources}`);
  const stamp = `${WORK}/${product}.sources`;
  if (await isUpToDate(stamp, hash, recipe.outputs)) return undefined;
  const compiler = await recipe.compiler();
  if ("missing" in compiler) return compiler;
  const folder = `${WORK}/build/${product}`;
  await copyFolder(`${ROOT}${recipe.sources}`, folder);
  for (const args of recipe.commands) {
    const { success, stderr } = await runProgram(compiler.path, args, { cwd: folder });
    if (!success) return { missing: `${product} does not build: ${lastLine(stderr)}` };
  }
  await install(recipe, folder);
  await Deno.writeTextFile(stamp, hash);
  return undefined;
}

/** Copies, then renames: a program of that name that runs right now stays as it is. */
async function install(recipe: Recipe, folder: string): Promise<void> {
  for (const [i, output] of recipe.outputs.entries()) {
    await Deno.copyFile(`${folder}/${recipe.results[i]!}`, `${WORK}/${output}.new`);
    await Deno.rename(`${WORK}/${output}.new`, `${WORK}/${output}`);
  }
}

async function isUpToDate(stamp: string, hash: string, outputs: readonly string[]) {
  if (!await isFile(stamp) || await Deno.readTextFile(stamp) !== hash) return false;
  const there = await Promise.all(outputs.map((output) => isFile(`${WORK}/${output}`)));
  return !there.includes(false);
}

/** Every file below `folder`, as sorted paths relative to it. */
async function listFiles(folder: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) files.push(...await listFiles(folder, `${path}/`));
    else files.push(path);
  }
  return files.sort();
}

async function hashFolder(folder: string): Promise<string> {
  let everything = "";
  for (const path of await listFiles(folder)) {
    everything += `${path}\n${await Deno.readTextFile(`${folder}/${path}`)}\n`;
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(everything));
  return new Uint8Array(digest).toHex();
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const path of await listFiles(from)) {
    await Deno.mkdir(`${to}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${from}/${path}`, `${to}/${path}`);
  }
}
