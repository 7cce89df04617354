/**
 * How tasks fail.
 *
 * @module
 */

/**
 * Thrown by the `await` that an aborted async task is in, so that it unwinds through its `finally`
 * blocks. A task that lets it pass ends as cancelled.
 *
 * @example
 * ```ts
 * import { Cancelled, spawn, yieldNow } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const task = spawn(async () => {
 *   try {
 *     await sleep(60_000);
 *   } catch (error) {
 *     if (error instanceof Cancelled) return "given up";
 *   }
 * });
 * await yieldNow();
 * task.abort();
 * assertEquals(await task, "given up");
 * ```
 */
export class Cancelled extends Error {
  /** Always `"Cancelled"`. */
  override readonly name = "Cancelled";

  /** Makes the error of an aborted task. */
  constructor(message = "Cannot go on: the task was aborted") {
    super(message);
  }
}

/**
 * Why a task has no value: it was aborted, or it threw.
 *
 * @example
 * ```ts
 * import { JoinError, spawn } from "@edo/runtime/task";
 * import { assert, assertRejects } from "@std/assert";
 *
 * const task = spawn(async () => {
 *   await null;
 *   throw new RangeError("too far");
 * });
 * const error = await assertRejects(async () => await task, JoinError);
 * assert(error.isPanic() && error.cause instanceof RangeError);
 * ```
 */
export class JoinError extends Error {
  /** Always `"JoinError"`. */
  override readonly name = "JoinError";
  /** The id of the task. */
  readonly taskId: number;
  readonly #isCancelled: boolean;

  /** Made by the scheduler. */
  constructor(message: string, taskId: number, isCancelled: boolean, cause: unknown) {
    super(message, { cause });
    this.taskId = taskId;
    this.#isCancelled = isCancelled;
  }

  /** Whether the task was aborted. */
  isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Whether the task threw; `cause` is what it threw. */
  isPanic(): boolean {
    return !this.#isCancelled;
  }

  /** The error of a task that was aborted. */
  static cancelled(taskId: number, name?: string): JoinError {
    const message = `Cannot join ${label(taskId, name)}: it was aborted`;
    return new JoinError(message, taskId, true, undefined);
  }

  /** The error of a task that threw `cause`. */
  static panic(taskId: number, cause: unknown, name?: string): JoinError {
    const what = cause instanceof Error ? cause.message : describe(cause);
    return new JoinError(
      `Cannot join ${label(taskId, name)}: it threw: ${what}`,
      taskId,
      false,
      cause,
    );
  }
}

/** How messages call a task. */
export function label(taskId: number, name: string | undefined): string {
  return name === undefined ? `task ${taskId}` : `task ${taskId} (${name})`;
}

/** Text of a thrown value, which may be anything. */
function describe(cause: unknown): string {
  try {
    return String(cause);
  } catch {
    return typeof cause;
  }
}
