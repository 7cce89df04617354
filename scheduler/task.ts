/**
 * A task: something that was spawned, until it ends.
 *
 * @module
 */

import { BUDGET, resetBudget } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import {
  countInterrupts,
  executor,
  type Interruptible,
  type Job,
  type Owner,
} from "../future/executor.ts";
import { Future, oneWait, type Steps } from "../future/future.ts";
import { GeneratorFuture } from "../future/generator.ts";
import { Pending } from "../future/poll.ts";
import { Cancelled, JoinError } from "./join_error.ts";
import { asyncTask, enterTask, leaveTask } from "./task_context.ts";

/** What can be spawned: a future, a generator function, an async or a plain function. */
export type Spawnable<T> = Future<T> | (() => Steps<T>) | (() => PromiseLike<T> | T);

/** How a task ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: JoinError };

/** One wait for the end of a task. */
export interface Joiner {
  /** Called once, at the end. */
  wake(): void;
}

/** Whoever keeps the set of a runtime's tasks. */
export interface TaskOwner {
  /** Called once when the task has ended. */
  ended(task: Task<unknown>): void;
}

let ids = 0;

/** Not begun. */
const NEW = 0;
/** Its future is polled, a generator included. */
const POLLED = 1;
/** Its async function runs. */
const ASYNC = 2;
/** Its generator was interrupted, and goes on to its end. */
const UNWINDING = 3;
const ENDED = 4;
type Phase = typeof NEW | typeof POLLED | typeof ASYNC | typeof UNWINDING | typeof ENDED;

/**
 * The state of a spawned piece of work.
 *
 * K1 A task is in the run queue at most once (`#scheduled`).
 * K2 `abort` takes effect where the task waits: an async function and a generator have the wait
 *    that they are in throw `Cancelled`, once; any other future is dropped. A generator or a future
 *    is reached in the task's next turn.
 * K3 A task that completes in spite of an abort has its value.
 * K4 A task ends once, after its `finally` blocks have run; only then joiners are woken.
 */
export class Task<T> implements Job, Waker, Context, Owner {
  // What every poll looks at comes first, to share a cache line.
  #scheduled = false;
  #aborted = false;
  #phase: Phase = NEW;
  #future: Future<T> | undefined = undefined;
  #work: Spawnable<T> | undefined;
  #outcome: Outcome<T> | undefined = undefined;
  #joiners: Joiner[] | undefined = undefined;
  #observed = false;
  /** The edo futures that an async function waits for; usually one. */
  #waits: Interruptible | Set<Interruptible> | undefined = undefined;
  #interruptNext = false;
  /** Unique in this isolate. */
  readonly id: number = ++ids;
  /** Who keeps it. */
  readonly owner: TaskOwner;
  /** Neighbours in the owner's list. */
  next: Task<unknown> | undefined = undefined;
  previous: Task<unknown> | undefined = undefined;

  /** Makes a task that has not begun; wake it to begin. */
  constructor(work: Spawnable<T>, owner: TaskOwner) {
    this.#work = work;
    this.owner = owner;
  }

  get waker(): Waker {
    return this;
  }

  /** How the task ended, or `undefined` while it goes on. */
  get outcome(): Outcome<T> | undefined {
    return this.#outcome;
  }

  /** Whether anyone has taken the outcome. */
  get isObserved(): boolean {
    return this.#observed;
  }

  /** Whether the task waits on something of edo's, or is about to run. */
  get isInHand(): boolean {
    return this.#scheduled || this.#waits !== undefined || this.#future !== undefined;
  }

  wake(): void {
    if (this.#scheduled || this.#phase === ENDED) return;
    this.#scheduled = true;
    executor().schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    const phase = this.#phase;
    if (phase === POLLED && !this.#aborted || phase === UNWINDING) this.#poll(this.#future!);
    else if (phase === NEW && !this.#aborted) this.#begin(this.#work!);
    else if (phase === NEW || phase === POLLED) this.#unwind();
  }

  /** K2: asks the task to end. */
  abort(): void {
    if (this.#aborted || this.#phase === ENDED) return;
    this.#aborted = true;
    if (this.#phase !== ASYNC) {
      this.wake();
      return;
    }
    const waits = this.#waits;
    if (waits === undefined) this.#setInterrupt(true);
    else if (!(waits instanceof Set)) waits.interrupt(new Cancelled());
    else for (const wait of [...waits]) wait.interrupt(new Cancelled());
  }

  /** Has `joiner` woken at the end. */
  join(joiner: Joiner): void {
    (this.#joiners ??= []).push(joiner);
  }

  /** Takes back {@linkcode Task.join}. */
  leaveJoin(joiner: Joiner): void {
    this.#joiners = this.#joiners?.filter((other) => other !== joiner);
  }

  /** Notes that the outcome has been taken. */
  observe(): void {
    this.#observed = true;
  }

  takeInterrupt(): Error | undefined {
    if (!this.#interruptNext) return undefined;
    this.#setInterrupt(false);
    return new Cancelled();
  }

  enter(wait: Interruptible): void {
    const waits = this.#waits;
    if (waits === undefined) this.#waits = wait;
    else if (waits instanceof Set) waits.add(wait);
    else this.#waits = new Set([waits, wait]);
  }

  leave(wait: Interruptible): void {
    const waits = this.#waits;
    if (waits === wait) this.#waits = undefined;
    else if (waits instanceof Set && waits.delete(wait) && waits.size === 0) {
      this.#waits = undefined;
    }
  }

  #begin(work: Spawnable<T>): void {
    this.#work = undefined;
    if (work instanceof Future) return this.#pollFirst(work[oneWait]());
    if (work instanceof GeneratorFunction) {
      return this.#pollFirst(new GeneratorFuture(work as () => Steps<T>));
    }
    this.#phase = ASYNC;
    resetBudget(BUDGET);
    let result;
    try {
      result = asyncTask.run(this, work);
    } catch (error) {
      return this.#fail(error);
    }
    if (result instanceof Future) return this.#pollFirst(result as Future<T>);
    if (isSteps(result)) return this.#pollFirst(new GeneratorFuture(() => result));
    if (!isThenable(result)) return this.#end({ ok: true, value: result as T });
    result.then(
      (value) => this.#end({ ok: true, value }),
      (error) => this.#fail(error),
    );
  }

  #pollFirst(future: Future<T>): void {
    this.#phase = POLLED;
    this.#future = future;
    if (this.#interruptNext) this.#setInterrupt(false);
    if (this.#aborted) this.#unwind();
    else this.#poll(future);
  }

  #poll(future: Future<T>): void {
    resetBudget(BUDGET);
    enterTask(this as Task<unknown>);
    let value;
    try {
      value = future.poll(this);
    } catch (error) {
      leaveTask();
      return this.#fail(error);
    }
    leaveTask();
    if (value !== Pending) this.#end({ ok: true, value });
  }

  /** K2: interrupts the generator, or drops the future, of an aborted task. */
  #unwind(): void {
    const work = this.#work;
    this.#work = undefined;
    const future = this.#future ?? (work instanceof Future ? work : undefined);
    enterTask(this as Task<unknown>);
    let value: T | Pending | undefined;
    try {
      if (future instanceof GeneratorFuture && this.#phase === POLLED) {
        this.#phase = UNWINDING;
        value = future.interrupt(this, new Cancelled());
      } else {
        future?.[Symbol.dispose]();
        throw new Cancelled();
      }
    } catch (error) {
      leaveTask();
      return this.#fail(error);
    }
    leaveTask();
    if (value !== Pending) this.#end({ ok: true, value: value as T });
  }

  #fail(error: unknown): void {
    const isCancelled = this.#aborted && error instanceof Cancelled;
    const joinError = isCancelled ? JoinError.cancelled(this.id) : JoinError.panic(this.id, error);
    this.#end({ ok: false, error: joinError });
  }

  /** Notes whether the next `await` of the function is to throw. */
  #setInterrupt(on: boolean): void {
    this.#interruptNext = on;
    countInterrupts(on ? 1 : -1);
  }

  /** K4. */
  #end(outcome: Outcome<T>): void {
    if (this.#interruptNext) this.#setInterrupt(false);
    this.#phase = ENDED;
    this.#outcome = outcome;
    this.#work = undefined;
    this.#future = undefined;
    this.#waits = undefined;
    const joiners = this.#joiners;
    this.#joiners = undefined;
    if (joiners !== undefined) { for (const joiner of joiners) joiner.wake(); }
    this.owner.ended(this as Task<unknown>);
  }
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as FunctionConstructor;

/** Whether a function has answered with a generator; other iterators are plain values. */
function isSteps(value: unknown): value is Steps<never> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

function isThenable(value: unknown): value is PromiseLike<never> {
  return typeof (value as PromiseLike<never> | undefined)?.then === "function";
}
