/**
 * Room that was taken before there is a value to send.
 *
 * @module
 */

import type { Bounded } from "./channel.ts";
import { Sender } from "./sender.ts";

/**
 * Room for one value. Made by `Sender.reserve` and `Sender.tryReserve`.
 *
 * - **Sending never waits and never fails:** the room is there, also after the receiver has closed
 *   the channel. (What is sent to a receiver that is gone altogether is dropped.)
 * - **Forgetting it** leaves the channel with less room for ever, and keeps its receiver from seeing
 *   the end: use `using`.
 *
 * Follows Tokio's `mpsc::Permit`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<string>(1);
 * using permit = await tx.reserve();
 * assertEquals(tx.capacity(), 0);
 * permit.send("here");
 * assertEquals(await rx.recv(), "here");
 * ```
 */
export class Permit<T> implements Disposable {
  // A plain property set by the constructor, as in `Acquire`.
  declare private channel: Bounded<T> | undefined;

  /** Made by a sender. */
  constructor(channel: Bounded<T>) {
    this.channel = channel;
  }

  /**
   * Sends a value, and thereby uses the permit up.
   *
   * @param value What to send.
   * @throws {TypeError} When the permit was used or released before.
   */
  send(value: T): void {
    const { channel } = this;
    if (channel === undefined) throw usedPermit();
    this.channel = undefined;
    channel.deliver(value);
  }

  /** Gives the room back. Does nothing when the permit was used or released before. */
  release(): void {
    const { channel } = this;
    if (channel === undefined) return;
    this.channel = undefined;
    channel.giveBack(1);
  }

  /** As {@linkcode Permit.release}. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Room for a number of values: gives one {@linkcode Permit} after the other. Made by
 * `Sender.reserveMany` and `Sender.tryReserveMany`.
 *
 * Permits that were not asked for are given back when it is disposed, and when a `for` loop over it
 * ends early.
 *
 * Follows Tokio's `mpsc::PermitIterator`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(5);
 * for (const permit of await tx.reserveMany(3)) permit.send(1);
 * assertEquals(rx.len(), 3);
 * ```
 */
export class PermitIterator<T>
  implements Iterator<Permit<T>, void, void>, Iterable<Permit<T>>, Disposable {
  readonly #channel: Bounded<T>;
  #left: number;

  /** Made by a sender. */
  constructor(channel: Bounded<T>, count: number) {
    this.#channel = channel;
    this.#left = count;
  }

  /** How many permits are left. */
  len(): number {
    return this.#left;
  }

  /** Gives the next permit. */
  next(): IteratorResult<Permit<T>, void> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left -= 1;
    return { done: false, value: new Permit(this.#channel) };
  }

  /** Gives back the permits that are left, when a loop ends early. */
  return(): IteratorResult<Permit<T>, void> {
    this.release();
    return { done: true, value: undefined };
  }

  /** Gives back the permits that are left. */
  release(): void {
    const left = this.#left;
    if (left === 0) return;
    this.#left = 0;
    this.#channel.giveBack(left);
  }

  /** Is its own iterator. */
  [Symbol.iterator](): this {
    return this;
  }

  /** As {@linkcode PermitIterator.release}. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Room for one value, and the sender that it came from. Made by `Sender.reserveOwned` and
 * `Sender.tryReserveOwned`.
 *
 * It counts as a sender, so it keeps the channel open. Disposing it gives back the room and closes
 * the sender.
 *
 * Follows Tokio's `mpsc::OwnedPermit`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<string>(1);
 * const permit = await tx.clone().reserveOwned();
 * const sender = permit.send("here");
 * assertEquals(await rx.recv(), "here");
 * assertEquals(sender.strongCount(), 2);
 * ```
 */
export class OwnedPermit<T> implements Disposable {
  readonly #channel: Bounded<T>;
  /** What is handed back when the permit is used; a permit that was used has none. */
  #sender: Sender<T> | undefined;

  /** Made by a sender. */
  constructor(channel: Bounded<T>) {
    this.#channel = channel;
    this.#sender = new Sender(channel);
  }

  /**
   * Sends a value, and thereby uses the permit up.
   *
   * @param value What to send.
   * @returns The sender that the permit was made of.
   * @throws {TypeError} When the permit was used or released before.
   */
  send(value: T): Sender<T> {
    const sender = this.#take();
    this.#channel.deliver(value);
    return sender;
  }

  /**
   * Gives the room back without sending.
   *
   * @returns The sender that the permit was made of.
   * @throws {TypeError} When the permit was used or released before.
   */
  release(): Sender<T> {
    const sender = this.#take();
    this.#channel.giveBack(1);
    return sender;
  }

  /**
   * Whether both permits are of the same channel.
   *
   * @param other Another permit.
   */
  sameChannel(other: OwnedPermit<T>): boolean {
    return this.#channel === other.#channel;
  }

  /**
   * Whether the permit is of the channel of a sender.
   *
   * @param sender A sender that was not closed.
   * @throws {TypeError} When the permit was used before, or the sender closed.
   */
  sameChannelAsSender(sender: Sender<T>): boolean {
    if (this.#sender === undefined) throw usedPermit();
    return this.#sender.sameChannel(sender);
  }

  /** Gives back the room and closes the sender. Does nothing when the permit was used before. */
  [Symbol.dispose](): void {
    const sender = this.#sender;
    if (sender === undefined) return;
    this.#sender = undefined;
    this.#channel.giveBack(1);
    sender.close();
  }

  #take(): Sender<T> {
    const sender = this.#sender;
    if (sender === undefined) throw usedPermit();
    this.#sender = undefined;
    return sender;
  }
}

function usedPermit(): TypeError {
  return new TypeError("Cannot use a permit again: it was used or released");
}
