/**
 * A small domain with a shared primitive in it, and isolates that wait for it.
 *
 * @module
 */

import { BUDGET, resetBudget } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { add, store, wait } from "../../scheduler/multi_thread/atomics.ts";
import { Domain } from "../../scheduler/multi_thread/domain.ts";
import { Link } from "../../scheduler/multi_thread/link.ts";
import type { RemoteCall } from "../../scheduler/multi_thread/remote_call.ts";
import { PARKED } from "../../scheduler/multi_thread/parking.ts";
import { RECORD_WORDS, Records } from "../../scheduler/multi_thread/records.ts";
import { adopt, Cell, cellOr, OWN } from "../../sync/shared/cell.ts";
import { wordNames } from "./names.ts";
import type { Names } from "./scenario.ts";

const ISOLATES = 3;
/** How many records an isolate takes at once. */
const CHUNK = 64;
const RECORDS_AT = 16 + ISOLATES * 16;
/** Where the primitive begins. */
export const CELL_AT: number = RECORDS_AT + ISOLATES * CHUNK * RECORD_WORDS;

/** How often memory of the arena was given back, which there is none of here. */
const FREED = 32;

export const memories: readonly number[] = [CELL_AT + 48];

export const names: readonly Names[] = [{
  0: "unused",
  1: "left",
  ...wordNames("isolate 0", 16, "parked", "waker", "ended", "woken"),
  ...wordNames("isolate 1", 32, "parked", "waker", "ended", "woken"),
  ...wordNames("isolate 2", 48, "parked", "waker", "ended", "woken"),
  ...wordNames("cell", CELL_AT, "lock", "refs", "first", "last", "own 0", "own 1"),
  ...Object.assign(
    {},
    ...Array.from({ length: ISOLATES * CHUNK }, (_, record) => {
      const at = RECORDS_AT + record * RECORD_WORDS;
      return {
        ...wordNames(`wait ${record}`, at, "state", "link"),
        ...wordNames(`wait ${record}`, at + 6, "outcome", "ahead", "behind", "mode", "amount"),
      };
    }),
  ),
}];

/** Whether a word is the outcome of a wait. */
export function isOutcome(index: number): boolean {
  return index >= RECORDS_AT && index < CELL_AT && (index - RECORDS_AT) % RECORD_WORDS === 6;
}

/** The primitive's own words, as they are at first. */
export function setup(...own: readonly number[]): (words: Int32Array) => void {
  return (words) => {
    for (const [i, word] of [0, ISOLATES, 0, 0, ...own].entries()) words[CELL_AT + i] = word;
  };
}

/** One of the primitive's words: 2 and 3 are the queue, its own begin at 4. */
export function word(words: Int32Array, index: number): number {
  return words[CELL_AT + index]!;
}

/** How often the memory of the primitive, or some other, was given back. */
export function freed(words: Int32Array): number {
  return words[CELL_AT + FREED]!;
}

/** Notes that the isolate `self` has come to some point, for others to wait for. */
export function say(words: Int32Array, index: number): void {
  store(words, CELL_AT + 16 + index, 1);
}

/** The index of the word of {@linkcode say}. */
export function sayAt(index: number): number {
  return CELL_AT + 16 + index;
}

/** An isolate of the domain. */
export class Isolate implements Context, Waker {
  readonly #words: Int32Array;
  /** Its link to the domain. */
  readonly link: Link;
  #isWoken = true;

  constructor(words: Int32Array, self: number) {
    // Entering the domain is another scenario: here the isolate has its number.
    const domain: Domain = Object.assign(Object.create(Domain.prototype), {
      words,
      self,
      records: new Records(words, RECORDS_AT, ISOLATES * CHUNK, { words, index: 0, left: 1 }),
      functions: { numberOf: () => 0, nameOf: () => "" },
      arena: {
        allocate: () => (CELL_AT + OWN) * 4,
        freeRemote: () => void add(words, CELL_AT + FREED, 1),
      },
    });
    this.#words = words;
    this.link = new Link({
      domain,
      wakeSelector: () => {},
      attachments: {
        idOf: () => 0,
        bufferOf: () => undefined,
        arrival: () => Promise.resolve(),
      },
      expect: () => {},
    });
  }

  /** This isolate's handle for the primitive. */
  handle<H>(make: () => H): H {
    return adopt(new Cell(this.link, CELL_AT), make);
  }

  /** This isolate's reference to the primitive. */
  cell(): Cell {
    return this.handle(() => cellOr(() => Cell.create([])));
  }

  get waker(): Waker {
    return this;
  }

  wake(): void {
    this.#isWoken = true;
  }

  /** Polls once, and answers with whether it has completed. */
  poll(future: Future<unknown>): boolean {
    return !isPending(this.#poll(future));
  }

  /** Asks a call to end, and answers with whether it has completed. */
  interrupt(call: RemoteCall<unknown>): boolean {
    return !isPending(call.interrupt(this, new Error("interrupted")));
  }

  /** Looks once for what others have for this isolate. */
  turn(): void {
    this.link.turn(16);
  }

  /** The loop of an isolate, until its futures have completed. */
  run(...futures: Future<unknown>[]): void {
    let open = futures;
    this.#loop(() => {
      open = open.filter((future) => !this.poll(future));
      return open.length === 0;
    });
  }

  /** The loop of an isolate, until something has come that it was told of. */
  runUntil(isOver: () => boolean): void {
    const { domain } = this.link;
    for (this.turn(); !isOver(); this.turn()) {
      if (this.link.mayRest()) wait(this.#words, domain.parked(domain.self), PARKED);
    }
  }

  /** The loop of an isolate, until it has what a future gives. */
  complete<T>(future: Future<T>): T {
    let item: Poll<T> = Pending;
    this.#loop(() => !isPending(item = this.#poll(future)));
    return item as T;
  }

  #poll<T>(future: Future<T>): Poll<T> {
    resetBudget(BUDGET);
    return future.poll(this);
  }

  /** Calls `step` when it was woken, until it answers `true`. */
  #loop(step: () => boolean): void {
    const { domain } = this.link;
    // Each begins with a poll.
    this.#isWoken = true;
    while (true) {
      this.turn();
      if (this.#isWoken) {
        this.#isWoken = false;
        if (step()) return;
      }
      // An isolate that has woken something of its own does not rest.
      if (!this.#isWoken && this.link.mayRest()) {
        wait(this.#words, domain.parked(domain.self), PARKED);
      }
    }
  }
}
