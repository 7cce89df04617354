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

/** Whether the host carries values through the awaits of its own promises. */
export const followsPromises: boolean = hostHooks !== undefined;

/** A value that belongs to an async function. */
export interface AsyncSlot<T> extends AsyncLocalStorage<T> {
  /**
   * Settles what an async function waits for, so that the function goes on with `store` as its
   * value. Only where the host does not see to that itself.
   */
  readonly follow?: (store: T | undefined, settle: () => void) => void;
}

/**
 * How many microtasks deep a value is followed without the host's help. Each `return` of an async
 * function to the one that awaits it takes one, and so does each `await` of a future.
 */
const DEPTH = 16;

/**
 * Creates a slot whose value belongs to the async function in which it was set, on hosts with
 * `AsyncLocalStorage` (Deno, Node, Bun). In a browser the value is followed through the awaits of
 * edo's futures and lost where an event of the host is awaited; and code that awaits a promise which
 * the function settles has the function's value for a moment.
 *
 * @param hooks Where `AsyncLocalStorage` comes from; `null` does without, as a browser.
 */
export function asyncContext<T>(hooks: AsyncHooks | null = hostHooks ?? null): AsyncSlot<T> {
  return hooks ? new hooks.AsyncLocalStorage<T>() : followedContext<T>();
}

/**
 * Microtasks run in the order in which they were queued. So what a piece of code queues stands
 * between a microtask that was queued before it and one that was queued after it; these two set and
 * unset the value, and each queues its like for the generation that follows.
 */
function followedContext<T>(): AsyncSlot<T> {
  let value: T | undefined;
  const repeat = (store: T | undefined, generation: number) => {
    queueMicrotask(() => {
      value = store;
      if (generation < DEPTH) repeat(store, generation + 1);
    });
  };
  const follow = <R>(store: T | undefined, body: () => R): R => {
    repeat(store, 1);
    try {
      return body();
    } finally {
      repeat(undefined, 1);
    }
  };
  return {
    getStore: () => value,
    run(store, body) {
      const outer = value;
      value = store;
      try {
        return follow(store, body);
      } finally {
        value = outer;
      }
    },
    follow,
  };
}
