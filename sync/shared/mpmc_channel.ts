/**
 * The memory of a channel with many senders and many receivers.
 *
 * ```text
 *  word 2    first       the queue of those who wait for room               wait_queue.ts
 *  word 3    last
 *  word 4    first       the queue of those who wait for a value
 *  word 5    last
 *  word 6    first       the queue of those who wait until it is closed
 *  word 7    last
 *  word 8    closed      0 or 1
 *  word 9    senders     how many handles there are
 *  word 10   receivers
 *  word 11…  lists       of the slots                                       mpmc_slots.ts
 *  of a wait:  amount    the slot that it was given
 *
 *       takeSpare           fill            receive            release
 *  spare ───────► a sender ──────► values ─────────► a receiver ──────► spare
 *                  │    ▲                   ▲     │
 *                  └────┘ gives up          └─────┘ gives up: back to the front
 * ```
 *
 * H1 Under the lock nobody waits for room while a slot is spare, and nobody waits for a value while
 *    there is one: what becomes free goes to the first who waits.
 * H2 The channel is over when it is closed, or has no senders, and all slots are spare. Who makes it
 *    so tells those who wait for values. Then it is closed too, so that a send of a sender that is
 *    gone, which nobody has polled so far, fails.
 * H3 With its last receiver it closes, and what waits is disposed of.
 *
 * @module
 */

import { load, store } from "../../scheduler/multi_thread/atomics.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { Cell, OWN, QUEUE } from "./cell.ts";
import { Counted, type Side } from "./counted.ts";
import { INLINE, LISTS, Slots, wordsOfSlots } from "./mpmc_slots.ts";
import { discard, placeFor } from "./payload.ts";
import { firstOf, grant, grantAll, GRANTED, REFUSED, setAmount } from "./wait_queue.ts";

/** The queue of those who wait for room. */
export const SENDING: number = QUEUE;
/** The queue of those who wait for a value. */
export const RECEIVING: number = OWN;
/** The queue of those who wait until it is closed. */
export const CLOSING: number = OWN + 2;
const CLOSED = OWN + 4;
const SENDERS = OWN + 5;
const RECEIVERS = OWN + 6;
const SLOTS = OWN + 7;

/** The senders. */
export const SENDER: Side = SENDERS;
/** The receivers. */
export const RECEIVER: Side = RECEIVERS;

/**
 * Makes the memory of a channel, with a reference for a sender and one for a receiver.
 *
 * @throws {RangeError} When there is no memory left.
 */
export function makeChannel<T>(room: number): Channel<T> {
  const cell = Cell.create([0, 0, 0, 0, 0, 1, 1, ...new Array(LISTS).fill(0)], free);
  const place = cell.allocate(wordsOfSlots(room) * 4, "a channel");
  new Slots(cell.words, cell.at + SLOTS).lay(place, room);
  cell.retain();
  return new Channel(cell);
}

/** Takes over a reference that was counted before. */
export function channelAt<T>(at: number): Channel<T> {
  return new Channel(new Cell(ownLink(), at, free));
}

/** The last handle is gone, and so is what waited: H3. */
function free({ domain: { words, arena } }: Link, at: number): void {
  const { place } = new Slots(words, at + SLOTS);
  if (place !== 0) arena.freeRemote(place);
}

/** A channel, seen by one handle. */
export class Channel<T> extends Counted {
  /** The values and the room for them. */
  declare readonly slots: Slots;

  constructor(cell: Cell) {
    super(cell);
    this.slots = new Slots(cell.words, cell.at + SLOTS);
  }

  /** Whether it takes no more values. */
  get isClosed(): boolean {
    return load(this.cell.words, this.cell.at + CLOSED) !== 0;
  }

  /** One handle of a side less, and its reference. H3. */
  override leave(side: Side): void {
    this.uncount(side);
    this.emptyIfUnwanted();
    this.cell[Symbol.dispose]();
  }

  /** Takes no more values, and tells those who wait. */
  close(): void {
    this.cell.lock();
    this.closeWithin();
    this.endIfOver();
    this.cell.unlock();
  }

  /** Takes room for a value, or answers with -1. */
  takeRoom(): number {
    this.cell.lock();
    const slot = this.isClosed ? -1 : this.slots.takeSpare();
    this.cell.unlock();
    return slot;
  }

  /** Takes a value: its slot, or -1. */
  takeValue(): number {
    this.cell.lock();
    const slot = this.slots.takeFirst();
    this.cell.unlock();
    return slot;
  }

  /** Puts a value into a slot, and the slot where values are. U2. */
  fill(slot: number, value: T): void {
    const { slots, cell: { link, words } } = this;
    const { encoder, domain: { arena } } = link;
    try {
      const bytes = encoder.encode([value], "result");
      slots.setPayload(slot, placeFor(arena, bytes, INLINE), bytes);
    } catch (error) {
      this.release(slot);
      throw error;
    }
    encoder.copyTo(words, slots.indexOf(slot));
    encoder.sent();
    this.publish(slot);
  }

  /** What has to be loaded before a value can be read. U2. */
  missing(slot: number): Missing | undefined {
    const { slots, cell: { link, words } } = this;
    return link.decoder.missing(words, slots.indexOf(slot), slots.lengthOf(slot));
  }

  /** Reads a value, and gives its slot back. U2. */
  read(slot: number): T {
    const { slots, cell: { link, words } } = this;
    try {
      return link.decoder.decode(words, slots.indexOf(slot))[0] as T;
    } finally {
      this.releaseRead(slot);
    }
  }

  /** Disposes of a value, and gives its slot back. U2. */
  discard(slot: number): void {
    const { slots, cell: { link } } = this;
    try {
      discard(link, slots.indexOf(slot), slots.lengthOf(slot));
    } finally {
      this.releaseRead(slot);
    }
  }

  /** Gives room back. */
  release(slot: number): void {
    this.cell.lock();
    this.passRoom(slot);
    this.cell.unlock();
  }

  /** Puts a value back before the others. */
  putBack(slot: number): void {
    this.cell.lock();
    this.passValue(slot);
    this.cell.unlock();
    this.emptyIfUnwanted();
  }

  /** H1: room goes to the first who waits for it. Under the lock. */
  passRoom(slot: number): void {
    const { cell } = this;
    const head = firstOf(cell, SENDING);
    if (head >= 0) return give(cell, head, slot, SENDING);
    this.slots.putSpare(slot);
    this.endIfOver();
  }

  /** H1: a value that somebody did not want goes to the first who waits. Under the lock. */
  passValue(slot: number): void {
    const { cell } = this;
    const head = firstOf(cell, RECEIVING);
    if (head >= 0) give(cell, head, slot, RECEIVING);
    else this.slots.putFirst(slot);
  }

  /** H2. Under the lock. Answers with whether it is over. */
  endIfOver(): boolean {
    const { cell, slots } = this;
    if (!this.isClosed && this.count(SENDERS) > 0) return false;
    if (slots.free !== slots.room) return false;
    if (!this.isClosed) this.closeWithin();
    grantAll(cell, RECEIVING, REFUSED);
    return true;
  }

  /** H2: whether nobody will ever receive anything more. */
  isOver(): boolean {
    this.cell.lock();
    const isOver = this.endIfOver();
    this.cell.unlock();
    return isOver;
  }

  /** H3: disposes of the values that wait, when nobody will receive them. */
  emptyIfUnwanted(): void {
    if (this.count(RECEIVERS) > 0) return;
    for (let slot = this.takeValue(); slot >= 0; slot = this.takeValue()) this.discard(slot);
  }

  /** H2, H3. */
  protected ended(side: Side): void {
    if (side === RECEIVERS) this.closeWithin();
    this.endIfOver();
  }

  /** H1, H3: a value goes to the first who waits for one. */
  private publish(slot: number): void {
    const { cell } = this;
    cell.lock();
    const head = firstOf(cell, RECEIVING);
    const isWanted = head >= 0 || this.count(RECEIVERS) > 0;
    if (head >= 0) give(cell, head, slot, RECEIVING);
    else if (isWanted) this.slots.putLast(slot);
    cell.unlock();
    if (!isWanted) this.discard(slot);
  }

  private releaseRead(slot: number): void {
    const place = this.slots.placeOf(slot);
    if (place !== 0) this.cell.link.domain.arena.freeRemote(place);
    this.release(slot);
  }

  /** Under the lock. */
  private closeWithin(): void {
    const { cell } = this;
    store(cell.words, cell.at + CLOSED, 1);
    grantAll(cell, SENDING, REFUSED);
    grantAll(cell, CLOSING, GRANTED);
  }
}

/** Gives a slot to who waits. Under the lock. */
function give(cell: Cell, record: number, slot: number, queue: number): void {
  setAmount(cell, record, slot);
  grant(cell, record, GRANTED, queue);
}
