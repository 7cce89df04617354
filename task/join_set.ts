/**
 * A set of tasks that are joined as they end.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd, type Steps } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { End, type SizeHint, Source, standIn } from "../future/source.ts";
import type { AbortHandle, JoinHandle } from "../scheduler/join_handle.ts";
import { taskOf } from "../scheduler/join_handle.ts";
import { currentRuntime } from "../scheduler/runtime.ts";
import type { SpawnOptions } from "../scheduler/spawn_options.ts";
import type { Spawnable } from "../scheduler/task.ts";
import { Crowd, JoinNext, type JoinOutcome, type Member, pollCrowd, Shutdown } from "./crowd.ts";
import { type LocalSet, spawnLocal } from "./local_set.ts";
import { type PortableWork, type SpawnInSetOptions, spawnOn } from "./spawn_on.ts";

export type { JoinOutcome, SpawnInSetOptions };

/** Options of sets that spawn in a {@linkcode LocalSet}. */
export interface SpawnLocalInSetOptions extends SpawnOptions {
  /** Which set. Default: the current one, as of `spawnLocal`. */
  readonly on?: LocalSet;
}

/**
 * Tasks that belong together. Their values come in the order in which the tasks end.
 *
 * - **Dropping** it aborts all its tasks: write `using set = new JoinSet()`. Who forgets that leaves
 *   them running. {@linkcode JoinSet.detachAll} lets them go on.
 * - **Joining** costs the same however many tasks there are. What nobody joins stays in the set.
 * - **Failures** do not end the loop `for await (const outcome of set)`; they are thrown by
 *   {@linkcode JoinSet.joinNext}, which may be called again for the others.
 *
 * Follows Tokio's `task::JoinSet`.
 *
 * @example Outcomes as they come
 * ```ts
 * import { JoinSet } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * using set = new JoinSet<string>();
 * set.spawn(() => sleep(5).then(() => "slow"));
 * set.spawn(async () => await Promise.resolve("quick"));
 * set.spawn(() => {
 *   throw new RangeError("broken");
 * });
 *
 * const seen: string[] = [];
 * for await (const outcome of set) seen.push(outcome.ok ? outcome.value : outcome.error.name);
 * assertEquals(seen, ["JoinError", "quick", "slow"]);
 * ```
 */
export class JoinSet<T> extends Source<JoinOutcome<T>> {
  readonly #crowd: Crowd<T>;

  /**
   * Makes a set.
   *
   * @param works What to spawn in the current runtime, in this order.
   * @throws {TypeError} When one of them cannot be spawned.
   */
  constructor(works: Iterable<Spawnable<T>> = []) {
    super();
    this.#crowd = new Crowd(this.answersInOrder);
    standIn(this, this.#crowd.line);
    this.extend(works);
  }

  /** Whether tasks are joined in the order in which they were spawned. */
  protected get answersInOrder(): boolean {
    return false;
  }

  /** How many tasks there are that were not joined, whether they have ended or not. */
  get size(): number {
    return this.#crowd.size;
  }

  /** Whether there are none. */
  isEmpty(): boolean {
    return this.#crowd.size === 0;
  }

  /**
   * Starts a task in the set.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task, and where it runs.
   * @returns What aborts it; it stays in the set until it is joined.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawn(work: () => Steps<T>, options?: SpawnInSetOptions): AbortHandle;
  /** Starts a task of a future, or of an async or plain function. */
  spawn(work: Spawnable<T>, options?: SpawnInSetOptions): AbortHandle;
  /**
   * Calls a portable task, on a worker where the current runtime has some. `abort`, and the end of
   * the set, reach it there.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   */
  spawn<A extends unknown[]>(work: PortableWork<A, T>, ...args: A): AbortHandle;
  spawn(work: unknown, ...rest: unknown[]): AbortHandle {
    return this.#add(spawnOn(work as Spawnable<T>, rest));
  }

  /**
   * Starts a task as `spawnLocal` does.
   *
   * @param work A future, a generator function, or an async or plain function.
   * @param options What to call the task, and in which `LocalSet` it runs.
   * @returns What aborts it.
   * @throws {TypeError} When `work` cannot be spawned.
   */
  spawnLocal(work: () => Steps<T>, options?: SpawnLocalInSetOptions): AbortHandle;
  /** Starts a task of a future, or of an async or plain function. */
  spawnLocal(work: Spawnable<T>, options?: SpawnLocalInSetOptions): AbortHandle;
  spawnLocal(work: Spawnable<T>, options?: SpawnLocalInSetOptions): AbortHandle {
    const on = options?.on;
    return this.#add(on === undefined ? spawnLocal(work, options) : on.spawnLocal(work, options));
  }

  /**
   * Starts a task as `spawnBlocking` does.
   *
   * @param work What `task()` has declared.
   * @param args Its arguments.
   * @returns What aborts it; it stays in the set until it is joined.
   * @throws {DOMException} `DataCloneError`, when an argument cannot travel.
   * @throws {TypeError} When `work` is not portable, or this host has no threads.
   */
  spawnBlocking<A extends unknown[]>(work: PortableWork<A, T>, ...args: A): AbortHandle {
    return this.#add(currentRuntime().spawnBlocking(work, ...args) as JoinHandle<T>);
  }

  /**
   * Starts a task of each.
   *
   * @param works What to spawn in the current runtime, in this order.
   * @throws {TypeError} When one of them cannot be spawned; those before it have been.
   */
  extend(works: Iterable<Spawnable<T>>): void {
    for (const work of works) this.spawn(work);
  }

  /**
   * Waits for the next task to end.
   *
   * Where tasks may have the value `undefined`, use {@linkcode JoinSet.joinNextWithId} or a
   * `for await` loop, which tell it from the end.
   *
   * **Cancel safety:** giving up loses no task. Several who wait are served in the order of coming.
   *
   * @returns The task's value, or `undefined` when the set is empty.
   * @throws {JoinError} When the task threw or was aborted. It has left the set, and the method may be
   * called again for the others.
   */
  joinNext(): Future<T | undefined> {
    return new JoinNext(this.#crowd, valueOf);
  }

  /**
   * As {@linkcode JoinSet.joinNext}, and tells which task it was.
   *
   * **Cancel safety:** giving up loses no task.
   *
   * @returns The task's id and its value, or `undefined` when the set is empty.
   * @throws {JoinError} When the task threw or was aborted; `taskId` tells which one.
   */
  joinNextWithId(): Future<[id: number, value: T] | undefined> {
    return new JoinNext(this.#crowd, pairOf);
  }

  /**
   * Joins a task if one has ended. It takes nothing from the cooperative budget.
   *
   * @returns The task's value, or `undefined` when none has ended.
   * @throws {JoinError} When the task threw or was aborted.
   */
  tryJoinNext(): T | undefined {
    return this.#tryJoin(valueOf);
  }

  /**
   * As {@linkcode JoinSet.tryJoinNext}, and tells which task it was.
   *
   * @returns The task's id and its value, or `undefined` when none has ended.
   * @throws {JoinError} When the task threw or was aborted; `taskId` tells which one.
   */
  tryJoinNextWithId(): [id: number, value: T] | undefined {
    return this.#tryJoin(pairOf);
  }

  /**
   * Polls for the next task to end. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   * @returns The task's value, or `undefined` when the set is empty.
   * @throws {JoinError} When the task threw or was aborted.
   */
  pollJoinNext(cx: Context): Poll<T | undefined> {
    return pollCrowd(this.#crowd, cx, valueOf, undefined);
  }

  /** Answers with how the next task has ended. A failure is an outcome like others. */
  pollNext(cx: Context): Poll<JoinOutcome<T> | End> {
    return pollCrowd(this.#crowd, cx, outcomeOf, End);
  }

  /** At least as many outcomes as there are tasks; more may be spawned. */
  override sizeHint(): SizeHint {
    return [this.#crowd.size, undefined];
  }

  /**
   * Waits until all tasks have ended.
   *
   * **Cancel safety:** dropping it aborts all tasks and loses the values.
   *
   * @returns The values, in the order in which the tasks have ended.
   * @throws {JoinError} At the first task that threw or was aborted. The others are aborted.
   */
  joinAll(): Future<T[]> {
    return new JoinAll(this, this.#crowd);
  }

  /** Aborts all tasks. They stay in the set until they are joined. */
  abortAll(): void {
    this.#crowd.forEach((member) => member.task.abort());
  }

  /** Takes all tasks out of the set; they go on. */
  detachAll(): void {
    this.#crowd.forEach((member) => this.#crowd.forget(member));
  }

  /**
   * Aborts all tasks and waits until they have ended; how, does not matter.
   *
   * **Cancel safety:** the tasks are aborted with the first poll. Given up after that, they stay in
   * the set until they are joined.
   */
  shutdown(): Future<void> {
    return new Shutdown(this.#crowd as Crowd<unknown>);
  }

  /** Aborts all tasks and takes them out of the set. */
  override [Symbol.dispose](): void {
    this.abortAll();
    this.detachAll();
  }

  #add(handle: JoinHandle<T>): AbortHandle {
    this.#crowd.add(taskOf(handle));
    return handle.abortHandle();
  }

  #tryJoin<A>(answer: (member: Member<T>) => A): A | undefined {
    const member = this.#crowd.take();
    return member === undefined ? undefined : answer(member);
  }
}

class JoinAll<T> extends Future<T[]> {
  readonly #set: JoinSet<T>;
  readonly #crowd: Crowd<T>;
  #values: T[] | undefined = [];
  #next: Future<Member<T> | undefined> | undefined = undefined;

  constructor(set: JoinSet<T>, crowd: Crowd<T>) {
    super();
    this.#set = set;
    this.#crowd = crowd;
  }

  poll(cx: Context): Poll<T[]> {
    const values = this.#values;
    if (values === undefined) throw polledAfterEnd();
    for (;;) {
      const member = (this.#next ??= new JoinNext(this.#crowd, (member) => member)).poll(cx);
      if (isPending(member)) return Pending;
      this.#next = undefined;
      if (member === undefined) break;
      try {
        values.push(member.task.take());
      } catch (error) {
        this[Symbol.dispose]();
        throw error;
      }
    }
    this.#values = undefined;
    return values;
  }

  override [Symbol.dispose](): void {
    if (this.#values === undefined) return;
    this.#values = undefined;
    this.#next?.[Symbol.dispose]();
    this.#set[Symbol.dispose]();
  }
}

function valueOf<T>(member: Member<T>): T {
  return member.task.take();
}

function pairOf<T>(member: Member<T>): [id: number, value: T] {
  return [member.task.id, member.task.take()];
}

function outcomeOf<T>(member: Member<T>): JoinOutcome<T> {
  return member.outcome();
}
