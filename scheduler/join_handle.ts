/**
 * What a spawner holds of a task.
 *
 * @module
 */

import { type Context, currentContext, type Waker } from "../future/context.ts";
import { Future, oneWait, stepOf, type Wait } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { proceed, refund } from "../future/budget.ts";
import { registerHandle, toWire, type WireForm } from "./multi_thread/handle.ts";
import {
  type Abortable,
  dropAbortable,
  formOfAbortable,
  RemoteTask,
} from "./multi_thread/remote_abort.ts";
import type { Joiner, Task } from "./task.ts";
import { formOfStaying, hasLink } from "./threads.ts";

/**
 * The handle of a spawned task: a future of its value.
 *
 * - **Detached:** dropping the handle does not end the task.
 * - **Repeatable:** unlike other futures it may be awaited more than once, like a promise.
 * - **Cancel safety:** giving up an `await` of the handle loses nothing.
 *
 * @example
 * ```ts
 * import { spawn } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const task = spawn(function* () {
 *   yield* sleep(1);
 *   return "done";
 * });
 * assertEquals(await task, "done");
 * assertEquals(task.isFinished(), true);
 * ```
 */
export class JoinHandle<T> extends Future<T> {
  // Plain properties set by the constructor, as in `Acquire`, here and below: a task costs one
  // handle, and one wait if it is joined.
  declare private readonly task: Task<T>;
  /** The wait of those who poll by hand. */
  declare private byHand: Join<T> | undefined;

  /** Made by `spawn`. */
  constructor(task: Task<T>) {
    super();
    this.task = task;
    this.byHand = undefined;
  }

  /** The task's id, unique in this isolate. */
  get id(): number {
    return this.task.id;
  }

  /** What its spawner calls the task, if anything. */
  get name(): string | undefined {
    return this.task.name;
  }

  /**
   * Asks the task to end.
   *
   * The task ends where it waits: the `await` of an async function and the `yield*` of a generator
   * throw {@linkcode Cancelled}, once, and their `finally` blocks run, which may wait; any other
   * future is dropped. A task that completes all the same has its value; aborting one that has
   * ended, or was aborted before, does nothing.
   */
  abort(): void {
    this.task.abort();
  }

  /** Whether the task has ended, its `finally` blocks included. */
  isFinished(): boolean {
    return this.task.isEnded;
  }

  /** A handle that can abort the task and nothing else. */
  abortHandle(): AbortHandle {
    return new AbortHandle(this.task as Task<unknown>);
  }

  /**
   * Answers with the task's value once it has ended.
   *
   * @throws {JoinError} If the task threw or was aborted.
   */
  poll(cx: Context): Poll<T> {
    return (this.byHand ??= new Join(this.task)).poll(cx);
  }

  /** Each `await` waits on its own. */
  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this[oneWait]().then(onfulfilled, onrejected);
  }

  /** Each `yield*` waits on its own. */
  override [Symbol.iterator](): Iterator<Wait, T, void> {
    return this[oneWait]();
  }

  /** Each combinator waits on its own. */
  override [oneWait](): Future<T> {
    return new Join(this.task);
  }

  /** Stops waiting; the task goes on. */
  override [Symbol.dispose](): void {
    this.byHand?.[Symbol.dispose]();
    this.byHand = undefined;
  }
}

/** The task of a handle, for those who keep sets of tasks. */
export function taskOf<T>(handle: JoinHandle<T>): Task<T> {
  return handle["task"];
}

/** One wait for the end of a task. */
class Join<T> extends Future<T> implements Joiner {
  declare private readonly task: Task<T>;
  declare private waker: Waker | undefined;

  constructor(task: Task<T>) {
    super();
    this.task = task;
    this.waker = undefined;
  }

  poll(cx: Context): Poll<T> {
    if (!proceed(cx.waker)) return Pending;
    const { task } = this;
    if (task.isEnded) return task.take();
    if (this.waker === undefined) task.join(this);
    this.waker = cx.waker;
    refund();
    return Pending;
  }

  override next(): IteratorResult<Wait, T> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  /** Called by the task at its end. */
  wake(): void {
    this.waker?.wake();
  }

  override [Symbol.dispose](): void {
    if (this.waker !== undefined) this.task.leaveJoin(this);
    this.waker = undefined;
  }
}

/**
 * Aborts one task, from anywhere that has no need of its value. Sent to another isolate it aborts the
 * task from there.
 *
 * @example
 * ```ts
 * import { spawn } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const task = spawn(pending());
 * task.abortHandle().abort();
 * await assertRejects(async () => await task);
 * ```
 */
export class AbortHandle {
  readonly #task: Abortable;

  /** Made by {@linkcode JoinHandle.abortHandle}. */
  constructor(task: Abortable) {
    this.#task = task;
  }

  /** The task's id. */
  get id(): number {
    return this.#task.id;
  }

  /** What its spawner calls the task, if anything. */
  get name(): string | undefined {
    return this.#task.name;
  }

  /** As {@linkcode JoinHandle.abort}. */
  abort(): void {
    this.#task.abort();
  }

  /** As {@linkcode JoinHandle.isFinished}. */
  isFinished(): boolean {
    return this.#task.isEnded;
  }

  /** Travels to other isolates: what arrives aborts the same task. */
  [toWire](): WireForm {
    return hasLink() ? formOfAbortable(this.#task, abortKind) : formOfStaying(this);
  }
}

const abortKind = registerHandle(import.meta, "AbortHandle", {
  decode: (at: number, id: number, name: string | undefined) =>
    new AbortHandle(new RemoteTask(at, id, name)),
  drop: dropAbortable,
});
