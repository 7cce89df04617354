/**
 * What channels have in common whose values everybody sees: a counter of values, and how many senders
 * and receivers there are.
 *
 * ```text
 *  word 2    first      the queue of those who wait for a value            wait_queue.ts
 *  word 3    last
 *  word 4    count      of the values that were ever sent, modulo 2³²
 *  word 5    senders    how many there are; once it is 0 nothing is sent any more
 *  word 6    receivers  how many there are; it may rise again from 0
 *  word 7    first      the queue of those who wait until there is no receiver
 *  word 8    last
 * ```
 *
 * X1 Count and values change together, under the lock, and all who wait for a value are granted
 *    then. Who reads a value copies its words under the lock, and decodes the copy afterwards.
 * X2 A value is decoded many times. So there are no handles in it, which may arrive only once.
 *
 * @module
 */

import { load, store } from "../../scheduler/multi_thread/atomics.ts";
import { CARGO } from "../../scheduler/multi_thread/wire_tags.ts";
import { type Cell, OWN, QUEUE } from "./cell.ts";
import { Counted, type Side } from "./counted.ts";
import { placeFor } from "./payload.ts";
import { grantAll, GRANTED, QUEUED, REFUSED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const COUNT = OWN;
const SENDERS = OWN + 1;
const RECEIVERS = OWN + 2;
const CLOSING = OWN + 3;

/** Where the words of a kind of channels begin. */
export const SPECIAL: number = OWN + 5;

/** The senders. */
export const SENDING: Side = SENDERS;
/** The receivers. */
export const RECEIVING: Side = RECEIVERS;

/** A channel, seen by one handle. */
export abstract class Shown extends Counted {
  /** How many values there were, modulo 2³². */
  get sent(): number {
    return load(this.cell.words, this.cell.at + COUNT);
  }

  /** Tells those who wait for that. */
  protected ended(side: Side): void {
    if (side === SENDERS) grantAll(this.cell, QUEUE, REFUSED);
    else grantAll(this.cell, CLOSING, GRANTED);
  }

  /**
   * Encodes a value, and finds room for it in the arena if it has more than `inline` words. X2.
   *
   * @returns Where, or 0.
   */
  protected encode(value: unknown, inline: number): number {
    const { encoder, domain: { arena } } = this.cell.link;
    this.bytes = encoder.encode([value], "result");
    if ((encoder.words[0]! & CARGO) !== 0) {
      throw new DOMException(
        "Cannot send a value: it has a handle or shared memory in it, which arrive only once",
        "DataCloneError",
      );
    }
    return placeFor(arena, this.bytes, inline * 4);
  }

  /** How many bytes the value has that was encoded last. */
  protected bytes = 0;

  /** Writes the words of the value that was encoded last, and counts it. Under the lock. X1. */
  protected publish(index: number): void {
    const { cell } = this;
    const { encoder } = cell.link;
    encoder.copyTo(cell.words, index);
    encoder.sent();
    store(cell.words, cell.at + COUNT, (this.sent + 1) | 0);
    grantAll(cell, QUEUE, GRANTED);
  }
}

/** The future of the end of all receivers. */
export class WaitClosed extends SharedWait<void> {
  constructor(cell: Cell) {
    super(cell, CLOSING);
  }

  protected attempt(): number {
    const { words, at } = this.cell;
    return words[at + RECEIVERS] === 0 ? GRANTED : QUEUED;
  }

  protected abandon(): void {}

  protected finish(): void {}
}
