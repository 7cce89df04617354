/**
 * Structured concurrency: tasks that do not outlive the code that spawned them.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd, type Steps, type Wait } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { type JoinHandle, taskOf } from "../scheduler/join_handle.ts";
import type {
  PortableFunction,
  PortableOutput,
  PortableTask,
} from "../scheduler/multi_thread/portable.ts";
import { currentRuntime, type Runtime } from "../scheduler/runtime.ts";
import type { SpawnOptions } from "../scheduler/spawn_options.ts";
import type { Joiner, Task } from "../scheduler/task.ts";
import type { Spawnable, Unwinding } from "../scheduler/work.ts";
import { CancellationToken } from "./cancellation_token.ts";

/** What the function of a {@linkcode scope} does. */
export type ScopeBody<T> =
  | ((scope: TaskScope) => Steps<T>)
  | ((scope: TaskScope) => PromiseLike<T> | T);

/**
 * Makes a future of `body`, which may spawn tasks that all end before the future completes.
 *
 * - **Value:** what `body` returns, once it and all tasks of the scope have ended.
 * - **Failure:** the first of them that throws, `body` included, ends the others: their waits throw
 *   `Cancelled`, they unwind, and when all have ended the future throws what the first has thrown. A
 *   failure that follows meanwhile is reported on the console, as of a task that nobody joins. To
 *   survive the failure of a task, catch it within the task.
 * - **Aborting** one task by its handle is no failure.
 * - **Cancel safety:** dropping the future aborts `body` and all tasks. A generator that is aborted in
 *   `yield* scope(…)` waits there until they have ended; an async function that is aborted in
 *   `await scope(…)` does not, they end in the turns that follow.
 *
 * `body` runs as a task too, in the runtime in which the future is polled first, so it
 * has those task-local values only that are inherited. Nothing begins before that first poll.
 *
 * @param body A generator function, or an async or plain function; it gets the scope.
 * @throws {TypeError} When `body` is not a function.
 *
 * @example
 * ```ts
 * import { scope } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * let done = 0;
 * const sum = await scope(async (s) => {
 *   for (const ms of [1, 2]) s.spawn(() => sleep(ms).then(() => done += 1));
 *   const three = s.spawn(() => 3);
 *   return 4 + await three;
 * });
 * assertEquals([sum, done], [7, 2]);
 *
 * const failed = scope(function* (s) {
 *   s.spawn(() => {
 *     throw new RangeError("broken");
 *   });
 *   yield* sleep(60_000);
 * });
 * await assertRejects(async () => await failed, RangeError, "broken");
 * ```
 */
export function scope<T>(body: (scope: TaskScope) => Steps<T>): Future<T>;
/** Makes a future of an async or plain function, which may spawn tasks. */
export function scope<T>(body: ScopeBody<T>): Future<T>;
export function scope<T>(body: ScopeBody<T>): Future<T> {
  if (typeof body !== "function") {
    throw new TypeError(`Cannot open a scope: expected a function, found ${typeof body}`);
  }
  return new ScopeFuture(body);
}

/**
 * Where the body of a {@linkcode scope}, and the tasks in it, spawn further tasks.
 *
 * @example
 * ```ts
 * import { scope, type TaskScope } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * let visited = 0;
 * function visit(s: TaskScope, depth: number): void {
 *   visited += 1;
 *   if (depth > 0) { for (const _ of [1, 2]) s.spawn(() => visit(s, depth - 1)); }
 * }
 * await scope((s) => visit(s, 3));
 * assertEquals(visited, 15);
 * ```
 */
export class TaskScope {
  readonly #future: ScopeFuture<unknown>;
  /** Cancelled when the scope gives up, because of a failure or because it was dropped. */
  readonly token: CancellationToken = new CancellationToken();

  /** Made by {@linkcode scope}. */
  constructor(future: unknown) {
    this.#future = future as ScopeFuture<unknown>;
  }

  /** As {@linkcode TaskScope.token}, for what takes an `AbortSignal`. */
  get signal(): AbortSignal {
    return this.token.asAbortSignal();
  }

  /**
   * Starts a task that ends before the scope does.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task.
   * @returns A handle to await or to abort it.
   * @throws {TypeError} When `work` cannot be spawned, or when the scope has ended or gives up.
   */
  spawn<T>(work: () => Steps<T>, options?: SpawnOptions): JoinHandle<T>;
  /** Starts a task of a future, or of an async or plain function. */
  spawn<T>(work: Spawnable<T>, options?: SpawnOptions): JoinHandle<T>;
  /**
   * Calls a portable task, on a worker where the runtime has some. It ends there before the scope
   * does; give it {@linkcode TaskScope.token}, or have it ask `isAborted()`, if it only computes.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  spawn<F extends PortableFunction>(
    work: PortableTask<F>,
    ...args: Parameters<F>
  ): JoinHandle<PortableOutput<F>>;
  spawn<T>(work: Spawnable<T>, ...rest: unknown[]): JoinHandle<T> {
    return this.#future.spawnChild(work, rest);
  }

  /** Aborts the tasks that were spawned so far; the body goes on. They may be awaited. */
  abortAll(): void {
    this.#future.abortChildren();
  }
}

/** What a scope knows of a task: it tells when the task has ended. */
class Child implements Joiner {
  readonly #scope: ScopeFuture<unknown>;
  readonly task: Task<unknown>;

  constructor(scope: ScopeFuture<unknown>, task: Task<unknown>) {
    this.#scope = scope;
    this.task = task;
    task.join(this);
  }

  wake(): void {
    this.#scope.childEnded(this);
  }
}

class ScopeFuture<T> extends Future<T> implements Unwinding<T> {
  #body: ScopeBody<T> | undefined;
  readonly #scope: TaskScope = new TaskScope(this);
  #runtime: Runtime | undefined = undefined;
  /** The task of the body. */
  #main: Task<T> | undefined = undefined;
  /** All tasks that go on, that of the body included. */
  readonly #children: Set<Child> = new Set();
  #failure: { readonly error: unknown } | undefined = undefined;
  #isOpen = false;
  #ended = false;
  #waker: Waker | undefined = undefined;

  constructor(body: ScopeBody<T>) {
    super();
    this.#body = body;
  }

  poll(cx: Context): Poll<T> {
    if (this.#ended) throw polledAfterEnd();
    if (this.#body !== undefined) this.#begin(this.#body);
    if (this.#children.size > 0) {
      this.#waker = cx.waker;
      return Pending;
    }
    this.#ended = true;
    this.#isOpen = false;
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#main!.take();
  }

  /** Gives up, and waits until all tasks have ended. */
  interrupt(cx: Context, reason: Error): Poll<T> {
    if (!this.#giveUpFor(reason)) throw reason;
    return this.poll(cx);
  }

  /** As {@linkcode ScopeFuture.interrupt}, for the generator around it. */
  override throw(error: unknown): IteratorResult<Wait, T> {
    if (!this.#giveUpFor(error)) throw error;
    return this.next();
  }

  override [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#body = undefined;
    this.#giveUp(undefined);
  }

  spawnChild<C>(work: Spawnable<C>, rest: readonly unknown[]): JoinHandle<C> {
    if (!this.#isOpen) {
      throw new TypeError(
        `Cannot spawn in a scope: it ${this.#children.size > 0 ? "gives up" : "has ended"}`,
      );
    }
    const handle = this.#runtime!.spawn(work, ...rest as [SpawnOptions?]);
    this.#children.add(new Child(this as ScopeFuture<unknown>, taskOf(handle) as Task<unknown>));
    return handle;
  }

  abortChildren(): void {
    for (const { task } of this.#children) {
      if (task !== this.#main) task.abort();
    }
  }

  childEnded(child: Child): void {
    const { task } = child;
    this.#children.delete(child);
    const { error } = task;
    if (error?.isPanic() && this.#isOpen) {
      task.observe();
      this.#failure = { error: error.cause };
      this.#giveUp(error.cause);
    }
    if (this.#children.size > 0) return;
    this.#isOpen = false;
    this.#waker?.wake();
  }

  #begin(body: ScopeBody<T>): void {
    this.#body = undefined;
    this.#isOpen = true;
    this.#runtime = currentRuntime();
    const main: Spawnable<T> = () => body(this.#scope) as T;
    this.#main = taskOf(this.spawnChild(main, []));
  }

  /** Gives up because of `error`, and answers whether there is anything to wait for. */
  #giveUpFor(error: unknown): boolean {
    if (this.#ended) return false;
    if (this.#body !== undefined) {
      this[Symbol.dispose]();
      return false;
    }
    this.#failure ??= { error };
    this.#giveUp(error);
    return true;
  }

  #giveUp(reason: unknown): void {
    this.#isOpen = false;
    this.#scope.token.cancel(reason);
    for (const { task } of this.#children) task.abort();
  }
}
