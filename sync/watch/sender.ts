/**
 * The end of a watch channel that sets the value.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import { WaitClosed } from "../gone.ts";
import { SendError } from "./errors.ts";
import { Receiver } from "./receiver.ts";
import { type Shared, View } from "./shared.ts";

/** The value of a watch channel while it is modified: to be changed, or replaced. */
export interface Slot<T> {
  /** The value. */
  value: T;
}

/**
 * Sets the value of a watch channel. Made by {@linkcode channel} and {@linkcode Sender.clone}.
 *
 * Receivers learn that no more values come when the last sender is closed; one that is forgotten
 * keeps them waiting. `using` closes it however a block ends.
 *
 * Follows Tokio's `sync::watch::Sender`.
 *
 * @example
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = watch.channel({ users: 0 });
 * tx.sendModify((slot) => slot.value.users += 1);
 * assertEquals(rx.hasChanged(), true);
 * assertEquals(rx.borrowAndUpdate(), { users: 1 });
 *
 * const isNews = tx.sendIfModified((slot) => {
 *   if (slot.value.users < 10) return false;
 *   slot.value = { users: 0 };
 *   return true;
 * });
 * assertEquals([isNews, rx.hasChanged()], [false, false]);
 * ```
 */
export class Sender<T> implements Disposable {
  readonly #shared: Shared<T>;
  #isOpen = true;

  /** Made by {@linkcode channel}. */
  constructor(shared: Shared<T>) {
    this.#shared = shared;
    shared.senders += 1;
  }

  /**
   * Sets the value and wakes the receivers. Without a receiver the value is not stored;
   * {@linkcode Sender.sendReplace} stores it all the same.
   *
   * @param value The value.
   * @throws {SendError} When there is no receiver; the error has the value.
   * @throws {TypeError} When this sender is closed.
   */
  send(value: T): void {
    const shared = this.#open("send a value");
    if (shared.isClosed) throw new SendError(value);
    shared.store(value);
  }

  /**
   * Sets the value, also when there is no receiver.
   *
   * @param value The value.
   * @returns The value before it.
   * @throws {TypeError} When this sender is closed.
   */
  sendReplace(value: T): T {
    const shared = this.#open("send a value");
    const before = shared.value;
    shared.store(value);
    return before;
  }

  /**
   * Changes the value in its place, also when there is no receiver, and wakes the receivers.
   *
   * @param modify Changes or replaces `slot.value`; afterwards the slot has no effect. If it throws,
   * the value stays as it was left, nobody is woken, and the error goes on. It must not send itself.
   * @throws {TypeError} When this sender is closed.
   */
  sendModify(modify: (slot: Slot<T>) => void): void {
    this.sendIfModified((slot) => {
      modify(slot);
      return true;
    });
  }

  /**
   * Changes the value in its place, also when there is no receiver, and wakes the receivers if
   * `modify` says so.
   *
   * @param modify As in {@linkcode Sender.sendModify}; it answers with whether receivers are to take
   * the value for a new one. If not, what it did to the value stays.
   * @returns What `modify` has answered.
   * @throws {TypeError} When this sender is closed.
   */
  sendIfModified(modify: (slot: Slot<T>) => boolean): boolean {
    const shared = this.#open("send a value");
    const slot = { value: shared.value };
    let isModified;
    try {
      isModified = modify(slot);
    } finally {
      shared.value = slot.value;
    }
    if (isModified) shared.store(slot.value);
    return isModified;
  }

  /** The current value. */
  borrow(): T {
    return this.#shared.value;
  }

  /**
   * Makes a receiver, also when there was none any more. The current value counts as seen by it.
   *
   * @throws {TypeError} When this sender is closed.
   */
  subscribe(): Receiver<T> {
    const shared = this.#open("subscribe");
    return new Receiver(new View(shared, shared.version, true));
  }

  /**
   * Waits until there is no receiver.
   *
   * **Cancel safety:** giving up loses nothing.
   */
  closed(): Future<void> {
    return new WaitClosed(this.#shared);
  }

  /** Whether there is no receiver. */
  isClosed(): boolean {
    return this.#shared.isClosed;
  }

  /** How many receivers are open. */
  receiverCount(): number {
    return this.#shared.receivers;
  }

  /** How many senders are open. */
  senderCount(): number {
    return this.#shared.senders;
  }

  /** Whether both send to the same channel. */
  sameChannel(other: Sender<T>): boolean {
    return this.#shared === other.#shared;
  }

  /**
   * Makes another sender of the same channel.
   *
   * @throws {TypeError} When this one is closed.
   */
  clone(): Sender<T> {
    return new Sender(this.#open("clone a sender"));
  }

  /** Closes this sender. When it was the last one, receivers wake up to that. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#shared.senders -= 1;
    if (this.#shared.senders === 0) this.#shared.wakeAll();
  }

  /** The same as {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #open(action: string): Shared<T> {
    if (!this.#isOpen) throw new TypeError(`Cannot ${action}: this sender is closed`);
    return this.#shared;
  }
}
