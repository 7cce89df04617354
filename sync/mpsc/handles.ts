/**
 * What the handles of bounded and of unbounded channels have in common.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import type { Channel } from "./channel.ts";
import { closedHandle } from "./errors.ts";

/**
 * What both kinds of senders are: handles that keep a channel open.
 *
 * The channel ends for its receiver when the last of them is closed. JavaScript has no destructors,
 * so a sender that is forgotten leaves the receiver waiting for ever: close it, or write `using`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<string>();
 * {
 *   using sender: mpsc.AnySender<string> = tx.clone();
 *   assertEquals(sender.strongCount(), 2);
 * }
 * tx.close();
 * assertEquals(await rx.recv(), undefined);
 * ```
 */
export abstract class AnySender<T> implements Disposable {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private readonly shared: Channel<T>;
  declare private isOpen: boolean;

  /** Wraps a channel that counts this handle already. */
  constructor(channel: Channel<T>) {
    this.shared = channel;
    this.isOpen = true;
  }

  /**
   * Waits until the receiver has closed the channel or is gone: nobody wants more values.
   *
   * **Cancel safety:** nothing is lost.
   *
   * @throws {TypeError} When this handle was closed.
   */
  closed(): Future<void> {
    this.check("wait");
    return this.shared.whenClosed();
  }

  /**
   * Whether the receiver has closed the channel or is gone.
   *
   * @throws {TypeError} When this handle was closed.
   */
  isClosed(): boolean {
    this.check("ask");
    return this.shared.closed;
  }

  /**
   * Whether both handles are of the same channel.
   *
   * @param other Another handle.
   * @throws {TypeError} When one of them was closed.
   */
  sameChannel(other: AnySender<T>): boolean {
    this.check("compare");
    other.check("compare");
    return this.shared === other.shared;
  }

  /**
   * How many handles keep the channel open: senders, and permits of `reserveOwned`.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    this.check("count");
    return this.shared.senders;
  }

  /**
   * How many weak handles there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  weakCount(): number {
    this.check("count");
    return this.shared.weakSenders;
  }

  /**
   * Closes this handle; with the last one the channel ends. Sends that wait already still go
   * through. Does nothing when it was closed before.
   */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.shared.dropSender();
  }

  /** As {@linkcode AnySender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws when this handle was closed. */
  protected check(action: string): void {
    if (!this.isOpen) throw closedHandle(action);
  }

  /** Closes this handle without counting it as closed: its place goes to somebody else. */
  protected giveUp(): void {
    this.isOpen = false;
  }
}

/**
 * What both kinds of weak senders are: handles that do not keep a channel open. Made by `downgrade`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx] = mpsc.channel<string>(1);
 * {
 *   using weak: mpsc.AnyWeakSender<string> = tx.downgrade();
 *   assertEquals(weak.weakCount(), 1);
 * }
 * assertEquals(tx.weakCount(), 0);
 * ```
 */
export abstract class AnyWeakSender<T> implements Disposable {
  readonly #channel: Channel<T>;
  #isOpen = true;

  /** Makes a handle of a channel and counts it. */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
    channel.weakSenders += 1;
  }

  /**
   * How many handles keep the channel open: senders, and permits of `reserveOwned`.
   *
   * @throws {TypeError} When this handle was closed.
   */
  strongCount(): number {
    this.check("count");
    return this.#channel.senders;
  }

  /**
   * How many weak handles there are that were not closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  weakCount(): number {
    this.check("count");
    return this.#channel.weakSenders;
  }

  /** Closes this handle. All that changes is {@linkcode AnyWeakSender.weakCount}. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#channel.weakSenders -= 1;
  }

  /** As {@linkcode AnyWeakSender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws when this handle was closed. */
  protected check(action: string): void {
    if (!this.#isOpen) throw closedHandle(action);
  }

  /** Counts one more sender, if there still is one. */
  protected revive(): boolean {
    this.check("upgrade");
    if (this.#channel.senders === 0) return false;
    this.#channel.senders += 1;
    return true;
  }
}
