/**
 * The modules of Node that the adapter is made of. They are asked for by name at run time, and have
 * no types here, so that nobody needs Node's declarations to check the tests.
 *
 * @module
 */

// deno-lint-ignore-file no-explicit-any

/** Node's `process`, which Bun has too. */
export const process: any = (globalThis as { process?: unknown }).process;

/** A module of Node's own, by its name without `node:`. */
export function builtin(name: string): any {
  return process.getBuiltinModule(`node:${name}`);
}
