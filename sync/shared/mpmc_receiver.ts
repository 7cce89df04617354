/**
 * The receiving end of a channel with many senders and many receivers.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import { Source } from "../../future/source.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { TryRecvError } from "../mpsc/errors.ts";
import { block } from "./blocking.ts";
import { Grip } from "./counted.ts";
import { type Channel, channelAt, RECEIVER, SENDER } from "./mpmc_channel.ts";
import { NextValue, Recv, Take } from "./mpmc_waits.ts";
import { bring } from "./payload.ts";

/**
 * Receives from a channel. Made by `channel`, or by `clone`.
 *
 * - **Once:** each value is received by one of the receivers.
 * - **Fair:** those who wait for a value get them in the order in which they came, on whatever thread
 *   they are.
 * - **It is cloned** when it is sent to another isolate; each handle has to be disposed of. With the
 *   last one the channel closes, and what was not received is disposed of.
 * - **The end** comes when the channel was closed or all senders were, and everything was taken.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.mpmc.channel<number>(4);
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
  readonly #grip: Grip<Channel<T>>;
  /** What {@linkcode Receiver.pollNext} waits for. */
  #next: NextValue<T> | undefined = undefined;

  /** Made by `channel`. */
  constructor(channel: Channel<T>) {
    super();
    this.#grip = new Grip(channel, RECEIVER, "Cannot use a receiver: it was disposed of");
  }

  /**
   * Waits for the next value.
   *
   * **Cancel safety:** giving up loses the place among those who wait. A value that it was given goes
   * to the next one, or back to where it was.
   *
   * @returns The value, or `undefined` at the end. Fails with what a handle in the value fails with
   * when it is made here; that value is lost then.
   * @throws {TypeError} When this handle was disposed of.
   */
  recv(): Future<T | undefined> {
    return new Recv(this.#grip.open);
  }

  /**
   * Receives the next value, and blocks the thread until it is there. Nothing else of this isolate
   * runs meanwhile: who sends must be on another thread.
   *
   * @param timeoutMs For how many milliseconds at the most; left out, without end.
   * @returns The value, or `undefined` at the end.
   * @throws {TryRecvError} When the time is over.
   * @throws {RangeError} When `timeoutMs` is less than 0.
   * @throws {TypeError} When the host does not let the thread block, when a future is being polled (a
   * generator task has to `yield*`), or when this handle was disposed of; also when the value has a
   * handle whose module has to be loaded first, which a thread that blocks cannot do: then the value
   * stays.
   */
  recvSync(timeoutMs?: number): T | undefined {
    const channel = this.#grip.open;
    const taken = block(new Take(channel), "receive", timeoutMs);
    if (taken === undefined) throw lacking("empty");
    if (taken.value < 0) return undefined;
    if (channel.missing(taken.value) === undefined) return channel.read(taken.value);
    channel.putBack(taken.value);
    throw new TypeError("Cannot receive: the module of a handle has to be loaded first, use await");
  }

  /**
   * Takes the next value if there is one now. A value with a handle of a kind that this isolate has
   * not met counts as not there until the module of the kind is loaded, which begins with this.
   *
   * @throws {TryRecvError} When the channel is empty for now, or for ever.
   * @throws {TypeError} When this handle was disposed of.
   */
  tryRecv(): T {
    const channel = this.#grip.open;
    const slot = channel.takeValue();
    if (slot < 0) throw lacking(channel.isOver() ? "disconnected" : "empty");
    const missing = channel.missing(slot);
    if (missing === undefined) return channel.read(slot);
    channel.putBack(slot);
    // Who awaits the value learns why it cannot be loaded.
    bring(missing).catch(() => {});
    throw lacking("empty");
  }

  /**
   * Answers with the next value, with `End` at the end, or with `Pending` after it has arranged for
   * `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  override pollNext(cx: Context): Poll<T | End> {
    if (!this.#grip.isOpen) return End;
    const next = this.#next ??= new NextValue(this.#grip.channel);
    const item = next.poll(cx);
    if (!isPending(item)) this.#next = undefined;
    return item;
  }

  /** Takes back the interest of the last {@linkcode Receiver.pollNext}. */
  override unpoll(): void {
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }

  /** As {@linkcode Receiver.recv}. */
  override next(): Future<T | undefined> {
    return this.recv();
  }

  /**
   * Lets nothing more be sent, by nobody. What was sent already can still be received; the end comes
   * after that.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  close(): void {
    this.#grip.open.close();
  }

  /**
   * Whether it was closed, or all senders were. There may still be something to receive.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  isClosed(): boolean {
    const channel = this.#grip.open;
    return channel.isClosed || channel.count(SENDER) === 0;
  }

  /**
   * How many values wait that nobody was given.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  len(): number {
    return this.#grip.open.slots.size;
  }

  /**
   * For how many values there is room now.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  capacity(): number {
    return this.#grip.open.slots.free;
  }

  /**
   * For how many values there is room in all.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  maxCapacity(): number {
    return this.#grip.open.slots.room;
  }

  /**
   * Whether both handles are of the same channel.
   *
   * @param other Another handle.
   * @throws {TypeError} When one of them was disposed of.
   */
  sameChannel(other: Receiver<T>): boolean {
    return this.#grip.open.cell.at === other.#grip.open.cell.at;
  }

  /**
   * Makes another handle, which has to be disposed of as well.
   *
   * @throws {TypeError} When this handle was disposed of.
   */
  clone(): Receiver<T> {
    return new Receiver(channelAt(this.#grip.clone()));
  }

  /**
   * Disposes of this handle. Waits that began with `recv` go on; loops end. With the last handle the
   * channel closes, and what was not received is disposed of.
   */
  override [Symbol.dispose](): void {
    if (!this.#grip.isOpen) return;
    this.unpoll();
    this.#grip.release();
    this.wakeWaiters();
  }

  /** The form in which a clone travels to another isolate. */
  [toWire](): WireForm {
    return this.#grip.form(receiverKind);
  }
}

function lacking(kind: TryRecvError["kind"]): TryRecvError {
  return new TryRecvError(kind);
}

const receiverKind: HandleKind = registerHandle(import.meta, "mpmc.Receiver", {
  decode: (at: number) => new Receiver(channelAt(at)),
  drop: (at: number) => channelAt(at).leave(RECEIVER),
});
