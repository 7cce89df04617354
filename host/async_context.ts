/**
 * A value that follows an async function through its awaits.
 *
 * @module
 */

import { type AsyncLocalStorage, host } from "./global.ts";

/**
 * Creates a slot whose value belongs to the async function in which it was set, on hosts with
 * `AsyncLocalStorage` (Deno, Node, Bun). In a browser the value lasts until the first `await`.
 */
export function asyncContext<T>(): AsyncLocalStorage<T> {
  const hooks = host.process?.getBuiltinModule?.("node:async_hooks");
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
