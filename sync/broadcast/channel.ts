/**
 * What the handles of one channel share: a ring that is never full.
 *
 * B1 Value number `n` is in slot `n` modulo the capacity, until a later one overwrites it.
 * B2 A slot counts the receivers that have yet to read it, and lets go of its value when there are
 *    none left. Receivers read in order, so unread slots are always the latest ones.
 * B3 Who waits is enrolled, and news wake and strike off all who are. A receiver that goes on
 *    waiting enrols again.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { type Giver, Line } from "../../future/line.ts";
import { type Linked, LinkedList } from "../../future/linked_list.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { Gone } from "../gone.ts";
import { SendError } from "./errors.ts";

/** The answer of a read when values were lost; `Cursor.skipped` tells how many. */
export const Lagged: unique symbol = Symbol("Lagged");
/** The type of {@linkcode Lagged}. */
export type Lagged = typeof Lagged;

/** The values of a channel and who reads them. */
export class Channel<T> {
  // Plain properties set by the constructor, as in `Acquire`.
  /** For how many values there is room: a power of two. */
  declare readonly room: number;
  /** The number of the next value. */
  declare tail: number;
  /** How many senders keep it open. */
  declare senders: number;
  /** How many handles do not. */
  declare weakSenders: number;
  /** How many receivers there are. */
  declare receivers: number;
  /** Whether there are no receivers, and who waits for that. */
  declare readonly gone: Gone;
  declare private readonly values: (T | undefined)[];
  /** How many receivers have yet to read each slot. */
  declare private readonly unread: number[];
  /** B3: those who are enrolled. */
  declare private readonly enrolled: LinkedList<Cursor<T>>;

  constructor(room: number) {
    this.room = room;
    this.tail = 0;
    this.senders = 1;
    this.weakSenders = 0;
    this.receivers = 0;
    this.gone = new Gone(true);
    this.values = [];
    this.unread = [];
    this.enrolled = new LinkedList();
  }

  /** Puts a value where all receivers find it, and answers with how many these are. */
  send(value: T): number {
    const { receivers } = this;
    if (receivers === 0) throw new SendError(value);
    // In the first round this appends, so that a channel takes no more memory than it needs.
    const slot = this.tail & (this.room - 1);
    this.values[slot] = value;
    this.unread[slot] = receivers;
    this.tail += 1;
    if (this.enrolled.first !== undefined) this.wakeEnrolled();
    return receivers;
  }

  /** Reads the value with this number for one receiver. */
  read(position: number): T {
    const slot = position & (this.room - 1);
    const value = this.values[slot] as T;
    this.release(slot);
    return value;
  }

  /** Makes a receiver of all that is sent from now on. */
  subscribe(): Cursor<T> {
    this.receivers += 1;
    this.gone.comeBack();
    return new Cursor(this, this.tail);
  }

  /** One receiver less, which has not read what came from `position` on. */
  unsubscribe(position: number): void {
    for (let at = Math.max(position, this.tail - this.room); at < this.tail; at++) {
      this.release(at & (this.room - 1));
    }
    this.receivers -= 1;
    if (this.receivers === 0) this.gone.leave();
  }

  /** How many values some receiver has yet to read. */
  len(): number {
    // By B2 a search by halves finds the oldest of them.
    let low = Math.max(0, this.tail - this.room);
    let high = this.tail;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.unread[middle & (this.room - 1)] === 0) low = middle + 1;
      else high = middle;
    }
    return this.tail - low;
  }

  /** One sender less. */
  dropSender(): void {
    this.senders -= 1;
    if (this.senders === 0) this.wakeEnrolled();
  }

  /** Wakes `cursor` at the next news. */
  enrol(cursor: Cursor<T>): void {
    cursor.isEnrolled = true;
    this.enrolled.append(cursor);
  }

  /** Strikes `cursor` off. */
  strikeOff(cursor: Cursor<T>): void {
    cursor.isEnrolled = false;
    this.enrolled.remove(cursor);
  }

  private release(slot: number): void {
    const unread = this.unread[slot]! - 1;
    this.unread[slot] = unread;
    if (unread === 0) this.values[slot] = undefined;
  }

  private wakeEnrolled(): void {
    // All are struck off before the first is woken: a waker may send, or close a receiver.
    const first = this.enrolled.takeAll();
    for (let cursor = first; cursor !== undefined; cursor = cursor.behind) {
      cursor.isEnrolled = false;
      cursor.ahead = undefined;
    }
    for (let cursor = first; cursor !== undefined;) {
      const { behind }: Cursor<T> = cursor;
      cursor.behind = undefined;
      cursor.line.wake();
      cursor = behind;
    }
  }
}

/** How far one receiver has read, and the line in front of it. */
export class Cursor<T> implements Giver, Linked<Cursor<T>> {
  /** Those who wait for values. */
  declare readonly line: Line;
  /** What it reads. */
  declare readonly channel: Channel<T>;
  /** The number of the next value to read. */
  declare position: number;
  /** Whether the receiver is gone. */
  declare isClosed: boolean;
  /** How many values were lost, when that is what a read has answered. */
  declare skipped: number;
  /** Whether it is among those that news wake. */
  declare isEnrolled: boolean;
  /** Its neighbours there. */
  declare ahead: Cursor<T> | undefined;
  declare behind: Cursor<T> | undefined;

  constructor(channel: Channel<T>, position: number) {
    this.line = new Line(this, undefined);
    this.channel = channel;
    this.position = position;
    this.isClosed = false;
    this.skipped = 0;
    this.isEnrolled = false;
    this.ahead = undefined;
    this.behind = undefined;
  }

  /** How many values it has yet to read, also those that were overwritten. */
  len(): number {
    return this.isClosed ? 0 : this.channel.tail - this.position;
  }

  /** Whether the next read answers with a value. */
  hasValue(): boolean {
    const unread = this.channel.tail - this.position;
    return unread > 0 && unread <= this.channel.room && !this.isClosed;
  }

  /** Reads the next value, which is there. */
  shift(): T {
    return this.channel.read(this.position++);
  }

  /** Reads the next value if there is one. */
  read(): Poll<T | End | Lagged> {
    if (this.hasValue()) return this.shift();
    if (this.isClosed) return End;
    const { tail, room, senders } = this.channel;
    if (this.position === tail) return senders === 0 ? End : Pending;
    this.skipped = tail - room - this.position;
    this.position = tail - room;
    return Lagged;
  }

  /** As {@linkcode Cursor.read}, and keeps the waker until there is news. */
  poll(cx: Context): Poll<T | End | Lagged> {
    if (!proceed(cx.waker)) return Pending;
    const item = this.read();
    if (!isPending(item)) return item;
    refund();
    this.line.keep(cx.waker);
    if (!this.isEnrolled) this.channel.enrol(this);
    return Pending;
  }

  /** Who does not have to look is enrolled instead. */
  hasNews(): boolean {
    const { channel } = this;
    if (this.isClosed || channel.tail !== this.position || channel.senders === 0) return true;
    if (!this.isEnrolled) channel.enrol(this);
    return false;
  }

  /** Stops receiving. Who waits is told. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.isEnrolled) this.channel.strikeOff(this);
    this.channel.unsubscribe(this.position);
    this.line.wakeAll();
  }
}
