/**
 * What the threads for work that blocks share: the tasks that wait, and who of the threads is idle.
 *
 * ```text
 *  word 0   lock
 *  word 1   state      RUNNING or STOPPING
 *  word 2   threads    how many there are, or are about to be
 *  word 3   idle       how many are idle
 *  word 8…  injector   the tasks that wait                         injector.ts
 *  word 16… isolates   those of the idle threads, the newest last
 * ```
 *
 * B1 All words are written under the lock, and a task is added in the same stretch in which it is
 *    decided who runs it: a thread that is idle, a new one, or the next that is done.
 * B2 Who takes a thread from the idle ones wakes it. Nobody else does.
 * B3 A thread counts itself idle only if no task waits, in one stretch. So no task waits while a
 *    thread is idle that nobody wakes.
 * B4 A thread that ends was idle, and leaves in the same stretch: nobody can wake it afterwards.
 *
 * Follows Tokio's `runtime::blocking::pool`.
 *
 * @module
 */

import { load, store } from "../atomics.ts";
import { Injector, INJECTOR_WORDS, type Links } from "../injector.ts";
import { MAX_BLOCKING_THREADS } from "../limits.ts";
import { acquire, release } from "../lock.ts";
import { RUNNING, STOPPING } from "../queues.ts";

const LOCK = 0;
const STATE = 1;
const THREADS = 2;
const IDLE = 3;
const INJECTOR = 8;
const ISOLATES: number = INJECTOR + INJECTOR_WORDS;

/** Nobody has to do anything: a thread will come to the task. */
export const NOBODY = -1;
/** A thread is to be started; it counts already. */
export const NEW_THREAD = -2;

/** The queue of one pool, seen from one isolate. */
export class BlockingQueue {
  /** All of it, to hand to a thread. */
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #injector: Injector;

  /**
   * @param links Where each task has its link.
   * @param buffer What another isolate has made; left out, a new queue begins.
   */
  constructor(
    links: Links,
    buffer: SharedArrayBuffer = new SharedArrayBuffer((ISOLATES + MAX_BLOCKING_THREADS) * 4),
  ) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#injector = new Injector(this.#words, INJECTOR, links);
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#injector.size;
  }

  /** How many threads there are, or are about to be. */
  get threads(): number {
    return load(this.#words, THREADS);
  }

  /** How many threads are idle. */
  get idle(): number {
    return load(this.#words, IDLE);
  }

  /** Whether the pool ends. */
  get isStopping(): boolean {
    return load(this.#words, STATE) === STOPPING;
  }

  /**
   * B1: adds a task.
   *
   * @param most How many threads there may be.
   * @returns The isolate to wake, {@linkcode NEW_THREAD} or {@linkcode NOBODY}.
   */
  push(task: number, most: number): number {
    const words = this.#words;
    acquire(words, LOCK);
    this.#injector.push(task);
    const idle = load(words, IDLE);
    const threads = load(words, THREADS);
    let answer = NOBODY;
    if (idle > 0) {
      answer = load(words, ISOLATES + idle - 1);
      store(words, IDLE, idle - 1);
    } else if (threads < most) {
      answer = NEW_THREAD;
      store(words, THREADS, threads + 1);
    }
    release(words, LOCK);
    return answer;
  }

  /** Takes the oldest task, or answers with -1. */
  pop(): number {
    return this.#injector.pop();
  }

  /** B3: counts a thread as idle, unless there is something to do. */
  rest(isolate: number): boolean {
    const words = this.#words;
    acquire(words, LOCK);
    const mayRest = this.size === 0 && load(words, STATE) === RUNNING;
    if (mayRest) {
      const idle = load(words, IDLE);
      store(words, ISOLATES + idle, isolate);
      store(words, IDLE, idle + 1);
    }
    release(words, LOCK);
    return mayRest;
  }

  /** Notes that a thread is awake, whoever has woken it. */
  awake(isolate: number): void {
    acquire(this.#words, LOCK);
    this.#takeIdle(isolate);
    release(this.#words, LOCK);
  }

  /** B4: lets a thread end, if it is idle. */
  retire(isolate: number): boolean {
    acquire(this.#words, LOCK);
    const wasIdle = this.#takeIdle(isolate);
    if (wasIdle) store(this.#words, THREADS, load(this.#words, THREADS) - 1);
    release(this.#words, LOCK);
    return wasIdle;
  }

  /** Notes that a thread is about to be that takes the place of another. */
  joined(): void {
    this.#count(1);
  }

  /** Notes that a thread is gone that was not idle. */
  lost(): void {
    this.#count(-1);
  }

  /** Lets the pool end. Answers with the isolates of the idle threads, which are to be woken. */
  stop(): number[] {
    const words = this.#words;
    acquire(words, LOCK);
    store(words, STATE, STOPPING);
    const idle = Array.from({ length: load(words, IDLE) }, (_, i) => load(words, ISOLATES + i));
    store(words, IDLE, 0);
    release(words, LOCK);
    return idle;
  }

  #count(difference: number): void {
    acquire(this.#words, LOCK);
    store(this.#words, THREADS, load(this.#words, THREADS) + difference);
    release(this.#words, LOCK);
  }

  #takeIdle(isolate: number): boolean {
    const words = this.#words;
    const idle = load(words, IDLE);
    for (let i = 0; i < idle; i++) {
      if (load(words, ISOLATES + i) !== isolate) continue;
      for (let j = i; j + 1 < idle; j++) store(words, ISOLATES + j, load(words, ISOLATES + j + 1));
      store(words, IDLE, idle - 1);
      return true;
    }
    return false;
  }
}
