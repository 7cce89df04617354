/**
 * Guards against what a test leaves behind.
 *
 * The sanitizers of a test runner see neither a descriptor that was opened through FFI nor what
 * waits inside of edo. These guards count both before and after.
 *
 * @module
 */

import { nextTurn } from "../host/next_turn.ts";
import { isolate } from "../scheduler/isolate.ts";
import type { Runtime } from "../scheduler/runtime.ts";
import { AssertionError } from "./assertion_error.ts";
import { census, compare } from "./census.ts";

/** Turns of the host's loop in which what a test has dropped may still go. */
const TURNS = 20;

/** After these, waits of a millisecond: descriptors of the host are closed on other threads. */
const WAITS = 50;

/**
 * Runs `fn` and fails if it leaves anything behind: tasks, timers, registrations, futures that wait
 * for events, an entered runtime, and, where the system tells and reading is permitted, open
 * descriptors (Linux, `--allow-all` in Deno; not if `fn` starts threads, which have their own). What ends within about 50 ms afterwards is no leak.
 *
 * A failure of `fn` itself goes first.
 *
 * @param fn What to watch.
 * @param name Who is to blame. Default: the name of the function.
 * @returns What `fn` returns.
 * @throws {AssertionError} When something is left.
 *
 * @example
 * ```ts
 * import { leakGuard } from "@edo/runtime/testing";
 * import { spawn } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * let task;
 * const careless = () => void (task = spawn(pending()));
 * await assertRejects(() => leakGuard(careless), Error, `Leaks of "careless": 1 more tasks`);
 * task!.abort();
 * ```
 */
export async function leakGuard<T>(
  fn: () => T | PromiseLike<T>,
  name: string = fn.name,
): Promise<T> {
  const guard = leaks(name);
  const value = await fn();
  await guard[Symbol.asyncDispose]();
  return value;
}

/**
 * Begins to watch for leaks, until the guard is disposed. As {@linkcode leakGuard}, for a block:
 * `await using` allows what ends by itself its time, `using` looks at once.
 *
 * @param name Who is to blame.
 * @returns The guard; disposing it throws an {@linkcode AssertionError} when something is left.
 *
 * @example
 * ```ts
 * import { leaks } from "@edo/runtime/testing";
 * import { sleep } from "@edo/runtime/time";
 *
 * await using _guard = leaks("sleeping");
 * await sleep(1);
 * ```
 */
export function leaks(name: string = "this block"): LeakGuard {
  return watchLeaks(name, undefined);
}

/** As {@linkcode leaks}; the tasks of `runtime` count too. */
export function watchLeaks(name: string, runtime: Runtime | undefined): LeakGuard {
  const before = census(runtime);
  const find = () => compare(before, census(runtime));
  return {
    [Symbol.dispose]: () => complain(name, find()),
    [Symbol.asyncDispose]: async () => complain(name, await settled(find)),
  };
}

/** Watches for leaks until it is disposed. */
export interface LeakGuard extends Disposable, AsyncDisposable {}

/** Waits until nothing is left, as long as it may take. A paused clock stands meanwhile. */
async function settled(find: () => string[]): Promise<string[]> {
  let left = find();
  isolate.driver.hold();
  try {
    for (let i = 0; left.length > 0 && i < TURNS + WAITS; i++) {
      await new Promise<void>((resolve) => {
        if (i < TURNS) nextTurn(resolve);
        else setTimeout(resolve, 1);
      });
      left = find();
    }
  } finally {
    isolate.driver.release();
  }
  return left;
}

function complain(name: string, left: string[]): void {
  if (left.length > 0) throw new AssertionError(`Leaks of "${name}": ${left.join("; ")}`);
}
