/**
 * Tasks that do not outlive their handle.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, oneWait, polledAfterEnd, type Wait } from "../future/future.ts";
import { isPending, type Poll } from "../future/poll.ts";
import { AbortHandle, JoinHandle } from "../scheduler/join_handle.ts";

/**
 * Makes the owner of a task: when it is disposed, the task is aborted.
 *
 * @param handle Of the task. It may be used on.
 * @returns A future of the task's value.
 * @throws {TypeError} When `handle` is not that of a task.
 *
 * @example
 * ```ts
 * import { abortOnDispose, spawn } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const handle = spawn(pending());
 * {
 *   using _task = abortOnDispose(handle);
 * }
 * await assertRejects(async () => await handle);
 * ```
 */
export function abortOnDispose<T>(handle: JoinHandle<T>): AbortOnDisposeHandle<T>;
/** Makes the owner of a task of whose value nobody has need. */
export function abortOnDispose(handle: AbortHandle): AbortOnDispose;
export function abortOnDispose<T>(
  handle: JoinHandle<T> | AbortHandle,
): AbortOnDisposeHandle<T> | AbortOnDispose {
  if (handle instanceof JoinHandle) return new AbortOnDisposeHandle(handle);
  if (handle instanceof AbortHandle) return new AbortOnDispose(handle);
  throw new TypeError(`Cannot own a task: expected a handle, found ${typeof handle}`);
}

/**
 * Owns a task: a future of its value that aborts it when it is disposed.
 *
 * - **Dropping** it, also as the loser of a `select` or of a `timeout`, aborts the task; so does the
 *   abort of a task that awaits it. {@linkcode AbortOnDisposeHandle.detach} lets the task go.
 * - **Cancel safety:** see above. The value is not lost: the `JoinHandle` still has it.
 *
 * Follows tokio-util's `task::AbortOnDropHandle`.
 *
 * @example
 * ```ts
 * import { abortOnDispose, spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * using task = abortOnDispose(spawn(() => 7));
 * assertEquals(await task, 7);
 * ```
 */
export class AbortOnDisposeHandle<T> extends Future<T> {
  readonly #handle: JoinHandle<T>;
  #owns = true;

  /** Made by {@linkcode abortOnDispose}. */
  constructor(handle: JoinHandle<T>) {
    super();
    this.#handle = handle;
  }

  /** The task's id. */
  get id(): number {
    return this.#handle.id;
  }

  /** As `JoinHandle.abort`. */
  abort(): void {
    this.#handle.abort();
  }

  /** As `JoinHandle.isFinished`. */
  isFinished(): boolean {
    return this.#handle.isFinished();
  }

  /** As `JoinHandle.abortHandle`. */
  abortHandle(): AbortHandle {
    return this.#handle.abortHandle();
  }

  /**
   * Lets the task go: disposing this does nothing any more.
   *
   * @returns The handle that it was made of.
   */
  detach(): JoinHandle<T> {
    this.#owns = false;
    return this.#handle;
  }

  /**
   * Answers with the task's value once it has ended.
   *
   * @throws {JoinError} When the task threw or was aborted.
   */
  poll(cx: Context): Poll<T> {
    return this.#handle.poll(cx);
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
    return new OwnedWait(this, this.#handle[oneWait]());
  }

  /** Aborts the task, unless it has ended or was let go. */
  override [Symbol.dispose](): void {
    this.#handle[Symbol.dispose]();
    if (this.#owns) this.#handle.abort();
  }
}

/** One wait for a task; dropping it drops the owner of the task. */
class OwnedWait<T> extends Future<T> {
  readonly #owner: AbortOnDisposeHandle<T>;
  #wait: Future<T> | undefined;

  constructor(owner: AbortOnDisposeHandle<T>, wait: Future<T>) {
    super();
    this.#owner = owner;
    this.#wait = wait;
  }

  poll(cx: Context): Poll<T> {
    const wait = this.#wait;
    if (wait === undefined) throw polledAfterEnd();
    this.#wait = undefined;
    const value = wait.poll(cx);
    if (isPending(value)) this.#wait = wait;
    return value;
  }

  override [Symbol.dispose](): void {
    const wait = this.#wait;
    if (wait === undefined) return;
    this.#wait = undefined;
    wait[Symbol.dispose]();
    this.#owner[Symbol.dispose]();
  }
}

/**
 * Owns a task of whose value nobody has need: aborts it when it is disposed.
 *
 * Follows tokio-util's `task::AbortOnDrop`.
 *
 * @example
 * ```ts
 * import { abortOnDispose, spawn } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertRejects } from "@std/assert";
 *
 * const handle = spawn(pending());
 * {
 *   using _owner = abortOnDispose(handle.abortHandle());
 * }
 * await assertRejects(async () => await handle);
 * ```
 */
export class AbortOnDispose implements Disposable {
  readonly #handle: AbortHandle;
  #owns = true;

  /** Made by {@linkcode abortOnDispose}. */
  constructor(handle: AbortHandle) {
    this.#handle = handle;
  }

  /** As `JoinHandle.abort`. */
  abort(): void {
    this.#handle.abort();
  }

  /** As `JoinHandle.isFinished`. */
  isFinished(): boolean {
    return this.#handle.isFinished();
  }

  /** Lets the task go, and answers with the handle that this was made of. */
  detach(): AbortHandle {
    this.#owns = false;
    return this.#handle;
  }

  /** Aborts the task, unless it has ended or was let go. */
  [Symbol.dispose](): void {
    if (this.#owns) this.#handle.abort();
  }
}
