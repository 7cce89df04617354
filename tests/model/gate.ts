/**
 * The seam of a thread whose steps the explorer orders.
 *
 * Before each step the thread announces it, and then whoever comes next makes its step. The choice
 * is made by the thread that has just announced, from what all have announced, so a thread that goes
 * on does so at once, and one that hands over wakes the other directly.
 *
 * G1 One thread runs at a time: the one whose turn it is.
 * G2 A choice is the given one, as long as there are given ones; afterwards the thread goes on that
 *    made the last step, or the first that can.
 * G3 Who looks at a word again and finds what it found before is not asked again from the third time
 *    on, because nothing has happened in between; from the hundredth on it waits until the word
 *    changes.
 *
 * @module
 */

import type { Seam } from "../../scheduler/multi_thread/atomics.ts";
import * as c from "./control.ts";

/** Thrown through a thread that has to give up. */
export const GIVE_UP: unique symbol = Symbol("give up");

/** G3: how often a thread is asked before the same look at the same word. */
const ASKED = 2;
/** G3: how often a thread looks before it counts as spinning. */
const PATIENCE = 100;

const LOAD = c.kindOf("load");
const COMPARE_EXCHANGE = c.kindOf("compareExchange");
const WAIT = c.kindOf("wait");
const WOKEN = c.kindOf("woken");
const READ = c.kindOf("read");

/** A memory of the scenario, and the number of its first word. */
export interface Memory {
  /** All of its words. */
  readonly words: Int32Array;
  /** The number of its first word, counted through all memories. */
  readonly first: number;
}

/** The explorer's hand on one thread. */
export class Gate {
  readonly #control: Int32Array;
  readonly #self: number;
  readonly #at: number;
  readonly #memories: ReadonlyMap<unknown, Memory>;
  #kind = -1;
  #word = -1;
  #a = 0;
  #b = 0;
  #result = 0;
  #looks = 0;

  constructor(control: Int32Array, self: number, memories: ReadonlyMap<unknown, Memory>) {
    this.#control = control;
    this.#self = self;
    this.#at = c.threadAt(self);
    this.#memories = memories;
  }

  /** What the protocols see. */
  seam(): Seam {
    const step = (kind: c.Kind, operation: Operation) => {
      const number = c.kindOf(kind);
      return (words: Int32Array, index: number, a = 0, b = 0) =>
        this.#step(number, words, index, a, b, operation);
    };
    return {
      load: step("load", (words, at) => Atomics.load(words, at)),
      store: step("store", (words, at, value) => Atomics.store(words, at, value)),
      add: step("add", (words, at, value) => Atomics.add(words, at, value)),
      sub: step("sub", (words, at, value) => Atomics.sub(words, at, value)),
      and: step("and", (words, at, value) => Atomics.and(words, at, value)),
      or: step("or", (words, at, value) => Atomics.or(words, at, value)),
      exchange: step("exchange", (words, at, value) => Atomics.exchange(words, at, value)),
      compareExchange: step(
        "compareExchange",
        (words, at, expected, value) => Atomics.compareExchange(words, at, expected, value),
      ),
      wait: (words, index, expected, timeoutMs = Infinity) => {
        const found = this.#step(WAIT, words, index, expected, 0, load);
        if (found === expected) this.#sleep(timeoutMs);
      },
      notify: step("notify", (_words, _at, count) => this.#wake(count === 0 ? Infinity : count)),
    };
  }

  /** A view of a memory in which reads and writes without `Atomics` are steps. */
  plainSteps(words: Int32Array): Int32Array {
    const at = (key: string) => /^\d+$/.test(key) ? Number(key) : -1;
    const read = (index: number) => this.#step(READ, words, index, 0, 0, load);
    const slice = (start: number, end: number) =>
      Int32Array.from({ length: end - start }, (_, i) => read(start + i));
    return new Proxy(words, {
      get: (target, key) => {
        const index = typeof key === "string" ? at(key) : -1;
        if (index >= 0) return read(index);
        if (key === "slice") return slice;
        return Reflect.get(target, key, target);
      },
      set: (_target, key, value) => {
        const write: Operation = (real, where) => real[where] = value;
        this.#step(c.kindOf("write"), words, at(String(key)), value, 0, write);
        return true;
      },
    });
  }

  /** Waits until a schedule begins. */
  start(): void {
    this.#kind = -1;
    this.#looks = 0;
    this.#awaitTurn();
  }

  /** The thread has returned. */
  finish(): void {
    if (this.#control[c.ABORTED] !== 0) throw GIVE_UP;
    this.#control[this.#at + c.STATE] = c.FINISHED;
    this.#pass(this.#choose());
  }

  /** The thread has thrown, or has to give up. */
  fail(error: unknown): void {
    const control = this.#control;
    if (error !== GIVE_UP) {
      control[this.#at + c.STATE] = c.FINISHED;
      if (control[c.ABORTED] === 0) {
        c.writeMessage(control, error instanceof Error ? `${error.stack}` : String(error));
        this.#abort("exception");
      }
    }
    // The last one to give up ends the schedule.
    if (Atomics.add(control, c.UNWOUND, 1) + 1 === control[c.UNWINDING]) this.#end();
  }

  #step(
    kind: number,
    words: Int32Array,
    index: number,
    a: number,
    b: number,
    operation: Operation,
  ): number {
    const memory = this.#memories.get(words.buffer)!;
    const at = words.byteOffset / 4 + index;
    const word = memory.first + at;
    if (this.#again(kind, word, a, b)) return this.#result;
    this.#announce(kind, word);
    this.#handOver();
    const control = this.#control;
    const before = memory.words[at]!;
    const result = operation(memory.words, at, a, b);
    const wrote = kind > COMPARE_EXCHANGE && kind < WAIT ||
      kind === COMPARE_EXCHANGE && result === a;
    const step = c.stepAt(control[c.DEPTH]! - 1);
    control[step + c.STEP_KIND] = kind;
    control[step + c.STEP_WORD] = word;
    control[step + c.STEP_WROTE] = Number(wrote);
    control[step + c.STEP_A] = a;
    control[step + c.STEP_B] = b;
    control[step + c.STEP_RESULT] = result;
    control[step + c.STEP_REPEATS] = 0;
    if (wrote && memory.words[at] !== before) this.#release(word);
    this.#remember(kind, word, a, b, result, wrote);
    return result;
  }

  /** G3. */
  #again(kind: number, word: number, a: number, b: number): boolean {
    const same = kind === this.#kind && word === this.#word && a === this.#a && b === this.#b;
    if (!same || this.#looks < ASKED || this.#control[c.ABORTED] !== 0) return false;
    this.#looks += 1;
    if (this.#looks === PATIENCE) {
      this.#looks = 0;
      this.#control[this.#at + c.STATE] = c.SPINNING;
      return false;
    }
    const step = c.stepAt(this.#control[c.DEPTH]! - 1);
    this.#control[step + c.STEP_REPEATS]! += 1;
    return true;
  }

  #remember(
    kind: number,
    word: number,
    a: number,
    b: number,
    result: number,
    wrote: boolean,
  ): void {
    const isLook = (kind === LOAD || kind === COMPARE_EXCHANGE) && !wrote;
    const same = isLook && kind === this.#kind && word === this.#word && a === this.#a &&
      b === this.#b && result === this.#result;
    this.#looks = same ? this.#looks + 1 : 1;
    this.#kind = isLook ? kind : -1;
    this.#word = word;
    this.#a = a;
    this.#b = b;
    this.#result = result;
  }

  #announce(kind: number, word: number): void {
    const control = this.#control;
    if (control[c.ABORTED] !== 0) throw GIVE_UP;
    control[this.#at + c.KIND] = kind;
    control[this.#at + c.WORD] = word;
    if (control[this.#at + c.STATE] === c.UNSTARTED) control[this.#at + c.STATE] = c.READY;
  }

  #sleep(timeoutMs: number): void {
    const control = this.#control;
    const word = control[this.#at + c.WORD]!;
    control[this.#at + c.STATE] = timeoutMs === Infinity ? c.ASLEEP : c.DOZING;
    control[this.#at + c.SINCE] = control[c.DEPTH]!;
    this.#announce(WOKEN, word);
    this.#handOver();
    control[this.#at + c.STATE] = c.READY;
    const step = c.stepAt(control[c.DEPTH]! - 1);
    control.fill(0, step + c.STEP_KIND, step + c.STEP_WORDS);
    control[step + c.STEP_KIND] = WOKEN;
    control[step + c.STEP_WORD] = word;
  }

  /** Wakes the threads that have waited longest for the word of this step. */
  #wake(count: number): number {
    const control = this.#control;
    const word = control[this.#at + c.WORD]!;
    let woken = 0;
    while (woken < count) {
      let longest = -1;
      for (let thread = 0; thread < control[c.THREADS]!; thread++) {
        const at = c.threadAt(thread);
        const state = control[at + c.STATE]!;
        if (state !== c.ASLEEP && state !== c.DOZING || control[at + c.WORD] !== word) continue;
        if (longest < 0 || control[at + c.SINCE]! < control[longest + c.SINCE]!) longest = at;
      }
      if (longest < 0) return woken;
      control[longest + c.STATE] = c.READY;
      woken += 1;
    }
    return woken;
  }

  /** Lets those look again that spin at a word which has changed. */
  #release(word: number): void {
    const control = this.#control;
    for (let thread = 0; thread < control[c.THREADS]!; thread++) {
      const at = c.threadAt(thread);
      if (control[at + c.STATE] !== c.SPINNING || control[at + c.WORD] !== word) continue;
      control[at + c.STATE] = c.READY;
    }
  }

  #handOver(): void {
    const next = this.#choose();
    if (next === this.#self) return;
    this.#pass(next);
    this.#awaitTurn();
  }

  #pass(next: number): void {
    if (this.#control[c.ABORTED] !== 0) throw GIVE_UP;
    if (next < 0) this.#end();
    else grant(this.#control, next);
  }

  #awaitTurn(): void {
    const control = this.#control;
    const at = this.#at + c.GRANT;
    while (Atomics.load(control, at) === 0) Atomics.wait(control, at, 0);
    Atomics.store(control, at, 0);
    if (control[c.ABORTED] !== 0) throw GIVE_UP;
  }

  /** G2. The thread that makes the next step, or -1 when none is left. */
  #choose(): number {
    const control = this.#control;
    let enabled = 0;
    let finished = 0;
    for (let thread = 0; thread < control[c.THREADS]!; thread++) {
      const state = control[c.threadAt(thread) + c.STATE]!;
      if (state === c.UNSTARTED) return thread;
      if (state === c.READY || state === c.DOZING) enabled |= 1 << thread;
      if (state === c.FINISHED) finished += 1;
    }
    if (enabled === 0) return finished === control[c.THREADS] ? -1 : this.#abort("deadlock");
    const depth = control[c.DEPTH]!;
    if (depth === c.MAX_STEPS) return this.#abort("endless");
    const given = control[c.PREFIX_LENGTH]!;
    const sleeping = control[c.REDUCED] !== 0 && depth >= given - 1 ? control[c.SLEEPING]! : 0;
    const open = enabled & ~sleeping;
    let thread = control[c.LAST]!;
    if (depth < given) {
      thread = control[c.choiceAt(depth)]!;
      if ((enabled & 1 << thread) === 0) return this.#abort("diverged");
    } else if (open === 0) {
      return this.#abort("redundant");
    } else if (thread < 0 || (open & 1 << thread) === 0) {
      thread = 31 - Math.clz32(open & -open);
    }
    const step = c.stepAt(depth);
    control[step + c.STEP_THREAD] = thread;
    control[step + c.STEP_ENABLED] = enabled;
    control[step + c.STEP_SLEEPING] = sleeping;
    if (sleeping !== 0) control[c.SLEEPING] = this.#stillSleeping(sleeping, thread);
    control[c.DEPTH] = depth + 1;
    control[c.LAST] = thread;
    return thread;
  }

  /** The sleeping threads whose next step commutes with that of `thread`. */
  #stillSleeping(sleeping: number, thread: number): number {
    const control = this.#control;
    const at = c.threadAt(thread);
    let still = 0;
    for (let other = 0; other < control[c.THREADS]!; other++) {
      if ((sleeping & 1 << other) === 0) continue;
      const block = c.threadAt(other);
      const conflict = c.mayConflict(
        control[at + c.KIND]!,
        control[at + c.WORD]!,
        control[block + c.KIND]!,
        control[block + c.WORD]!,
      );
      if (!conflict) still |= 1 << other;
    }
    return still;
  }

  /** Ends the schedule here: all threads that have not returned give up. */
  #abort(outcome: c.Outcome): number {
    const control = this.#control;
    control[c.OUTCOME] = c.OUTCOMES.indexOf(outcome);
    const others: number[] = [];
    for (let thread = 0; thread < control[c.THREADS]!; thread++) {
      const isOther = thread !== this.#self;
      if (isOther && control[c.threadAt(thread) + c.STATE] !== c.FINISHED) others.push(thread);
    }
    control[c.UNWINDING] = others.length + 1;
    control[c.ABORTED] = 1;
    for (const thread of others) grant(control, thread);
    return -1;
  }

  #end(): void {
    Atomics.store(this.#control, c.ENDED, 1);
    Atomics.notify(this.#control, c.ENDED);
  }
}

/** Gives a thread its turn. */
export function grant(control: Int32Array, thread: number): void {
  const at = c.threadAt(thread) + c.GRANT;
  Atomics.store(control, at, 1);
  Atomics.notify(control, at);
}

type Operation = (words: Int32Array, at: number, a: number, b: number) => number;

function load(words: Int32Array, at: number): number {
  return Atomics.load(words, at);
}
