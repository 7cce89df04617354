/**
 * The threads of a runtime that was built before `multi_thread/` is there.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import { requireThreads } from "../host/thread.ts";
import { isolate } from "./isolate.ts";
import type { Blocking } from "./multi_thread/blocking/pool.ts";
import type { Crew, Portable } from "./multi_thread/portable.ts";
import { Snapshot } from "./snapshot.ts";
import { Task } from "./task.ts";
import { loadThreads, type RuntimeThreads, type ThreadOptions, threads } from "./threads.ts";
import { isUnwinding } from "./work.ts";

/** The threads of a runtime, whether or not `multi_thread/` is there. */
export function threadsOf(options: ThreadOptions): RuntimeThreads {
  if (options.workers !== undefined) {
    requireThreads("make a multi-thread runtime", "use currentThread()");
    // There will be use for it soon. Whoever needs it finds out if it cannot be loaded.
    loadThreads().catch(() => {});
  }
  return threads()?.create(options) ?? new LateThreads(options);
}

/** Stands in for the threads of a runtime until there are some. */
class LateThreads implements RuntimeThreads {
  readonly crew: Crew | undefined;
  readonly blocking: Blocking;
  readonly #options: ThreadOptions;
  #real: RuntimeThreads | undefined = undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const { workers } = options;
    const real = () => this.#real;
    this.crew = workers && {
      workers: workers.workerThreads,
      get queues() {
        return real()?.crew?.queues;
      },
      call: (work, args) => this.#call(work, args, ({ crew }) => crew!),
      spawn: (work, args, owner) =>
        threads() === undefined
          ? new Task(this.#call(work, args, ({ crew }) => crew!), owner, undefined)
          : this.#get().crew!.spawn(work, args, owner),
      stop: async (timeoutMs) => await this.#real?.crew?.stop(timeoutMs),
    };
    this.blocking = {
      get queue() {
        return real()?.blocking.queue;
      },
      call: (work, args) => {
        requireThreads("run what blocks");
        return this.#call(work, args, ({ blocking }) => blocking);
      },
      stop: async (timeoutMs) => await this.#real?.blocking.stop(timeoutMs),
    };
  }

  #call(work: Portable, args: readonly unknown[], whom: (real: RuntimeThreads) => Callee) {
    if (threads() !== undefined) return whom(this.#get()).call(work, args);
    const snapshot = new Snapshot(args);
    const send = (args: unknown[]) => whom(this.#get()).call(work, args);
    return new LateCall(snapshot, () => snapshot.forward(send));
  }

  #get(): RuntimeThreads {
    return this.#real ??= threads()!.create(this.#options);
  }
}

/** Takes calls: workers, or threads for work that blocks. */
type Callee = Pick<Crew, "call">;

/**
 * A call that was made before `multi_thread/` is there. It begins to be loaded with the first poll at
 * the latest, and keeps a paused clock from moving, as what it waits for would.
 */
class LateCall extends Future<unknown> {
  readonly #snapshot: Snapshot;
  #begin: (() => Future<unknown>) | undefined;
  #call: Future<unknown> | undefined = undefined;
  #waker: Waker | undefined = undefined;
  #isLoading = false;
  #failure: { readonly error: unknown } | undefined = undefined;

  constructor(snapshot: Snapshot, begin: () => Future<unknown>) {
    super();
    this.#snapshot = snapshot;
    this.#begin = begin;
  }

  poll(cx: Context): Poll<unknown> {
    if (this.#call !== undefined) return this.#call.poll(cx);
    const begin = this.#begin;
    if (begin === undefined) throw polledAfterEnd();
    if (this.#failure !== undefined) {
      this[Symbol.dispose]();
      throw this.#failure.error;
    }
    if (threads() === undefined) {
      this.#waker = cx.waker;
      this.#load();
      return Pending;
    }
    this.#begin = undefined;
    this.#call = begin();
    return this.#call.poll(cx);
  }

  /** As `GeneratorFuture.interrupt`: waits until a worker that has the call has ended it. */
  interrupt(cx: Context, reason: Error): Poll<unknown> {
    const call = this.#call;
    if (isUnwinding(call)) return call.interrupt(cx, reason);
    this[Symbol.dispose]();
    throw reason;
  }

  override [Symbol.dispose](): void {
    this.#begin = undefined;
    this.#waker = undefined;
    this.#call?.[Symbol.dispose]();
    this.#snapshot.drop();
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    isolate.driver.hold();
    try {
      await loadThreads();
    } catch (error) {
      this.#failure = { error };
    }
    isolate.driver.release();
    this.#waker?.wake();
  }
}
