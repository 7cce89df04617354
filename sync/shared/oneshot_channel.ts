/**
 * The memory of a channel for a single value.
 *
 * ```text
 *  word 4    state      VALUE, SPENT and CLOSED, see below
 *  word 5    receiver   who waits for the value: its record + 1, or 0      signal.ts
 *  word 6    first      the queue of those who wait until it is closed     wait_queue.ts
 *  word 7    last
 *  word 8    place      0: the value is in words 10…; else where it is in the arena, in bytes
 *  word 9    length     of the value, in bytes
 *  word 10…  value
 * ```
 *
 * O1 State changes under the lock. The value is there before VALUE, which comes together with SPENT.
 * O2 There is no VALUE after CLOSED if there was none before. So who sends either gets the value
 *    through to the receiver, which takes it or disposes of it, or keeps it.
 * O3 Who sets SPENT rings the receiver's bell.
 *
 * @module
 */

import { load, store } from "../../scheduler/multi_thread/atomics.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { SendError } from "../oneshot/errors.ts";
import { ring } from "./bell.ts";
import { Cell, OWN } from "./cell.ts";
import { discard, placeFor } from "./payload.ts";
import { grantAll, GRANTED, QUEUED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const STATE = OWN;
const RECEIVER = OWN + 1;
const CLOSING = OWN + 2;
const PLACE = OWN + 4;
const LENGTH = OWN + 5;
const VALUE_AT = OWN + 6;

/** A value of so many words needs no memory of its own. It fills the smallest block of the arena. */
const INLINE_WORDS = 32 - VALUE_AT;
const EMPTY: readonly number[] = new Array(32 - OWN).fill(0);

/** The value is there, and was not taken. */
export const VALUE = 1;
/** The sender has sent, or is gone. */
export const SPENT = 2;
/** The receiver takes no value any more, except one that is there. */
export const CLOSED = 4;

/** Takes over a reference that was counted before. */
export function channelAt<T>(at: number): Channel<T> {
  return new Channel(new Cell(ownLink(), at, free));
}

/** Both ends are gone. */
function free({ domain: { words, arena } }: Link, at: number): void {
  const place = words[at + PLACE]!;
  if (place !== 0) arena.freeRemote(place);
}

/** A channel, seen by one end. */
export class Channel<T> {
  /** The reference of that end. */
  readonly cell: Cell;

  /** @param cell The memory; left out, it is made, with a reference for each end. */
  constructor(cell: Cell = Cell.create(EMPTY, free)) {
    this.cell = cell;
  }

  /** The index of the word in which the receiver says that it waits. */
  get receiver(): number {
    return this.cell.at + RECEIVER;
  }

  /** How far it is. */
  get state(): number {
    return load(this.cell.words, this.cell.at + STATE);
  }

  /** Sends the value. O1, O2. */
  send(value: T): void {
    const { cell } = this;
    const { link, words, at } = cell;
    const { encoder, domain: { arena } } = link;
    if ((this.state & CLOSED) !== 0) throw new SendError(value);
    const bytes = encoder.encode([value], "result");
    const place = placeFor(arena, bytes, INLINE_WORDS * 4);
    cell.lock();
    const state = this.state;
    if ((state & CLOSED) === 0) {
      words[at + PLACE] = place;
      words[at + LENGTH] = bytes;
      encoder.copyTo(words, this.index);
      encoder.sent();
      store(words, at + STATE, state | VALUE | SPENT);
    }
    cell.unlock();
    if ((state & CLOSED) === 0) return this.tell();
    if (place !== 0) arena.free(place);
    throw new SendError(value);
  }

  /** The sender is gone. O3. */
  spend(): void {
    this.add(SPENT);
    this.tell();
  }

  /** What has to be loaded before the value can be read. */
  missing(): Missing | undefined {
    const { link, words, at } = this.cell;
    return link.decoder.missing(words, this.index, words[at + LENGTH]!);
  }

  /** Takes the value, which is there. */
  take(): T {
    const { link, words } = this.cell;
    return link.decoder.decode(words, this.index)[0] as T;
  }

  /** The receiver takes no value any more. Tells those who wait for that. */
  close(): void {
    this.add(CLOSED);
  }

  /** Disposes of the value, if it is there. The channel is closed. */
  discard(): void {
    const { link, words, at } = this.cell;
    if ((this.state & VALUE) !== 0) discard(link, this.index, words[at + LENGTH]!);
  }

  private add(bits: number): void {
    const { cell } = this;
    cell.lock();
    store(cell.words, cell.at + STATE, this.state | bits);
    if ((bits & CLOSED) !== 0) grantAll(cell, CLOSING, GRANTED);
    cell.unlock();
  }

  private tell(): void {
    ring(this.cell.link, this.receiver);
  }

  /** Where the value begins. */
  private get index(): number {
    const { words, at } = this.cell;
    const place = words[at + PLACE]!;
    return place === 0 ? at + VALUE_AT : place / 4;
  }
}

/** The future of `closed`. */
export class WaitClosed extends SharedWait<void> {
  constructor(cell: Cell) {
    super(cell, CLOSING);
  }

  protected attempt(): number {
    const { words, at } = this.cell;
    return (words[at + STATE]! & CLOSED) === 0 ? QUEUED : GRANTED;
  }

  protected abandon(): void {}

  protected finish(): void {}
}
