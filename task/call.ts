/**
 * Calling portable tasks without spawning them.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { Cancelled, JoinError } from "../scheduler/join_error.ts";
import { JoinHandle } from "../scheduler/join_handle.ts";
import type {
  PortableFunction,
  PortableOutput,
  PortableTask,
} from "../scheduler/multi_thread/portable.ts";
import { currentRuntime } from "../scheduler/runtime.ts";
import { isUnwinding } from "../scheduler/work.ts";

/**
 * The future of a call of a portable task: on a worker, if the current runtime has some.
 *
 * `spawn(hash, data)` starts a task at once. `call(hash, data)` is a future like others: it starts
 * nothing before it is awaited, yielded to or polled, and so it goes into a `JoinSet`, a `scope`, a
 * `timeout` or a `select`.
 *
 * **Cancel safety:** dropping it asks the task to end, and does not wait for that. So does the abort
 * of a task in whose `await` or `yield*` it stands. As the work of a task itself, `spawn(call(…))`, it
 * is waited for: who needs the end, as a `scope` does, spawns the call.
 *
 * @param work What `task()` has declared.
 * @param args Its arguments. They are sent when the future is first polled.
 * @returns A future of what the task answers with.
 * @throws {DOMException} Where it is awaited: `DataCloneError`, when an argument cannot travel.
 *
 * @example
 * ```ts
 * import { join } from "@edo/runtime/future";
 * import { call, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const square = task(import.meta, function square(n: number) {
 *   return n * n;
 * });
 * assertEquals(await join(call(square, 2), call(square, 3)), [4, 9]);
 * ```
 */
export function call<F extends PortableFunction>(
  work: PortableTask<F>,
  ...args: Parameters<F>
): Future<PortableOutput<F>> {
  const runtime = currentRuntime();
  return new Call(() => {
    const prepared = runtime.prepare(work, args);
    return prepared instanceof Future ? prepared : runtime.spawn(prepared);
  }) as Future<unknown> as Future<PortableOutput<F>>;
}

/** A call that is made when it is first polled: on a worker, or a task of this isolate. */
class Call extends Future<unknown> {
  #make: (() => Future<unknown>) | undefined;
  #made: Future<unknown> | undefined = undefined;

  constructor(make: () => Future<unknown>) {
    super();
    this.#make = make;
  }

  poll(cx: Context): Poll<unknown> {
    const made = this.#made ??= this.#begin();
    try {
      return made.poll(cx);
    } catch (error) {
      // A task of this isolate fails as one of a worker does.
      if (!(made instanceof JoinHandle) || !(error instanceof JoinError)) throw error;
      throw error.isPanic() ? error.cause : new Cancelled();
    }
  }

  /** As the work of a task that is aborted it waits for the end; see `GeneratorFuture.interrupt`. */
  interrupt(cx: Context, reason: Error): Poll<unknown> {
    const made = this.#made;
    if (isUnwinding(made)) return made.interrupt(cx, reason);
    if (!(made instanceof JoinHandle)) {
      this[Symbol.dispose]();
      throw reason;
    }
    made.abort();
    return this.poll(cx);
  }

  override [Symbol.dispose](): void {
    const made = this.#made;
    this.#make = undefined;
    this.#made = undefined;
    if (made instanceof JoinHandle) made.abort();
    made?.[Symbol.dispose]();
  }

  #begin(): Future<unknown> {
    const make = this.#make;
    if (make === undefined) throw polledAfterEnd();
    this.#make = undefined;
    return make();
  }
}
