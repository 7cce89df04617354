/**
 * Channels that keep one value, the newest, for all isolates.
 *
 * @module
 */

import { proceed } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { Source } from "../../future/source.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { RecvError, SendError } from "../watch/errors.ts";
import { Grip } from "./counted.ts";
import { RECEIVING, SENDING, WaitClosed } from "./shown.ts";
import { Changed, type Channel, channelAt, makeChannel, View, WaitFor } from "./watch_channel.ts";

export { RecvError, SendError } from "../watch/errors.ts";

/**
 * Makes a channel that keeps one value, the newest: any number of receivers, in any isolates, see it
 * and learn when it changes. It suits configuration, state and progress.
 *
 * Follows Tokio's `sync::watch::channel`.
 *
 * @param value The value to begin with. It counts as seen by the receiver. There must be no handles
 * and no shared memory in it.
 * @throws {DOMException} `DataCloneError`, when the value cannot travel.
 * @throws {RangeError} When there is no memory left.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.watch.channel("starting");
 * spawn(() => tx.send("running"));
 * await rx.changed();
 * assertEquals(rx.borrow(), "running");
 * tx.close();
 * rx.close();
 * ```
 */
export function channel<T>(value: T): [tx: Sender<T>, rx: Receiver<T>] {
  const made = makeChannel(value);
  const { at } = made.cell;
  made.enter(SENDING);
  made.enter(RECEIVING);
  // The handles have a reference each now.
  made.cell[Symbol.dispose]();
  const rx = channelAt<T>(at);
  return [new Sender(channelAt<T>(at)), new Receiver(new View(rx, rx.sent, true))];
}

/**
 * Sends values to a watch channel. Made by {@linkcode channel} and {@linkcode Sender.clone}. When it
 * is sent to another isolate, that one gets a clone; both have to be closed.
 *
 * Follows Tokio's `sync::watch::Sender`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = shared.watch.channel(0);
 * tx.send(1);
 * assertEquals(rx.borrow(), 1);
 * rx.close();
 * assertThrows(() => tx.send(2), shared.watch.SendError);
 * assertEquals(tx.sendReplace(3), 1);
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
   * Puts a value in place of the current one, and tells all who wait for a change.
   *
   * @param value The value, which is copied. There must be no handles and no shared memory in it.
   * @throws {SendError} When there is no receiver; the error has the value.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for it.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): void {
    if (this.#grip.open.count(RECEIVING) === 0) throw new SendError(value);
    this.#grip.channel.store(value);
  }

  /**
   * As {@linkcode Sender.send}, also when there is no receiver.
   *
   * @param value The value, which is copied.
   * @returns A copy of the value before.
   * @throws {DOMException} `DataCloneError`, when the value cannot travel.
   * @throws {RangeError} When there is no memory for it.
   * @throws {TypeError} When this handle was closed.
   */
  sendReplace(value: T): T {
    return this.#grip.open.replace(value);
  }

  /**
   * A copy of the current value, the same one until it changes.
   *
   * @throws {TypeError} When this handle was closed.
   */
  borrow(): T {
    return this.#grip.open.read().value;
  }

  /**
   * Makes a receiver, which has seen the current value.
   *
   * @throws {TypeError} When this handle was closed.
   */
  subscribe(): Receiver<T> {
    const channel = this.#grip.open;
    channel.enter(RECEIVING);
    return new Receiver(new View(channelAt(channel.cell.at), channel.sent, true));
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
   * Whether there is no receiver.
   *
   * @throws {TypeError} When this handle was closed.
   */
  isClosed(): boolean {
    return this.#grip.open.count(RECEIVING) === 0;
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
  senderCount(): number {
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

  /** Closes this handle. After the last one the receivers learn that there are no more changes. */
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
 * Sees the newest value of a watch channel. Made by {@linkcode channel}, {@linkcode Sender.subscribe}
 * and {@linkcode Receiver.clone}. When it is sent to another isolate, that one gets a clone; both
 * have to be closed.
 *
 * - **Seen or not:** each receiver remembers which value it has seen last.
 * - **Newest only:** of several values sent in a row a receiver sees the last one.
 * - **Loops** begin with the current value, unless the receiver has looked at it before, and go on
 *   with each value that was not seen. They end when all senders are closed.
 *
 * Follows Tokio's `sync::watch::Receiver`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = shared.watch.channel(1);
 * const seen: number[] = [];
 * for await (const value of rx) {
 *   seen.push(value);
 *   if (value < 3) tx.send(value + 1);
 *   else tx.close();
 * }
 * assertEquals(seen, [1, 2, 3]);
 * rx.close();
 * ```
 */
export class Receiver<T> extends Source<T> implements WireHandle {
  readonly #view: View<T>;
  /** The wait of `pollNext`. */
  #polled: Changed<T> | undefined = undefined;

  /** Made by {@linkcode channel}. */
  constructor(view: View<T>) {
    super();
    this.#view = view;
  }

  /**
   * A copy of the current value, the same one until it changes. It does not count as seen by this.
   *
   * @throws {TypeError} When this handle was closed.
   */
  borrow(): T {
    return this.#open.channel.read().value;
  }

  /**
   * The current value, which counts as seen from now on.
   *
   * @throws {TypeError} When this handle was closed.
   */
  borrowAndUpdate(): T {
    return this.#open.see();
  }

  /**
   * Waits for a value that was not seen, and marks it as seen. {@linkcode Receiver.borrow} has it.
   *
   * **Cancel safety:** a value is marked as seen in the poll that completes, so giving up misses
   * none. A wait goes on when its receiver is closed.
   *
   * @returns A future that fails with {@linkcode RecvError} when the value was seen and there will
   * be no other.
   * @throws {TypeError} When this handle was closed.
   */
  changed(): Future<void> {
    return new Changed(this.#open, true);
  }

  /**
   * Whether the current value was not seen.
   *
   * @throws {RecvError} When all senders are closed, also when the last value was not seen.
   * @throws {TypeError} When this handle was closed.
   */
  hasChanged(): boolean {
    if (this.#open.isOver) throw new RecvError();
    return this.#view.hasUnseen;
  }

  /**
   * Waits for a value that satisfies `predicate`. The current value is looked at first, also if it
   * was seen. Each value that was looked at counts as seen.
   *
   * **Cancel safety:** giving up loses nothing but that values were marked as seen.
   *
   * @param predicate Whether this is the value. What it throws, the future fails with.
   * @returns A future of the value. It fails with {@linkcode RecvError} when there will be no other.
   * @throws {TypeError} When this handle was closed.
   */
  waitFor(predicate: (value: T) => boolean): Future<T> {
    return new WaitFor(this.#open, predicate);
  }

  /**
   * Marks the current value as not seen: the next {@linkcode Receiver.changed} is ready at once.
   *
   * @throws {TypeError} When this handle was closed.
   */
  markChanged(): void {
    this.#open.seen = (this.#view.channel.sent - 1) | 0;
  }

  /**
   * Marks the current value as seen.
   *
   * @throws {TypeError} When this handle was closed.
   */
  markUnchanged(): void {
    this.#open.see();
  }

  /**
   * Makes another receiver that has seen what this one has.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Receiver<T> {
    const view = this.#view;
    return new Receiver(new View(channelAt(view.clone()), view.seen, view.isFresh));
  }

  /**
   * Gives the current value the first time, and after that each value that was not seen. Only the
   * waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  override pollNext(cx: Context): Poll<T | End> {
    const view = this.#view;
    if (!view.isOpen) return End;
    let isCharged = false;
    while (!view.isFresh && !view.hasUnseen) {
      const end = this.#pollChanged(cx);
      if (end !== undefined) return end;
      isCharged = true;
    }
    if (!isCharged && !proceed(cx.waker)) return Pending;
    // A wait that was granted and not polled since must not tell of the same change again.
    this.unpoll();
    return view.see();
  }

  /** Takes back the interest of the last {@linkcode Receiver.pollNext}. */
  override unpoll(): void {
    this.#polled?.[Symbol.dispose]();
    this.#polled = undefined;
  }

  /** Closes the receiver: a loop over it ends. Without a receiver the senders fail. */
  close(): void {
    if (!this.#view.isOpen) return;
    this.unpoll();
    this.#view.release();
    this.wakeWaiters();
  }

  /** As {@linkcode Receiver.close}. */
  override [Symbol.dispose](): void {
    this.close();
  }

  /** The form in which a clone travels to another isolate. */
  [toWire](): WireForm {
    const view = this.#view;
    return view.form(receiverKind, view.seen, view.isFresh);
  }

  /** Waits for a change. Answers `undefined` when there is one. */
  #pollChanged(cx: Context): typeof Pending | End | undefined {
    const polled = this.#polled ??= new Changed(this.#view, false);
    try {
      if (isPending(polled.poll(cx))) return Pending;
    } catch (error) {
      if (!(error instanceof RecvError)) throw error;
      this.#polled = undefined;
      return End;
    }
    this.#polled = undefined;
  }

  get #open(): View<T> {
    this.#view.check();
    return this.#view;
  }
}

const senderKind: HandleKind = registerHandle(import.meta, "watch.Sender", {
  decode: (at: number) => new Sender(channelAt(at)),
  drop: (at: number) => channelAt(at).leave(SENDING),
});

const receiverKind: HandleKind = registerHandle(import.meta, "watch.Receiver", {
  decode: (at: number, seen: number, isFresh: boolean) =>
    new Receiver(new View(channelAt(at), seen, isFresh)),
  drop: (at: number) => channelAt(at).leave(RECEIVING),
});
