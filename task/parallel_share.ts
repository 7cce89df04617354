/**
 * What each worker does for a parallel loop: it takes parts of the range until none are left.
 *
 * The workers share some words in the arena of the isolate that has begun the loop:
 *
 * ```text
 *  word 0  next     the first number that nobody has taken
 *  word 1  failed   the share that has failed first + 1, or 0
 * ```
 *
 * P1 Who moves `next` has taken the numbers that it moved over, and nobody else has.
 * P2 Who ends the loop early moves `next` to the end.
 *
 * The parts are a share of what is left, so they become smaller ("guided self-scheduling",
 * C. Polychronopoulos and D. Kuck, 1987).
 *
 * @module
 */

import { mapped } from "../future/chain.ts";
import { fromPromise } from "../future/from_promise.ts";
import type { Future, Steps } from "../future/future.ts";
import {
  compareExchange,
  exchange,
  load as read,
  store,
} from "../scheduler/multi_thread/atomics.ts";
import { ownLink } from "../scheduler/multi_thread/membership.ts";
import {
  declaredAt,
  load,
  type Portable,
  type PortableFunction,
  task,
} from "../scheduler/multi_thread/portable.ts";
import { yieldNow } from "./yield_now.ts";

/** A typed array of numbers, whose memory has to be shared. */
export type SharedView =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** What is done with each part. */
export interface Work {
  /** The key of the body. */
  readonly key: string;
  /** What the body gets: a range, whose value is kept if it is to be reduced, or a value. */
  readonly kind: "range" | "reduce" | "value";
  readonly array: SharedView | undefined;
  /** Where the values go. */
  readonly output: SharedView | undefined;
  readonly context: unknown;
  /** How many numbers there are. */
  readonly length: number;
  /** How many numbers a part has at the least. */
  readonly least: number;
  /** How many shares there are. */
  readonly shares: number;
}

/** Where a part begins, and its value. */
export type Part = readonly [from: number, value: unknown];

/** How long the loop goes on in this isolate before other tasks have their turn, in milliseconds. */
const TURN_MS = 5;

const NEXT = 0;
const FAILED = 1;
const CURSOR_BYTES = 8;

/** How far a loop has got: shared words, seen from one isolate. */
export class Cursor {
  /** Where it is in the arena, in bytes. */
  readonly place: number;
  readonly #words: Int32Array;
  readonly #at: number;

  /** Sees the loop whose words are at `place`. */
  constructor(place: number) {
    this.place = place;
    this.#words = ownLink().domain.words;
    this.#at = place / 4;
  }

  /**
   * Begins a loop.
   *
   * @throws {RangeError} When the memory for what travels is full.
   */
  static create(): Cursor {
    const place = ownLink().domain.arena.allocate(CURSOR_BYTES);
    if (place === 0) throw new RangeError("Cannot loop: the memory for what travels is full");
    const cursor = new Cursor(place);
    store(cursor.#words, cursor.#at + NEXT, 0);
    store(cursor.#words, cursor.#at + FAILED, 0);
    return cursor;
  }

  /** P1: takes a part. Answers with where it begins; it ends where {@linkcode partEnd} says. */
  take(work: Work): number {
    const words = this.#words;
    const index = this.#at + NEXT;
    let from = read(words, index);
    while (from < work.length) {
      const found = compareExchange(words, index, from, partEnd(from, work));
      if (found === from) return from;
      from = found;
    }
    return -1;
  }

  /** Whether all parts were taken. */
  isDone(length: number): boolean {
    return read(this.#words, this.#at + NEXT) >= length;
  }

  /** P2: nobody takes any more. */
  stop(length: number): void {
    exchange(this.#words, this.#at + NEXT, length);
  }

  /** P2, because a share has failed. */
  fail(share: number, length: number): void {
    compareExchange(this.#words, this.#at + FAILED, 0, share + 1);
    this.stop(length);
  }

  /** The share that has failed first, or -1. */
  get failed(): number {
    return read(this.#words, this.#at + FAILED) - 1;
  }

  /** Gives the memory back. */
  free(): void {
    ownLink().domain.arena.free(this.place);
  }
}

/**
 * Takes parts and has the body deal with them, on a worker, for so long. It is a plain function if it
 * can be, because a worker that is busy with one leaves the next share to others.
 */
export const share = task(import.meta, function share(
  place: number,
  work: Work,
  own: number,
  turnMs: number,
): Part[] | Future<Part[]> {
  const take = ({ fn }: Portable) => takeParts(fn, new Cursor(place), work, own, turnMs);
  const known = declaredAt(work.key);
  // A promise would go on when the loop was aborted, and the cursor may be another loop's by then.
  return known !== undefined ? take(known) : mapped(fromPromise(load(work.key)), take);
});

function takeParts(
  fn: PortableFunction,
  cursor: Cursor,
  work: Work,
  own: number,
  turnMs: number,
): Part[] {
  const parts: Part[] = [];
  const until = performance.now() + turnMs;
  try {
    do {
      const from = cursor.take(work);
      if (from < 0) break;
      doPart(fn, work, from, partEnd(from, work), parts);
    } while (performance.now() < until);
  } catch (error) {
    cursor.fail(own, work.length);
    throw error;
  }
  return parts;
}

/** The whole loop in this isolate. */
export function* shareHere(fn: PortableFunction, work: Work): Steps<Part[]> {
  const parts: Part[] = [];
  let since = performance.now();
  for (let from = 0; from < work.length;) {
    const to = Math.min(from + work.least, work.length);
    doPart(fn, work, from, to, parts);
    from = to;
    if (performance.now() - since < TURN_MS) continue;
    yield* yieldNow();
    since = performance.now();
  }
  return parts;
}

/** Half of what each share would get of the rest, if that is not too little. */
function partEnd(from: number, { length, least, shares }: Work): number {
  const left = length - from;
  return from + Math.min(left, Math.max(least, Math.floor(left / (2 * shares))));
}

function doPart(fn: PortableFunction, work: Work, from: number, to: number, parts: Part[]): void {
  const { array, output, context, kind } = work;
  if (kind === "value") return mapPart(fn, array!, output!, from, to, context);
  const value = fn(array, from, to, context);
  if (typeof (value as PromiseLike<unknown> | undefined)?.then === "function") {
    throw new TypeError("Cannot loop: the body is async, use a plain function");
  }
  if (kind === "reduce") parts.push([from, value]);
}

function mapPart(
  fn: PortableFunction,
  input: SharedView,
  output: SharedView,
  from: number,
  to: number,
  context: unknown,
): void {
  for (let i = from; i < to; i++) output[i] = fn(input[i], i, context) as number;
}
