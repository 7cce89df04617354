/**
 * Channels for a single value, whose ends may be in different isolates.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { RecvError, TryRecvError } from "../oneshot/errors.ts";
import { Bell } from "./bell.ts";
import { Channel, channelAt, CLOSED, VALUE, WaitClosed } from "./oneshot_channel.ts";
import { bring } from "./payload.ts";

export { RecvError, SendError, TryRecvError } from "../oneshot/errors.ts";

/**
 * Makes a channel for a single value, such as the answer to a request, whose ends may be in different
 * isolates. The receiver is a future of the value.
 *
 * Follows Tokio's `sync::oneshot::channel`.
 *
 * @throws {RangeError} When there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.oneshot.channel<number>();
 * spawn(() => tx.send(6 * 7));
 * assertEquals(await rx, 42);
 * ```
 */
export function channel<T>(): [tx: Sender<T>, rx: Receiver<T>] {
  const made = new Channel<T>();
  made.cell.retain();
  return [new Sender(made), new Receiver(channelAt<T>(made.cell.at))];
}

/**
 * Sends the value of a oneshot channel. Made by {@linkcode channel}. It moves when it is sent to
 * another isolate.
 *
 * A sender that is neither used nor closed keeps its receiver waiting for ever; `using` closes it
 * however a block ends, and does nothing to a value that was sent.
 *
 * Follows Tokio's `sync::oneshot::Sender`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assert, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.oneshot.channel<string>();
 * rx.close();
 * assert(tx.isClosed());
 * assertThrows(() => tx.send("too late"), shared.oneshot.SendError);
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
   * Sends the value, and closes this sender. It does not wait: the value lies there until the
   * receiver takes it, and is disposed of if the receiver is dropped instead.
   *
   * @param value The value, which is copied.
   * @throws {SendError} When the receiver was closed or dropped; the error has the value.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for the value.
   * @throws {TypeError} When this sender has sent, or was closed or sent itself.
   */
  send(value: T): void {
    const channel = this.#open;
    channel.send(value);
    this.#isOpen = false;
    channel.cell[Symbol.dispose]();
  }

  /**
   * Waits until the receiver takes no value any more: it was closed or dropped.
   *
   * **Cancel safety:** giving up loses nothing.
   *
   * @throws {TypeError} When this sender has sent, or was closed or sent itself.
   */
  closed(): Future<void> {
    return new WaitClosed(this.#open.cell);
  }

  /**
   * Whether the receiver takes no value any more.
   *
   * @throws {TypeError} When this sender has sent, or was closed or sent itself.
   */
  isClosed(): boolean {
    return (this.#open.state & CLOSED) !== 0;
  }

  /** Drops the sender: a receiver without a value fails. Does nothing after `send`. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#channel.spend();
    this.#channel.cell[Symbol.dispose]();
  }

  /** As {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    return this.#open.cell.move(senderKind, () => this.#isOpen = false);
  }

  get #open(): Channel<T> {
    if (this.#isOpen) return this.#channel;
    throw new TypeError("Cannot use a sender: it has sent, or was closed or sent itself");
  }
}

/**
 * The value of a oneshot channel, as a future: `await rx` or `yield* rx`. Made by
 * {@linkcode channel}. It moves when it is sent to another isolate.
 *
 * **Cancel safety:** dropping the receiver, as `select` and `timeout` do with what they give up,
 * closes the channel and disposes of a value that is there. `borrow(rx)` waits without dropping it.
 *
 * Follows Tokio's `sync::oneshot::Receiver`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertRejects } from "@std/assert";
 *
 * const [tx, rx] = shared.oneshot.channel<string>();
 * tx.close();
 * await assertRejects(async () => await rx, shared.oneshot.RecvError);
 * ```
 */
export class Receiver<T> extends Future<T> implements WireHandle, Waker {
  readonly #channel: Channel<T>;
  readonly #bell: Bell;
  #waker: Waker | undefined = undefined;
  #isOpen = true;
  /** Whether what the value needs is being loaded. */
  #isLoading = false;
  #failure: { readonly reason: unknown } | undefined = undefined;

  /** Made by {@linkcode channel}. */
  constructor(channel: Channel<T>) {
    super();
    this.#channel = channel;
    this.#bell = new Bell(channel.cell.link, channel.receiver, this);
  }

  /**
   * Answers with the value.
   *
   * @throws {RecvError} When no value will come.
   */
  poll(cx: Context): Poll<T> {
    if (!this.#isOpen) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    if (this.#isReady() || (this.#bell.arm() && this.#channel.state !== 0 && this.#isReady())) {
      return this.#finish();
    }
    refund();
    this.#waker = cx.waker;
    return Pending;
  }

  /**
   * Takes the value without waiting. A value with a handle of a kind that this isolate has not met
   * counts as not there until the module of the kind is loaded, which begins with this.
   *
   * @throws {TryRecvError} When there is no value; its `kind` tells whether one may still come. If
   * none will, the receiver has ended and cannot be polled any more.
   */
  tryRecv(): T {
    const kind = this.#isOpen && !this.#isReady() ? "empty" : "closed";
    if (kind === "empty" || !this.#isOpen) throw new TryRecvError(kind);
    try {
      return this.#finish();
    } catch (error) {
      throw error instanceof RecvError ? new TryRecvError(kind) : error;
    }
  }

  /** Takes no value from now on, except one that was sent before, which can still be received. */
  close(): void {
    if (!this.#isOpen) return;
    this.#channel.close();
    this.wake();
  }

  /** Whether the receiver has ended: it has given its value, has failed, was dropped or sent. */
  isTerminated(): boolean {
    return !this.#isOpen;
  }

  /** Whether there is no value to be taken now. */
  isEmpty(): boolean {
    return !this.#isOpen || (this.#channel.state & VALUE) === 0;
  }

  /** Has it polled again. Called when there is news. */
  wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  /** Closes the channel, and disposes of a value that is there. */
  override [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#channel.close();
    this.#channel.discard();
    this.#end();
  }

  /** The form in which it moves to another isolate. */
  [toWire](): WireForm {
    if (!this.#isOpen) throw new TypeError("Cannot send a receiver: it has ended or was sent");
    if (this.#waker !== undefined || this.#isLoading) {
      throw new TypeError("Cannot send a receiver: somebody waits for its value");
    }
    return this.#channel.cell.move(receiverKind, () => this.#end());
  }

  /** Whether it can end now. */
  #isReady(): boolean {
    if (this.#failure !== undefined) return true;
    const { state } = this.#channel;
    if (this.#isLoading || state === 0) return false;
    const missing = (state & VALUE) === 0 ? undefined : this.#channel.missing();
    if (missing === undefined) return true;
    this.#load(missing);
    return false;
  }

  #finish(): T {
    const channel = this.#channel;
    try {
      if (this.#failure !== undefined) throw this.#failure.reason;
      if ((channel.state & VALUE) === 0) throw new RecvError();
      return channel.take();
    } finally {
      channel.close();
      this.#end();
    }
  }

  #end(): void {
    this.#isOpen = false;
    this.#waker = undefined;
    this.#bell.disarm();
    this.#channel.cell[Symbol.dispose]();
  }

  async #load(missing: Missing): Promise<void> {
    this.#isLoading = true;
    try {
      await bring(missing);
    } catch (reason) {
      this.#failure = { reason };
    }
    this.#isLoading = false;
    this.wake();
  }
}

const senderKind: HandleKind = registerHandle(import.meta, "oneshot.Sender", {
  decode: (at: number) => new Sender(channelAt(at)),
  drop: (at: number) => new Sender(channelAt(at)).close(),
});

const receiverKind: HandleKind = registerHandle(import.meta, "oneshot.Receiver", {
  decode: (at: number) => new Receiver(channelAt(at)),
  drop: (at: number) => new Receiver(channelAt(at))[Symbol.dispose](),
});
