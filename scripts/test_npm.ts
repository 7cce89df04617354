/**
 * Makes the npm package, installs it in a fresh folder, and runs the tests with it on releases of
 * Node and on Bun, which are fetched from npm.
 *
 * ```sh
 * deno run -A scripts/test_npm.ts [--host node20,bun] [--built FOLDER] [PATH...]
 * ```
 *
 * With paths only the test files that begin so are run. The last line counts.
 *
 * @module
 */

import { buildNpm, OUT } from "./build_npm.ts";
import { type Host, HOSTS, installHost } from "./npm/hosts.ts";
import { ENTRIES, NAME, ROOT } from "./npm/layout.ts";
import { run } from "./npm/run.ts";
import { type Counts, runTests } from "./npm/run_tests.ts";
import { buildTests, installPackage } from "./npm/test_tree.ts";

const APP = new URL(".bench/npm-tests", ROOT).pathname;

/** Each entry point is imported, by the name that users write. */
const IMPORTS = `
for (const name of ${JSON.stringify(ENTRIES.map(([subpath]) => subpath))}) {
  const module = await import(name.replace(/^\\./, ${JSON.stringify(NAME)}));
  if (Object.keys(module).length === 0) throw new Error(\`Nothing is in \${name}\`);
}
`;

// deno-lint-ignore no-console -- this is a command
const tell = (line: string) => console.log(line);

async function importAll(host: Host): Promise<Counts> {
  await Deno.writeTextFile(`${APP}/imports.mjs`, IMPORTS);
  const { code, errors } = await run(host.program, ["imports.mjs"], {
    cwd: APP,
    timeoutMs: 30_000,
  });
  if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
  tell(`\n${host.name}: the entry points cannot be imported\n${errors}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

async function main(args: readonly string[]): Promise<boolean> {
  const { hosts, built, paths } = parse(args);
  if (built === undefined) tell(`made with ${await buildNpm()}`);
  await installPackage(built ?? OUT, APP);
  const files = (await buildTests(APP)).filter((file) =>
    paths.length === 0 || paths.some((path) => file.startsWith(path.replace(/\.ts$/, ".js")))
  );
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const name of hosts) {
    const host = await installHost(name);
    const begun = performance.now();
    for (const counts of [await importAll(host), await runTests(host, APP, files, tell)]) {
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
      if (counts.passed > 1) {
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        tell(
          `${name} (${host.version}): ${counts.passed} passed, ${counts.failed} failed, ` +
            `${counts.skipped} skipped, ${seconds} s`,
        );
      }
    }
  }
  tell(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0;
}

function parse(args: readonly string[]): { hosts: string[]; built?: string; paths: string[] } {
  const rest = [...args];
  const take = (name: string) => {
    const at = rest.indexOf(`--${name}`);
    return at < 0 ? undefined : rest.splice(at, 2)[1];
  };
  const hosts = take("host")?.split(",") ?? Object.keys(HOSTS);
  const built = take("built");
  return { hosts, ...built !== undefined && { built }, paths: rest };
}

if (import.meta.main && !await main(Deno.args)) Deno.exit(1);
