/**
 * Waiting for a shared primitive by blocking the thread.
 *
 * @module
 */

import { currentContext } from "../../future/context.ts";
import type { SharedWait } from "./waits.ts";

/**
 * Does a wait by blocking the thread.
 *
 * @param action What for, in messages.
 * @param timeoutMs For how many milliseconds at the most; left out, without end.
 * @throws {RangeError} When that is no such number.
 * @throws {TypeError} See {@linkcode checkMayBlock}.
 */
export function block<T>(
  wait: SharedWait<T>,
  action: string,
  timeoutMs: number | undefined,
): { readonly value: T } | undefined {
  try {
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
      throw new RangeError(
        `Cannot ${action}: found a timeout of ${timeoutMs} ms, wanted 0 or more`,
      );
    }
    checkMayBlock(action);
    return wait.waitSync(timeoutMs);
  } finally {
    wait[Symbol.dispose]();
  }
}

/**
 * Throws where a thread must not block.
 *
 * A generator task, or what else polls futures, has to `yield*`: while it blocks nothing else of the
 * isolate runs, perhaps not even who would release. A plain or async function may block; that cannot
 * be told from outside of it, and a portable task that computes has its thread to itself.
 *
 * @param action What was to be done.
 * @throws {TypeError} When a future is being polled, or the host does not let the thread block.
 */
function checkMayBlock(action: string): void {
  if (currentContext() !== undefined) {
    throw new TypeError(`Cannot ${action}: a future is being polled, use yield* or await`);
  }
  try {
    // A question to the host, not a step: it does not block, since the word is another one.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
  } catch {
    throw new TypeError(`Cannot ${action}: the host does not let this thread block, use await`);
  }
}
