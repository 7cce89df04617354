/**
 * The receiving side of a channel with many senders: the line of those who wait for values.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import { type Context, currentContext } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { stepOf, type Wait } from "../../future/future.ts";
import { type Giver, InLine, Line } from "../../future/line.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { HandleKind, WireForm } from "../../scheduler/multi_thread/handle.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { Bell } from "./bell.ts";
import type { Channel } from "./mpsc_channel.ts";
import { bring } from "./payload.ts";

const OPEN = 0;
const DROPPED = 1;
const SENT = 2;

/** What is behind a receiver. */
export class Mailbox<T> implements Giver {
  /** Those who wait for values. */
  readonly line: Line;
  readonly #channel: Channel<T>;
  readonly #bell: Bell;
  #state = OPEN;
  /** Whether what the first value needs is being loaded. */
  #isLoading = false;
  /** Why that failed. */
  #failure: { readonly reason: unknown } | undefined = undefined;

  constructor(channel: Channel<T>) {
    this.line = new Line(this, this);
    this.#channel = channel;
    this.#bell = new Bell(channel.cell.link, channel.receiver, this.line);
  }

  /**
   * The channel.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  get channel(): Channel<T> {
    if (this.#state === OPEN) return this.#channel;
    throw new TypeError("Cannot use a receiver: it was disposed of or sent");
  }

  /** Takes the first value if it can be read now. */
  takeNext(): Poll<T | End> {
    const channel = this.#channel;
    if (this.#state === DROPPED) return End;
    if (this.#state === SENT) throw new TypeError("Cannot receive: this receiver was sent");
    if (this.#failure !== undefined) this.#fail(this.#failure.reason);
    if (this.#isLoading) return Pending;
    const slot = channel.peek();
    if (slot < 0) return channel.tryEnd() ? End : Pending;
    const missing = channel.missing(slot);
    if (missing === undefined) return this.#take(slot);
    this.#load(missing);
    return Pending;
  }

  /** As {@linkcode Mailbox.takeNext}, for those who wait. */
  poll(cx: Context): Poll<T | End> {
    if (!proceed(cx.waker)) return Pending;
    while (true) {
      const item = this.takeNext();
      if (!isPending(item)) return item;
      if (this.#rest(cx)) return Pending;
    }
  }

  /** Waits for a value, and takes up to `limit`. */
  pollMany(cx: Context, limit: number, into: T[]): Poll<T[]> {
    const item = this.poll(cx);
    if (isPending(item)) return Pending;
    if (!isItem(item)) return into;
    into.push(item);
    if (limit > 1) this.#takeMore(limit - 1, into);
    return into;
  }

  hasNews(): boolean {
    if (this.#state !== OPEN) return true;
    return !this.#isLoading && (this.#failure !== undefined || this.#channel.hasNews());
  }

  /** Nobody waits any more. */
  unpoll(): void {
    this.line.unkeep();
    this.#bell.disarm();
  }

  /** Closes the channel and disposes of what was not received. */
  drop(): void {
    if (this.#state !== OPEN) return;
    this.#state = DROPPED;
    const channel = this.#channel;
    this.#bell.disarm();
    channel.close();
    while (channel.skip());
    channel.cell[Symbol.dispose]();
    this.line.wakeAll();
  }

  /** The form in which it moves to another isolate. */
  move(kind: HandleKind): WireForm {
    const { cell } = this.channel;
    if (!this.line.isEmpty) {
      throw new TypeError("Cannot send a receiver: somebody waits for its values");
    }
    return cell.move(kind, () => this.#state = SENT);
  }

  #take(slot: number): T {
    const channel = this.#channel;
    try {
      return channel.shift(slot);
    } finally {
      channel.settle(1);
    }
  }

  /** Takes those values that can be read now. M4 of `mpsc_channel.ts`. */
  #takeMore(limit: number, into: T[]): void {
    const channel = this.#channel;
    let taken = 0;
    try {
      while (taken < limit && this.#state === OPEN) {
        const slot = channel.peek();
        if (slot < 0 || channel.missing(slot) !== undefined) break;
        taken += 1;
        into.push(channel.shift(slot));
      }
    } finally {
      if (taken > 0) channel.settle(taken);
    }
  }

  /** Has `cx` woken when there is news. Answers `false` if there is some already. */
  #rest(cx: Context): boolean {
    if (!this.#isLoading && this.#bell.arm() && this.hasNews()) {
      this.#bell.disarm();
      return false;
    }
    refund();
    this.line.keep(cx.waker);
    return true;
  }

  async #load(missing: Missing): Promise<void> {
    this.#isLoading = true;
    try {
      await bring(missing);
    } catch (reason) {
      this.#failure = { reason };
    }
    this.#isLoading = false;
    this.line.wake();
  }

  /** The first value cannot be read. */
  #fail(reason: unknown): never {
    this.#failure = undefined;
    this.#channel.skip();
    throw reason;
  }
}

/** The future of `recv`. */
export class Recv<T> extends InLine<T | undefined> {
  declare private readonly mailbox: Mailbox<T>;

  constructor(mailbox: Mailbox<T>) {
    super(mailbox.line);
    this.mailbox = mailbox;
  }

  override poll(cx: Context): Poll<T | undefined> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, T | undefined> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<T | undefined> {
    const item = this.mailbox.poll(cx);
    if (isItem(item)) return item;
    return isPending(item) ? Pending : undefined;
  }
}

/** The future of `recvMany`. */
export class RecvMany<T> extends InLine<T[]> {
  declare private readonly mailbox: Mailbox<T>;
  declare private readonly limit: number;
  declare private readonly into: T[];

  constructor(mailbox: Mailbox<T>, limit: number, into: T[]) {
    super(mailbox.line);
    this.mailbox = mailbox;
    this.limit = limit;
    this.into = into;
  }

  protected override ask(cx: Context): Poll<T[]> {
    return this.mailbox.pollMany(cx, this.limit, this.into);
  }
}
