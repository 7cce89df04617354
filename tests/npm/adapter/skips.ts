/**
 * What does not run on Node and Bun, and why.
 *
 * @module
 */

import { process } from "./node.ts";

/** A file or a test that is left out. */
export interface Skip {
  /** The file, or a folder, from the root of the repository. */
  readonly path: string;
  /** The test; else all of them. */
  readonly test?: string | RegExp;
  /** Where, as `"node20"` or `"bun"`; else everywhere but on Deno. */
  readonly hosts?: readonly string[];
  /** Why. */
  readonly reason: string;
}

/** The host, as the command line calls it. */
export const HOST: string = "bun" in process.versions
  ? "bun"
  : `node${process.versions.node.split(".")[0]}`;

/** The one table of what is left out. */
export const SKIPS: readonly Skip[] = [
  {
    path: "tests/future/then_test.ts",
    test: /unhandled rejection|nobody handles/,
    reason: "the test runners of Node and Bun take an unhandled rejection for a failure",
  },
];

/**
 * Why a test is left out here.
 *
 * @param file Where it is; what is before `tests/` does not matter.
 * @param name What it is called.
 */
export function whySkipped(file: string, name: string): string | undefined {
  const path = file.slice(file.lastIndexOf("/tests/") + 1).replace(/\.js$/, ".ts");
  return SKIPS.find((skip) =>
    path.startsWith(skip.path) && (skip.hosts ?? [HOST]).includes(HOST) &&
    (skip.test === undefined ||
      (typeof skip.test === "string" ? skip.test === name : skip.test.test(name)))
  )?.reason;
}
