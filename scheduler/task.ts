/**
 * A task: something that was spawned, until it ends.
 *
 * @module
 */

import { BUDGET, resetBudget } from "../future/budget.ts";
import { type Context, swapContext, type Waker } from "../future/context.ts";
import { countInterrupts, type Interruptible, type Job } from "../future/executor.ts";
import { Future, oneWait, type Steps, type Wait } from "../future/future.ts";
import { GeneratorFuture } from "../future/generator.ts";
import { isPending, Pending } from "../future/poll.ts";
import { Cancelled, JoinError } from "./join_error.ts";
import type { Runtime } from "./runtime.ts";
import {
  asyncFrame,
  type Frame,
  type Inherited,
  inheritedHere,
  swapFrame,
} from "./task_context.ts";
import {
  GeneratorFunction,
  isSteps,
  isThenable,
  isUnwinding,
  nextOfGenerators,
  returnFrom,
  type Spawnable,
  type Unwinding,
} from "./work.ts";

export type { Spawnable };

/** Somebody who waits for the end of a task. */
export interface Joiner {
  /** Called once, at the end. Never throws. */
  wake(): void;
}

/** Whoever keeps a set of tasks and lets them run. */
export interface TaskOwner {
  /** The runtime in which the tasks spawn. */
  readonly runtime: Runtime;
  /** Puts a task that was woken at the end of a run queue. */
  schedule(task: Task<unknown>): void;
  /** Called once when the task has ended. */
  ended(task: Task<unknown>): void;
}

let ids = 0;

/** Not begun. */
export const NEW = 0;
/** Its generator is driven. */
const DRIVEN = 1;
/** Its future is polled. */
const POLLED = 2;
/** Its async function runs. */
export const ASYNC = 3;
/** Its generator or its future was interrupted, and goes on to its end. */
const UNWINDING = 4;
/** It has ended, and has a value. */
export const DONE = 5;
/** It has ended, and has an error. */
const FAILED = 6;
type Phase =
  | typeof NEW
  | typeof DRIVEN
  | typeof POLLED
  | typeof ASYNC
  | typeof UNWINDING
  | typeof DONE
  | typeof FAILED;

/**
 * The state of a spawned piece of work.
 *
 * K1 A task is in the run queue at most once (`scheduled`).
 * K2 `abort` takes effect where the task waits: an async function and a generator have the wait
 *    that they are in throw `Cancelled`, once; any other future is dropped. A generator or a future
 *    is reached in the task's next turn.
 * K3 A task that completes in spite of an abort has its value.
 * K4 A task ends once, after its `finally` blocks have run; only then joiners are woken.
 */
export class Task<T> implements Job, Waker, Context, Frame {
  // Plain properties set by the constructor, as in `Acquire`: spawning is the making of this object,
  // and every poll reads it. What every poll looks at comes first, to share a cache line.
  declare private scheduled: boolean;
  declare protected aborted: boolean;
  declare protected phase: Phase;
  /** The work until it begins, then the generator or the future, if it is one. */
  declare private work: Spawnable<T> | Steps<T> | undefined;
  /** Who keeps it. */
  declare readonly owner: TaskOwner;
  /** Usually one. */
  declare private joiners: Joiner | Joiner[] | undefined;
  /** The value or the error. */
  declare private result: unknown;
  declare private observed: boolean;
  declare private interruptNext: boolean;
  /** The edo futures that an async function waits for; usually one. */
  declare private waits: Interruptible | Set<Interruptible> | undefined;
  /** Unique in this isolate. */
  declare readonly id: number;
  /** What its spawner calls it. */
  declare readonly name: string | undefined;
  /** What it has from the code that has spawned it. */
  declare inherited: Inherited | undefined;
  /** Neighbours in the owner's list. */
  declare next: Task<unknown> | undefined;
  declare previous: Task<unknown> | undefined;

  /** Makes a task that has not begun; wake it to begin. */
  constructor(work: Spawnable<T>, owner: TaskOwner, name: string | undefined) {
    this.scheduled = false;
    this.aborted = false;
    this.phase = NEW;
    this.work = work;
    this.owner = owner;
    this.joiners = undefined;
    this.result = undefined;
    this.observed = false;
    this.interruptNext = false;
    this.waits = undefined;
    this.id = ++ids;
    this.name = name;
    this.inherited = inheritedHere();
    this.next = undefined;
    this.previous = undefined;
  }

  get waker(): Waker {
    return this;
  }

  get task(): Task<unknown> {
    return this as Task<unknown>;
  }

  /** Whether the task has ended. */
  get isEnded(): boolean {
    return this.phase >= DONE;
  }

  /** Why it has no value, once it has ended without one. */
  get error(): JoinError | undefined {
    return this.phase === FAILED ? this.result as JoinError : undefined;
  }

  /** Whether anyone has taken the outcome. */
  get isObserved(): boolean {
    return this.observed;
  }

  /** Whether the task waits on something of edo's, or is about to run. */
  get isInHand(): boolean {
    return this.scheduled || this.waits !== undefined || this.work !== undefined;
  }

  /**
   * Takes the outcome of a task that has ended, as often as one likes.
   *
   * @throws {JoinError} When the task threw or was aborted.
   */
  take(): T {
    this.observed = true;
    if (this.phase === FAILED) throw this.result;
    return this.result as T;
  }

  /** Notes that somebody has looked at the outcome. */
  observe(): void {
    this.observed = true;
  }

  wake(): void {
    if (this.scheduled || this.phase >= DONE) return;
    this.scheduled = true;
    this.owner.schedule(this as Task<unknown>);
  }

  run(): void {
    this.scheduled = false;
    const { phase } = this;
    if (phase === DRIVEN && !this.aborted) this.drive(this.work as Steps<T>);
    else if (phase === POLLED && !this.aborted) this.poll(this.work as Future<T>);
    else if (phase === NEW && !this.aborted) this.begin(this.work as Spawnable<T>);
    else if (phase < ASYNC) this.unwind();
    else if (phase === UNWINDING) this.unwindFurther();
  }

  /** K2: asks the task to end. */
  abort(): void {
    if (this.aborted || this.phase >= DONE) return;
    this.aborted = true;
    if (this.phase !== ASYNC) {
      this.wake();
      return;
    }
    const waits = this.waits;
    if (waits === undefined) this.setInterrupt(true);
    else if (!(waits instanceof Set)) waits.interrupt(new Cancelled());
    else for (const wait of [...waits]) wait.interrupt(new Cancelled());
  }

  /**
   * Ends the task here and now, for an owner that will not let it run any more: its future or its
   * generator is dropped. An async function can only be aborted.
   */
  drop(): void {
    this.abort();
    const { phase, work } = this;
    if (phase >= DONE || phase === ASYNC) return;
    const outer = swapFrame(this);
    let reason: unknown = new Cancelled();
    try {
      if (work instanceof Future) work[Symbol.dispose]();
      else if (phase !== NEW) returnFrom(work as Steps<T>);
    } catch (error) {
      reason = error;
    }
    swapFrame(outer);
    this.fail(reason);
  }

  /** Has `joiner` woken at the end. */
  join(joiner: Joiner): void {
    const joiners = this.joiners;
    if (joiners === undefined) this.joiners = joiner;
    else if (Array.isArray(joiners)) joiners.push(joiner);
    else this.joiners = [joiners, joiner];
  }

  /** Takes back {@linkcode Task.join}. */
  leaveJoin(joiner: Joiner): void {
    const joiners = this.joiners;
    if (joiners === joiner) this.joiners = undefined;
    else if (Array.isArray(joiners)) this.joiners = joiners.filter((other) => other !== joiner);
  }

  takeInterrupt(): Error | undefined {
    if (!this.interruptNext) return undefined;
    this.setInterrupt(false);
    return new Cancelled();
  }

  enter(wait: Interruptible): void {
    const waits = this.waits;
    if (waits === undefined) this.waits = wait;
    else if (waits instanceof Set) waits.add(wait);
    else this.waits = new Set([waits, wait]);
  }

  leave(wait: Interruptible): void {
    const waits = this.waits;
    if (waits === wait) this.waits = undefined;
    else if (waits instanceof Set && waits.delete(wait) && waits.size === 0) {
      this.waits = undefined;
    }
  }

  private begin(work: Spawnable<T>): void {
    if (work instanceof GeneratorFunction) return this.beginSteps(work as () => Steps<T>);
    if (work instanceof Future) return this.pollFirst(work[oneWait]());
    this.work = undefined;
    this.phase = ASYNC;
    resetBudget(BUDGET);
    const outer = swapFrame(this);
    let result;
    try {
      result = asyncFrame.run(this, work);
    } catch (error) {
      swapFrame(outer);
      return this.fail(error);
    }
    swapFrame(outer);
    if (result instanceof Future) return this.pollFirst(result as Future<T>);
    if (isSteps(result)) return this.driveFirst(result);
    if (!isThenable(result)) return this.end(DONE, result);
    result.then((value) => this.end(DONE, value), (error) => this.fail(error));
  }

  /** Calling a generator function may fail: its parameters have defaults that are computed then. */
  private beginSteps(work: () => Steps<T>): void {
    let steps;
    try {
      steps = work();
    } catch (error) {
      return this.fail(error);
    }
    this.driveFirst(steps);
  }

  private driveFirst(steps: Steps<T>): void {
    this.phase = DRIVEN;
    this.work = steps;
    if (this.interruptNext) this.setInterrupt(false);
    if (this.aborted) this.unwind();
    else this.drive(steps);
  }

  private pollFirst(future: Future<T>): void {
    this.phase = POLLED;
    this.work = future;
    if (this.interruptNext) this.setInterrupt(false);
    if (this.aborted) this.unwind();
    else this.poll(future);
  }

  /**
   * One step of a generator: as `GeneratorFuture.poll`, with one object and one call fewer.
   *
   * @param reason What the wait that it is in throws; nothing as a rule.
   */
  private drive(steps: Steps<T>, reason?: Error): void {
    resetBudget(BUDGET);
    const outer = swapFrame(this);
    const outerContext = swapContext(this);
    let step;
    try {
      step = reason === undefined ? nextOfGenerators.call(steps) : steps.throw(reason);
    } catch (error) {
      swapContext(outerContext);
      swapFrame(outer);
      return this.fail(error);
    }
    swapContext(outerContext);
    swapFrame(outer);
    if (step.done) this.end(DONE, step.value);
    else if (step.value as unknown !== Pending) this.refuse(steps, step.value);
  }

  private poll(future: Future<T>, reason?: Error): void {
    resetBudget(BUDGET);
    const outer = swapFrame(this);
    let value;
    try {
      value = reason === undefined
        ? future.poll(this)
        : (future as Unwinding<T>).interrupt(this, reason);
    } catch (error) {
      swapFrame(outer);
      return this.fail(error);
    }
    swapFrame(outer);
    if (!isPending(value)) this.end(DONE, value);
  }

  /** Fails as a `GeneratorFuture` does, because the generator has yielded what is not a wait. */
  private refuse(steps: Steps<T>, value: Wait): void {
    const relay = function* (): Steps<never> {
      try {
        for (;;) yield value;
      } finally {
        returnFrom(steps);
      }
    };
    this.poll(new GeneratorFuture<T>(relay));
  }

  /** K2: has the generator of an aborted task throw where it waits, or drops the future. */
  private unwind(): void {
    const { phase, work } = this;
    const mayUnwind = phase === DRIVEN || phase === POLLED && isUnwinding(work);
    if (!mayUnwind) return this.drop();
    this.phase = UNWINDING;
    this.unwindFurther(new Cancelled());
  }

  private unwindFurther(reason?: Error): void {
    const { work } = this;
    if (work instanceof Future) this.poll(work, reason);
    else this.drive(work as Steps<T>, reason);
  }

  /** Ends it by what it has thrown. */
  protected fail(error: unknown): void {
    const isCancelled = this.aborted && error instanceof Cancelled;
    const { id, name } = this;
    this.end(
      FAILED,
      isCancelled ? JoinError.cancelled(id, name) : JoinError.panic(id, error, name),
    );
  }

  /** Notes whether the next `await` of the function is to throw. */
  private setInterrupt(on: boolean): void {
    this.interruptNext = on;
    countInterrupts(on ? 1 : -1);
  }

  /** K4. */
  protected end(phase: Phase, result: unknown): void {
    if (this.interruptNext) this.setInterrupt(false);
    this.phase = phase;
    this.result = result;
    this.work = undefined;
    this.waits = undefined;
    const joiners = this.joiners;
    if (joiners !== undefined) this.wakeAll(joiners);
    this.owner.ended(this as Task<unknown>);
  }

  private wakeAll(joiners: Joiner | Joiner[]): void {
    this.joiners = undefined;
    if (!Array.isArray(joiners)) joiners.wake();
    else for (const joiner of joiners) joiner.wake();
  }
}
