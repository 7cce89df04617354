/**
 * Channels whose receivers all get every value, in any isolates.
 *
 * @module
 */

import { type Context, currentContext } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { type Future, stepOf, type Wait } from "../../future/future.ts";
import { InLine } from "../../future/line.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import { Source, standIn } from "../../future/source.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { ClosedError, LaggedError, SendError, TryRecvError } from "../broadcast/errors.ts";
import { type Channel, channelAt, Cursor, Lagged, makeChannel } from "./broadcast_channel.ts";
import { Grip } from "./counted.ts";
import { checkCapacity } from "./payload.ts";
import { RECEIVING, SENDING, WaitClosed } from "./shown.ts";

export { ClosedError, LaggedError, SendError, TryRecvError } from "../broadcast/errors.ts";

/**
 * Makes a channel whose receivers all get every value that is sent, as a copy of their own.
 *
 * Senders never wait: a receiver that does not keep up loses the oldest values, and is told how many.
 *
 * Follows Tokio's `sync::broadcast::channel`.
 *
 * @param capacity How many values are kept, from 1 to 65,536; rounded up to a power of two.
 * @throws {RangeError} When the capacity is another number, or there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, first] = shared.broadcast.channel<string>(16);
 * const second = tx.subscribe();
 * tx.send("hello");
 * assertEquals([await first.recv(), await second.recv()], ["hello", "hello"]);
 * for (const handle of [tx, first, second]) handle.close();
 * ```
 */
export function channel<T>(capacity: number): [tx: Sender<T>, rx: Receiver<T>] {
  checkCapacity(capacity);
  const made = makeChannel<T>(2 ** Math.ceil(Math.log2(capacity)));
  const { at } = made.cell;
  made.enter(SENDING);
  made.enter(RECEIVING);
  // The handles have a reference each now.
  made.cell[Symbol.dispose]();
  return [new Sender(channelAt<T>(at)), new Receiver(new Cursor(channelAt<T>(at), 0))];
}

/**
 * Sends to all receivers of a broadcast channel. Made by {@linkcode channel} and
 * {@linkcode Sender.clone}. When it is sent to another isolate, that one gets a clone; both have to be
 * closed.
 *
 * Follows Tokio's `sync::broadcast::Sender`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.broadcast.channel<number>(4);
 * assertEquals(tx.send(1), 1);
 * rx.close();
 * assertThrows(() => tx.send(2), shared.broadcast.SendError);
 * tx.close();
 * ```
 */
export class Sender<T> implements WireHandle, Disposable {
  readonly #grip: Grip<Channel<T>>;

  /** Made by {@linkcode channel}. */
  constructor(channel: Channel<T>) {
    this.#grip = new Grip(channel, SENDING, "Cannot use a sender: it was closed");
  }

  /**
   * Sends a value to all receivers. Where the channel is full, it takes the place of the oldest one.
   *
   * @param value What to send, which is copied. There must be no handles and no shared memory in it.
   * @returns How many receivers there are.
   * @throws {SendError} When there is none; the error has the value.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for it.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): number {
    const channel = this.#grip.open;
    const receivers = channel.count(RECEIVING);
    if (receivers === 0) throw new SendError(value);
    channel.send(value);
    return receivers;
  }

  /**
   * Makes a receiver of what is sent from now on.
   *
   * @throws {TypeError} When this handle was closed.
   */
  subscribe(): Receiver<T> {
    const channel = this.#grip.open;
    channel.enter(RECEIVING);
    return new Receiver(new Cursor(channelAt<T>(channel.cell.at), channel.sent));
  }

  /**
   * Waits until there is no receiver.
   *
   * **Cancel safety:** giving up loses nothing.
   *
   * @throws {TypeError} When this handle was closed.
   */
  closed(): Future<void> {
    return new WaitClosed(this.#grip.open.cell);
  }

  /**
   * How many receivers there are, in all isolates and on their way.
   *
   * @throws {TypeError} When this handle was closed.
   */
  receiverCount(): number {
    return this.#grip.open.count(RECEIVING);
  }

  /**
   * How many senders there are, in all isolates and on their way.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    return this.#grip.open.count(SENDING);
  }

  /**
   * Makes another sender, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Sender<T> {
    return new Sender(channelAt(this.#grip.clone()));
  }

  /** Closes this handle. After the last one the receivers come to the end. */
  close(): void {
    this.#grip.release();
  }

  /** As {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The form in which a clone travels to another isolate. */
  [toWire](): WireForm {
    return this.#grip.form(senderKind);
  }
}

/**
 * Receives every value that is sent while it is there. Made by {@linkcode channel} and
 * {@linkcode Sender.subscribe}.
 *
 * - **It moves** when it is sent to another isolate, and goes on there where it was; here it is closed.
 * - **Lagging:** when more values are sent than the channel keeps, the next receive fails with a
 *   {@linkcode LaggedError}, and the one after it gives the oldest value that is left.
 * - **Several at once:** who asks while others wait is served after them.
 *
 * Follows Tokio's `sync::broadcast::Receiver`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.broadcast.channel<number>(2);
 * for (const value of [1, 2, 3]) tx.send(value);
 * tx.close();
 * const error = assertThrows(() => rx.tryRecv(), shared.broadcast.TryRecvError);
 * assertEquals([error.kind, error.skipped], ["lagged", 1]);
 *
 * const rest: number[] = [];
 * for await (const value of rx) rest.push(value);
 * assertEquals(rest, [2, 3]);
 * rx.close();
 * ```
 */
export class Receiver<T> extends Source<T> implements WireHandle {
  readonly #cursor: Cursor<T>;

  /** Made by {@linkcode channel}. */
  constructor(cursor: Cursor<T>) {
    super();
    standIn(this, cursor.line);
    this.#cursor = cursor;
  }

  /**
   * Waits for the next value.
   *
   * **Cancel safety:** a value is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns A future that fails with a {@linkcode LaggedError} when values were lost, and with a
   * {@linkcode ClosedError} at the end.
   */
  recv(): Future<T> {
    return new Recv(this.#cursor);
  }

  /**
   * Takes the next value if there is one now.
   *
   * @throws {TryRecvError} When there is none, none will come, or some were lost.
   */
  tryRecv(): T {
    const item = this.#cursor.read();
    if (!isPending(item) && item !== End && item !== Lagged) return item;
    const kind = item === Lagged ? "lagged" : item === End ? "closed" : "empty";
    throw new TryRecvError(kind, item === Lagged ? this.#cursor.skipped : 0);
  }

  /**
   * Answers with the next value, with `End` at the end, or with `Pending`. Only the waker of the last
   * poll is kept.
   *
   * @param cx Who polls.
   * @throws {LaggedError} When values were lost.
   */
  override pollNext(cx: Context): Poll<T | End> {
    const item = this.#cursor.poll(cx);
    if (item === Lagged) throw new LaggedError(this.#cursor.skipped);
    return item;
  }

  /** Takes back the interest of the last {@linkcode Receiver.pollNext}. */
  override unpoll(): void {
    this.#cursor.unpoll();
  }

  /** How many values it has yet to receive, also those that are lost and not reported yet. */
  len(): number {
    return this.#cursor.isOpen ? this.#cursor.behind : 0;
  }

  /** Whether it has received all that was sent. */
  isEmpty(): boolean {
    return this.len() === 0;
  }

  /** Stops receiving. Who waits gets the end. */
  close(): void {
    this.#cursor.close();
  }

  /** As {@linkcode Receiver.close}. */
  override [Symbol.dispose](): void {
    this.close();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    return this.#cursor.move(receiverKind);
  }
}

/** The future of `recv`. */
class Recv<T> extends InLine<T> {
  declare private readonly cursor: Cursor<T>;

  constructor(cursor: Cursor<T>) {
    super(cursor.line);
    this.cursor = cursor;
  }

  override poll(cx: Context): Poll<T> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, T> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<T> {
    const item = this.cursor.poll(cx);
    if (item === End) throw new ClosedError();
    if (item === Lagged) throw new LaggedError(this.cursor.skipped);
    return item;
  }
}

const senderKind: HandleKind = registerHandle(import.meta, "broadcast.Sender", {
  decode: (at: number) => new Sender(channelAt(at)),
  drop: (at: number) => channelAt(at).leave(SENDING),
});

const receiverKind: HandleKind = registerHandle(import.meta, "broadcast.Receiver", {
  decode: (at: number, next: number) => new Receiver(new Cursor(channelAt(at), next)),
  drop: (at: number) => channelAt(at).leave(RECEIVING),
});
