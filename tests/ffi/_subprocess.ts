/**
 * Programs that need a process of their own: other permissions, other limits, another host.
 *
 * @module
 */

import { assert } from "@std/assert";

/** How to run a fixture. */
export interface FixtureOptions {
  /** Flags of `deno run`. Default: none, so no permissions. */
  readonly flags?: readonly string[];
  /** Arguments of the program. */
  readonly args?: readonly string[];
  /** How many descriptors the process may have. */
  readonly descriptors?: number;
}

/**
 * Runs a program, which prints one line of JSON, and answers with that.
 *
 * @param url The program.
 * @param options How to run it.
 */
export async function runFixture<T>(url: URL, options: FixtureOptions = {}): Promise<T> {
  const { flags = [], args = [], descriptors } = options;
  const program = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    ...flags,
    url.href,
    ...args,
  ];
  const limited = ["sh", "-c", `ulimit -n ${descriptors}; exec "$0" "$@"`, ...program];
  const [command, ...rest] = descriptors === undefined ? program : limited;
  const { success, stdout, stderr } = await new Deno.Command(command!, { args: rest }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
