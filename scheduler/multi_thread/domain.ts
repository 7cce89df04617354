/**
 * The memory that all isolates of a process share which edo has started: who they are, and the
 * records of what they do for each other.
 *
 * ```text
 *  header       counters
 *  isolates     one block of 16 words for each thread:       below
 *  records      tasks and waits                              records.ts
 *  functions    the names of functions by number             functions.ts
 *  arena        what does not fit into a record              arena.ts
 * ```
 *
 * An isolate's block, which is a cache line, so that isolates do not disturb each other:
 *
 * ```text
 *  word 0  parked   AWAKE, PARKED or NOTIFIED                                      parking.ts
 *  word 1  waker    the descriptor that wakes its selector + 1, or 0
 *  word 2  ended    list of the tasks that it has spawned and that have ended      stack.ts
 *  word 3  woken    list of its waits on shared primitives that may go on          stack.ts
 *  word 4  aborts   counts requests to look which of its tasks are to be aborted
 *  word 5  used     whether there is such an isolate
 * ```
 *
 * The process has one domain, which its first isolate makes when it first needs one, and hands to
 * every worker that it starts.
 *
 * @module
 */

import { Arena } from "./arena.ts";
import { compareExchange, store } from "./atomics.ts";
import { FunctionNames } from "./functions.ts";
import { RECORD_WORDS, Records } from "./records.ts";

/** The most isolates that take part at once. */
export const MAX_ISOLATES = 256;

/** How many tasks and waits there may be at once; what is beyond waits in its own isolate. */
const RECORDS = 1 << 16;

const NAME_WORDS = 1 << 16;

/** 64 MiB. The system gives memory to a page of it when it is first used. */
const ARENA_WORDS = 1 << 24;

const HEADER_WORDS = 16;
const ISOLATE_WORDS = 16;
const RECORDS_AT = HEADER_WORDS + MAX_ISOLATES * ISOLATE_WORDS;
const NAMES_AT = RECORDS_AT + RECORDS * RECORD_WORDS;
const ARENA_AT = NAMES_AT + NAME_WORDS;
const WORDS = ARENA_AT + ARENA_WORDS;

const UNUSED_RECORDS = 0;
const LEFT_RECORDS = 1;

const PARKED_STATE = 0;
const WAKER = 1;
const ENDED = 2;
const WOKEN = 3;
const ABORTS = 4;
const USED = 5;

/** The shared memory of the process, seen from one isolate. */
export class Domain {
  /** All of it, to hand to a worker. */
  readonly buffer: SharedArrayBuffer;
  /** All of it. */
  readonly words: Int32Array;
  /** Tasks and waits. */
  readonly records: Records;
  /** The numbers of functions. */
  readonly functions: FunctionNames;
  /** The number of this isolate. */
  readonly self: number;
  /** Memory for payloads that do not fit into a record. */
  readonly arena: Arena;

  /**
   * @param buffer What another isolate has made; left out, a new domain begins.
   */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS * 4)) {
    const words = new Int32Array(buffer);
    this.buffer = buffer;
    this.words = words;
    this.records = new Records(words, RECORDS_AT, RECORDS, {
      words,
      index: UNUSED_RECORDS,
      left: LEFT_RECORDS,
    });
    this.functions = new FunctionNames(words, NAMES_AT, NAME_WORDS);
    this.self = this.#enter();
    this.arena = new Arena(words, {
      base: ARENA_AT,
      size: ARENA_WORDS,
      isolates: MAX_ISOLATES,
      self: this.self,
    });
  }

  /** The index of the word that says whether an isolate rests. */
  parked(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + PARKED_STATE;
  }

  /** The index of the word that says how to wake an isolate. */
  waker(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + WAKER;
  }

  /** The index of the head of the list of ended tasks. */
  ended(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + ENDED;
  }

  /** The index of the head of the list of waits that may go on. */
  woken(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + WOKEN;
  }

  /** The index of the counter of requests to look for tasks to abort. */
  aborts(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + ABORTS;
  }

  /**
   * Gives the number of this isolate back: it ends. Nobody may have anything for it any more. Its
   * waker goes to the successor, because somebody may be about to use it.
   */
  leave(): void {
    this.arena.close();
    this.records.leave();
    store(this.words, this.parked(this.self), 0);
    store(this.words, this.#used(this.self), 0);
  }

  #enter(): number {
    for (let isolate = 0; isolate < MAX_ISOLATES; isolate++) {
      if (compareExchange(this.words, this.#used(isolate), 0, 1) === 0) return isolate;
    }
    throw new RangeError(`Cannot start another isolate: there are ${MAX_ISOLATES} already`);
  }

  #used(isolate: number): number {
    return HEADER_WORDS + isolate * ISOLATE_WORDS + USED;
  }
}
