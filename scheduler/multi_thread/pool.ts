/**
 * The workers of one runtime, seen from the isolate that has started them.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import { host } from "../../host/global.ts";
import { moduleBeside } from "../../host/module_url.ts";
import { requireThreads, threadModule } from "../../host/thread.ts";
import { isolate } from "../isolate.ts";
import { Task, type TaskOwner } from "../task.ts";
import { ownLink } from "./membership.ts";
import type { Link } from "./link.ts";
import type { BlockingAddress, BlockingPool } from "./blocking/pool.ts";
import { CalledTask } from "./called_task.ts";
import type { ThreadHooks } from "./hooks.ts";
import { Member } from "./member.ts";
import type { Crew, Portable } from "./portable.ts";
import { Queues, STOPPING } from "./queues.ts";
import { Ring, RING_WORDS } from "./ring.ts";
import { RemoteCall } from "./remote_call.ts";
import type { Carrier } from "./shared_memory.ts";

/** What a pool is made of. */
export interface PoolOptions extends ThreadHooks {
  /** How many workers. */
  readonly workerThreads: number;
  /** What tools call them. */
  readonly threadName: string;
  /** After how many tasks a worker looks at the queue of all; left out, it tunes itself. */
  readonly globalQueueInterval?: number | undefined;
  /** Whether the task that a worker has spawned last goes back among the others. */
  readonly disableLifoSlot?: boolean | undefined;
  /** See `RuntimeBuilder.eventInterval`. */
  readonly eventInterval?: number | undefined;
}

/** The first message to a worker. */
export interface Orders extends PoolOptions {
  readonly kind: "worker";
  /** The module of threads, if the program has named one. */
  readonly threadModule: string | undefined;
  /** The memory of all isolates. */
  readonly domain: SharedArrayBuffer;
  /** The memory of this runtime's workers. */
  readonly queues: SharedArrayBuffer;
  /** The runtime's threads for work that blocks. */
  readonly blocking: BlockingAddress;
  /** Which worker it is to be. */
  readonly worker: number;
}

/** What a worker tells. */
export type WorkerNews =
  | { readonly kind: "ready" }
  | { readonly kind: "started" }
  | { readonly kind: "grow" }
  | { readonly kind: "stopped" }
  | Carrier;

/** The workers of a runtime, seen from an isolate that only sends them calls. */
export class Colleagues implements Crew {
  readonly #link: Link;
  readonly queues: Queues;

  constructor(link: Link, queues: Queues) {
    this.#link = link;
    this.queues = queues;
  }

  call(work: Portable, args: readonly unknown[]): Future<unknown> {
    const link = this.#link;
    const record = link.prepare(link.domain.functions.numberOf(work.key), args);
    return new RemoteCall(link, record, this.queues);
  }

  spawn(work: Portable, args: readonly unknown[], owner: TaskOwner): Task<unknown> {
    const link = this.#link;
    const prepared = link.prepare(link.domain.functions.numberOf(work.key), args);
    if (typeof prepared === "number") return new CalledTask(link, prepared, this.queues, owner);
    return new Task(new RemoteCall(link, prepared, this.queues), owner, undefined);
  }

  get workers(): number {
    return this.queues.workers;
  }

  /** Who has started them ends them. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** Starts the workers of a runtime, and ends them. */
export class Pool implements Crew {
  readonly #options: PoolOptions;
  readonly #blocking: BlockingPool;
  #team: Team | undefined = undefined;

  /**
   * @param blocking The runtime's threads for work that blocks, which workers have started.
   * @throws {TypeError} When the host cannot start threads that share memory.
   */
  constructor(options: PoolOptions, blocking: BlockingPool) {
    requireThreads("make a multi-thread runtime", "use currentThread()");
    this.#options = options;
    this.#blocking = blocking;
  }

  /** How many workers there are, or are to be. */
  get workers(): number {
    return this.#options.workerThreads;
  }

  get queues(): Queues | undefined {
    return this.#team?.queues;
  }

  call(work: Portable, args: readonly unknown[]): Future<unknown> {
    return this.#started().colleagues.call(work, args);
  }

  spawn(work: Portable, args: readonly unknown[], owner: TaskOwner): Task<unknown> {
    return this.#started().colleagues.spawn(work, args, owner);
  }

  /** What other threads need to send tasks to the workers. */
  address(): { readonly queues: SharedArrayBuffer; readonly count: number } {
    return { queues: this.#started().queues.buffer, count: this.workers };
  }

  /** Ends the workers, once they have ended their tasks, or when `timeoutMs` have passed. */
  async stop(timeoutMs: number): Promise<void> {
    const team = this.#team;
    this.#team = undefined;
    await team?.stop(timeoutMs);
  }

  #started(): Team {
    if (this.#team?.isLost) this.#team = undefined;
    return this.#team ??= new Team(this.#options, this.#blocking);
  }
}

/** Workers that have been started. */
class Team {
  readonly colleagues: Colleagues;
  readonly #link: Link;
  readonly queues: Queues;
  readonly #blocking: BlockingPool;
  readonly #members: Member<WorkerNews>[] = [];
  #onStopped: () => void = () => {};
  readonly #stopped = new Promise<void>((resolve) => this.#onStopped = resolve);
  #running = 0;
  /** Whether no worker could begin. */
  isLost = false;

  constructor(options: PoolOptions, blocking: BlockingPool) {
    const link = ownLink();
    this.#link = link;
    this.#blocking = blocking;
    this.queues = Queues.create(options.workerThreads, link.domain.records);
    this.colleagues = new Colleagues(link, this.queues);
    for (let worker = 0; worker < options.workerThreads; worker++) this.#start(worker, options);
  }

  async stop(timeoutMs: number): Promise<void> {
    this.queues.stop();
    this.#wakeAll();
    let timer;
    const late = new Promise<void>((resolve) => {
      if (timeoutMs < Infinity) timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#stopped, late]);
    clearTimeout(timer);
    if (this.#running > 0) this.#abandon();
    for (const member of this.#members) member.terminate();
  }

  /** The time is up: what the workers have not ended ends here. */
  #abandon(): void {
    const workers = this.queues.rings.map((_, worker) => this.queues.isolateOf(worker));
    this.#takeAll((record) => this.#link.refuse(record));
    this.#link.abandon(workers.filter((worker) => worker >= 0));
    isolate.wake();
  }

  /** Takes all tasks that no worker has begun, whatever the workers do. */
  #takeAll(take: (record: number) => void): void {
    const { injector, rings } = this.queues;
    const own = new Ring(new Int32Array(RING_WORDS), 0);
    for (const ring of rings) {
      for (let record = own.stealFrom(ring); record >= 0; record = own.stealFrom(ring)) {
        take(record);
        for (record = own.pop(); record >= 0; record = own.pop()) take(record);
      }
    }
    for (let record = injector.pop(); record >= 0; record = injector.pop()) take(record);
  }

  #start(worker: number, options: PoolOptions): void {
    const orders: Orders = {
      ...options,
      kind: "worker",
      threadModule: threadModule(),
      domain: this.#link.domain.buffer,
      queues: this.queues.buffer,
      blocking: this.#blocking.address(),
      worker,
    };
    this.#running += 1;
    this.#members.push(
      new Member<WorkerNews>({
        url: moduleBeside(import.meta.url, "./thread_main"),
        name: `${options.threadName}-${worker}`,
        orders,
        onNews: (news) => this.#receive(news),
        onLost: (error) => this.#lost(worker, error, options),
      }),
    );
  }

  /** The last worker could not even begin, or ended late. The next call tries again with others. */
  #endWithout(error: Error): void {
    this.isLost = true;
    const reason = new TypeError(`Cannot start workers: ${error.message}`);
    // What was sent a moment ago is still on its way to the queue.
    this.queues.refuse(reason);
    this.#takeAll((record) => this.#link.fail(record, reason));
    isolate.wake();
    this.#onStopped();
  }

  #receive(news: WorkerNews): void {
    if (news.kind === "stopped" && --this.#running === 0) this.#onStopped();
    else if (news.kind === "grow") this.#blocking.grow();
    // A worker that has started late may not have seen that it is to stop.
    else if (news.kind === "started" && this.queues.state === STOPPING) this.#wakeAll();
  }

  #wakeAll(): void {
    for (let worker = 0; worker < this.queues.workers; worker++) {
      const isolate = this.queues.isolateOf(worker);
      if (isolate >= 0) this.#link.unpark(isolate);
    }
  }

  /**
   * A worker is gone, by an error of the host: workers outlive those of the tasks. The calls of this
   * isolate that it had fail; those that it had not begun go to others, and another takes its place.
   */
  #lost(worker: number, error: Error, options: PoolOptions): void {
    host.console?.error("A worker has ended by an error:", error);
    const lost = this.queues.isolateOf(worker);
    this.queues.setIsolate(worker, -1);
    this.queues.idle.lose(worker);
    this.#running -= 1;
    if (lost >= 0) this.#link.lose(lost);
    isolate.wake();
    if (lost < 0 || this.queues.state === STOPPING) {
      if (this.#running === 0) this.#endWithout(error);
      return;
    }
    const ring = this.queues.rings[worker]!;
    ring.inherit();
    for (let record = ring.pop(); record >= 0; record = ring.pop()) {
      this.queues.injector.push(record);
    }
    this.#start(worker, options);
    this.#link.wakeWorker(this.queues);
  }
}
