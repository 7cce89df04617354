/**
 * Runs the tasks that a worker has taken, and writes what they give.
 *
 * @module
 */

import type { Steps } from "../../future/future.ts";
import { nextTurn } from "../../host/next_turn.ts";
import { isolate } from "../isolate.ts";
import type { JoinHandle } from "../join_handle.ts";
import type { Task } from "../task.ts";
import type { Inherited } from "../task_context.ts";
import { taskOf } from "../join_handle.ts";
import type { Runtime } from "../runtime.ts";
import { callInheriting, inherit, takeInherited } from "./inherited.ts";
import type { Link } from "./link.ts";
import { load as loadFunction, type PortableFunction } from "./portable.ts";
import { CANCELLED, DONE, type Ending, FAILED } from "./records.ts";
import { isSmall, smallValue } from "./wire_small.ts";

const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;

/** At how many tasks a worker looks before it rests: more would cost it more than the rest. */
const LOOKS = 32;

/** A function, and whether it waits. */
interface Known {
  readonly fn: PortableFunction;
  readonly isPlain: boolean;
}

/** The record of the plain function that is running, or -1. */
let running = -1;
let runningIn: Link | undefined;

/** See `isAborted` of `task/`. */
export function isAborted(): boolean {
  return running >= 0 && runningIn!.domain.records.isAborted(running);
}

/** Runs tasks by the number of their record. */
export class TaskRunner {
  readonly #link: Link;
  readonly #runtime: Runtime;
  /** Functions by their number. */
  readonly #functions: (Known | Promise<Known> | undefined)[] = [];
  /** Tasks that wait, by record. */
  readonly #waiting = new Map<number, JoinHandle<unknown>>();
  #preparing = 0;
  /** Tasks that were prepared since the last turn of the host, and their functions. */
  readonly #prepared: (readonly [record: number, known: Known])[] = [];
  /** Tasks that were prepared and may begin. */
  readonly #ready: number[] = [];
  readonly #admit = () => {
    for (const [record, known] of this.#prepared.splice(0)) {
      // Not sooner: a task of the same function that comes now would begin before these are ready.
      this.#functions[this.#link.domain.records.functionOf(record)] = known;
      this.#ready.push(record);
    }
    isolate.wake();
  };

  /** @param runtime Where the tasks that wait become tasks of this isolate. */
  constructor(link: Link, runtime: Runtime) {
    this.#link = link;
    this.#runtime = runtime;
  }

  /** Whether tasks are being prepared, which cannot be aborted before they are ready. */
  get isPreparing(): boolean {
    return this.#preparing > 0;
  }

  /** Whether any task has begun and has not ended. */
  get isBusy(): boolean {
    return this.#preparing > 0 || this.#waiting.size > 0;
  }

  /**
   * Whether any task waits for the host, which goes on with it without a word. Of very many tasks it
   * looks at the oldest ones.
   */
  get waitsForHost(): boolean {
    if (this.#preparing > 0) return true;
    let looks = LOOKS;
    for (const handle of this.#waiting.values()) {
      if (!taskOf(handle).isInHand) return true;
      if (--looks === 0) break;
    }
    return false;
  }

  /**
   * Runs a task that was taken out of a queue.
   *
   * @returns `false` if it has to be prepared first.
   */
  run(record: number): boolean {
    const link = this.#link;
    const { records, self } = link.domain;
    if (!records.begin(record, self)) {
      this.refuse(record);
      return true;
    }
    const known = this.#functions[records.functionOf(record)];
    if (
      known !== undefined && !(known instanceof Promise) && this.#link.missing(record) === undefined
    ) {
      this.#call(record, known);
      return true;
    }
    this.#preparing += 1;
    this.#prepare(record);
    return false;
  }

  /** Whether tasks are ready that had to be prepared. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Runs the first of the tasks that are ready. */
  runReady(): void {
    const record = this.#ready.shift()!;
    this.#preparing -= 1;
    if (this.#link.domain.records.isAborted(record)) this.refuse(record);
    else this.#call(record, this.#functions[this.#link.domain.records.functionOf(record)] as Known);
  }

  /**
   * Puts back the tasks that are ready, but for the first: that may keep this thread for long, and
   * others have nothing to do.
   *
   * @param put Puts a task into a queue.
   * @returns How many there were.
   */
  putBackOthers(put: (record: number) => void): number {
    const { records } = this.#link.domain;
    let count = 0;
    for (const record of this.#ready.splice(1)) {
      // One that was aborted ends here.
      if (!records.putBack(record)) this.#ready.push(record);
      else {
        put(record);
        count += 1;
      }
    }
    this.#preparing -= count;
    return count;
  }

  /**
   * Ends the tasks that are ready as if they were aborted.
   *
   * @returns How many there were.
   */
  refuseReady(): number {
    const refused = this.#ready.splice(0);
    for (const record of refused) {
      this.#preparing -= 1;
      this.refuse(record);
    }
    return refused.length;
  }

  /** Aborts those of the waiting tasks that somebody has asked to end. */
  abortTasks(): void {
    for (const [record, handle] of this.#waiting) {
      if (this.#link.domain.records.isAborted(record)) handle.abort();
    }
  }

  /** Aborts all tasks that wait. */
  abortAll(): void {
    for (const handle of this.#waiting.values()) handle.abort();
  }

  /** Ends a task that has not begun as if it was aborted. */
  refuse(record: number): void {
    const link = this.#link;
    link.domain.records.begin(record, link.domain.self);
    if (this.#link.missing(record) === undefined) this.#drop(record);
    else {
      this.#preparing += 1;
      this.#dropLater(record);
    }
  }

  /** What a payload holds has to be known before it can be let go. */
  async #dropLater(record: number): Promise<void> {
    try {
      await this.#link.bring(record);
      this.#drop(record);
    } catch {
      // What cannot be loaded cannot be let go either; the task ends all the same.
      this.#end(record, CANCELLED);
    }
    this.#preparing -= 1;
    isolate.wake();
  }

  #drop(record: number): void {
    const link = this.#link;
    link.decoder.drop(link.domain.words, link.indexOf(record));
    this.#end(record, CANCELLED);
  }

  #call(record: number, { fn, isPlain }: Known): void {
    if (!isPlain) {
      return this.#wait(record, () => {
        const args = this.#takeArguments(record);
        inherit(takeInherited(args));
        return fn(...args);
      });
    }
    const outer = running;
    running = record;
    runningIn = this.#link;
    const { words, records } = this.#link.domain;
    const at = records.payloadAt(record);
    const first = words[at + 1]!;
    let inherited: Inherited | undefined;
    let value: unknown;
    try {
      if (words[at] === 1 && isSmall(first)) {
        value = fn(smallValue(first));
      } else {
        const args = this.#link.decoder.decode(words, at);
        inherited = takeInherited(args);
        value = inherited === undefined
          ? fn(...args)
          : callInheriting(inherited, () => fn(...args));
      }
    } catch (error) {
      running = outer;
      return this.#finish(record, FAILED, error);
    }
    running = outer;
    if (isWaitable(value)) {
      // The task that waits for it begins in the next turn, which is late for a promise that fails.
      if (value instanceof Promise) value.catch(() => {});
      this.#wait(record, () => {
        inherit(inherited);
        return value;
      });
    } else this.#finish(record, DONE, value);
  }

  /**
   * Brings what a task needs. It begins after the next turn of the host and not here, among the
   * microtasks: there nobody knows that this thread is about to be busy, and others that have waited
   * for the same module would come too late to be put back.
   */
  async #prepare(record: number): Promise<void> {
    const { records } = this.#link.domain;
    const number = records.functionOf(record);
    let known: Known;
    try {
      known = await (this.#functions[number] ??= this.#load(number));
      await this.#link.bring(record);
    } catch (error) {
      this.#preparing -= 1;
      this.#finish(record, FAILED, error);
      return isolate.wake();
    }
    if (this.#prepared.push([record, known]) === 1) nextTurn(this.#admit);
  }

  async #load(number: number): Promise<Known> {
    try {
      const { fn } = await loadFunction(this.#link.domain.functions.nameOf(number));
      return {
        fn,
        isPlain: !(fn instanceof AsyncFunction) && !(fn instanceof GeneratorFunction),
      };
    } catch (error) {
      this.#functions[number] = undefined;
      throw error;
    }
  }

  #takeArguments(record: number): unknown[] {
    return this.#link.decoder.decode(this.#link.domain.words, this.#link.indexOf(record));
  }

  /** Makes a task of this isolate of it. */
  #wait(record: number, work: () => unknown): void {
    const handle = this.#runtime.spawn(work as () => Steps<unknown>);
    this.#waiting.set(record, handle);
    const task = taskOf(handle);
    task.join({ wake: () => this.#taskEnded(record, task) });
    if (this.#link.domain.records.isAborted(record)) handle.abort();
  }

  #taskEnded(record: number, task: Task<unknown>): void {
    this.#waiting.delete(record);
    // An async function ends among the microtasks, and a thread that waited for it has to look again.
    isolate.wake();
    let value;
    try {
      value = task.take();
    } catch {
      const error = task.error!;
      if (error.isCancelled()) this.#end(record, CANCELLED);
      else this.#finish(record, FAILED, error.cause);
      return;
    }
    this.#finish(record, DONE, value);
  }

  /** Writes the outcome of a task, and hands it to its spawner. */
  #finish(record: number, ending: Ending, value: unknown): void {
    const reason = this.#write(record, value);
    if (reason === undefined) return this.#end(record, ending);
    // A record without payload says that not even the reason could be sent.
    if (this.#write(record, reason) !== undefined) {
      this.#link.domain.records.setPayload(record, 0, 0);
    }
    this.#end(record, FAILED);
  }

  /** Writes what a task gave. Answers with the reason if it cannot travel. */
  #write(record: number, value: unknown): unknown {
    const link = this.#link;
    try {
      const bytes = link.encoder.encodeOne(value);
      if (link.placeResult(record, bytes) < 0) {
        throw new RangeError(
          `Cannot send a result of ${bytes} bytes: the memory for what travels is smaller or full`,
        );
      }
    } catch (error) {
      return error;
    }
    link.encoder.copyTo(link.domain.words, link.indexOf(record));
    link.encoder.sent();
  }

  #end(record: number, ending: Ending): void {
    this.#link.domain.records.end(record, ending);
    this.#link.end(record);
  }
}

function isWaitable(value: unknown): boolean {
  if (typeof value !== "object" && typeof value !== "function" || value === null) return false;
  return isGenerator(value) || typeof (value as PromiseLike<unknown>).then === "function";
}

function isGenerator(value: unknown): value is Steps<unknown> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}
