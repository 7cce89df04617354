/**
 * What the handles of one channel share.
 *
 * C1 Whoever pushes an item into a bounded channel has a permit for it. The permit goes back when
 *    the item is taken, so that those in flight and those in the queue together never exceed the
 *    capacity.
 * C2 The channel is over when it was closed, or has no sender left, and nothing is in the queue and
 *    no permit is out: then nothing can come any more. Each change that may lead there wakes the
 *    receiver.
 * C3 A wait for permits that ends without using them has given them back; that may be the end, too.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { type Giver, Line } from "../../future/line.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { Gone, WaitGone } from "../gone.ts";
import { Permits } from "../permits.ts";
import { Queue } from "../queue.ts";

/** A channel with room for a number of items. */
export type Bounded<T> = Channel<T> & { readonly permits: Permits };

/** The state of a channel, with the line in front of its receiver. */
export class Channel<T> implements Giver {
  /** Those who wait for items. */
  declare readonly line: Line;
  /** The items that were sent and not taken. */
  declare readonly queue: Queue<T>;
  /** One for each item that has room; none of them in an unbounded channel. */
  declare readonly permits: Permits | undefined;
  /** For how many items there is room in all. */
  declare readonly room: number;
  /** How many sender handles keep it open. */
  declare senders: number;
  /** How many handles do not. */
  declare weakSenders: number;
  /** Whether the receiver has closed it, or was told of the end. */
  declare closed: boolean;
  /** Whether the receiver is gone for good, and what is sent with a permit is of no use. */
  declare private dropped: boolean;
  declare private gone: Gone | undefined;

  constructor(room: number | undefined) {
    this.line = new Line(this, undefined);
    this.queue = new Queue();
    this.permits = room === undefined ? undefined : new Permits(room);
    this.room = room ?? 0;
    this.senders = 1;
    this.weakSenders = 0;
    this.closed = false;
    this.dropped = false;
    this.gone = undefined;
  }

  /** Appends an item. The caller has a permit, which from now on belongs to the item. */
  push(item: T): void {
    this.queue.push(item);
    this.line.wake();
  }

  /** As {@linkcode push}, for permits that may have outlived the receiver. */
  deliver(item: T): void {
    if (this.dropped) this.giveBack(1);
    else this.push(item);
  }

  /** Takes the first item. The caller knows that there is one. */
  shift(): T {
    const item = this.queue.shift();
    if (this.permits !== undefined) this.permits.release(1);
    return item;
  }

  /** Takes the first item if there is one. */
  takeNext(): Poll<T | End> {
    if (this.queue.size > 0) return this.shift();
    if (!this.isOver()) return Pending;
    // Without senders the end is final too: a send that nobody has polled so far must fail now.
    this.close();
    return End;
  }

  /** Appends up to `limit` items to `into`, and answers whether that was the end or at least one. */
  takeMany(limit: number, into: T[]): boolean {
    const count = Math.min(limit, this.queue.size);
    if (count === 0) return limit === 0 || this.takeNext() === End;
    for (let i = 0; i < count; i++) into.push(this.queue.shift());
    if (this.permits !== undefined) this.permits.release(count);
    return true;
  }

  /** As {@linkcode takeNext}, for those who wait. */
  poll(cx: Context): Poll<T | End> {
    if (!proceed(cx.waker)) return Pending;
    const item = this.takeNext();
    if (isPending(item)) this.wait(cx);
    return item;
  }

  /** As {@linkcode takeMany}, for those who wait. */
  pollMany(cx: Context, limit: number, into: T[]): Poll<T[]> {
    if (!proceed(cx.waker)) return Pending;
    if (this.takeMany(limit, into)) return into;
    this.wait(cx);
    return Pending;
  }

  /** Whether nothing can come any more. */
  isOver(): boolean {
    if (!this.closed && this.senders > 0) return false;
    if (this.dropped) return true;
    return this.queue.size === 0 && (this.permits === undefined || this.permits.free === this.room);
  }

  /** How many items can still come at most, when it is closed or has no senders. */
  most(): number | undefined {
    if (this.permits === undefined) return this.queue.size;
    // Without permits others may wait for some, unless they were turned away.
    return this.closed || this.permits.free > 0 ? this.room - this.permits.free : undefined;
  }

  /** Whether there is an answer for who waits. */
  hasNews(): boolean {
    return this.queue.size > 0 || this.isOver();
  }

  /** Gives permits back that no item was sent with. */
  giveBack(count: number): void {
    if (this.permits !== undefined) this.permits.release(count);
    this.tellEnd();
  }

  /** Wakes the receiver if nothing can come any more. */
  tellEnd(): void {
    if (this.isOver()) this.line.wake();
  }

  /** One sender less. */
  dropSender(): void {
    this.senders -= 1;
    if (this.senders === 0) this.tellEnd();
  }

  /** Takes no more items but those for which permits are out. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.permits !== undefined) this.permits.close();
    this.gone?.leave();
    this.tellEnd();
  }

  /** Closes, and forgets what was not taken. */
  drop(): void {
    if (this.dropped) return;
    this.close();
    this.dropped = true;
    const count = this.queue.size;
    this.queue.clear();
    if (this.permits !== undefined) this.permits.release(count);
    this.line.wake();
  }

  /** Waits until it is closed. */
  whenClosed(): Future<void> {
    this.gone ??= new Gone(this.closed);
    return new WaitGone(this.gone);
  }

  private wait(cx: Context): void {
    refund();
    this.line.keep(cx.waker);
  }
}
