/**
 * Makes the npm package, installs it in a fresh folder, asks users' tools about it, and runs the
 * tests with it on releases of Node and on Bun, which are fetched from npm.
 *
 * ```sh
 * deno run -A scripts/test_npm.ts [--host node20,bun] [--built FOLDER] [--checks] [PATH...]
 * ```
 *
 * With paths only the test files that begin so are run, and the tools are asked only with
 * `--checks`. The last line counts.
 *
 * @module
 */

import { buildNpm, OUT } from "./build_npm.ts";
import {
  type Check,
  checkTypes,
  importAll,
  installTools,
  lintPackage,
  requireIt,
} from "./npm/checks.ts";
import { type Host, HOSTS, installHost } from "./npm/hosts.ts";
import { ROOT } from "./npm/layout.ts";
import { runPrograms } from "./npm/programs.ts";
import { type Counts, runTests } from "./npm/run_tests.ts";
import { buildTests, installPackage, offerKoffi } from "./npm/test_tree.ts";

const APP = new URL(".bench/npm-tests", ROOT).pathname;

// deno-lint-ignore no-console -- this is a command
const tell = (line: string) => console.log(line);

const total: Counts = { passed: 0, failed: 0, skipped: 0 };

function count({ name, complaint }: Check): void {
  if (complaint === undefined) total.passed += 1;
  else {
    total.failed += 1;
    tell(`FAILED: ${name}\n${complaint}`);
  }
}

async function checkPackage(tarball: string, hosts: readonly Host[]): Promise<void> {
  await installTools(APP);
  for (const host of hosts) {
    count(await importAll(APP, host));
    count(await requireIt(APP, host));
    for (const one of await runPrograms(host, tarball)) count(one);
  }
  for (const one of await lintPackage(APP, tarball)) count(one);
  for (const one of await checkTypes(APP)) count(one);
}

async function testOn(host: Host, files: readonly string[]): Promise<void> {
  const begun = performance.now();
  await offerKoffi(APP, host.needsKoffi);
  const { passed, failed, skipped, reasons } = await runTests(host, APP, files, tell);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  for (const [reason, times] of reasons) tell(`  ${times} skipped: ${reason}`);
  tell(`on ${host.name} (${host.version}): ${counts}, ${seconds} s`);
}

async function main(args: readonly string[]): Promise<boolean> {
  const { names, built, checks, paths } = parse(args);
  if (built === undefined) tell(`The package is made with ${await buildNpm()}`);
  const tarball = await installPackage(built ?? OUT, APP);
  const hosts: Host[] = [];
  for (const name of names) hosts.push(await installHost(name));
  if (checks) await checkPackage(tarball, hosts);
  const files = (await buildTests(APP)).filter((file) =>
    paths.length === 0 || paths.some((path) => file.startsWith(path.replace(/\.ts$/, ".js")))
  );
  for (const host of hosts) await testOn(host, files);
  tell(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0;
}

interface Arguments {
  readonly names: readonly string[];
  readonly built?: string;
  readonly checks: boolean;
  readonly paths: readonly string[];
}

function parse(args: readonly string[]): Arguments {
  const rest = args.filter((arg) => arg !== "--checks");
  const take = (name: string) => {
    const at = rest.indexOf(`--${name}`);
    return at < 0 ? undefined : rest.splice(at, 2)[1];
  };
  const names = take("host")?.split(",") ?? Object.keys(HOSTS);
  const built = take("built");
  const checks = rest.length === 0 || args.includes("--checks");
  return { names, ...built !== undefined && { built }, checks, paths: rest };
}

if (import.meta.main && !await main(Deno.args)) Deno.exit(1);
