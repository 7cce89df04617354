/**
 * Functions that any worker may run.
 *
 * @module
 */

import { loadModule } from "../../host/load_module.ts";
import type { Queues } from "./queues.ts";
import type { Future, Steps } from "../../future/future.ts";
import type { Task, TaskOwner } from "../task.ts";

/** What may be declared as a portable task. */
// deno-lint-ignore no-explicit-any
export type PortableFunction = (...args: any[]) => unknown;

/** What a portable function gives in the end. */
export type PortableOutput<F extends PortableFunction> = ReturnType<F> extends Steps<infer T> ? T
  : ReturnType<F> extends Future<infer T> ? T
  : Awaited<ReturnType<F>>;

/** The part of `import.meta` that is needed: where the module can be loaded from. */
export interface ModuleMeta {
  /** The module's address. */
  readonly url: string;
}

/** A function that {@linkcode task} has made portable. */
export interface PortableTask<F extends PortableFunction> {
  /** Calls the function here and now, as if it had not been declared. */
  (...args: Parameters<F>): ReturnType<F>;
  /** Only the type has it. */
  readonly "edo:task": F;
}

/** How a portable function is found and called. */
export interface Portable {
  /** The module's address. */
  readonly url: string;
  /** The address, `#`, and the name. */
  readonly key: string;
  /** The function. */
  readonly fn: PortableFunction;
}

/** Other isolates, which run portable tasks. */
export interface Crew {
  /** How many workers there are. */
  readonly workers: number;
  /** Their queues, once they have been started. */
  readonly queues: Queues | undefined;
  /** Prepares a call. It is sent when the future is polled. */
  call(work: Portable, args: readonly unknown[]): Future<unknown>;
  /** Prepares a call as a task of `owner`. It is sent when the task is woken. */
  spawn(work: Portable, args: readonly unknown[], owner: TaskOwner): Task<unknown>;
  /** Ends the workers, once they have ended their tasks, or when `timeoutMs` have passed. */
  stop(timeoutMs: number): Promise<void>;
}

/** Marks a function that {@linkcode task} has made portable. */
const portable: unique symbol = Symbol.for("@edo/runtime/portable");

const declared = new Map<string, Portable>();

/**
 * Declares a function that any worker may run.
 *
 * Closures cannot move between threads. So a portable task is a function of a module, found by the
 * module's address and the function's name; `spawn(hash, data)` sends those and the arguments.
 * Call `task` where the module is loaded, at its top level, because a worker does nothing but load it.
 *
 * Arguments and results are what structured clone takes, and edo's handles. A `SharedArrayBuffer` that
 * was sent once is known to all threads, and kept, until the process ends: send the same ones again,
 * not new ones for each task.
 *
 * @param module The `import.meta` of the module that calls.
 * @param fn A plain, async or generator function with a name that is unique in the module. It can use
 * the module's other functions and constants, but each isolate has variables of its own.
 * @returns A function that may be called as before, and spawned.
 * @throws {TypeError} When `fn` is no function, has no name, or its module has declared another one
 * of the same name.
 *
 * @example
 * ```ts
 * import { spawn, task } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const add = task(import.meta, function add(a: number, b: number) {
 *   return a + b;
 * });
 * assertEquals(add(1, 2), 3);
 * assertEquals(await spawn(add, 1, 2), 3); // on a worker, if the runtime has some
 * ```
 */
export function task<F extends PortableFunction>(module: ModuleMeta, fn: F): PortableTask<F> {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot declare a task: expected a function, found ${typeof fn}`);
  }
  if (fn.name === "") {
    throw new TypeError("Cannot declare a task: the function has no name to find it by");
  }
  const key = `${module.url}#${fn.name}`;
  const known = declared.get(key);
  if (known !== undefined && known.fn !== fn) {
    throw new TypeError(`Cannot declare task "${fn.name}": its module has declared another one`);
  }
  const entry: Portable = known ?? { url: module.url, key, fn };
  declared.set(key, entry);
  const callable = (...args: Parameters<F>) => fn(...args) as ReturnType<F>;
  Object.defineProperty(callable, "name", { value: fn.name });
  return Object.assign(callable, { [portable]: entry }) as unknown as PortableTask<F>;
}

/** Whether `work` was made by {@linkcode task}. */
export function isPortable(work: unknown): work is PortableTask<PortableFunction> {
  return typeof work === "function" && portable in work;
}

/**
 * The key of a portable function.
 *
 * @throws {TypeError} When it is not portable.
 */
export function keyOf(work: unknown): string {
  return portableOf(work).key;
}

/**
 * How a portable function is found and called.
 *
 * @throws {TypeError} When it is not portable.
 */
export function portableOf(work: unknown): Portable {
  if (isPortable(work)) {
    return (work as unknown as { readonly [portable]: Portable })[portable];
  }
  throw new TypeError(
    `Cannot run a ${typeof work} on another thread: declare a function of a module by task()`,
  );
}

/** Finds a function by its key, if its module was loaded. */
export function declaredAt(key: string): Portable | undefined {
  return declared.get(key);
}

/** Loads the module of a function by its key, and finds it. */
export async function load(key: string): Promise<Portable> {
  const known = declared.get(key);
  if (known !== undefined) return known;
  const end = key.lastIndexOf("#");
  const url = key.slice(0, end);
  await loadModule(url);
  const found = declared.get(key);
  if (found !== undefined) return found;
  throw new TypeError(
    `Cannot run task "${key.slice(end + 1)}": "${url}" did not declare it when it was loaded, ` +
      "call task() at the top level of the module",
  );
}
