/**
 * The shared memory of one primitive, and who refers to it.
 *
 * ```text
 *  word 0   lock     for all words of the primitive and the links of its queues       lock.ts
 *  word 1   refs     handles in all isolates, and those that are on their way
 *  word 2   first    the queue of those who wait: the first record + 1, or 0          wait_queue.ts
 *  word 3   last     the last one + 1, or 0
 *  word 4…           the primitive's own
 * ```
 *
 * C1 All words but `refs` are touched with the lock held, for a few instructions. No user code runs,
 *    nobody is woken and nothing is waited for with the lock held; so the lock cannot take part in a
 *    deadlock.
 * C2 Every handle counts as one reference. Futures and guards that are under way keep their handle's
 *    reference, also when the handle was disposed; so who unlocks always finds the memory.
 * C3 Who gives the last reference back frees the memory. An isolate that ends without disposing of its
 *    handles keeps their references, so that memory stays until the process ends.
 *
 * @module
 */

import type { HandleBehavior, HandleKind, WireForm } from "../../scheduler/multi_thread/handle.ts";
import { add, store, sub } from "../../scheduler/multi_thread/atomics.ts";
import { acquire, release } from "../../scheduler/multi_thread/lock.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { deliver, type Granted } from "./wait_queue.ts";

const LOCK = 0;
const REFS = 1;

/** Where the queue is, counted from the beginning of the primitive. */
export const QUEUE = 2;
/** Where the primitive's own words begin. */
export const OWN = 4;

/** Frees what the words of a primitive refer to: it ends. */
export type Ending = (link: Link, at: number) => void;

/** A reference to the memory of a primitive. */
export class Cell {
  /** This isolate's link. */
  readonly link: Link;
  /** The shared words. */
  readonly words: Int32Array;
  /** Where the primitive begins in them. */
  readonly at: number;
  /** What {@linkcode Cell.unlock} has to tell others of. */
  readonly granted: Granted = { first: 0, last: 0 };
  readonly #ending: Ending | undefined;
  /** Futures and guards that are under way. */
  #users = 0;
  #isDisposed = false;

  /**
   * Takes over a reference that was counted before.
   *
   * @param ending Called before the memory is freed.
   */
  constructor(link: Link, at: number, ending?: Ending) {
    this.link = link;
    this.words = link.domain.words;
    this.at = at;
    this.#ending = ending;
  }

  /**
   * Makes the memory of a primitive.
   *
   * @param own Its own words, at first.
   * @param ending Called before the memory is freed.
   * @throws {RangeError} When there is no memory left.
   */
  static create(own: readonly number[], ending?: Ending): Cell {
    const link = ownLink();
    const { words, arena } = link.domain;
    const place = arena.allocate((OWN + own.length) * 4);
    if (place === 0) {
      throw new RangeError("Cannot make a shared primitive: the memory for what travels is full");
    }
    const at = place / 4;
    for (const [index, word] of [0, 1, 0, 0, ...own].entries()) store(words, at + index, word);
    return new Cell(link, at, ending).tracked();
  }

  /**
   * Finds memory for what the primitive refers to, while it is made.
   *
   * @param what What is made.
   * @returns Where, in bytes.
   * @throws {RangeError} When there is none left. The primitive is disposed of then.
   */
  allocate(bytes: number, what: string): number {
    const place = this.link.domain.arena.allocate(bytes);
    if (place !== 0) return place;
    this[Symbol.dispose]();
    throw new RangeError(`Cannot make ${what}: the memory for what travels is full`);
  }

  /** Has the reference given back when nobody refers to this object any more. */
  tracked(): this {
    forgotten.register(this, { link: this.link, at: this.at, ending: this.#ending }, this);
    return this;
  }

  /** C1: begins to work on the words. */
  lock(): void {
    acquire(this.words, this.at + LOCK);
  }

  /** Ends the work on the words, and then tells those whose waits were granted. */
  unlock(): void {
    release(this.words, this.at + LOCK);
    if (this.granted.first !== 0) deliver(this.link, this.granted);
  }

  /** Counts a reference for a handle that is on its way. */
  retain(): void {
    add(this.words, this.at + REFS, 1);
  }

  /** C2: begins a future or a guard. */
  use(): void {
    this.#users += 1;
  }

  /** C2: ends a future or a guard. */
  unuse(): void {
    if (--this.#users === 0 && this.#isDisposed) this.#giveBack();
  }

  /** Disposes of the handle. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#users === 0) this.#giveBack();
  }

  /**
   * Answers with itself, for the beginning of a method.
   *
   * @throws {TypeError} When the handle was disposed.
   */
  get open(): this {
    if (this.#isDisposed) throw new TypeError("Cannot use a shared handle: it was disposed");
    return this;
  }

  /** How a handle travels that is shared. */
  form(kind: HandleKind): WireForm {
    return { kind, data: [this.open.at], onSent: () => this.retain() };
  }

  /**
   * How a handle travels that moves: its reference goes with it.
   *
   * @param gone Called when it is on its way.
   * @param rest What it needs besides.
   */
  move(kind: HandleKind, gone: () => void, ...rest: unknown[]): WireForm {
    const onSent = () => {
      this.retain();
      gone();
      this[Symbol.dispose]();
    };
    return { kind, data: [this.at, ...rest], onSent };
  }

  #giveBack(): void {
    forgotten.unregister(this);
    dropReference(this.link, this.at, this.#ending);
  }
}

/** C3: gives a reference back. */
function dropReference(link: Link, at: number, ending?: Ending): void {
  const { words, arena } = link.domain;
  if (sub(words, at + REFS, 1) !== 1) return;
  ending?.(link, at);
  arena.freeRemote(at * 4);
}

/** The memory of the handle that {@linkcode adopt} makes. */
let adopted: Cell | undefined;

/** For the constructor of a handle: the memory that it is made for, or new memory. */
export function cellOr(make: () => Cell): Cell {
  const cell = adopted ?? make();
  adopted = undefined;
  return cell;
}

/**
 * Makes a handle of memory that is there.
 *
 * @param make Calls the constructor, which calls {@linkcode cellOr}.
 */
export function adopt<H>(cell: Cell, make: () => H): H {
  adopted = cell;
  return make();
}

/**
 * What a kind of handles does where it arrives.
 *
 * @param make Calls the constructor, which calls {@linkcode cellOr}.
 * @param ending See {@linkcode Cell.create}.
 */
export function arrival(make: () => object, ending?: Ending): HandleBehavior<[at: number]> {
  return {
    decode: (at) => adopt(new Cell(ownLink(), at, ending).tracked(), make),
    drop: (at) => dropReference(ownLink(), at, ending),
  };
}

/** Handles that nobody has disposed of, and nobody has any more. */
const forgotten = new FinalizationRegistry<{ link: Link; at: number; ending: Ending | undefined }>(
  ({ link, at, ending }) => dropReference(link, at, ending),
);
