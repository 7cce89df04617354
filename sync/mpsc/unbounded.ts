/**
 * The sending side of an unbounded channel.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { SendError } from "./errors.ts";
import { AnySender, AnyWeakSender } from "./handles.ts";

/**
 * Sends into a channel that takes everything at once. Made by `mpsc.unboundedChannel`.
 *
 * Nothing holds back a sender that is faster than the receiver: the queue between them then grows
 * until memory is used up. Where that may happen, `mpsc.channel` is the better choice.
 *
 * Follows Tokio's `mpsc::UnboundedSender`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<string>();
 * tx.send("one");
 * tx.send("two");
 * assertEquals(await rx.recvMany(10), ["one", "two"]);
 * ```
 */
export class UnboundedSender<T> extends AnySender<T> {
  declare private readonly channel: Channel<T>;

  /** Made by `unboundedChannel`, `clone` and {@linkcode WeakUnboundedSender.upgrade}. */
  constructor(channel: Channel<T>) {
    super(channel);
    this.channel = channel;
  }

  /**
   * Sends a value.
   *
   * @param value What to send.
   * @throws {SendError} When the receiver has closed the channel. The error carries the value.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): void {
    const { channel } = this;
    this.check("send");
    if (channel.closed) throw new SendError(value);
    channel.push(value);
  }

  /**
   * Makes another handle, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): UnboundedSender<T> {
    this.check("clone");
    this.channel.senders += 1;
    return new UnboundedSender(this.channel);
  }

  /**
   * Makes a handle that does not keep the channel open.
   *
   * @throws {TypeError} When this handle was closed.
   */
  downgrade(): WeakUnboundedSender<T> {
    this.check("downgrade");
    return new WeakUnboundedSender(this.channel);
  }
}

/**
 * A handle of an unbounded channel that does not keep it open. Made by `UnboundedSender.downgrade`.
 *
 * Follows Tokio's `mpsc::WeakUnboundedSender`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<string>();
 * const weak = tx.downgrade();
 * weak.upgrade()?.send("still open");
 * assertEquals(rx.tryRecv(), "still open");
 * ```
 */
export class WeakUnboundedSender<T> extends AnyWeakSender<T> {
  readonly #channel: Channel<T>;

  /** Made by {@linkcode UnboundedSender.downgrade}. */
  constructor(channel: Channel<T>) {
    super(channel);
    this.#channel = channel;
  }

  /**
   * Makes a sender, which has to be closed, or answers `undefined` when all senders were closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  upgrade(): UnboundedSender<T> | undefined {
    return this.revive() ? new UnboundedSender(this.#channel) : undefined;
  }

  /**
   * Makes another weak handle.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): WeakUnboundedSender<T> {
    this.check("clone");
    return new WeakUnboundedSender(this.#channel);
  }
}
