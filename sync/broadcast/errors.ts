/**
 * What sending to all and receiving fail with.
 *
 * @module
 */

/**
 * The failure of sending when nobody receives.
 *
 * Follows Tokio's `broadcast::error::SendError`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const tx = new broadcast.Sender<string>(4);
 * const error = assertThrows(() => tx.send("anybody?"), broadcast.SendError);
 * assertEquals(error.value, "anybody?");
 * ```
 */
export class SendError<T = unknown> extends Error {
  /** The name of the class. */
  override readonly name = "SendError";
  /** What was not sent. */
  readonly value: T;

  /** Made by a sender. */
  constructor(value: T) {
    super("Cannot send: the channel has no receiver");
    this.value = value;
  }
}

/**
 * The failure of `recv` when all senders were closed and everything was received.
 *
 * Follows Tokio's `broadcast::error::RecvError::Closed`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const [tx, rx] = broadcast.channel<number>(4);
 * tx.close();
 * await assertRejects(async () => await rx.recv(), broadcast.ClosedError);
 * ```
 */
export class ClosedError extends Error {
  /** The name of the class. */
  override readonly name = "ClosedError";

  /** Made by a receiver. */
  constructor() {
    super("Cannot receive: the channel is closed");
  }
}

/**
 * The failure of receiving when values were overwritten before they were received. It is told once;
 * after it receiving goes on with the oldest value that was kept.
 *
 * Follows Tokio's `broadcast::error::RecvError::Lagged`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [tx, rx] = broadcast.channel<number>(2);
 * for (const value of [1, 2, 3]) tx.send(value);
 * const error = await assertRejects(async () => await rx.recv(), broadcast.LaggedError);
 * assertEquals(error.skipped, 1);
 * assertEquals(await rx.recv(), 2);
 * ```
 */
export class LaggedError extends Error {
  /** The name of the class. */
  override readonly name = "LaggedError";
  /** How many values were lost. */
  readonly skipped: number;

  /** Made by a receiver. */
  constructor(skipped: number) {
    super(`Cannot receive: ${skipped} of the values were overwritten by later ones`);
    this.skipped = skipped;
  }
}

/**
 * The failure of receiving without waiting: there is nothing now (`"empty"`), nothing will come any
 * more (`"closed"`), or values were overwritten (`"lagged"`), which is told once.
 *
 * Follows Tokio's `broadcast::error::TryRecvError`.
 *
 * @example
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = broadcast.channel<number>(2);
 * assertEquals(assertThrows(() => rx.tryRecv(), broadcast.TryRecvError).kind, "empty");
 * tx.close();
 * assertEquals(assertThrows(() => rx.tryRecv(), broadcast.TryRecvError).kind, "closed");
 * ```
 */
export class TryRecvError extends Error {
  /** The name of the class. */
  override readonly name = "TryRecvError";
  /** Why there is no value. */
  readonly kind: "empty" | "closed" | "lagged";
  /** How many values were lost; 0 unless the kind is `"lagged"`. */
  readonly skipped: number;

  /** Made by a receiver. */
  constructor(kind: "empty" | "closed" | "lagged", skipped: number) {
    super(`Cannot receive now: the ${kind === "lagged" ? "receiver has" : "channel is"} ${kind}`);
    this.kind = kind;
    this.skipped = skipped;
  }
}

/** The error of using a handle that was closed. */
export function closedHandle(action: string): TypeError {
  return new TypeError(`Cannot ${action}: this sender was closed`);
}
