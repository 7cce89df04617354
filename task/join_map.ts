/**
 * Tasks that are joined as they end, each with a key.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import type { Future, Steps } from "../future/future.ts";
import type { Poll } from "../future/poll.ts";
import { End, type SizeHint, Source, standIn } from "../future/source.ts";
import { type AbortHandle, type JoinHandle, taskOf } from "../scheduler/join_handle.ts";
import type { Spawnable } from "../scheduler/task.ts";
import { Crowd, JoinNext, type JoinOutcome, type Member, pollCrowd, Shutdown } from "./crowd.ts";
import type { SpawnInSetOptions, SpawnLocalInSetOptions } from "./join_set.ts";
import { spawnLocal } from "./local_set.ts";
import { type PortableWork, spawnOn } from "./spawn_on.ts";

/** How a task of a {@linkcode JoinMap} ended. */
export type KeyedOutcome<K, V> = JoinOutcome<V> & { readonly key: K };

/**
 * Tasks by key. Their outcomes come in the order in which they end.
 *
 * - **Keys** are compared as those of a `Map`. Spawning with a key that is in use aborts the task
 *   before, whose outcome never appears.
 * - **Dropping** it aborts all its tasks: write `using map = new JoinMap()`.
 * - **Failures** are outcomes, so that the key is there too; nothing is thrown.
 *
 * Follows tokio-util's `task::JoinMap`.
 *
 * @example
 * ```ts
 * import { JoinMap } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * using map = new JoinMap<string, number>();
 * map.spawn("a", () => 1);
 * map.spawn("b", pending());
 * map.abort("b");
 *
 * const seen: unknown[] = [];
 * for await (const { key, ok } of map) seen.push([key, ok]);
 * assertEquals(seen, [["a", true], ["b", false]]);
 * ```
 */
export class JoinMap<K, V> extends Source<KeyedOutcome<K, V>> {
  readonly #crowd: Crowd<V> = new Crowd(false);
  readonly #members: Map<K, Member<V>> = new Map();

  /** Makes an empty map. */
  constructor() {
    super();
    standIn(this, this.#crowd.line);
  }

  /** How many tasks there are that were not joined, whether they have ended or not. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether there are none. */
  isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /**
   * Starts a task. A task that has the key is aborted, and will not be joined.
   *
   * @param key What to call it.
   * @param work A future, a generator function, or an async or plain function.
   * @param options Its name, and where the task runs.
   * @returns What aborts it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawn(key: K, work: () => Steps<V>, options?: SpawnInSetOptions): AbortHandle;
  /** Starts a task of a future, or of an async or plain function. */
  spawn(key: K, work: Spawnable<V>, options?: SpawnInSetOptions): AbortHandle;
  /**
   * Calls a portable task, on a worker where the current runtime has some.
   *
   * @param key What to call it. It stays here.
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  spawn<A extends unknown[]>(key: K, work: PortableWork<A, V>, ...args: A): AbortHandle;
  spawn(key: K, work: unknown, ...rest: unknown[]): AbortHandle {
    return this.#add(key, spawnOn(work as Spawnable<V>, rest));
  }

  /**
   * Starts a task as `spawnLocal` does. A task that has the key is aborted.
   *
   * @param key What to call it.
   * @param work A future, a generator function, or an async or plain function.
   * @param options Its name, and in which `LocalSet` the task runs.
   * @returns What aborts it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawnLocal(key: K, work: () => Steps<V>, options?: SpawnLocalInSetOptions): AbortHandle;
  /** Starts a task of a future, or of an async or plain function. */
  spawnLocal(key: K, work: Spawnable<V>, options?: SpawnLocalInSetOptions): AbortHandle;
  spawnLocal(key: K, work: Spawnable<V>, options?: SpawnLocalInSetOptions): AbortHandle {
    const on = options?.on;
    const handle = on === undefined ? spawnLocal(work, options) : on.spawnLocal(work, options);
    return this.#add(key, handle);
  }

  /**
   * Waits for the next task to end.
   *
   * **Cancel safety:** giving up loses no task. Several who wait are served in the order of coming.
   *
   * @returns The key, and the value or the error; `undefined` when the map is empty.
   */
  joinNext(): Future<KeyedOutcome<K, V> | undefined> {
    return new JoinNext(this.#crowd, (member) => this.#outcome(member));
  }

  /** Joins a task if one has ended. It takes nothing from the cooperative budget. */
  tryJoinNext(): KeyedOutcome<K, V> | undefined {
    const member = this.#crowd.take();
    return member === undefined ? undefined : this.#outcome(member);
  }

  /** Answers with how the next task has ended. */
  pollNext(cx: Context): Poll<KeyedOutcome<K, V> | End> {
    return pollCrowd(this.#crowd, cx, (member) => this.#outcome(member), End);
  }

  /** At least as many outcomes as there are tasks; more may be spawned. */
  override sizeHint(): SizeHint {
    return [this.#members.size, undefined];
  }

  /** The keys of all tasks that were not joined, in the order in which they were first used. */
  keys(): IterableIterator<K> {
    return this.#members.keys();
  }

  /** Whether a task has this key and was not joined. */
  containsKey(key: K): boolean {
    return this.#members.has(key);
  }

  /** Whether the task with this id is here and was not joined. Looks at all of them. */
  containsTask(id: number): boolean {
    for (const { task } of this.#members.values()) {
      if (task.id === id) return true;
    }
    return false;
  }

  /**
   * Aborts the task with a key. It stays in the map until it is joined.
   *
   * @param key Of which task.
   * @returns Whether there is one.
   */
  abort(key: K): boolean {
    const member = this.#members.get(key);
    member?.task.abort();
    return member !== undefined;
  }

  /**
   * Aborts tasks by their keys. They stay in the map until they are joined.
   *
   * @param matches Answers which.
   */
  abortMatching(matches: (key: K) => boolean): void {
    for (const [key, { task }] of this.#members) {
      if (matches(key)) task.abort();
    }
  }

  /** Aborts all tasks. They stay in the map until they are joined. */
  abortAll(): void {
    this.abortMatching(() => true);
  }

  /** Takes all tasks out of the map; they go on. */
  detachAll(): void {
    this.#members.clear();
    this.#crowd.forEach((member) => this.#crowd.forget(member));
  }

  /**
   * Aborts all tasks and waits until they have ended; how, does not matter.
   *
   * **Cancel safety:** the tasks are aborted with the first poll. Given up after that, they stay in
   * the map until they are joined.
   */
  shutdown(): Future<void> {
    return new Shutdown(this.#crowd as Crowd<unknown>, (member) => this.#forget(member));
  }

  /** Aborts all tasks and takes them out of the map. */
  override [Symbol.dispose](): void {
    this.abortAll();
    this.detachAll();
  }

  #add(key: K, handle: JoinHandle<V>): AbortHandle {
    const before = this.#members.get(key);
    this.#members.set(key, this.#crowd.add(taskOf(handle), key));
    if (before !== undefined) {
      this.#crowd.forget(before);
      before.task.abort();
    }
    return handle.abortHandle();
  }

  #forget(member: Member<unknown>): void {
    this.#members.delete(member.key as K);
  }

  #outcome(member: Member<V>): KeyedOutcome<K, V> {
    this.#forget(member);
    return { ...member.outcome(), key: member.key as K };
  }
}
