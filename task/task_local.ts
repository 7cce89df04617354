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
import type { ModuleMeta } from "../scheduler/multi_thread/portable.ts";
import type { Sendable } from "../scheduler/multi_thread/sendable.ts";
import {
  asyncFrame,
  currentFrame,
  type Frame,
  type Inherited,
  startInheriting,
  swapFrame,
} from "../scheduler/task_context.ts";
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

/** Options of a {@linkcode TaskLocal} whose value is of type `T`. */
export interface TaskLocalOptions<T> {
  /**
   * The `import.meta` of the module that makes it: tasks that are spawned where the value is set have
   * it, too, on all threads. The module's address and the name stand for it there. The value has to
   * be something that can be sent.
   */
  readonly inherit: [T] extends [Sendable<T>] ? ModuleMeta : Sendable<T>;
}

/**
 * A value that code finds where it runs, without being handed it: the id of a request, a deadline.
 *
 * It is set for the extent of a {@linkcode TaskLocal.scope}, and the innermost scope counts.
 *
 * - **Not inherited,** unless it was made so: a task that is spawned within a scope does not see the
 *   value. Give its work a scope of its own.
 * - **Inherited,** with the option `inherit`: a task that is spawned within a scope has the value that
 *   is set there at that moment, and so have the tasks that it spawns. Tasks of the same isolate
 *   get the value itself. With a portable task and with `spawnBlocking` a copy travels beside the
 *   arguments; a handle in it arrives anew with each task, and is that task's to close.
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
 *
 * @example A value that tasks inherit, wherever they run
 * ```ts
 * import { spawn, task, TaskLocal } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const trace = new TaskLocal<string>("trace", { inherit: import.meta });
 * const load = task(import.meta, function load(id: number) {
 *   return `${trace.get()}: ${id}`;
 * });
 * assertEquals(await trace.scope("a", async () => await spawn(load, 1)), "a: 1");
 * ```
 */
export class TaskLocal<T> {
  readonly #name: string | undefined;
  /** What stands for it on all threads, if it is inherited. */
  readonly #key: string | undefined;

  /**
   * Makes a value that is set nowhere yet.
   *
   * @param name What errors call it.
   */
  constructor(name?: string);
  /**
   * Makes a value that is set nowhere yet, and that tasks inherit. Make it at the top level of its
   * module, so that each thread that loads the module has it.
   *
   * @param name A name that is unique in the module.
   * @param options Which module.
   * @throws {TypeError} When there is no name, or the module has made another one of this name.
   */
  constructor(name: string, options: TaskLocalOptions<T>);
  constructor(name?: string, options?: TaskLocalOptions<T>) {
    this.#name = name;
    this.#key = options === undefined ? undefined : inheritableKey(name, options.inherit);
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
    return new ScopedFuture(new LocalFrame(this as TaskLocal<unknown>, this.#key, value), work);
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
    const frame = new LocalFrame(this as TaskLocal<unknown>, this.#key, value);
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

  #require(): Setting {
    const frame = this.#find();
    if (frame !== undefined) return frame;
    const what = this.#name === undefined ? "a task-local value" : `"${this.#name}"`;
    throw new AccessError(`Cannot read ${what}: it is not set here`);
  }

  #find(): Setting | undefined {
    let frame = currentFrame();
    while (frame instanceof LocalFrame && frame.key !== this) frame = frame.outer;
    const found = frame instanceof LocalFrame ? frame : this.#inherited(frame);
    return found?.isSet ? found : undefined;
  }

  #inherited(frame: Frame | undefined): Setting | undefined {
    if (this.#key === undefined) return undefined;
    let entry = frame?.inherited;
    while (entry !== undefined && entry.key !== this.#key) entry = entry.outer;
    return entry;
  }
}

/** Where a value is set. */
type Setting = Pick<Inherited, "value" | "isSet">;

const keys = new Set<string>();

function inheritableKey(name: unknown, module: unknown): string {
  if (typeof name !== "string" || name === "") {
    throw new TypeError("Cannot make a value that is inherited: it has no name to find it by");
  }
  const { url } = module as ModuleMeta;
  if (typeof url !== "string") {
    throw new TypeError(`Cannot make "${name}" inherited: expected import.meta of its module`);
  }
  const key = `${url}#${name}`;
  if (keys.has(key)) {
    throw new TypeError(`Cannot make "${name}" inherited: its module has made another one`);
  }
  keys.add(key);
  startInheriting();
  return key;
}

/** The place where one value is set. What waits in there belongs to the task around. */
class LocalFrame implements Frame {
  readonly key: TaskLocal<unknown>;
  /** See `Inherited`; `undefined` if it is not inherited. */
  readonly #inheritedAs: string | undefined;
  value: unknown;
  isSet = true;
  /** The place around: that of the last poll, or where the function was called, if it is one. */
  outer: Frame | undefined = undefined;
  #hasFunction = false;
  #polledBefore: Frame | undefined = undefined;

  constructor(key: TaskLocal<unknown>, inheritedAs: string | undefined, value: unknown) {
    this.key = key;
    this.#inheritedAs = inheritedAs;
    this.value = value;
  }

  get task(): Task<unknown> | undefined {
    return this.outer?.task;
  }

  get inherited(): Inherited | undefined {
    const outer = this.outer?.inherited;
    const key = this.#inheritedAs;
    return key === undefined ? outer : { key, value: this.value, isSet: this.isSet, outer };
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

  constructor(frame: LocalFrame, work: Spawnable<R>) {
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
