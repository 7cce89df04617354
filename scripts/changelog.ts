/**
 * Whether the changelog has the version of `deno.json`, before it is released.
 *
 * ```sh
 * deno run --allow-read scripts/changelog.ts [TAG]
 * ```
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** A heading, as `## 1.2.3 (2030-01-31)`. */
const HEADING = /^## (\S+) \(([^)]+)\)$/gm;

/**
 * What is wrong with the changelog for a release; nothing if all is well.
 *
 * @param changelog Its text.
 * @param version The version that is to be released.
 * @param tag The tag that asks for the release; with none the version may still be unreleased.
 */
export function changelogProblem(
  changelog: string,
  version: string,
  tag?: string,
): string | undefined {
  const headings = new Map(
    [...changelog.matchAll(HEADING)].map(([, name, when]) => [name!, when!]),
  );
  const when = headings.get(version);
  if (when === undefined) return `CHANGELOG.md has no heading for version ${version}`;
  if (headings.keys().next().value !== version) {
    return `CHANGELOG.md has a version above ${version}, which is that of deno.json`;
  }
  if (tag === undefined) return undefined;
  if (tag !== `v${version}`) return `The tag is ${tag}, and the version of deno.json ${version}`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(when)) {
    return `CHANGELOG.md says "${when}" of ${version}, no date`;
  }
}

if (import.meta.main) {
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  const problem = changelogProblem(changelog, config.version, Deno.args[0]);
  if (problem !== undefined) {
    // deno-lint-ignore no-console -- this is a command
    console.error(problem);
    Deno.exit(1);
  }
}
