/**
 * Dropping several futures.
 *
 * @module
 */

import type { Future } from "./future.ts";

/** Drops every one of `futures`, also if dropping one of them throws; then throws the first error. */
export function dropAll(futures: readonly (Future<unknown> | undefined)[]): void {
  let failure: { readonly error: unknown } | undefined;
  for (let i = 0; i < futures.length; i++) {
    const future = futures[i];
    if (future === undefined) continue;
    try {
      future[Symbol.dispose]();
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}

/** As {@linkcode dropAll}, where an error is about to be thrown that goes before theirs. */
export function dropAllQuietly(futures: readonly (Future<unknown> | undefined)[]): void {
  try {
    dropAll(futures);
  } catch {
    // The error that made the caller drop them goes first.
  }
}
