/**
 * The one seam through which all shared words are touched.
 *
 * The protocols of this folder and of `sync/shared/` use nothing else, so a model checker can put
 * itself in between and decide which thread makes the next step. Until it does, each of these is
 * the function of `Atomics` itself, which V8 compiles to the instruction.
 *
 * @module
 */

/** What a model checker replaces. */
export interface Seam {
  /** Reads a word. */
  readonly load: (words: Int32Array, index: number) => number;
  /** Writes a word. */
  readonly store: (words: Int32Array, index: number, value: number) => number;
  /** Adds to a word and answers with what it was. */
  readonly add: (words: Int32Array, index: number, value: number) => number;
  /** Subtracts from a word and answers with what it was. */
  readonly sub: (words: Int32Array, index: number, value: number) => number;
  /** Clears the bits of a word that are not in `value` and answers with what it was. */
  readonly and: (words: Int32Array, index: number, value: number) => number;
  /** Sets the bits of `value` in a word and answers with what it was. */
  readonly or: (words: Int32Array, index: number, value: number) => number;
  /** Writes a word and answers with what it was. */
  readonly exchange: (words: Int32Array, index: number, value: number) => number;
  /** Writes a word if it is `expected`, and answers with what it was. */
  readonly compareExchange: (
    words: Int32Array,
    index: number,
    expected: number,
    value: number,
  ) => number;
  /** Blocks the thread while a word is `expected`, for at most so many milliseconds. */
  readonly wait: (words: Int32Array, index: number, expected: number, timeoutMs?: number) => void;
  /** Wakes at most `count` threads that wait for a word. */
  readonly notify: (words: Int32Array, index: number, count?: number) => void;
}

/** See {@linkcode Seam.load}. */
export let load: Seam["load"] = Atomics.load;
/** See {@linkcode Seam.store}. */
export let store: Seam["store"] = Atomics.store;
/** See {@linkcode Seam.add}. */
export let add: Seam["add"] = Atomics.add;
/** See {@linkcode Seam.sub}. */
export let sub: Seam["sub"] = Atomics.sub;
/** See {@linkcode Seam.and}. */
export let and: Seam["and"] = Atomics.and;
/** See {@linkcode Seam.or}. */
export let or: Seam["or"] = Atomics.or;
/** See {@linkcode Seam.exchange}. */
export let exchange: Seam["exchange"] = Atomics.exchange;
/** See {@linkcode Seam.compareExchange}. */
export let compareExchange: Seam["compareExchange"] = Atomics.compareExchange;
/** See {@linkcode Seam.wait}. */
export let wait: Seam["wait"] = Atomics.wait;
/** See {@linkcode Seam.notify}. */
export let notify: Seam["notify"] = Atomics.notify;

/** Puts a model checker between the protocols and the shared words of this isolate. */
export function installSeam(seam: Seam): void {
  ({ load, store, add, sub, and, or, exchange, compareExchange, wait, notify } = seam);
}
