/**
 * Values that belong to a task, or to a part of what it does.
 *
 * @module
 */

import type { Interruptible } from "../future/executor.ts";
import { Future, oneWait, type Steps } from "../future/future.ts";
import { futureOfAnswer } from "../future/into_future.ts";
import { ready } from "../future/ready.ts";
import { checkWork } from "../scheduler/spawn_options.ts";
import type { Spawnable, Task } from "../scheduler/task.ts";
import { asyncFrame, currentFrame, type Frame, swapFrame } from "../scheduler/task_context.ts";
import { Surrounded } from "./surrounded.ts";

/**
 * A task-local value was asked for where it is not set.
 *
 * @example
 * ```ts
 * import { AccessError, TaskLocal } from "@edo/runtime/task";
 * import { assertThrows } from "@std/assert";
 *
 * const user = new TaskLocal<string>("user");
 * assertThrows(() => user.get(), AccessError, 'Cannot read "user"');
 * ```
 */
export class AccessError extends Error {
  /** Always `"AccessError"`. */
  override readonly name = "AccessError";

  /** Made by {@linkcode TaskLocal.get} and {@linkcode TaskLocal.with}. */
  constructor(message = "Cannot read a task-local value: it is not set here") {
    super(message);
  }
}

/**
 * A value that code finds where it runs, without being handed it: the id of a request, a deadline.
 *
 * It is set for the extent of a {@linkcode TaskLocal.scope}, and the innermost scope counts.
 *
 * - **Not inherited:** a task that is spawned within a scope does not see the value. Give its work a
 *   scope of its own.
 * - **Futures and generators** see it in every poll, and while they are dropped or unwind.
 * - **Async functions** that are given to `scope` see it through all their awaits, and so do the
 *   functions that they call, on hosts with `AsyncLocalStorage` (Deno, Node, Bun). In a browser it
 *   lasts through awaits of edo's futures and is lost where an event of the host is awaited. A
 *   generator future that such a function awaits sees the value until its first wait, since the
 *   scheduler polls it after that: give it a scope of its own too.
 *
 * Follows Tokio's `task::LocalKey`, which `task_local!` makes.
 *
 * @example
 * ```ts
 * import { spawn, TaskLocal, yieldNow } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const request = new TaskLocal<number>("request");
 * const log: string[] = [];
 *
 * function* handle() {
 *   yield* yieldNow();
 *   log.push(`request ${request.get()}`);
 * }
 * await spawn(request.scope(1, handle));
 * await spawn(request.scope(2, handle));
 * assertEquals(log, ["request 1", "request 2"]);
 * ```
 */
export class TaskLocal<T> {
  readonly #name: string | undefined;

  /**
   * Makes a value that is set nowhere yet.
   *
   * @param name What errors call it.
   */
  constructor(name?: string) {
    this.#name = name;
  }

  /**
   * Makes a future of `work` in which the value is set.
   *
   * **Cancel safety:** dropping it drops a future or a generator, which sees the value meanwhile. An
   * async function is not stopped by that, only by the abort of its task.
   *
   * @param value What {@linkcode TaskLocal.get} answers with in there.
   * @param work A future, a generator function, or an async or plain function.
   * @throws {TypeError} When `work` is none of these. A promise has begun already, without the value.
   */
  scope<R>(value: T, work: () => Steps<R>): TaskLocalFuture<T, R>;
  /** Makes a future of another one, or of an async or plain function, in which the value is set. */
  scope<R>(value: T, work: Spawnable<R>): TaskLocalFuture<T, R>;
  scope<R>(value: T, work: Spawnable<R>): TaskLocalFuture<T, R> {
    checkWork(work);
    return new ScopedFuture(this, value, work);
  }

  /**
   * Calls `fn` with the value set until it returns. What it leaves to be done later, as an async
   * function does behind its first `await`, does not see the value.
   *
   * @param value What {@linkcode TaskLocal.get} answers with in there.
   * @param fn What to call.
   * @returns What `fn` returns.
   */
  syncScope<R>(value: T, fn: () => R): R {
    const frame = new LocalFrame(this as TaskLocal<unknown>, value);
    frame.begin();
    try {
      return fn();
    } finally {
      frame.end();
    }
  }

  /**
   * The value.
   *
   * @throws {AccessError} When it is not set here.
   */
  get(): T {
    return this.#require().value as T;
  }

  /** The value, or `undefined` where it is not set. */
  tryGet(): T | undefined {
    return this.#find()?.value as T | undefined;
  }

  /**
   * Calls `fn` with the value.
   *
   * @param fn What to call.
   * @returns What `fn` returns.
   * @throws {AccessError} When it is not set here.
   */
  with<R>(fn: (value: T) => R): R {
    return fn(this.#require().value as T);
  }

  /**
   * Calls `fn` with the value if it is set.
   *
   * @param fn What to call.
   * @returns What `fn` returns, or `undefined` where the value is not set.
   */
  tryWith<R>(fn: (value: T) => R): R | undefined {
    const frame = this.#find();
    return frame === undefined ? undefined : fn(frame.value as T);
  }

  #require(): LocalFrame {
    const frame = this.#find();
    if (frame !== undefined) return frame;
    const what = this.#name === undefined ? "a task-local value" : `"${this.#name}"`;
    throw new AccessError(`Cannot read ${what}: it is not set here`);
  }

  #find(): LocalFrame | undefined {
    let frame = currentFrame();
    while (frame instanceof LocalFrame && frame.key !== this) frame = frame.outer;
    return frame instanceof LocalFrame && frame.isSet ? frame : undefined;
  }
}

/** The place where one value is set. What waits in there belongs to the task around. */
class LocalFrame implements Frame {
  readonly key: TaskLocal<unknown>;
  value: unknown;
  isSet = true;
  /** The place around: that of the last poll, or where the function was called, if it is one. */
  outer: Frame | undefined = undefined;
  #hasFunction = false;
  #polledBefore: Frame | undefined = undefined;

  constructor(key: TaskLocal<unknown>, value: unknown) {
    this.key = key;
    this.value = value;
  }

  get task(): Task<unknown> | undefined {
    return this.outer?.task;
  }

  takeInterrupt(): Error | undefined {
    return this.task?.takeInterrupt();
  }

  enter(wait: Interruptible): void {
    this.task?.enter(wait);
  }

  leave(wait: Interruptible): void {
    this.task?.leave(wait);
  }

  /** Code in here begins to run. */
  begin(): void {
    if (!this.#hasFunction) this.outer = currentFrame();
    this.#polledBefore = swapFrame(this);
  }

  /** Calls a function, whose continuations belong in here too. */
  call(work: () => unknown): unknown {
    this.#hasFunction = true;
    return asyncFrame.run(this, work);
  }

  /** Code in here has run. */
  end(): void {
    swapFrame(this.#polledBefore);
  }
}

/**
 * The future of {@linkcode TaskLocal.scope}.
 *
 * @example
 * ```ts
 * import { TaskLocal } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const request = new TaskLocal<number>();
 * const scope = request.scope(1, () => request.get() + 1);
 * assertEquals(await scope, 2);
 * assertEquals(scope.takeValue(), 1);
 * ```
 */
export interface TaskLocalFuture<T, R> extends Future<R> {
  /**
   * Takes the value out, which is not set in there any more.
   *
   * @returns The value, or `undefined` when it has been taken before.
   */
  takeValue(): T | undefined;
}

class ScopedFuture<T, R> extends Surrounded<R> implements TaskLocalFuture<T, R> {
  readonly #frame: LocalFrame;

  constructor(key: TaskLocal<T>, value: T, work: Spawnable<R>) {
    const frame = new LocalFrame(key as TaskLocal<unknown>, value);
    super(work instanceof Future ? work[oneWait]() : () => begin(frame, work));
    this.#frame = frame;
  }

  takeValue(): T | undefined {
    const frame = this.#frame;
    const { value } = frame;
    frame.isSet = false;
    frame.value = undefined;
    return value as T | undefined;
  }

  protected enter(): void {
    this.#frame.begin();
  }

  protected leave(): void {
    this.#frame.end();
  }
}

function begin<R>(frame: LocalFrame, work: () => unknown): Future<R> {
  const answer = frame.call(work);
  return (futureOfAnswer(answer) ?? ready(answer)) as Future<R>;
}
