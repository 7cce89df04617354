/**
 * The threads of one runtime for work that blocks, seen from those who have such work.
 *
 * @module
 */

import type { Future } from "../../../future/future.ts";
import { host } from "../../../host/global.ts";
import { moduleBeside } from "../../../host/module_url.ts";
import { requireThreads, threadModule } from "../../../host/thread.ts";
import { isolate as ownIsolate } from "../../isolate.ts";
import type { ThreadHooks } from "../hooks.ts";
import type { Link } from "../link.ts";
import type { Destination } from "../link_parts.ts";
import { Member } from "../member.ts";
import { ownLink } from "../membership.ts";
import type { Pool } from "../pool.ts";
import type { Portable } from "../portable.ts";
import { BlockingCall } from "./call.ts";
import { BlockingQueue, NEW_THREAD } from "./queue.ts";

/** What a pool is made of. */
export interface BlockingOptions extends ThreadHooks {
  /** How many threads there may be. */
  readonly maxBlockingThreads: number;
  /** For how long a thread waits for work before it ends. */
  readonly keepAliveMs: number;
  /** What tools call the threads. */
  readonly threadName: string;
}

/** As long as nothing else is said. */
const DEFAULTS: BlockingOptions = {
  maxBlockingThreads: 64,
  keepAliveMs: 10_000,
  threadName: "edo-blocking",
};

/** What a thread or a worker needs to send work to a pool. */
export interface BlockingAddress {
  /** The memory of the pool. */
  readonly buffer: SharedArrayBuffer;
  /** How many threads there may be. */
  readonly most: number;
}

/** The first message to a thread. */
export interface BlockingOrders extends BlockingOptions {
  readonly kind: "blocking";
  /** The module of threads, if the program has named one. */
  readonly threadModule: string | undefined;
  /** The memory of all isolates. */
  readonly domain: SharedArrayBuffer;
  /** The pool. */
  readonly blocking: BlockingAddress;
  /** The memory of the runtime's workers, if it has some, and how many they are. */
  readonly workers: { readonly queues: SharedArrayBuffer; readonly count: number } | undefined;
}

/** What a thread tells: that it begins, that another one is to be started, that it has ended. */
export type BlockingNews =
  | { readonly kind: "started"; readonly isolate: number }
  | { readonly kind: "grow" }
  | { readonly kind: "stopped" };

/** Takes work that blocks. */
export interface Blocking {
  /** Prepares a call. It is sent when the future is polled. */
  call(work: Portable, args: readonly unknown[]): Future<unknown>;
  /** The tasks that wait and the threads, if there has been any work. */
  readonly queue: BlockingQueue | undefined;
  /** Ends the threads that are idle, and the others when they are done. */
  stop(timeoutMs: number): Promise<void>;
}

/** A pool, seen from an isolate that only sends it work. */
export class BlockingClient implements Blocking, Destination {
  readonly queue: BlockingQueue;
  readonly #link: Link;
  readonly #most: number;
  readonly #tell: (news: { readonly kind: "grow" }) => void;

  /**
   * @param address Which pool. Without memory a new one begins.
   * @param tell Has a thread started.
   */
  constructor(
    link: Link,
    { most, buffer }: Partial<BlockingAddress> & { readonly most: number },
    tell: (news: { readonly kind: "grow" }) => void,
  ) {
    this.#link = link;
    this.#most = most;
    this.#tell = tell;
    this.queue = new BlockingQueue(link.domain.records, buffer);
  }

  call(work: Portable, args: readonly unknown[]): Future<unknown> {
    const link = this.#link;
    const prepared = link.prepare(link.domain.functions.numberOf(work.key), args);
    return new BlockingCall(link, prepared, this);
  }

  deliver(batch: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const whom = this.queue.push(batch[i]!, this.#most);
      if (whom === NEW_THREAD) this.#tell({ kind: "grow" });
      else if (whom >= 0) this.#link.unpark(whom);
    }
  }

  /** Who has made the pool ends it. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** Starts the threads of a pool when there is work, and ends them. */
export class BlockingPool implements Blocking {
  /** The workers of the runtime, if it has some, for what the threads spawn. */
  workers: Pool | undefined = undefined;
  readonly #options: BlockingOptions;
  #staff: Staff | undefined = undefined;

  /** @param options What differs from the defaults. */
  constructor(options: Partial<BlockingOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** @throws {TypeError} When the host cannot start threads that share memory. */
  call(work: Portable, args: readonly unknown[]): Future<unknown> {
    return this.#started().client.call(work, args);
  }

  /** What others need to send it work. */
  address(): BlockingAddress {
    return this.#started().address;
  }

  /** Starts a thread for which room was made in the queue. */
  grow(): void {
    this.#started().grow();
  }

  /** The queue, if there has been work. */
  get queue(): BlockingQueue | undefined {
    return this.#staff?.client.queue;
  }

  /** Ends the idle threads; waits for the others, until `timeoutMs` have passed. */
  async stop(timeoutMs: number): Promise<void> {
    const staff = this.#staff;
    this.#staff = undefined;
    await staff?.stop(timeoutMs);
  }

  #started(): Staff {
    requireThreads("run what blocks");
    return this.#staff ??= new Staff(this.#options, this.workers);
  }
}

/** The threads of a pool that has work. */
class Staff {
  readonly client: BlockingClient;
  readonly address: BlockingAddress;
  readonly #options: BlockingOptions;
  readonly #workers: Pool | undefined;
  /** Asked for once: the workers end before these threads, and must not begin anew. */
  #workersAddress: BlockingOrders["workers"];
  readonly #link: Link = ownLink();
  /** The threads, each with its isolate, if it has one yet. */
  readonly #members = new Map<Member<BlockingNews>, number | undefined>();
  #onEmpty: (() => void) | undefined = undefined;
  #started = 0;

  constructor(options: BlockingOptions, workers: Pool | undefined) {
    this.#options = options;
    this.#workers = workers;
    const most = options.maxBlockingThreads;
    this.client = new BlockingClient(this.#link, { most }, () => this.grow());
    this.address = { buffer: this.client.queue.buffer, most };
  }

  grow(): void {
    const orders: BlockingOrders = {
      ...this.#options,
      kind: "blocking",
      threadModule: threadModule(),
      domain: this.#link.domain.buffer,
      blocking: this.address,
      workers: this.#workersAddress ??= this.#workers?.address(),
    };
    const member = new Member<BlockingNews>({
      url: moduleBeside(import.meta.url, "../thread_main"),
      name: `${this.#options.threadName}-${this.#started++}`,
      orders,
      onNews: (news) => {
        if (news.kind === "grow") this.grow();
        else if (news.kind === "stopped") this.#gone(member);
        else this.#members.set(member, news.isolate);
      },
      onLost: (error) => this.#lost(member, error),
    });
    this.#members.set(member, undefined);
  }

  async stop(timeoutMs: number): Promise<void> {
    for (const isolate of this.client.queue.stop()) this.#link.unpark(isolate);
    if (this.#members.size === 0) return;
    let timer;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      // What blocks after that ends by itself, and its thread with it.
      if (timeoutMs < Infinity) timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  #gone(member: Member<BlockingNews>): void {
    member[Symbol.dispose]();
    this.#members.delete(member);
    if (this.#members.size === 0) this.#onEmpty?.();
  }

  /**
   * A thread is gone, by an error of the host. The call that it had fails. Without the last thread
   * nobody would come to those that wait: another one is started, if this one had got so far itself.
   */
  #lost(member: Member<BlockingNews>, error: Error): void {
    host.console?.error("A thread for what blocks has ended by an error:", error);
    const { queue } = this.client;
    const isolate = this.#members.get(member);
    if (isolate !== undefined) this.#link.lose(isolate);
    if (isolate === undefined || !queue.retire(isolate)) queue.lost();
    this.#gone(member);
    ownIsolate.wake();
    if (queue.threads > 0 || queue.size === 0) return;
    if (isolate === undefined) {
      const reason = new TypeError(`Cannot start threads: ${error.message}`);
      for (let record = queue.pop(); record >= 0; record = queue.pop()) {
        this.#link.fail(record, reason);
      }
    } else {
      queue.joined();
      this.grow();
    }
  }
}
