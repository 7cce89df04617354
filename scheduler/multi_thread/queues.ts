/**
 * The memory that the workers of one runtime share: their run queues, and who of them sleeps.
 *
 * ```text
 *  header       how far the runtime is, and how many tasks have come from outside
 *  idle         who sleeps                    idle.ts
 *  injector     the queue of all              injector.ts
 *  isolates     the number of each worker's isolate + 1
 *  counters     what each worker counts       counters.ts
 *  rings        one run queue for each worker ring.ts
 * ```
 *
 * @module
 */

import { add, load, store } from "./atomics.ts";
import { Counters } from "./counters.ts";
import { Idle, IDLE_WORDS } from "./idle.ts";
import { Injector, INJECTOR_WORDS, type Links } from "./injector.ts";
import type { Link } from "./link.ts";
import type { Destination } from "./link_parts.ts";
import { Ring, RING_WORDS } from "./ring.ts";

/** It takes tasks. */
export const RUNNING = 0;
/** It takes no more tasks, and ends those that it has. */
export const STOPPING = 1;

const LINE = 16;
const STATE = 0;
const REMOTE = 1;

/** The queues of one runtime, seen from one isolate. */
export class Queues implements Destination {
  /** All of it, to hand to a worker. */
  readonly buffer: SharedArrayBuffer;
  /** How many workers there are. */
  readonly workers: number;
  /** Who sleeps. */
  readonly idle: Idle;
  /** The queue of all. */
  readonly injector: Injector;
  /** The run queues, by worker. */
  readonly rings: readonly Ring[];
  /** What the workers count, by worker. */
  readonly counters: readonly Counters[];
  readonly #words: Int32Array;
  readonly #isolates: number;
  #refusal: Error | undefined = undefined;

  private constructor(buffer: SharedArrayBuffer, workers: number, links: Links) {
    const words = new Int32Array(buffer);
    let at = LINE;
    const place = (count: number) => {
      const base = at;
      at += toLines(count);
      return base;
    };
    this.buffer = buffer;
    this.workers = workers;
    this.#words = words;
    this.idle = new Idle(words, place(IDLE_WORDS), workers);
    this.injector = new Injector(words, place(INJECTOR_WORDS), links);
    this.#isolates = place(workers);
    this.counters = Array.from(
      { length: workers },
      () => new Counters(words, place(LINE)),
    );
    this.rings = Array.from({ length: workers }, () => new Ring(words, place(RING_WORDS)));
  }

  /** Makes the queues of a new runtime. */
  static create(workers: number, links: Links): Queues {
    const words = LINE + toLines(IDLE_WORDS) + toLines(INJECTOR_WORDS) + toLines(workers) +
      workers * (LINE + toLines(RING_WORDS));
    const queues = new Queues(new SharedArrayBuffer(words * 4), workers, links);
    queues.idle.begin();
    return queues;
  }

  /** Looks at the queues that another isolate has made. */
  static attach(buffer: SharedArrayBuffer, workers: number, links: Links): Queues {
    return new Queues(buffer, workers, links);
  }

  /** Takes tasks from outside, and wakes a worker if none looks for some. */
  deliver(batch: Int32Array, count: number, link: Link): void {
    if (this.#refusal !== undefined) return this.#fail(batch.subarray(0, count), link);
    add(this.#words, REMOTE, count);
    this.injector.pushBatch(batch, count);
    link.wakeWorker(this);
  }

  /** Has what this isolate sends from now on fail: no worker will ever come. */
  refuse(reason: Error): void {
    this.#refusal = reason;
  }

  #fail(batch: Int32Array, link: Link): void {
    for (const record of batch) link.fail(record, this.#refusal!);
    link.unpark(link.domain.self);
  }

  /** How many tasks have come from other isolates than the workers', modulo 2³². */
  get remote(): number {
    return load(this.#words, REMOTE) >>> 0;
  }

  /** How far the runtime is. */
  get state(): number {
    return load(this.#words, STATE);
  }

  /** Lets the runtime end. */
  stop(): void {
    store(this.#words, STATE, STOPPING);
  }

  /** The isolate in which a worker runs, or -1 while it has not begun. */
  isolateOf(worker: number): number {
    return load(this.#words, this.#isolates + worker) - 1;
  }

  /** Notes in which isolate a worker runs; -1 when it has ended. */
  setIsolate(worker: number, isolate: number): void {
    store(this.#words, this.#isolates + worker, isolate + 1);
  }
}

function toLines(words: number): number {
  return Math.ceil(words / LINE) * LINE;
}
