/**
 * The receiving side of a channel.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import { End, type SizeHint, Source, standIn } from "../../future/source.ts";
import type { Bounded, Channel } from "./channel.ts";
import { TryRecvError } from "./errors.ts";
import { Recv, RecvMany } from "./recvs.ts";

/**
 * What both kinds of receivers are.
 *
 * - **Several at once:** who asks while others wait stands behind them, and is served after them.
 *   Several `for await` loops over one receiver share what comes.
 * - **The end** comes when the channel was closed or all senders were, everything was taken and no
 *   permit is out that a value may still come by.
 * - **Forgetting it** leaves the senders of a bounded channel waiting once it is full: dispose it.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(4);
 * tx.trySend(1);
 * tx.trySend(2);
 * tx.close();
 *
 * const receiver: mpsc.AnyReceiver<number> = rx;
 * const received: number[] = [];
 * for await (const value of receiver) received.push(value);
 * assertEquals(received, [1, 2]);
 * ```
 */
export abstract class AnyReceiver<T> extends Source<T> {
  // A plain property set by the constructor, as in `Acquire`.
  declare private readonly channel: Channel<T>;

  /** Wraps a channel. */
  constructor(channel: Channel<T>) {
    super();
    standIn(this, channel.line);
    this.channel = channel;
  }

  /**
   * Waits for the next value.
   *
   * **Cancel safety:** a value is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns The value, or `undefined` at the end.
   */
  recv(): Future<T | undefined> {
    return new Recv(this.channel);
  }

  /**
   * Waits for at least one value, and takes all that are there, up to `limit`.
   *
   * **Cancel safety:** values are taken in the poll that answers with them, so giving up loses none.
   *
   * @param limit How many to take at most. With 0 it is ready at once and takes none.
   * @param into Where to append them, for those who want to use one array again and again.
   * @returns `into`, or a new array. When nothing was appended, that is the end.
   * @throws {RangeError} When the limit is negative or no whole number.
   */
  recvMany(limit: number, into: T[] = []): Future<T[]> {
    checkLimit(limit);
    if (limit === 0) return ready(into);
    return new RecvMany(this.channel, limit, into);
  }

  /**
   * Takes the next value if there is one now.
   *
   * @throws {TryRecvError} When the channel is empty for now, or for ever.
   */
  tryRecv(): T {
    const item = this.channel.takeNext();
    if (!isPending(item) && item !== End) return item;
    throw new TryRecvError(item === End ? "disconnected" : "empty");
  }

  /** As {@linkcode AnyReceiver.tryRecv}, and answers `Pending` and `End` instead of throwing. */
  tryNext(): Poll<T | End> {
    return this.channel.takeNext();
  }

  /**
   * Answers with the next value, with `undefined` at the end, or with `Pending` after it has
   * arranged for `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  pollRecv(cx: Context): Poll<T | undefined> {
    const item = this.pollNext(cx);
    return item === End ? undefined : item;
  }

  /**
   * As {@linkcode AnyReceiver.recvMany}, as a poll. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   * @param limit How many to take at most.
   * @param into Where to append them.
   * @returns `into`, or `Pending`.
   * @throws {RangeError} When the limit is negative or no whole number.
   */
  pollRecvMany(cx: Context, limit: number, into: T[] = []): Poll<T[]> {
    checkLimit(limit);
    return this.channel.pollMany(cx, limit, into);
  }

  /**
   * As {@linkcode AnyReceiver.pollRecv}, and answers with `End` at the end, which may be told from
   * an `undefined` that was sent.
   *
   * @param cx Who polls.
   */
  override pollNext(cx: Context): Poll<T | End> {
    return this.channel.poll(cx);
  }

  /** Takes back the interest of the last {@linkcode AnyReceiver.pollNext}. */
  override unpoll(): void {
    this.channel.line.unkeep();
  }

  /** As {@linkcode AnyReceiver.recv}. */
  override next(): Future<T | undefined> {
    return this.recv();
  }

  /** How many values are still to come, which is known once the channel is closed. */
  override sizeHint(): SizeHint {
    const { channel } = this;
    return [channel.queue.size, this.isClosed() ? channel.most() : undefined];
  }

  /** Whether it is at the end. */
  override isTerminated(): boolean {
    return this.channel.isOver();
  }

  /**
   * Lets nothing more be sent. What was sent already can still be received, and so can what comes by
   * permits that are out; the end comes after that.
   */
  close(): void {
    this.channel.close();
  }

  /** Whether it was closed, or all senders were. There may still be something to receive. */
  isClosed(): boolean {
    return this.channel.closed || this.channel.senders === 0;
  }

  /** Whether nothing was sent that was not received. */
  isEmpty(): boolean {
    return this.channel.queue.size === 0;
  }

  /** How many values were sent and not received. */
  len(): number {
    return this.channel.queue.size;
  }

  /** How many handles keep the channel open: senders, and permits of `reserveOwned`. */
  senderStrongCount(): number {
    return this.channel.senders;
  }

  /** How many weak senders there are that were not closed. */
  senderWeakCount(): number {
    return this.channel.weakSenders;
  }

  /** Closes the channel and drops what was not received. Who waits gets the end. */
  override [Symbol.dispose](): void {
    this.channel.drop();
  }
}

/**
 * Receives from a bounded channel. Made by `mpsc.channel`.
 *
 * Follows Tokio's `mpsc::Receiver`.
 *
 * @example Taking many at once
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<string>(10);
 * for (const word of ["one", "two", "three"]) await tx.send(word);
 * tx.close();
 *
 * const batch: string[] = [];
 * const sizes: number[] = [];
 * while ((await rx.recvMany(2, batch)).length > 0) {
 *   sizes.push(batch.length);
 *   batch.length = 0;
 * }
 * assertEquals(sizes, [2, 1]);
 * ```
 */
export class Receiver<T> extends AnyReceiver<T> {
  readonly #channel: Bounded<T>;

  /** Made by `channel`. */
  constructor(channel: Bounded<T>) {
    super(channel);
    this.#channel = channel;
  }

  /** For how many values there is room now. */
  capacity(): number {
    return this.#channel.permits.free;
  }

  /** For how many values there is room in all. */
  maxCapacity(): number {
    return this.#channel.room;
  }
}

/**
 * Receives from an unbounded channel. Made by `mpsc.unboundedChannel`.
 *
 * Follows Tokio's `mpsc::UnboundedReceiver`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<number>();
 * tx.send(7);
 * assertEquals(rx.len(), 1);
 * assertEquals(await rx.recv(), 7);
 * ```
 */
export class UnboundedReceiver<T> extends AnyReceiver<T> {}

function checkLimit(limit: number): void {
  if ((Number.isInteger(limit) && limit >= 0) || limit === Infinity) return;
  throw new RangeError(`Cannot receive up to ${limit} values: a whole number from 0 is wanted`);
}
