/**
 * Writes `docs/platforms.md` from the descriptions that the backends give of themselves.
 *
 * ```sh
 * deno task platforms           # writes the page
 * deno task platforms --check   # fails if the page is not what the backends say
 * ```
 *
 * @module
 */

import { type Platform, PLATFORMS, type Tier } from "../ffi/platform.ts";

const PAGE = "docs/platforms.md";

/** What a tier promises. */
const TIERS: Readonly<Record<Tier, string>> = {
  1: "The whole suite runs on the system itself with every change, and a failure blocks the change.",
  2: "The whole suite runs with every change on something that stands for the system, and a failure " +
    "blocks the change.",
  3: "It is written after the system's headers and documents. Parts of it are tested elsewhere; " +
    "nobody has vouched for a run on the system itself.",
};

/** What is wrong with the descriptions. */
export function mistakes(platforms: readonly Platform[]): string[] {
  const found: string[] = [];
  const names = platforms.map(({ os }) => os);
  for (const os of names) {
    if (names.indexOf(os) !== names.lastIndexOf(os)) found.push(`${os} is described twice`);
  }
  for (const { os, architectures, tested } of platforms) {
    if (architectures.length === 0) found.push(`${os} runs on no processor`);
    if (tested.length === 0) found.push(`${os} does not say what is tested`);
  }
  return [...new Set(found)];
}

/** The page. */
export function render(platforms: readonly Platform[]): string {
  const lines = [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Platforms",
    "",
    "Written by `deno task platforms` from the descriptions in `ffi/*/platform.ts`. What needs no",
    "system (futures, tasks, locks, channels, timers, streams) runs wherever the host does; the table is",
    "about sockets and names.",
    "",
    "| System | Versions | Processors | Selector | Tier |",
    "| --- | --- | --- | --- | ---: |",
    ...platforms.map(row),
    "",
    "## Tiers",
    "",
    ...Object.entries(TIERS).map(([tier, promise]) => `${tier}. ${promise}`),
    ...platforms.flatMap(section),
    "",
  ];
  return lines.join("\n");
}

function row({ name, versions, architectures, selector, tier }: Platform): string {
  const cells = [name, versions, architectures.join(", "), selector, tier];
  return `| ${cells.join(" | ")} |`;
}

function section({ name, tested, differences }: Platform): string[] {
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`);
  return [
    "",
    `## ${name}`,
    "",
    "What is tested, and where:",
    "",
    ...list(tested),
    "",
    "What differs:",
    "",
    ...list(differences),
  ];
}

async function main(args: readonly string[]): Promise<number> {
  const found = mistakes(PLATFORMS);
  if (found.length > 0) return say(found.join("\n"));
  const page = new URL(`../${PAGE}`, import.meta.url);
  const text = render(PLATFORMS);
  if (!args.includes("--check")) {
    await Deno.writeTextFile(page, text);
    return 0;
  }
  if (await Deno.readTextFile(page) === text) return 0;
  return say(`${PAGE} is not what the backends say: run deno task platforms`);
}

function say(text: string): number {
  // deno-lint-ignore no-console -- this is a command
  console.error(text);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
