/**
 * Programs as users write them, run in a folder that has nothing but the package.
 *
 * @module
 */

import type { Check } from "./checks.ts";
import { type Host, npm } from "./hosts.ts";
import { NAME, ROOT } from "./layout.ts";
import { run } from "./run.ts";
import { KOFFI } from "./test_tree.ts";

const PROGRAMS = new URL("tests/npm/fixtures/fresh/", ROOT);

/** What needs nothing of the system: it has to run where there is no FFI. */
const PORTABLE = ["steal.mjs", "sync_time.mjs"];

/** A program that did not end after this time hangs. */
const TIMEOUT_MS = 60_000;

/**
 * Installs the package in an empty folder, and koffi only where a host has no FFI of its own, and
 * runs all programs there.
 *
 * @param tarball What `npm pack` has made.
 */
export async function runPrograms(host: Host, tarball: string): Promise<Check[]> {
  const folder = new URL(`.bench/npm-fresh/${host.name}`, ROOT).pathname;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }');
  await npm(folder, "install", tarball);
  for await (const { name } of Deno.readDir(PROGRAMS)) {
    await Deno.copyFile(new URL(name, PROGRAMS), `${folder}/${name}`);
  }
  const checks: Check[] = [];
  if (host.needsKoffi) {
    for (const name of ["without_ffi.mjs", ...PORTABLE]) {
      checks.push(await runProgram(host, folder, name, " without koffi"));
    }
    await npm(folder, "install", KOFFI);
  }
  for (const name of ["echo.mjs", ...PORTABLE]) checks.push(await runProgram(host, folder, name));
  await bundle(folder);
  checks.push(await runProgram(host, folder, "bundle/bundled.mjs"));
  return checks;
}

/** Has a bundler put a program together, and what threads load by its address. */
async function bundle(folder: string): Promise<void> {
  const tools = new URL(".bench/bundler", ROOT).pathname;
  await Deno.mkdir(tools, { recursive: true });
  await Deno.writeTextFile(`${tools}/package.json`, '{ "private": true }');
  await npm(tools, "install", "esbuild@0.28");
  const { code, errors } = await run(`${tools}/node_modules/.bin/esbuild`, [
    ...["bundled=./bundled.mjs", "tasks=./tasks.mjs", `thread=${NAME}/thread`],
    ...["--bundle", "--splitting"],
    ...["--format=esm", "--platform=node", "--outdir=bundle", "--out-extension:.js=.mjs"],
  ], { cwd: folder });
  if (code !== 0) throw new Error(`Cannot bundle a program:\n${errors}`);
}

/** Runs a program, which says `done` at its end: some hosts take one that waits for ever for ended. */
async function runProgram(host: Host, folder: string, file: string, how = ""): Promise<Check> {
  const name = `${file} on ${host.name}${how}`;
  const { code, output, errors } = await run(host.program, [file], {
    cwd: folder,
    timeoutMs: TIMEOUT_MS,
  });
  if (code === 0 && output === "done\n") return { name };
  return { name, complaint: `exit code ${code}\n${output}${errors}` };
}
