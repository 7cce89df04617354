/**
 * The sending end of a channel with many senders and many receivers.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { SendTimeoutError, TrySendError } from "../mpsc/errors.ts";
import { block } from "./blocking.ts";
import { Grip } from "./counted.ts";
import { type Channel, channelAt, RECEIVER, SENDER } from "./mpmc_channel.ts";
import { Send, WaitClosed } from "./mpmc_waits.ts";

/**
 * Sends to a channel. Made by `channel`, or by `clone`.
 *
 * - **Fair:** those who wait for room get it in the order in which they came, on whatever thread they
 *   are, and nobody who comes later takes it before them.
 * - **Order:** values are received in the order in which they were put in; those of one sender so in
 *   the order of its sends.
 * - **It is cloned** when it is sent to another isolate; each handle has to be closed. The channel
 *   ends for its receivers when the last sender of all isolates is closed.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.mpmc.channel<number>(1);
 * using sender = tx;
 * using receiver = rx;
 * sender.trySend(1);
 * assertThrows(() => sender.trySend(2), shared.mpmc.TrySendError);
 * assertEquals(receiver.tryRecv(), 1);
 * ```
 */
export class Sender<T> implements WireHandle, Disposable {
  readonly #grip: Grip<Channel<T>>;

  /** Made by `channel`. */
  constructor(channel: Channel<T>) {
    this.#grip = new Grip(channel, SENDER, "Cannot use a sender: it was closed");
  }

  /**
   * Sends a value, and waits for room if there is none.
   *
   * **Cancel safety:** giving up loses the place among those who wait; the value is not sent. Room
   * that it was given goes to the next one.
   *
   * @param value What to send. It is copied when there is room, so it must not change until then.
   * @returns A future that fails with a `SendError`, which carries the value, when the channel is
   * closed; with a `DataCloneError` when the value cannot travel; and with a `RangeError` when there
   * is no memory for it.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): Future<void> {
    return new Send(this.#grip.open, value);
  }

  /**
   * Sends a value, and blocks the thread until there is room. Nothing else of this isolate runs
   * meanwhile: who receives must be on another thread.
   *
   * @param value What to send.
   * @param timeoutMs For how many milliseconds at the most; left out, without end.
   * @throws {SendError} When the channel is closed. The error carries the value.
   * @throws {SendTimeoutError} When the time is over. The error carries the value.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for the value, or `timeoutMs` is less than 0.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), or when this handle was closed.
   */
  sendSync(value: T, timeoutMs?: number): void {
    const sent = block(new Send(this.#grip.open, value), "send", timeoutMs);
    if (sent === undefined) throw new SendTimeoutError(value, "timeout");
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
    const channel = this.#grip.open;
    const slot = channel.takeRoom();
    if (slot < 0) throw new TrySendError(value, channel.isClosed ? "closed" : "full");
    channel.fill(slot, value);
  }

  /**
   * Waits until a receiver has closed the channel or all receivers are gone: nobody wants more values.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @throws {TypeError} When this handle was closed.
   */
  closed(): Future<void> {
    return new WaitClosed(this.#grip.open);
  }

  /**
   * Whether a receiver has closed the channel, or all receivers are gone.
   *
   * @throws {TypeError} When this handle was closed.
   */
  isClosed(): boolean {
    return this.#grip.open.isClosed;
  }

  /**
   * For how many values there is room now.
   *
   * @throws {TypeError} When this handle was closed.
   */
  capacity(): number {
    return this.#grip.open.slots.free;
  }

  /**
   * For how many values there is room in all.
   *
   * @throws {TypeError} When this handle was closed.
   */
  maxCapacity(): number {
    return this.#grip.open.slots.room;
  }

  /**
   * How many senders there are, in all isolates and on their way.
   *
   * @throws {TypeError} When this handle was closed.
   */
  senderCount(): number {
    return this.#grip.open.count(SENDER);
  }

  /**
   * How many receivers there are, in all isolates and on their way.
   *
   * @throws {TypeError} When this handle was closed.
   */
  receiverCount(): number {
    return this.#grip.open.count(RECEIVER);
  }

  /**
   * Whether both handles are of the same channel.
   *
   * @param other Another handle.
   * @throws {TypeError} When one of them was closed.
   */
  sameChannel(other: Sender<T>): boolean {
    return this.#grip.open.cell.at === other.#grip.open.cell.at;
  }

  /**
   * Makes another handle, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Sender<T> {
    return new Sender(channelAt(this.#grip.clone()));
  }

  /**
   * Closes this handle; with the last one the channel ends. Sends that wait already still go
   * through. Does nothing when it was closed before.
   */
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

const senderKind: HandleKind = registerHandle(import.meta, "mpmc.Sender", {
  decode: (at: number) => new Sender(channelAt(at)),
  drop: (at: number) => channelAt(at).leave(SENDER),
});
