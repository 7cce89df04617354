/**
 * The sending side of a bounded channel.
 *
 * @module
 */

import type { Future } from "../../future/future.ts";
import type { Duration } from "../../time/duration.ts";
import type { Bounded } from "./channel.ts";
import { TrySendError } from "./errors.ts";
import { AnySender, AnyWeakSender } from "./handles.ts";
import { OwnedPermit, Permit, PermitIterator } from "./permit.ts";
import { Reserve, ReserveMany, ReserveOwned, Send, SendTimeout } from "./sends.ts";

/**
 * Sends into a bounded channel. Made by `mpsc.channel`.
 *
 * - **Back-pressure:** when the channel is full, senders wait until the receiver takes something,
 *   first come, first served.
 * - **Closing:** the receiver sees the end when all senders were closed. One that is forgotten keeps
 *   it waiting for ever.
 *
 * Follows Tokio's `mpsc::Sender`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(2);
 * const squares = spawn(function* () {
 *   using sender = tx;
 *   for (let i = 1; i <= 4; i++) yield* sender.send(i * i);
 * });
 * const received: number[] = [];
 * for await (const square of rx) received.push(square);
 * await squares;
 * assertEquals(received, [1, 4, 9, 16]);
 * ```
 */
export class Sender<T> extends AnySender<T> {
  declare private readonly channel: Bounded<T>;

  /** Made by `channel`, {@linkcode Sender.clone} and {@linkcode WeakSender.upgrade}. */
  constructor(channel: Bounded<T>) {
    super(channel);
    this.channel = channel;
  }

  /**
   * Waits for room and sends a value.
   *
   * **Cancel safety:** giving up loses the value, which was not sent, and the place among those who
   * wait. Where that matters, as in a `select`, {@linkcode Sender.reserve} first and send then.
   *
   * @param value What to send.
   * @returns A future that fails with a `SendError`, which carries the value, when the receiver has
   * closed the channel.
   * @throws {TypeError} When this handle was closed.
   */
  send(value: T): Future<void> {
    const { channel } = this;
    this.check("send");
    return new Send(channel, value);
  }

  /**
   * Sends a value if there is room now, and nobody waits for it.
   *
   * @param value What to send.
   * @throws {TrySendError} When the channel is full or closed. The error carries the value.
   * @throws {TypeError} When this handle was closed.
   */
  trySend(value: T): void {
    const { channel } = this;
    this.check("send");
    takeNow(channel, 1, value);
    channel.push(value);
  }

  /**
   * As {@linkcode Sender.send}, for a limited time.
   *
   * **Cancel safety:** as that of `send`.
   *
   * @param value What to send.
   * @param duration Milliseconds, or an object of units, from now on.
   * @returns A future that fails with a `SendTimeoutError`, which carries the value, when the time
   * is up or the channel is closed.
   * @throws {RangeError} When the duration is negative or not a number.
   * @throws {TypeError} When this handle was closed.
   */
  sendTimeout(value: T, duration: Duration): Future<void> {
    const { channel } = this;
    this.check("send");
    return new SendTimeout(channel, value, duration);
  }

  /**
   * Waits for room for one value.
   *
   * **Cancel safety:** giving up loses the place among those who wait, and no room.
   *
   * @returns A future of the room, which fails with a `SendError` when the channel is closed.
   * @throws {TypeError} When this handle was closed.
   */
  reserve(): Future<Permit<T>> {
    const { channel } = this;
    this.check("reserve");
    return new Reserve(channel);
  }

  /**
   * Waits for room for `count` values at once.
   *
   * **Cancel safety:** as that of {@linkcode Sender.reserve}.
   *
   * @param count How many, from 0 to the capacity of the channel.
   * @returns A future of the permits, which fails with a `SendError` when the channel is closed.
   * @throws {RangeError} When the channel never has that much room.
   * @throws {TypeError} When this handle was closed.
   */
  reserveMany(count: number): Future<PermitIterator<T>> {
    const { channel } = this;
    this.check("reserve");
    checkCount(count);
    if (count > channel.room) {
      throw new RangeError(`Cannot reserve ${count} permits: the capacity is ${channel.room}`);
    }
    return new ReserveMany(channel, count);
  }

  /**
   * Waits for room for one value, and makes this handle part of the permit: it counts as closed
   * here, and comes back when the permit is used. To keep it, write `tx.clone().reserveOwned()`.
   *
   * **Cancel safety:** giving up closes the handle, and loses the place among those who wait.
   *
   * @returns A future of the permit, which fails with a `SendError` when the channel is closed.
   * @throws {TypeError} When this handle was closed.
   */
  reserveOwned(): Future<OwnedPermit<T>> {
    const { channel } = this;
    this.check("reserve");
    this.giveUp();
    return new ReserveOwned(channel);
  }

  /**
   * Takes room for one value if there is some now, and nobody waits for it.
   *
   * @throws {TrySendError} When the channel is full or closed.
   * @throws {TypeError} When this handle was closed.
   */
  tryReserve(): Permit<T> {
    const { channel } = this;
    this.check("reserve");
    takeNow(channel, 1, undefined);
    return new Permit(channel);
  }

  /**
   * Takes room for `count` values if there is that much now, and nobody waits for it.
   *
   * @param count How many.
   * @throws {TrySendError} When the channel has less room, or is closed.
   * @throws {RangeError} When `count` is not a whole number or negative.
   * @throws {TypeError} When this handle was closed.
   */
  tryReserveMany(count: number): PermitIterator<T> {
    const { channel } = this;
    this.check("reserve");
    checkCount(count);
    takeNow(channel, count, undefined);
    return new PermitIterator(channel, count);
  }

  /**
   * As {@linkcode Sender.tryReserve}, and makes this handle part of the permit; see
   * {@linkcode Sender.reserveOwned}. When it fails, the handle stays as it is.
   *
   * @throws {TrySendError} When the channel is full or closed. The error carries this handle.
   * @throws {TypeError} When this handle was closed.
   */
  tryReserveOwned(): OwnedPermit<T> {
    const { channel } = this;
    this.check("reserve");
    takeNow(channel, 1, this);
    this.giveUp();
    return new OwnedPermit(channel);
  }

  /**
   * For how many values there is room now.
   *
   * @throws {TypeError} When this handle was closed.
   */
  capacity(): number {
    this.check("ask");
    return this.channel.permits.free;
  }

  /**
   * For how many values there is room in all.
   *
   * @throws {TypeError} When this handle was closed.
   */
  maxCapacity(): number {
    this.check("ask");
    return this.channel.room;
  }

  /**
   * Makes another handle, which has to be closed as well.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): Sender<T> {
    const { channel } = this;
    this.check("clone");
    channel.senders += 1;
    return new Sender(channel);
  }

  /**
   * Makes a handle that does not keep the channel open.
   *
   * @throws {TypeError} When this handle was closed.
   */
  downgrade(): WeakSender<T> {
    const { channel } = this;
    this.check("downgrade");
    return new WeakSender(channel);
  }
}

/**
 * A handle of a bounded channel that does not keep it open. Made by `Sender.downgrade`.
 *
 * Follows Tokio's `mpsc::WeakSender`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const [tx] = mpsc.channel<number>(1);
 * const weak = tx.downgrade();
 * {
 *   using sender = weak.upgrade();
 *   assert(sender?.sameChannel(tx));
 * }
 * tx.close();
 * assertEquals(weak.upgrade(), undefined);
 * ```
 */
export class WeakSender<T> extends AnyWeakSender<T> {
  readonly #channel: Bounded<T>;

  /** Made by {@linkcode Sender.downgrade}. */
  constructor(channel: Bounded<T>) {
    super(channel);
    this.#channel = channel;
  }

  /**
   * Makes a sender, which has to be closed, or answers `undefined` when all senders were closed.
   *
   * @throws {TypeError} When this handle was closed.
   */
  upgrade(): Sender<T> | undefined {
    return this.revive() ? new Sender(this.#channel) : undefined;
  }

  /**
   * Makes another weak handle.
   *
   * @throws {TypeError} When this handle was closed.
   */
  clone(): WeakSender<T> {
    this.check("clone");
    return new WeakSender(this.#channel);
  }
}

/** Takes room that is there now. */
function takeNow<V>(channel: Bounded<unknown>, count: number, value: V): void {
  if (channel.closed) throw new TrySendError(value, "closed");
  if (!channel.permits.tryTake(count)) throw new TrySendError(value, "full");
}

function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(`Cannot reserve ${count} permits: a whole number from 0 is wanted`);
}
