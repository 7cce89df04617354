/**
 * The sending side of a broadcast channel.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import { WaitGone } from "../gone.ts";
import { Channel } from "./channel.ts";
import { closedHandle } from "./errors.ts";
import { Receiver } from "./receiver.ts";

/** The most values that a channel may keep. */
const MAX_CAPACITY = 2 ** 30;

/**
 * Sends to all receivers of a channel. Made by `broadcast.channel`, or by its constructor.
 *
 * - **It never waits:** a receiver that is too slow loses the oldest values; see `Receiver`.
 * - **Closing:** receivers see the end when all senders were closed. One that is forgotten keeps
 *   them waiting for ever.
 *
 * Follows Tokio's `broadcast::Sender`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * using tx = new broadcast.Sender<string>(16);
 * using first = tx.subscribe();
 * using second = tx.subscribe();
 * assertEquals(tx.send("hello"), 2);
 * assertEquals(await first.recv(), "hello");
 * assertEquals(await second.recv(), "hello");
 * ```
 */
export class Sender<T> implements Disposable {
  declare private readonly channel: Channel<T>;
  declare private isOpen: boolean;

  /**
   * Makes a channel without receivers.
   *
   * @param capacity As of `channel`.
   * @throws {RangeError} When the capacity is no whole number from 1 to 2 ** 30.
   */
  constructor(capacity: number);
  /** Wraps a channel that counts this handle already. */
  constructor(channel: Channel<T>);
  constructor(from: number | Channel<T>) {
    this.channel = typeof from === "object" ? from : new Channel(roundedUp(from));
    this.isOpen = true;
  }

  /**
   * Sends a value to all receivers. Where the channel is full, it takes the place of the oldest one.
   *
   * @param value What to send; all receivers get the same object.
   * @returns How many receivers there are. Some of them may yet be closed before they get it.
   * @throws {SendError} When there is none. The error carries the value.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): number {
    this.#check("send");
    return this.channel.send(value);
  }

  /**
   * Makes a receiver of what is sent from now on.
   *
   * @throws {TypeError} When this handle was closed.
   */
  subscribe(): Receiver<T> {
    this.#check("subscribe");
    return new Receiver(this.channel.subscribe());
  }

  /**
   * Waits until there are no receivers. When another one comes before the answer was taken, it goes
   * on waiting.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @throws {TypeError} When this handle was closed.
   */
  closed(): Future<void> {
    this.#check("wait");
    return new WaitGone(this.channel.gone);
  }

  /**
   * How many receivers there are.
   *
   * @throws {TypeError} When this handle was closed.
   */
  receiverCount(): number {
    this.#check("count");
    return this.channel.receivers;
  }

  /**
   * How many values are kept because some receiver has not received them.
   *
   * @throws {TypeError} When this handle was closed.
   */
  len(): number {
    this.#check("ask");
    return this.channel.len();
  }

  /**
   * Whether all receivers have received all values.
   *
   * @throws {TypeError} When this handle was closed.
   */
  isEmpty(): boolean {
    return this.len() === 0;
  }

  /**
   * Whether both are of the same channel.
   *
   * @param other Another sender.
   * @throws {TypeError} When one of them was closed.
   */
  sameChannel(other: Sender<T>): boolean {
    this.#check("compare");
    other.#check("compare");
    return this.channel === other.channel;
  }

  /**
   * How many senders there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    this.#check("count");
    return this.channel.senders;
  }

  /**
   * How many weak senders there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  weakCount(): number {
    this.#check("count");
    return this.channel.weakSenders;
  }

  /**
   * Makes another handle, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Sender<T> {
    this.#check("clone");
    this.channel.senders += 1;
    return new Sender(this.channel);
  }

  /**
   * Makes a handle that does not keep the channel open.
   *
   * @throws {TypeError} When this handle was closed.
   */
  downgrade(): WeakSender<T> {
    this.#check("downgrade");
    return new WeakSender(this.channel);
  }

  /**
   * Closes this handle; with the last one the channel ends, once everything was received. Does
   * nothing when it was closed before.
   */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.channel.dropSender();
  }

  /** As {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(action: string): void {
    if (!this.isOpen) throw closedHandle(action);
  }
}

/**
 * A handle that does not keep the channel open. Made by `Sender.downgrade`.
 *
 * Follows Tokio's `broadcast::WeakSender`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx] = broadcast.channel<number>(1);
 * using weak = tx.downgrade();
 * tx.close();
 * assertEquals(weak.upgrade(), undefined);
 * ```
 */
export class WeakSender<T> implements Disposable {
  readonly #channel: Channel<T>;
  #isOpen = true;

  /** Made by {@linkcode Sender.downgrade}. */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
    channel.weakSenders += 1;
  }

  /**
   * Makes a sender, which has to be closed, or answers `undefined` when all senders were closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  upgrade(): Sender<T> | undefined {
    this.#check("upgrade");
    if (this.#channel.senders === 0) return undefined;
    this.#channel.senders += 1;
    return new Sender(this.#channel);
  }

  /**
   * Makes another weak handle.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): WeakSender<T> {
    this.#check("clone");
    return new WeakSender(this.#channel);
  }

  /**
   * How many senders there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    this.#check("count");
    return this.#channel.senders;
  }

  /**
   * How many weak handles there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  weakCount(): number {
    this.#check("count");
    return this.#channel.weakSenders;
  }

  /** Closes this handle. All that changes is {@linkcode WeakSender.weakCount}. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#channel.weakSenders -= 1;
  }

  /** As {@linkcode WeakSender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(action: string): void {
    if (!this.#isOpen) throw closedHandle(action);
  }
}

/** The next power of two, so that a slot is found by an `&`. */
function roundedUp(capacity: number): number {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
    throw new RangeError(
      `Cannot make a channel with room for ${capacity}: a whole number from 1 to 2 ** 30 is wanted`,
    );
  }
  return 2 ** (32 - Math.clz32(capacity - 1));
}
