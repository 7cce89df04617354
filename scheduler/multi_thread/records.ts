/**
 * The records of tasks that any worker may run, in shared memory.
 *
 * ```text
 *  word 0     state       bits 0–2 phase, 3 aborted, 4–15 the worker that runs it, 16–31 generation
 *  word 1     link        to the next one in a run queue, or in its spawner's list of ended tasks
 *  word 2     function    its number
 *  word 3     spawner     the isolate that waits for it
 *  word 4     place       0: the payload is in words 6…; else where it is in the arena, in bytes
 *  word 5     length      of the payload, in bytes
 *  word 6…    payload     arguments until it runs, afterwards the result
 * ```
 *
 * R1 A record belongs to the isolate that spawned the task: only that one takes it and gives it back.
 * R2 State goes QUEUED → RUNNING → DONE, FAILED or CANCELLED. ABORTED may be set in QUEUED and
 *    RUNNING; who then takes the task does not run it. Who has taken a task and has not begun it may
 *    put it back into a queue, RUNNING → QUEUED, unless it was aborted.
 * R3 The generation counts the tasks that have used the record. It is in the same word as the phase,
 *    so nobody can abort the successor of the task that was meant.
 * R4 Who moves a task to one of the last three writes the result before and puts the record into its
 *    spawner's list afterwards. From then on it is the spawner's alone.
 *
 * A wait on a shared primitive takes a record too (`sync/shared/wait_queue.ts`). It uses `link`, `spawner`
 * and the payload as R1 and R4 have it, and leaves the state alone.
 *
 * @module
 */

import { add, compareExchange, exchange, load, store } from "./atomics.ts";
import type { Links } from "./injector.ts";
import { push, takeAll } from "./stack.ts";

/** How many words a record takes: two cache lines. */
export const RECORD_WORDS = 32;

/** How many bytes of payload fit into the record itself. */
export const INLINE_BYTES: number = (RECORD_WORDS - 6) * 4;

/** In a queue. */
export const QUEUED = 0;
/** Taken by a worker. */
export const RUNNING = 1;
/** Ended with a value. */
export const DONE = 2;
/** Ended with an error. */
export const FAILED = 3;
/** Ended because it was aborted. */
export const CANCELLED = 4;
/** How a task can end. */
export type Ending = typeof DONE | typeof FAILED | typeof CANCELLED;

const PHASE = 7;
const ABORTED = 8;
const RUNNER_SHIFT = 4;
const RUNNER_MASK = 0xfff;
const GENERATION_SHIFT = 16;
const GENERATION_MASK = -1 << GENERATION_SHIFT;

const STATE = 0;
const LINK = 1;
const FUNCTION = 2;
const SPAWNER = 3;
const PLACE = 4;
const LENGTH = 5;
const PAYLOAD = 6;

/** How many records an isolate takes at once from those that nobody has used. */
const CHUNK = 64;

/** All records, seen from one isolate. */
export class Records implements Links {
  /** The shared words, for payloads. */
  readonly words: Int32Array;
  readonly #base: number;
  readonly #count: number;
  readonly #unused: { readonly words: Int32Array; readonly index: number; readonly left: number };
  readonly #free: number[] = [];
  /** The task that was begun last, and its state then. */
  #begun = -1;
  #begunState = 0;

  /**
   * @param words The shared words.
   * @param base Where the records begin in them.
   * @param count How many there are.
   * @param unused Where it is counted how many records some isolate has, and the list of those that
   * isolates have left behind.
   */
  constructor(
    words: Int32Array,
    base: number,
    count: number,
    unused: { readonly words: Int32Array; readonly index: number; readonly left: number },
  ) {
    this.words = words;
    this.#base = base;
    this.#count = count;
    this.#unused = unused;
  }

  /** Takes a record for a new task, or answers with -1 if all are in use. */
  take(fn: number, spawner: number): number {
    const task = this.#free.pop() ?? this.#takeChunk();
    if (task < 0) return -1;
    const { words } = this;
    const at = this.#at(task);
    words[at + FUNCTION] = fn;
    words[at + SPAWNER] = spawner;
    const generation = (words[at + STATE]! & GENERATION_MASK) + (1 << GENERATION_SHIFT);
    store(words, at + STATE, generation | QUEUED);
    return task;
  }

  /** Gives a record back. R1. */
  giveBack(task: number): void {
    this.#free.push(task);
  }

  /**
   * Takes a task out of a queue to run it.
   *
   * @returns `false` if it was aborted before.
   */
  begin(task: number, runner: number): boolean {
    const index = this.#at(task) + STATE;
    const state = load(this.words, index);
    this.#begun = task;
    this.#begunState = state;
    if ((state & ABORTED) !== 0) return false;
    const running = (state & GENERATION_MASK) | (runner << RUNNER_SHIFT) | RUNNING;
    return compareExchange(this.words, index, state, running) === state;
  }

  /**
   * R2: gives up a task that was taken and has not begun, so that it can go into a queue again.
   *
   * @returns `false` if it was aborted; then it stays taken.
   */
  putBack(task: number): boolean {
    const index = this.#at(task) + STATE;
    const state = load(this.words, index);
    if ((state & ABORTED) !== 0) return false;
    this.#begun = -1;
    const queued = (state & GENERATION_MASK) | QUEUED;
    return compareExchange(this.words, index, state, queued) === state;
  }

  /** R4: ends a task. The result has been written. */
  end(task: number, ending: Ending): void {
    const index = this.#at(task) + STATE;
    const state = task === this.#begun ? this.#begunState : load(this.words, index);
    exchange(this.words, index, (state & GENERATION_MASK) | ending);
  }

  /**
   * Asks a task to end.
   *
   * @param generation Which of the tasks of the record is meant: R3.
   * @returns The worker that runs it and has to be told, or -1.
   */
  abort(task: number, generation: number): number {
    const index = this.#at(task) + STATE;
    let state = load(this.words, index);
    while (state >> GENERATION_SHIFT === generation && (state & (PHASE | ABORTED)) <= RUNNING) {
      const found = compareExchange(this.words, index, state, state | ABORTED);
      if (found === state) {
        return (state & PHASE) === RUNNING ? (state >> RUNNER_SHIFT) & RUNNER_MASK : -1;
      }
      state = found;
    }
    return -1;
  }

  /** How a task has ended, or {@linkcode QUEUED} or {@linkcode RUNNING}. */
  phase(task: number): number {
    return load(this.words, this.#at(task) + STATE) & PHASE;
  }

  /** How a task has ended whose record has come back. Only its spawner asks. */
  endingOf(task: number): Ending {
    return (this.words[this.#at(task) + STATE]! & PHASE) as Ending;
  }

  /** Whether somebody has asked the task to end. */
  isAborted(task: number): boolean {
    return (load(this.words, this.#at(task) + STATE) & ABORTED) !== 0;
  }

  /** The isolate that runs a task, or -1 if none does. */
  runnerOf(task: number): number {
    const state = load(this.words, this.#at(task) + STATE);
    return (state & PHASE) === RUNNING ? (state >> RUNNER_SHIFT) & RUNNER_MASK : -1;
  }

  /** Calls back for each task that an isolate runs. */
  forEachOf(runner: number, callback: (task: number) => void): void {
    for (let task = 0; task < this.#count; task++) {
      if (this.runnerOf(task) === runner) callback(task);
    }
  }

  /** The number of its function. */
  functionOf(task: number): number {
    return this.words[this.#at(task) + FUNCTION]!;
  }

  /** The isolate that spawned it. */
  spawnerOf(task: number): number {
    return this.words[this.#at(task) + SPAWNER]!;
  }

  /** Which of the tasks of its record it is. */
  generationOf(task: number): number {
    return load(this.words, this.#at(task) + STATE) >> GENERATION_SHIFT;
  }

  /** Where the payload is in the arena, or 0 if it is in the record. */
  placeOf(task: number): number {
    return this.words[this.#at(task) + PLACE]!;
  }

  /** The bytes of payload. */
  lengthOf(task: number): number {
    return this.words[this.#at(task) + LENGTH]!;
  }

  /** Notes where the payload is. */
  setPayload(task: number, place: number, length: number): void {
    this.words[this.#at(task) + PLACE] = place;
    this.words[this.#at(task) + LENGTH] = length;
  }

  /** The index in {@linkcode Records.words} of the payload in the record. */
  inlineAt(task: number): number {
    return this.#at(task) + PAYLOAD;
  }

  /** The index in {@linkcode Records.words} of the payload, wherever it is. */
  payloadAt(task: number): number {
    const place = this.words[this.#at(task) + PLACE]!;
    return place === 0 ? this.#at(task) + PAYLOAD : place / 4;
  }

  next(task: number): number {
    return this.words[this.#at(task) + LINK]!;
  }

  setNext(task: number, next: number): void {
    this.words[this.#at(task) + LINK] = next;
  }

  #at(task: number): number {
    return this.#base + task * RECORD_WORDS;
  }

  /** Leaves the records that are free to others: this isolate ends. */
  leave(): void {
    const { words, left } = this.#unused;
    for (const record of this.#free.splice(0)) push(words, left, this, record);
  }

  #takeChunk(): number {
    const { words, index, left } = this.#unused;
    takeAll(words, left, this, (record) => this.#free.push(record));
    const found = this.#free.pop();
    if (found !== undefined) return found;
    const first = add(words, index, CHUNK);
    if (first + CHUNK > this.#count) {
      add(words, index, -CHUNK);
      return -1;
    }
    for (let task = first + CHUNK - 1; task > first; task--) this.#free.push(task);
    return first;
  }
}
