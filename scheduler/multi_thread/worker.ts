/**
 * One worker: takes tasks from its own queue, from the queue of all and from other workers, and runs
 * them in its isolate.
 *
 * One turn, in order; it ends when there is nothing to do or enough was done:
 *
 * W1 Every `globalInterval` tasks the queue of all comes first, so that nothing there waits for ever.
 *    The interval tunes itself: 200 µs of work, between 2 and 127 tasks.
 * W2 The task that this worker has spawned last comes before its others, since its data are at hand;
 *    at most three times in a row. It is not for others to steal.
 * W3 Then come the worker's own queue, a share of the queue of all, and half of what another worker
 *    has, beginning with any of them.
 * W4 Who finds something after it had searched wakes another worker, if it was the last to search and
 *    there is more.
 * W5 Before it rests a worker that was the last to search looks at all queues once more.
 * W6 A worker that has begun something does not search beyond its turn: async functions go on between
 *    turns, for as long as they like, and nobody is woken while somebody searches. Nor does one that
 *    was chosen to search and has jobs of its own to do first.
 * W7 Tasks whose module this worker had to load go back into its queue when it is there, but for one:
 *    they were taken while none of them could begin, and others may come to them sooner.
 *
 * Follows Tokio's `runtime::scheduler::multi_thread::worker`.
 *
 * @module
 */

import { randomBelow } from "../../future/random.ts";
import { isolate } from "../isolate.ts";
import type { Counters, Counts } from "./counters.ts";
import type { Link } from "./link.ts";
import type { Crew, Destination } from "./link_parts.ts";
import { type Queues, STOPPING } from "./queues.ts";
import { CAPACITY, type Overflow, type Ring } from "./ring.ts";
import type { TaskRunner } from "./task_runner.ts";

/** The share of the queue of all that a worker takes at once. */
const MOST_AT_ONCE = CAPACITY / 2;

/** How often in a row the task that was spawned last may come first. */
const LIFO_POLLS = 3;

/** How much work there may be between two looks at the queue of all, in milliseconds. */
const GLOBAL_EVERY_MS = 0.2;
const LEAST_INTERVAL = 2;
const MOST_INTERVAL = 127;
/** A turn that has taken so many milliseconds lets the rest of the isolate have its turn. */
const TURN_MS = 1;
/** A worker whose tasks take longer looks at the clock after each of them, else after some. */
const LONG_TASK_MS = 0.02;
const STRIDE = 16;

/** How often others see what is counted under load, in milliseconds. */
const PUBLISH_MS = 1;

/** The weight of the last measurement. */
const ALPHA = 0.1;

/** What a worker needs of who runs its tasks. */
export type Runner = Pick<
  TaskRunner,
  | "abortTasks"
  | "hasReady"
  | "isBusy"
  | "putBackOthers"
  | "refuse"
  | "refuseReady"
  | "run"
  | "runReady"
  | "waitsForHost"
>;

/** A worker of a runtime. */
export class Worker implements Crew {
  /** Called once when the runtime ends. The tasks that had not begun have ended. */
  onStop: (() => void) | undefined = undefined;
  readonly #link: Link;
  readonly #queues: Queues;
  readonly #worker: number;
  readonly #runner: Runner;
  readonly #ring: Ring;
  /** What was taken at once out of the queue of all. */
  readonly #share = new Int32Array(MOST_AT_ONCE);
  readonly #hasLifo: boolean;
  #lifo = -1;
  #lifoPolls = 0;
  #tick = 0;
  #globalInterval: number;
  readonly #tunesItself: boolean;
  #taskMs = GLOBAL_EVERY_MS / 61;
  #searching = false;
  #resting = false;
  /** D5 of `idle.ts`, as it was when something had run for the last time. */
  #dozes = false;
  #hasRun = false;
  readonly #counters: Counters;
  readonly #counts: Counts;
  #publishedAt = 0;
  /** How many tasks it had begun when it woke. */
  #tasksBefore = 0;
  readonly #overflow: Overflow;
  readonly #queue = (record: number) => this.#ring.push(record, this.#overflow);

  /**
   * @param worker Its number among the workers.
   * @param runner Runs the tasks that it takes.
   * @param globalInterval See W1; left out, it tunes itself.
   * @param hasLifo Whether W2 holds.
   */
  constructor(
    link: Link,
    queues: Queues,
    worker: number,
    runner: Runner,
    globalInterval?: number,
    hasLifo: boolean = true,
  ) {
    this.#link = link;
    this.#queues = queues;
    this.#worker = worker;
    this.#runner = runner;
    this.#hasLifo = hasLifo;
    this.#ring = queues.rings[worker]!;
    this.#counters = queues.counters[worker]!;
    this.#counts = this.#counters.own;
    this.#overflow = {
      pushBatch: (batch, count) => {
        this.#counts.overflows += 1;
        queues.injector.pushBatch(batch, count);
      },
    };
    this.#globalInterval = globalInterval ?? 61;
    this.#tunesItself = globalInterval === undefined;
  }

  /** W2: keeps a task that was spawned here. */
  accept(record: number, destination: Destination): boolean {
    if (destination !== this.#queues) return false;
    // The host may have come here while all others take this worker for one that rests.
    this.resume();
    this.#counts.local += 1;
    const before = this.#hasLifo ? this.#lifo : record;
    if (this.#hasLifo) this.#lifo = record;
    if (before < 0) return true;
    this.#queue(before);
    this.#link.wakeWorker(this.#queues);
    return true;
  }

  /** W6. */
  resume(): void {
    this.#hasRun = true;
    this.#wakeUp();
    if (this.#searching) this.#stopSearching();
  }

  turn(most: number): number {
    this.#wakeUp();
    if (this.#queues.state === STOPPING) return this.#stop();
    const { driver } = isolate;
    const begun = driver.elapsed();
    // Looking at the clock costs as much as a short task.
    const stride = this.#taskMs > LONG_TASK_MS ? 1 : STRIDE;
    let ran = this.#runner.hasReady ? this.#runReady(begun) : 0;
    // What has to be prepared counts when it is ready.
    let later = 0;
    while (ran < most) {
      const record = this.#next();
      if (record < 0) break;
      if (this.#searching) this.#stopSearching();
      if (!this.#runner.run(record)) later += 1;
      ran += 1;
      if (ran % stride === 0 && driver.elapsed() - begun > TURN_MS) break;
    }
    this.#counts.tasks += ran - later;
    if (ran > 0) {
      this.#hasRun = true;
      this.#count(ran, driver.elapsed(), begun);
    }
    // W6
    if (this.#searching && this.#runner.isBusy) this.#stopSearching();
    return ran;
  }

  mayRest(): boolean {
    // What the host does here it does for tasks that wait.
    isolate.driver.lend(!this.#runner.isBusy);
    if (this.#resting) return true;
    this.#resting = true;
    // W5, W6. Without others that search nobody is woken for what comes just now.
    this.#searching ||= this.#queues.idle.beginSearch();
    // Turns in which nothing runs come one after the other, while the isolate spins.
    if (this.#hasRun || this.#dozes) this.#dozes = this.#runner.waitsForHost;
    this.#hasRun = false;
    const wasLast = this.#queues.idle.park(this.#worker, this.#searching, this.#dozes);
    this.#searching = false;
    this.#countRest();
    // W5. Others may have seen a searcher and have woken nobody.
    if (!wasLast || !this.#hasWork()) return true;
    this.#wakeUp();
    return false;
  }

  abortTasks(): void {
    this.#runner.abortTasks();
  }

  /** Ends what has not begun, and has the worker ended. */
  #stop(): number {
    // All count: those that were spawned here come back in the turn that follows.
    let refused = this.#runner.refuseReady();
    for (let record = this.#next(); record >= 0; record = this.#next()) {
      this.#runner.refuse(record);
      refused += 1;
    }
    const { onStop } = this;
    this.onStop = undefined;
    onStop?.();
    return refused;
  }

  /** Notes that this worker is awake. */
  #wakeUp(): void {
    if (!this.#resting) return;
    this.#resting = false;
    this.#counts.unparks += 1;
    this.#searching = this.#queues.idle.unpark(this.#worker);
  }

  /** W7: runs a task that has waited for its module. */
  #runReady(begun: number): number {
    const back = this.#runner.putBackOthers(this.#queue);
    if (this.#searching) this.#stopSearching();
    if (back > 0) this.#link.wakeWorker(this.#queues);
    let ran = 0;
    do {
      this.#runner.runReady();
      ran += 1;
    } while (this.#runner.hasReady && isolate.driver.elapsed() - begun <= TURN_MS);
    return ran;
  }

  #next(): number {
    const { injector } = this.#queues;
    this.#tick += 1;
    if (this.#tick % this.#globalInterval === 0) {
      const record = injector.pop();
      if (record >= 0) return record;
    }
    const lifo = this.#takeLifo();
    if (lifo >= 0) return lifo;
    const own = this.#ring.pop();
    if (own >= 0) return own;
    const shared = this.#takeShare();
    return shared >= 0 ? shared : this.#steal();
  }

  #takeLifo(): number {
    const record = this.#lifo;
    if (record < 0) {
      this.#lifoPolls = 0;
      return -1;
    }
    this.#lifo = -1;
    if (++this.#lifoPolls <= LIFO_POLLS) return record;
    this.#lifoPolls = 0;
    this.#queue(record);
    return -1;
  }

  #takeShare(): number {
    const { injector, workers } = this.#queues;
    const { size } = injector;
    if (size === 0) return -1;
    const share = Math.min(
      Math.floor(size / workers) + 1,
      MOST_AT_ONCE,
      this.#ring.room + 1,
    );
    const record = injector.popMany(this.#share, share);
    if (injector.taken === 0) return record;
    this.#ring.pushBatch(this.#share, injector.taken);
    // Others may have rested while the tasks were still nobody's.
    this.#link.wakeWorker(this.#queues);
    return record;
  }

  #steal(): number {
    const { idle, rings, workers } = this.#queues;
    if (!this.#searching) {
      if (!idle.beginSearch()) return -1;
      this.#searching = true;
    }
    const first = randomBelow(workers);
    for (let i = 0; i < workers; i++) {
      const victim = (first + i) % workers;
      if (victim === this.#worker) continue;
      const record = this.#ring.stealFrom(rings[victim]!);
      if (record < 0) continue;
      this.#counts.steals += 1;
      this.#counts.stolen += 1 + this.#ring.size;
      return record;
    }
    return this.#queues.injector.pop();
  }

  /** W4. */
  #stopSearching(): void {
    this.#searching = false;
    if (this.#queues.idle.endSearch() && this.#hasWork()) this.#link.wakeWorker(this.#queues);
  }

  #hasWork(): boolean {
    const { injector, rings } = this.#queues;
    return injector.size > 0 || rings.some(({ size }) => size > 0);
  }

  #count(ran: number, now: number, begun: number): void {
    this.#counts.busyMs += now - begun;
    this.#tune((now - begun) / ran);
    if (now - this.#publishedAt < PUBLISH_MS) return;
    this.#publishedAt = now;
    this.#counters.publish();
  }

  #countRest(): void {
    const counts = this.#counts;
    if (counts.tasks === this.#tasksBefore && counts.unparks > 0) counts.noops += 1;
    this.#tasksBefore = counts.tasks;
    counts.parks += 1;
    this.#counters.publish();
  }

  /** W1. */
  #tune(taskMs: number): void {
    this.#taskMs += ALPHA * (taskMs - this.#taskMs);
    if (!this.#tunesItself) return;
    const interval = Math.round(GLOBAL_EVERY_MS / Math.max(this.#taskMs, 1e-4));
    const clamped = Math.max(LEAST_INTERVAL, Math.min(interval, MOST_INTERVAL));
    if (Math.abs(clamped - this.#globalInterval) > 2) this.#globalInterval = clamped;
  }
}
