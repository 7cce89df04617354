/**
 * The memory of a channel whose receivers all get every value.
 *
 * ```text
 *  words 2–8            as `shown.ts` has them
 *  word 9    slots      where the values are, in bytes
 *  word 10   room       how many slots there are, a power of two
 *
 *  slot n, 32 words, for the values whose number is n modulo the number of slots
 *    word 0    place    0: the value is in words 2…; else where it is in the arena, in bytes
 *    word 1    length   of the value, in bytes
 *    word 2…   value
 * ```
 *
 * Y1 A receiver keeps the number of the value that is next for it in memory of its own. If more
 *    values than there are slots were sent since, the oldest of them are lost: it lags.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { type Giver, Line } from "../../future/line.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { HandleKind, WireForm } from "../../scheduler/multi_thread/handle.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { Cell } from "./cell.ts";
import { RECEIVING, SENDING, Shown, SPECIAL } from "./shown.ts";
import { GRANTED, QUEUED, REFUSED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const SLOTS = SPECIAL;
const ROOM = SPECIAL + 1;

const SLOT_WORDS = 32;
const PLACE = 0;
const LENGTH = 1;
const VALUE = 2;

/** The answer of a receiver that lags. */
export const Lagged: unique symbol = Symbol("Lagged");
/** The type of {@linkcode Lagged}. */
export type Lagged = typeof Lagged;

/**
 * Makes the memory of a channel, with a reference.
 *
 * @param room How many slots there are, a power of two.
 * @throws {RangeError} When there is no memory left.
 */
export function makeChannel<T>(room: number): Channel<T> {
  const cell = Cell.create([0, 0, 0, 0, 0, 0, room], free);
  const { words, at } = cell;
  const place = cell.allocate(room * SLOT_WORDS * 4, "a channel");
  for (let i = 0; i < room; i++) words[place / 4 + i * SLOT_WORDS + PLACE] = 0;
  words[at + SLOTS] = place;
  return new Channel(cell);
}

/** Takes over a reference that was counted before. */
export function channelAt<T>(at: number): Channel<T> {
  return new Channel(new Cell(ownLink(), at, free));
}

/** The last handle is gone. */
function free({ domain: { words, arena } }: Link, at: number): void {
  const slots = words[at + SLOTS]!;
  if (slots === 0) return;
  for (let i = 0; i < words[at + ROOM]!; i++) {
    const place = words[slots / 4 + i * SLOT_WORDS + PLACE]!;
    if (place !== 0) arena.freeRemote(place);
  }
  arena.freeRemote(slots);
}

/** A channel, seen by one handle. */
export class Channel<T> extends Shown {
  /** How many values are kept. */
  readonly room: number;
  readonly #slots: number;

  constructor(cell: Cell) {
    super(cell);
    this.room = cell.words[cell.at + ROOM]!;
    this.#slots = cell.words[cell.at + SLOTS]! / 4;
  }

  /** Sends a value. X1. */
  send(value: T): void {
    const { cell } = this;
    const { words, link } = cell;
    const place = this.encode(value, SLOT_WORDS - VALUE);
    cell.lock();
    const slot = this.#slot(this.sent);
    const before = words[slot + PLACE]!;
    words[slot + PLACE] = place;
    words[slot + LENGTH] = this.bytes;
    this.publish(place === 0 ? slot + VALUE : place / 4);
    cell.unlock();
    if (before !== 0) link.domain.arena.freeRemote(before);
  }

  /** Reads the value of that number; {@linkcode Lagged} if it is lost. X1. */
  read(number: number): T | Lagged {
    const { cell } = this;
    const { words } = cell;
    cell.lock();
    const isLost = ((this.sent - number) | 0) > this.room;
    const slot = this.#slot(number);
    const place = words[slot + PLACE]!;
    const start = place === 0 ? slot + VALUE : place / 4;
    const copy = isLost ? undefined : words.slice(start, start + words[slot + LENGTH]! / 4);
    cell.unlock();
    return copy === undefined ? Lagged : cell.link.decoder.decode(copy, 0)[0] as T;
  }

  #slot(number: number): number {
    return this.#slots + (number & (this.room - 1)) * SLOT_WORDS;
  }
}

/** What is behind a receiver. */
export class Cursor<T> implements Giver {
  /** Those who wait for values. */
  readonly line: Line;
  /** The channel. */
  readonly channel: Channel<T>;
  /** How many values were lost, after {@linkcode Lagged}. */
  skipped = 0;
  /** Whether it was neither closed nor sent. */
  isOpen = true;
  /** Y1. */
  next: number;
  #arrival: Arrival | undefined = undefined;

  constructor(channel: Channel<T>, next: number) {
    this.line = new Line(this, this);
    this.channel = channel;
    this.next = next;
  }

  /** How many values were sent that it has not received. */
  get behind(): number {
    return (this.channel.sent - this.next) | 0;
  }

  /** Takes the next value, if there is one. */
  read(): Poll<T | End | Lagged> {
    if (!this.isOpen) return End;
    const { channel } = this;
    if (this.behind === 0) {
      // What was sent before the last sender was closed is there when that is seen.
      if (channel.count(SENDING) > 0) return Pending;
      if (this.behind === 0) return End;
    }
    const value = channel.read(this.next);
    if (value !== Lagged) {
      this.next = (this.next + 1) | 0;
      return value;
    }
    this.skipped = this.behind - channel.room;
    this.next = (this.next + this.skipped) | 0;
    return Lagged;
  }

  /** As {@linkcode Cursor.read}, for those who wait. */
  poll(cx: Context): Poll<T | End | Lagged> {
    if (!proceed(cx.waker)) return Pending;
    while (true) {
      const item = this.read();
      if (!isPending(item)) {
        this.#rest();
        return item;
      }
      this.#arrival ??= new Arrival(this.channel.cell, this);
      if (isPending(this.#arrival.poll({ waker: this.line }))) break;
      this.#arrival = undefined;
    }
    refund();
    this.line.keep(cx.waker);
    return Pending;
  }

  hasNews(): boolean {
    return !this.isOpen || this.behind !== 0 || this.channel.count(SENDING) === 0;
  }

  /** Nobody waits any more. */
  unpoll(): void {
    this.line.unkeep();
    this.#rest();
  }

  /** Stops receiving. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#rest();
    this.channel.leave(RECEIVING);
    this.line.wakeAll();
  }

  /** The form in which it moves to another isolate. */
  move(kind: HandleKind): WireForm {
    const { line, channel: { cell } } = this;
    if (!this.isOpen) throw new TypeError("Cannot send a receiver: it was closed or sent");
    if (!line.isEmpty) {
      throw new TypeError("Cannot send a receiver: somebody waits for its values");
    }
    return cell.move(kind, () => this.isOpen = false, this.next);
  }

  #rest(): void {
    if (this.#arrival === undefined) return;
    this.#arrival[Symbol.dispose]();
    this.#arrival = undefined;
  }
}

/** The wait for the next value of a cursor, or the end. */
class Arrival extends SharedWait<void> {
  readonly #cursor: Cursor<unknown>;

  constructor(cell: Cell, cursor: Cursor<unknown>) {
    super(cell);
    this.#cursor = cursor;
  }

  protected override get isCharged(): boolean {
    return false;
  }

  protected attempt(): number {
    if (this.#cursor.behind !== 0) return GRANTED;
    return this.#cursor.channel.count(SENDING) === 0 ? REFUSED : QUEUED;
  }

  protected abandon(): void {}

  protected finish(): void {}
}
