/**
 * The scheduler of one isolate: a queue of jobs, a list of deferred wakes, a driver.
 *
 * One turn, in order:
 *
 * T1 Poll the driver: collect events, fire due timers. It waits only if there is nothing to do.
 * T2 Wake what was deferred, the last first.
 * T3 Run jobs from the front of the queue, at most `eventInterval` of them; then take part in what
 *    several isolates do together, if there is a companion.
 * T4 Let the continuations of async functions run, which are the host's microtasks. Then begin
 *    again if T3 was busy, up to `HOST_INTERVAL` jobs or a tenth of a millisecond, whichever takes
 *    longer; a turn of the host costs as much as ten such rounds.
 * T5 Hand the thread to the host. If T3 ran anything, or work is left, ask for another turn; else
 *    the driver lingers or rests. Under load the host gets some turns to itself from time to time.
 *
 * Follows Tokio's `runtime::scheduler::current_thread`.
 *
 * @module
 */

import { resumptions } from "../future/awaiter.ts";
import { BUDGET, resetBudget } from "../future/budget.ts";
import type { Waker } from "../future/context.ts";
import type { Executor, Follow, Job, Owner } from "../future/executor.ts";
import { nextTurn, turnsPerLook } from "../host/next_turn.ts";
import { Driver, type DriverParts, type ParkOptions } from "../reactor/driver.ts";
import type { Companion } from "./companion.ts";
import { RunQueue } from "./run_queue.ts";
import { asyncFrame } from "./task_context.ts";

/** After how many jobs the driver is polled and the host gets its turn, as in Tokio. */
export const EVENT_INTERVAL = 61;

/** After how many jobs the host gets a turn: about half a millisecond of echoes. */
const HOST_INTERVAL = 122;

/** Jobs that are shorter than that may be more, until so much time has passed, or so many have run. */
const HOST_INTERVAL_MS = 0.1;
const HOST_INTERVAL_MOST = 4096;

/** How many rounds in a row may find nothing, where spinning pays, before the host gets its turn. */
const EMPTY_ROUNDS = 8;

/**
 * How many microtasks away the next round begins, if async functions were resumed: they need four
 * to write an answer and to wait for the next request.
 */
const HOPS = 5;

/** How many turns make a breath; empty ones take 1.3 µs each in Deno. Fewer jobs are no load. */
const HOST_BREATH = turnsPerLook;

/** How long the host waits for its breath under load: when it used the last one, and at the most. */
const BREATH_BUSY_MS = 1;
const BREATH_QUIET_MS = 16;

/** A breath that took more processor time than this was used. */
const BREATH_USED_MS = 0.25;

/** What a scheduler is told about its surroundings. */
export interface SchedulerOptions extends ParkOptions {
  /** How many jobs run before the driver is polled again. At least 1. Default 61. */
  readonly eventInterval?: number;
}

/** Who is told when an isolate comes to rest and when it goes on. They do not throw. */
export interface ParkHooks {
  /** There is nothing to do: no turn follows until something happens. */
  readonly onPark: () => void;
  /** The next turn begins. Called once after each {@linkcode ParkHooks.onPark}. */
  readonly onUnpark: () => void;
}

/** Runs the jobs of one isolate. */
export class CurrentThread implements Executor {
  /** Events and timers. */
  readonly driver: Driver;
  /** Deals with other isolates, if there are any. */
  #companion: Companion | undefined = undefined;
  /** Whether the companion knows that the next round may wait. */
  #rests = false;
  #parkHooks: ParkHooks | undefined = undefined;
  #isParked = false;
  readonly follow = asyncFrame.follow as Follow | undefined;
  readonly #queue = new RunQueue<Job>();
  /** What is to be woken, from the first to the `#deferredCount`th; the array keeps its length. */
  #deferred: (Waker | undefined)[] = new Array(64).fill(undefined);
  #deferredBefore: (Waker | undefined)[] = new Array(64).fill(undefined);
  #deferredCount = 0;
  #eventInterval = EVENT_INTERVAL;
  /** Whether a turn is asked for or in progress. */
  #turning = false;
  #jobsSinceHost = 0;
  #hostTurnedAt = 0;
  #hops = 0;
  #emptyRounds = 0;
  readonly #turn = () => {
    this.#jobsSinceHost = 0;
    this.#run();
  };
  #turnsSinceBreath = 0;
  #jobsSinceBreath = 0;
  #breathedAt = 0;
  #spentBefore = 0;
  #breathEveryMs = BREATH_QUIET_MS;
  readonly #breathe = () => {
    // Not before: continuations of the last round ran in between.
    if (this.#turnsSinceBreath === 0) this.#spentBefore = this.driver.spent();
    if (++this.#turnsSinceBreath < HOST_BREATH) nextTurn(this.#breathe);
    else {
      this.#endBreath();
      this.#turn();
    }
  };
  readonly #hop = () => {
    if (--this.#hops > 0) queueMicrotask(this.#hop);
    else this.#run();
  };

  /** Makes a scheduler with a driver of its own. */
  constructor(parts: Omit<DriverParts, "unpark">) {
    this.driver = new Driver({ ...parts, unpark: () => this.#request() });
  }

  /** Changes the knobs; what is left out goes back to its default. */
  configure(options: SchedulerOptions): void {
    this.#eventInterval = options.eventInterval ?? EVENT_INTERVAL;
    this.driver.configure(options);
  }

  /** Has `companion` take part in every turn. */
  accompany(companion: Companion | undefined): void {
    this.#companion = companion;
    this.wake();
  }

  /** Has `hooks` called from the next rest on. */
  watchParking(hooks: ParkHooks): void {
    this.#parkHooks = hooks;
  }

  /** Has a turn come, because there may be something to do. */
  wake(): void {
    // The turn must not wait for something else.
    this.#rests = false;
    this.#request();
  }

  /** How many jobs wait in the run queue. */
  get queueDepth(): number {
    return this.#queue.size;
  }

  schedule(job: Job): void {
    this.#queue.push(job);
    this.#request();
  }

  defer(waker: Waker): void {
    const count = this.#deferredCount;
    // Several branches of one task come here one after the other.
    if (count > 0 && this.#deferred[count - 1] === waker) return;
    this.#deferred[count] = waker;
    this.#deferredCount = count + 1;
    this.#request();
  }

  owner(): Owner | undefined {
    return asyncFrame.getStore();
  }

  #request(): void {
    if (this.#turning) return;
    this.#turning = true;
    // While edo rested, the host had all turns to itself.
    this.#startBreath(this.driver.elapsed());
    nextTurn(this.#turn);
  }

  /** A turn belongs to no task, whoever asked for it, and a waker that throws does not end it all. */
  #run(): void {
    try {
      if (asyncFrame.getStore() === undefined) this.#round();
      else asyncFrame.run(undefined, () => this.#round());
    } catch (error) {
      nextTurn(this.#turn);
      throw error;
    }
  }

  #round(): void {
    const { driver } = this;
    if (this.#isParked) this.#unpark();
    // A round among microtasks must not wait: others may be queued behind it.
    const isFirst = this.#jobsSinceHost === 0;
    const isBusy = !isFirst || this.#hasWork() || (this.#companion !== undefined && !this.#rests);
    this.#rests = false;
    driver.poll(isBusy);
    this.#wakeDeferred();
    const resumedBefore = resumptions();
    if (this.#queue.size > 0) this.#companion?.resume();
    let ran = this.#runJobs();
    if (this.#companion !== undefined) ran += this.#companion.turn(this.#eventInterval);
    if (ran > 0) driver.worked();
    this.#jobsSinceHost += ran;
    this.#jobsSinceBreath += ran;
    this.#emptyRounds = ran > 0 ? 0 : this.#emptyRounds + 1;
    if (this.#mayGoOn()) {
      this.#hops = resumptions() === resumedBefore ? 1 : HOPS;
      queueMicrotask(this.#hop);
    } else if (ran > 0 || !isFirst || this.#hasWork()) {
      this.#nextTurnUnderLoad();
    } else if (!this.#mayRest() || driver.idle()) {
      nextTurn(this.#turn);
    } else {
      this.#park();
    }
    // The continuations of async functions that follow share what their tasks are due.
    resetBudget(BUDGET * (ran + 1));
  }

  /** No turn follows until one is asked for, which the hook may do. */
  #park(): void {
    this.#turning = false;
    if (this.#parkHooks === undefined) return;
    this.#isParked = true;
    this.#parkHooks.onPark();
  }

  #unpark(): void {
    this.#isParked = false;
    this.#parkHooks?.onUnpark();
  }

  /**
   * Asks for a turn, or lets the host breathe: a loop that always has a turn asked for looks at its
   * own sockets only after many of them, and a turn under load is half a millisecond.
   */
  #nextTurnUnderLoad(): void {
    const now = this.driver.elapsed();
    this.#hostTurnedAt = now;
    if (++this.#turnsSinceBreath >= HOST_BREATH) this.#startBreath(now);
    const isDue = now - this.#breathedAt >= this.#breathEveryMs;
    if (!isDue || this.#jobsSinceBreath < HOST_BREATH) {
      nextTurn(this.#turn);
      return;
    }
    this.#startBreath(now);
    nextTurn(this.#breathe);
  }

  #endBreath(): void {
    const wasUsed = this.driver.spent() - this.#spentBefore > BREATH_USED_MS;
    this.#breathEveryMs = wasUsed
      ? BREATH_BUSY_MS
      : Math.min(this.#breathEveryMs * 2, BREATH_QUIET_MS);
    this.#startBreath(this.driver.elapsed());
  }

  #startBreath(now: number): void {
    this.#hostTurnedAt = now;
    this.#turnsSinceBreath = 0;
    this.#jobsSinceBreath = 0;
    this.#breathedAt = now;
  }

  /** Whether the isolate may wait, which other isolates have to know before it does. */
  #mayRest(): boolean {
    this.#rests = this.#companion?.mayRest() ?? true;
    return this.#rests;
  }

  /** Whether another round comes before the host's turn. */
  #mayGoOn(): boolean {
    const jobs = this.#jobsSinceHost;
    if (jobs === 0 || jobs >= HOST_INTERVAL && this.#isHostDue()) return false;
    return this.#emptyRounds === 0 || (this.driver.spins && this.#emptyRounds < EMPTY_ROUNDS);
  }

  #isHostDue(): boolean {
    if (this.#jobsSinceHost >= HOST_INTERVAL_MOST) return true;
    return this.driver.elapsed() - this.#hostTurnedAt >= HOST_INTERVAL_MS;
  }

  #hasWork(): boolean {
    return this.#queue.size > 0 || this.#deferredCount > 0;
  }

  #wakeDeferred(): void {
    if (this.#deferredCount === 0) return;
    const deferred = this.#deferred;
    const count = this.#deferredCount;
    this.#deferred = this.#deferredBefore;
    this.#deferredBefore = deferred;
    this.#deferredCount = 0;
    for (let i = count - 1; i >= 0; i--) {
      const waker = deferred[i]!;
      deferred[i] = undefined;
      waker.wake();
    }
  }

  #runJobs(): number {
    let ran = 0;
    while (ran < this.#eventInterval) {
      const job = this.#queue.shift();
      if (job === undefined) break;
      job.run();
      ran += 1;
    }
    return ran;
  }
}
