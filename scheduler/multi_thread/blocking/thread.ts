/**
 * A thread for work that blocks: takes one task after the other from the queue of its pool.
 *
 * @module
 */

import type { Link } from "../link.ts";
import type { Crew } from "../link_parts.ts";
import type { TaskRunner } from "../task_runner.ts";
import type { BlockingQueue } from "./queue.ts";

/** How long tasks may take until the host gets its turn, in milliseconds. */
const TURN_MS = 1;

/** What a thread needs. */
export interface BlockingThreadParts {
  /** This isolate's link. */
  readonly link: Link;
  /** The tasks of the pool. */
  readonly queue: BlockingQueue;
  /** Runs them. */
  readonly runner: TaskRunner;
  /** For how long it waits for a task before it ends. */
  readonly keepAliveMs: number;
  /** Whether anything is left to do here besides the pool's tasks, such as what they have spawned. */
  readonly isInUse: () => boolean;
}

/** The thread's part in its pool. */
export class BlockingThread implements Crew {
  /** Called once when the thread ends. Nothing runs here then. */
  onStop: (() => void) | undefined = undefined;
  readonly #parts: BlockingThreadParts;
  #resting = false;
  #restsSince = 0;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(parts: BlockingThreadParts) {
    this.#parts = parts;
  }

  /** Tasks that were spawned here run where all others do. */
  accept(): boolean {
    return false;
  }

  resume(): void {
    if (!this.#resting) return;
    this.#resting = false;
    const { link, queue } = this.#parts;
    queue.awake(link.domain.self);
  }

  /** Tasks that took long count as all that the host should wait for. */
  turn(most: number): number {
    this.resume();
    const { queue, runner } = this.#parts;
    let ran = queue.isStopping ? runner.refuseReady() : 0;
    if (runner.hasReady) {
      runner.runReady();
      ran += 1;
    }
    if (runner.isBusy) return ran;
    if (queue.isStopping) return this.#refuseAll();
    const until = performance.now() + TURN_MS;
    do {
      const record = queue.pop();
      if (record < 0) return ran;
      runner.run(record);
      ran += 1;
      if (performance.now() > until) return most;
    } while (ran < most && !runner.isBusy);
    return ran;
  }

  mayRest(): boolean {
    const { link, queue, runner } = this.#parts;
    if (runner.isBusy || this.onStop === undefined) return true;
    this.#resting = queue.rest(link.domain.self);
    if (!this.#resting) return false;
    this.#restsSince = performance.now();
    this.#timer ??= setTimeout(this.#lookAtIdleness, this.#parts.keepAliveMs);
    return true;
  }

  abortTasks(): void {
    this.#parts.runner.abortTasks();
  }

  /** Ends the thread if it was idle for long enough. One timer serves many rests. */
  readonly #lookAtIdleness = () => {
    this.#timer = undefined;
    const { keepAliveMs, link, queue, isInUse } = this.#parts;
    if (!this.#resting) return;
    const left = this.#restsSince + keepAliveMs - performance.now();
    if (left > 0 || isInUse()) {
      this.#timer = setTimeout(this.#lookAtIdleness, left > 0 ? left : keepAliveMs);
    } else if (queue.retire(link.domain.self)) {
      this.#resting = false;
      this.#stop();
    }
  };

  /** The pool ends. */
  #refuseAll(): number {
    if (this.onStop === undefined) return 0;
    const { queue, runner } = this.#parts;
    let refused = 0;
    for (let record = queue.pop(); record >= 0; record = queue.pop()) {
      runner.refuse(record);
      refused += 1;
    }
    queue.lost();
    this.#stop();
    return refused;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const { onStop } = this;
    this.onStop = undefined;
    onStop?.();
  }
}
