/**
 * Channels with many senders and one receiver, which may be in different isolates.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import { Source, standIn } from "../../future/source.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { TryRecvError } from "../mpsc/errors.ts";
import { type Channel, channelAt, makeChannel, Send, WaitClosed } from "./mpsc_channel.ts";
import { Mailbox, Recv, RecvMany } from "./mpsc_mailbox.ts";
import { checkCapacity } from "./payload.ts";

export { SendError, TryRecvError, TrySendError } from "../mpsc/errors.ts";

/**
 * Makes a channel with room for `capacity` values, whose ends may be in different isolates. Values
 * travel as arguments of portable tasks do: as copies, and handles as themselves.
 *
 * Follows Tokio's `mpsc::channel`.
 *
 * @param capacity For how many values there is room, from 1 to 65,536.
 * @returns The sender, which may be cloned, and the receiver.
 * @throws {RangeError} When the capacity is another number, or there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.mpsc.channel<{ id: number }>(10);
 * await tx.send({ id: 1 });
 * tx.close();
 * assertEquals(await rx.recv(), { id: 1 });
 * assertEquals(await rx.recv(), undefined);
 * rx[Symbol.dispose]();
 * ```
 */
export function channel<T>(capacity: number): [Sender<T>, Receiver<T>] {
  checkCapacity(capacity);
  const made = makeChannel<T>(capacity);
  return [new Sender(made), new Receiver(channelAt(made.cell.at))];
}

/**
 * Sends to a channel. Made by {@linkcode channel}, or by `clone`.
 *
 * When it is sent to another isolate, that one gets a clone; both have to be closed. The channel ends
 * for its receiver when the last sender of all isolates is closed.
 *
 * Follows Tokio's `mpsc::Sender`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.mpsc.channel<string>(1);
 * {
 *   using other = tx.clone();
 *   other.trySend("first");
 * }
 * assertThrows(() => tx.trySend("second"), shared.mpsc.TrySendError);
 * assertEquals(rx.tryRecv(), "first");
 * tx.close();
 * rx[Symbol.dispose]();
 * ```
 */
export class Sender<T> implements WireHandle, Disposable {
  readonly #channel: Channel<T>;
  #isOpen = true;

  /** Made by {@linkcode channel}. */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
  }

  /**
   * Sends a value, and waits for room if there is none.
   *
   * **Cancel safety:** giving up loses the place among those who wait; the value is not sent.
   *
   * @param value What to send. It is copied when there is room, so it must not change until then.
   * @returns A future that fails with a `SendError`, which carries the value, when the channel is
   * closed; with a `DataCloneError` when the value cannot travel; and with a `RangeError` when there
   * is no memory for it.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): Future<void> {
    return new Send(this.#open, value);
  }

  /**
   * Sends a value if there is room now, and nobody waits for it.
   *
   * @param value What to send.
   * @throws {TrySendError} When the channel is full or closed. The error carries the value.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for the value.
   * @throws {TypeError} When this handle was closed.
   */
  trySend(value: T): void {
    this.#open.trySend(value);
  }

  /**
   * Waits until the receiver has closed the channel or is gone: nobody wants more values.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @throws {TypeError} When this handle was closed.
   */
  closed(): Future<void> {
    return new WaitClosed(this.#open.cell);
  }

  /**
   * Whether the receiver has closed the channel or is gone.
   *
   * @throws {TypeError} When this handle was closed.
   */
  isClosed(): boolean {
    return this.#open.isClosed;
  }

  /**
   * For how many values there is room now.
   *
   * @throws {TypeError} When this handle was closed.
   */
  capacity(): number {
    return this.#open.free;
  }

  /**
   * For how many values there is room in all.
   *
   * @throws {TypeError} When this handle was closed.
   */
  maxCapacity(): number {
    return this.#open.room;
  }

  /**
   * How many senders there are, in all isolates and on their way.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    return this.#open.senders;
  }

  /**
   * Whether both handles are of the same channel.
   *
   * @param other Another handle.
   * @throws {TypeError} When one of them was closed.
   */
  sameChannel(other: Sender<T>): boolean {
    return this.#open.cell.at === other.#open.cell.at;
  }

  /**
   * Makes another handle, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Sender<T> {
    const channel = this.#open;
    channel.addSender();
    return new Sender(channel.refer());
  }

  /**
   * Closes this handle; with the last one the channel ends. Sends that wait already still go
   * through. Does nothing when it was closed before.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#channel.dropSender();
    this.#channel.cell[Symbol.dispose]();
  }

  /** As {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The form in which a clone travels to another isolate. */
  [toWire](): WireForm {
    const channel = this.#open;
    const onSent = () => {
      channel.addSender();
      channel.cell.retain();
    };
    return { kind: senderKind, data: [channel.cell.at], onSent };
  }

  get #open(): Channel<T> {
    if (this.#isOpen) return this.#channel;
    throw new TypeError("Cannot use a sender: it was closed");
  }
}

/**
 * Receives from a channel. Made by {@linkcode channel}.
 *
 * - **It moves** when it is sent to another isolate: here it cannot be used any more.
 * - **Several at once:** who asks while others wait stands behind them, and is served after them.
 * - **The end** comes when the channel was closed or all senders were, and everything was taken.
 * - **Forgetting it** leaves the senders waiting once the channel is full: dispose of it.
 *
 * Follows Tokio's `mpsc::Receiver`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.mpsc.channel<number>(4);
 * tx.trySend(1);
 * tx.trySend(2);
 * tx.close();
 *
 * using receiver = rx;
 * const received: number[] = [];
 * for await (const value of receiver) received.push(value);
 * assertEquals(received, [1, 2]);
 * ```
 */
export class Receiver<T> extends Source<T> implements WireHandle {
  readonly #mailbox: Mailbox<T>;

  /** Made by {@linkcode channel}. */
  constructor(channel: Channel<T>) {
    super();
    this.#mailbox = new Mailbox(channel);
    standIn(this, this.#mailbox.line);
  }

  /**
   * Waits for the next value.
   *
   * **Cancel safety:** a value is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns The value, or `undefined` at the end. Fails with what a handle in the value fails with
   * when it is made here; that value is lost then.
   */
  recv(): Future<T | undefined> {
    return new Recv(this.#mailbox);
  }

  /**
   * Waits for at least one value, and takes all that are there, up to `limit`. Room for others comes
   * at the end, so that those who send meanwhile do not make it go on for ever.
   *
   * **Cancel safety:** values are taken in the poll that answers with them, so giving up loses none.
   *
   * @param limit How many to take at most. With 0 it is ready at once and takes none.
   * @param into Where to append them.
   * @returns `into`, or a new array. When nothing was appended, that is the end.
   * @throws {RangeError} When the limit is negative or no whole number.
   */
  recvMany(limit: number, into: T[] = []): Future<T[]> {
    if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 0)) {
      throw new RangeError(`Cannot receive up to ${limit} values: a whole number from 0 is wanted`);
    }
    return limit === 0 ? ready(into) : new RecvMany(this.#mailbox, limit, into);
  }

  /**
   * Takes the next value if there is one now. A value with a handle of a kind that this isolate has
   * not met counts as not there until the module of the kind is loaded, which begins with this.
   *
   * @throws {TryRecvError} When the channel is empty for now, or for ever.
   */
  tryRecv(): T {
    const item = this.#mailbox.takeNext();
    if (!isPending(item) && item !== End) return item;
    throw new TryRecvError(item === End ? "disconnected" : "empty");
  }

  /**
   * Answers with the next value, with `End` at the end, or with `Pending` after it has arranged for
   * `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  override pollNext(cx: Context): Poll<T | End> {
    return this.#mailbox.poll(cx);
  }

  /** Takes back the interest of the last {@linkcode Receiver.pollNext}. */
  override unpoll(): void {
    this.#mailbox.unpoll();
  }

  /** As {@linkcode Receiver.recv}. */
  override next(): Future<T | undefined> {
    return this.recv();
  }

  /**
   * Lets nothing more be sent. What was sent already can still be received; the end comes after that.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  close(): void {
    this.#mailbox.channel.close();
  }

  /**
   * Whether it was closed, or all senders were. There may still be something to receive.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  isClosed(): boolean {
    const { channel } = this.#mailbox;
    return channel.isClosed || channel.senders === 0;
  }

  /**
   * How many values were sent and not received.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  len(): number {
    return this.#mailbox.channel.size;
  }

  /**
   * For how many values there is room now.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  capacity(): number {
    return this.#mailbox.channel.free;
  }

  /**
   * For how many values there is room in all.
   *
   * @throws {TypeError} When the receiver was disposed of or sent.
   */
  maxCapacity(): number {
    return this.#mailbox.channel.room;
  }

  /** Closes the channel and disposes of what was not received. Who waits gets the end. */
  override [Symbol.dispose](): void {
    this.#mailbox.drop();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    return this.#mailbox.move(receiverKind);
  }
}

const senderKind: HandleKind = registerHandle(import.meta, "mpsc.Sender", {
  decode: (at: number) => new Sender(channelAt(at)),
  drop: (at: number) => new Sender(channelAt(at)).close(),
});

const receiverKind: HandleKind = registerHandle(import.meta, "mpsc.Receiver", {
  decode: (at: number) => new Receiver(channelAt(at)),
  drop: (at: number) => new Mailbox(channelAt(at)).drop(),
});
