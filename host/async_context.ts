/**
 * A value that follows an async function through its awaits.
 *
 * @module
 */

import { type AsyncHooks, type AsyncLocalStorage, host } from "./global.ts";

/**
 * Deno's module is imported, because asking `process` for it would load all of `process` first:
 * half a millisecond against fifteen. A name in a variable keeps the types of Node out of the way.
 */
const NAME = "node:async_hooks";
const hostHooks: AsyncHooks | undefined = host.Deno !== undefined
  ? await import(NAME)
  : host.process?.getBuiltinModule?.(NAME);

/**
 * Creates a slot whose value belongs to the async function in which it was set, on hosts with
 * `AsyncLocalStorage` (Deno, Node, Bun). In a browser the value lasts until the first `await`.
 *
 * @param hooks Where `AsyncLocalStorage` comes from; `null` does without, as a browser.
 */
export function asyncContext<T>(
  hooks: AsyncHooks | null = hostHooks ?? null,
): AsyncLocalStorage<T> {
  return hooks ? new hooks.AsyncLocalStorage<T>() : synchronousContext<T>();
}

function synchronousContext<T>(): AsyncLocalStorage<T> {
  let value: T | undefined;
  return {
    getStore: () => value,
    run(store, body) {
      const outer = value;
      value = store;
      try {
        return body();
      } finally {
        value = outer;
      }
    },
  };
}
