/**
 * The memory of a channel with many senders and one receiver.
 *
 * ```text
 *  word 4    free       permits for values that nobody has sent            permits.ts
 *  word 5    closed     whether the receiver takes no more
 *  word 6    slots      where the values are, in bytes                     slots.ts
 *  word 7    room       for how many values there is room in all
 *  word 8    senders    how many senders there are
 *  word 9    receiver   who waits for values: its record + 1, or 0         signal.ts
 *  word 10   first      the queue of those who wait until it is closed     wait_queue.ts
 *  word 11   last
 * ```
 *
 * M1 Who puts a value into the slots has a permit for it, which goes back when the slot is free
 *    again. So there is always a slot for who has a permit.
 * M2 The channel is over when it is closed or has no senders, and all permits are free. Each change
 *    that may lead there rings the receiver's bell.
 * M3 Who has taken a permit looks once more whether the channel is closed. A value that is put in
 *    nevertheless, and is not taken, is disposed of with the memory.
 * M4 Who takes many values gives their permits back at the end. So senders in other threads cannot
 *    make it go on for ever by putting in more.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import type { Poll } from "../../future/poll.ts";
import { add, load, sub } from "../../scheduler/multi_thread/atomics.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { SendError, TrySendError } from "../mpsc/errors.ts";
import { ring } from "./bell.ts";
import { Cell, OWN } from "./cell.ts";
import {
  BEYOND,
  closeWithin,
  freePermits,
  giveBack,
  isClosed,
  SharedAcquire,
  tryTake,
} from "./permits.ts";
import { discard, placeFor } from "./payload.ts";
import { SLOT_BYTES, SlotQueue, slotQueueWords, slotsFor } from "./slots.ts";
import { grantAll, GRANTED, QUEUED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const SLOTS = OWN + BEYOND;
const ROOM = SLOTS + 1;
const SENDERS = SLOTS + 2;
const RECEIVER = SLOTS + 3;
const CLOSING = SLOTS + 4;

/**
 * Makes the memory of a channel, with a reference for a sender and one for the receiver.
 *
 * @throws {RangeError} When there is no memory left.
 */
export function makeChannel<T>(room: number): Channel<T> {
  const cell = Cell.create([room, 0, 0, room, 1, 0, 0, 0], free);
  const { words, at } = cell;
  const count = slotsFor(room);
  const place = cell.allocate(slotQueueWords(count) * 4, "a channel");
  words[at + SLOTS] = place;
  new SlotQueue(words, place / 4, count).clear();
  cell.retain();
  return new Channel(cell);
}

/** Takes over a reference that was counted before. */
export function channelAt<T>(at: number): Channel<T> {
  return new Channel(new Cell(ownLink(), at, free));
}

/** The last handle is gone. M3. */
function free(link: Link, at: number): void {
  const { words, arena } = link.domain;
  const place = words[at + SLOTS]!;
  if (place === 0) return;
  const slots = new SlotQueue(words, place / 4, slotsFor(words[at + ROOM]!));
  for (let slot = slots.take(); slot >= 0; slot = slots.take()) {
    discard(link, slots.indexOf(slot), slots.lengthOf(slot));
    freePayload(link, slots, slot);
  }
  arena.freeRemote(place);
}

function freePayload({ domain: { arena } }: Link, slots: SlotQueue, slot: number): void {
  const place = slots.placeOf(slot);
  if (place !== 0) arena.freeRemote(place);
}

/** A channel, seen by one handle. */
export class Channel<T> {
  // Plain properties set by the constructor, as in `Acquire`.
  /** The reference of the handle. */
  declare readonly cell: Cell;
  /** The values. */
  declare private readonly slots: SlotQueue;

  constructor(cell: Cell) {
    const { words, at } = cell;
    this.cell = cell;
    this.slots = new SlotQueue(words, words[at + SLOTS]! / 4, slotsFor(words[at + ROOM]!));
  }

  /** The index of the word in which the receiver says that it waits. */
  get receiver(): number {
    return this.cell.at + RECEIVER;
  }

  /** For how many values there is room in all. */
  get room(): number {
    return this.cell.words[this.cell.at + ROOM]!;
  }

  /** For how many values there is room now. */
  get free(): number {
    return freePermits(this.cell);
  }

  /** How many senders there are. */
  get senders(): number {
    return load(this.cell.words, this.cell.at + SENDERS);
  }

  /** Whether the receiver takes no more. */
  get isClosed(): boolean {
    return isClosed(this.cell);
  }

  /** How many values wait, about. */
  get size(): number {
    return this.slots.size;
  }

  /** Whether there is a value, or the end. */
  hasNews(): boolean {
    return this.slots.peek() >= 0 || this.isOver();
  }

  /** M2. */
  isOver(): boolean {
    return (this.isClosed || this.senders === 0) && this.free === this.room;
  }

  /** Another handle. */
  refer(): Channel<T> {
    this.cell.retain();
    return channelAt(this.cell.at);
  }

  /** One sender more. */
  addSender(): void {
    add(this.cell.words, this.cell.at + SENDERS, 1);
  }

  /** One sender less. M2. */
  dropSender(): void {
    if (sub(this.cell.words, this.cell.at + SENDERS, 1) === 1) this.tell();
  }

  /** Rings the receiver's bell. */
  tell(): void {
    ring(this.cell.link, this.receiver);
  }

  /** Sends a value if there is room. */
  trySend(value: T): void {
    const { cell } = this;
    if (isClosed(cell)) throw new TrySendError(value, "closed");
    if (!tryTake(cell, 1)) throw new TrySendError(value, "full");
    if (isClosed(cell)) {
      this.giveBack();
      throw new TrySendError(value, "closed");
    }
    this.push(value);
  }

  /** Puts a value in, with a permit. M1. */
  push(value: T): void {
    const { slots, cell: { link, words } } = this;
    const { encoder, domain: { arena } } = link;
    let bytes: number;
    let place: number;
    try {
      bytes = encoder.encodeOne(value);
      place = placeFor(arena, bytes, SLOT_BYTES);
    } catch (error) {
      this.giveBack();
      throw error;
    }
    const slot = slots.claim();
    slots.setPayload(slot, place, bytes);
    encoder.copyTo(words, slots.indexOf(slot));
    encoder.sent();
    slots.publish(slot);
    this.tell();
  }

  /** Gives a permit back that no value was sent with. M2. */
  giveBack(): void {
    giveBack(this.cell, 1);
    this.tell();
  }

  /** The slot of the first value, or -1 if there is none. For the receiver. */
  peek(): number {
    return this.slots.peek();
  }

  /** What has to be loaded before the value in a slot can be read. */
  missing(slot: number): Missing | undefined {
    const { slots, cell: { link, words } } = this;
    return link.decoder.missing(words, slots.indexOf(slot), slots.lengthOf(slot));
  }

  /**
   * Takes the first value, whose slot `peek` has just answered with. Its permit stays with the caller,
   * who gives it back by {@linkcode Channel.settle}, also if this throws. M1.
   */
  shift(slot: number): T {
    const { slots, cell: { link, words } } = this;
    slots.takeFirst();
    try {
      return link.decoder.decodeOne(words, slots.indexOf(slot)) as T;
    } finally {
      freePayload(link, slots, slot);
      slots.release(slot);
    }
  }

  /** Gives the permits of so many values back. M1, M4. */
  settle(count: number): void {
    giveBack(this.cell, count);
  }

  /** Takes the first value and disposes of it. Answers `false` if there is none. */
  skip(): boolean {
    const { slots, cell: { link } } = this;
    const slot = slots.take();
    if (slot < 0) return false;
    try {
      discard(link, slots.indexOf(slot), slots.lengthOf(slot));
    } finally {
      freePayload(link, slots, slot);
      slots.release(slot);
      this.settle(1);
    }
    return true;
  }

  /** Takes no more values, and tells those who wait for that. */
  close(): void {
    this.cell.lock();
    this.closeWithin();
    this.cell.unlock();
    this.tell();
  }

  /**
   * M2: whether it is over. Then it is closed too, so that a send of a sender that is gone, which
   * nobody has polled so far, fails.
   */
  tryEnd(): boolean {
    if (!this.isOver()) return false;
    this.cell.lock();
    if (this.isOver() && !this.isClosed) this.closeWithin();
    // P6 of permits.ts: somebody may have taken a permit meanwhile, and not have seen the end.
    const isOver = this.isOver();
    this.cell.unlock();
    return isOver;
  }

  /** Under the lock. */
  private closeWithin(): void {
    closeWithin(this.cell);
    grantAll(this.cell, CLOSING, GRANTED);
  }
}

/** The future of `send`: it is the wait for room, and holds the value meanwhile. */
export class Send<T> extends SharedAcquire<void> {
  declare private readonly channel: Channel<T>;
  declare private readonly value: T;
  declare private isDone: boolean;

  constructor(channel: Channel<T>, value: T) {
    super(channel.cell, 1);
    this.channel = channel;
    this.value = value;
    this.isDone = false;
  }

  override poll(cx: Context): Poll<void> {
    try {
      return super.poll(cx);
    } catch (error) {
      this.isDone = true;
      throw error;
    }
  }

  override [Symbol.dispose](): void {
    if (this.isDone) return;
    this.isDone = true;
    const { cell } = this;
    // M2: it may have had the last permit. The handle may be gone already.
    cell.use();
    super[Symbol.dispose]();
    this.channel.tell();
    cell.unuse();
  }

  protected taken(): void {
    this.isDone = true;
    this.channel.push(this.value);
  }

  protected refused(): Error {
    this.channel.tell();
    return new SendError(this.value);
  }
}

/** The future of `closed`. */
export class WaitClosed extends SharedWait<void> {
  constructor(cell: Cell) {
    super(cell, CLOSING);
  }

  protected attempt(): number {
    return isClosed(this.cell) ? GRANTED : QUEUED;
  }

  protected abandon(): void {}

  protected finish(): void {}
}
