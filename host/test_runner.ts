/**
 * The test runner of the host.
 *
 * @module
 */

import { host, type HostGlobal } from "./global.ts";

/** How a test is declared. */
export interface Declaration {
  /** What it shows. */
  readonly name: string;
  /** Whether it is left out. */
  readonly ignore: boolean;
  /** Whether only it runs, and others that say so. */
  readonly only: boolean;
  /** The test. */
  readonly fn: () => Promise<void>;
}

/**
 * Declares a test, with Deno's runner or with `node:test`, which Node and Bun have.
 *
 * @param test What to declare.
 * @param surroundings Where the runner comes from.
 * @throws {TypeError} When the host has no test runner.
 */
export function declareTest(test: Declaration, surroundings: HostGlobal = host): void {
  const { name, ignore, only, fn } = test;
  const deno = surroundings.Deno;
  if (deno?.test !== undefined) {
    deno.test({ name, ignore, only, fn });
    return;
  }
  const runner = surroundings.process?.getBuiltinModule?.("node:test");
  if (runner === undefined) {
    throw new TypeError(`Cannot test "${name}": this host has no test runner`);
  }
  // Node 26 leaves out a test of which is said that it is not the only one.
  runner.test(name, { skip: ignore, ...only && { only: true } }, fn);
}
