/**
 * What a spawner may say about a task.
 *
 * @module
 */

import { isFuture, type Steps } from "../future/future.ts";
import type { JoinHandle } from "./join_handle.ts";
import type { Spawnable } from "./task.ts";

/** Options of everything that spawns. */
export interface SpawnOptions {
  /** What the task is called in messages. Default: nothing; its number tells it apart. */
  readonly name?: string;
}

/** What can start tasks: a `Runtime`, its `Handle`, a `LocalSet`. */
export interface Spawner {
  /** Starts a task. */
  spawn<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
}

/**
 * The name in `options`.
 *
 * @throws {TypeError} When there is one and it is not a string, or these are no options.
 */
export function nameOf(options: SpawnOptions): string | undefined {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot spawn with a ${typeof options} as options: only what task() has declared takes ` +
        "arguments, and inside of the function its own name is not that",
    );
  }
  const { name } = options;
  if (name === undefined || typeof name === "string") return name;
  throw new TypeError(`Cannot name a task: expected a string, found ${typeof name}`);
}

/**
 * Checks what is to be spawned.
 *
 * @throws {TypeError} When it is neither a future nor a function.
 */
export function checkWork(work: unknown): void {
  if (typeof work === "function" || isFuture(work)) return;
  throw new TypeError(
    `Cannot spawn a value: expected a future or a function, found ${
      work instanceof Promise ? "a promise, which has begun already" : typeof work
    }`,
  );
}
