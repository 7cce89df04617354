/**
 * What sending and receiving fail with.
 *
 * @module
 */

/**
 * The failure of sending to a channel whose receiver is gone.
 *
 * Follows Tokio's `mpsc::error::SendError`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = mpsc.unboundedChannel<string>();
 * rx.close();
 * const error = assertThrows(() => tx.send("late"), mpsc.SendError);
 * assertEquals(error.value, "late");
 * ```
 */
export class SendError<T = unknown> extends Error {
  /** The name of the class. */
  override readonly name = "SendError";
  /** What was not sent; `undefined` when it was a permit that was asked for. */
  readonly value: T;

  /** Made by a sender. */
  constructor(value: T) {
    super("Cannot send: the channel is closed");
    this.value = value;
  }
}

/**
 * The failure of sending without waiting: the channel is `"full"` or `"closed"`.
 *
 * Follows Tokio's `mpsc::error::TrySendError`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx] = mpsc.channel<number>(1);
 * tx.trySend(1);
 * const error = assertThrows(() => tx.trySend(2), mpsc.TrySendError);
 * assertEquals([error.kind, error.value], ["full", 2]);
 * ```
 */
export class TrySendError<T = unknown> extends Error {
  /** The name of the class. */
  override readonly name = "TrySendError";
  /** Why it was not sent. */
  readonly kind: "full" | "closed";
  /** What was not sent; `undefined` when it was a permit that was asked for. */
  readonly value: T;

  /** Made by a sender. */
  constructor(value: T, kind: "full" | "closed") {
    super(`Cannot send now: the channel is ${kind}`);
    this.kind = kind;
    this.value = value;
  }
}

/**
 * The failure of `sendTimeout`: a `"timeout"`, or the channel is `"closed"`.
 *
 * Follows Tokio's `mpsc::error::SendTimeoutError`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [tx] = mpsc.channel<number>(1);
 * await tx.send(1);
 * const error = await assertRejects(async () => await tx.sendTimeout(2, 5), mpsc.SendTimeoutError);
 * assertEquals([error.kind, error.value], ["timeout", 2]);
 * ```
 */
export class SendTimeoutError<T = unknown> extends Error {
  /** The name of the class. */
  override readonly name = "SendTimeoutError";
  /** Why it was not sent. */
  readonly kind: "timeout" | "closed";
  /** What was not sent. */
  readonly value: T;

  /** Made by a sender. */
  constructor(value: T, kind: "timeout" | "closed") {
    super(
      kind === "closed"
        ? "Cannot send: the channel is closed"
        : "Cannot send: there was no room in time",
    );
    this.kind = kind;
    this.value = value;
  }
}

/**
 * The failure of receiving without waiting: the channel is `"empty"`, or `"disconnected"`: it is
 * empty and will stay so.
 *
 * Follows Tokio's `mpsc::error::TryRecvError`.
 *
 * @example
 * ```ts
 * import { mpsc } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = mpsc.channel<number>(1);
 * assertEquals(assertThrows(() => rx.tryRecv(), mpsc.TryRecvError).kind, "empty");
 * tx.close();
 * assertEquals(assertThrows(() => rx.tryRecv(), mpsc.TryRecvError).kind, "disconnected");
 * ```
 */
export class TryRecvError extends Error {
  /** The name of the class. */
  override readonly name = "TryRecvError";
  /** Why there is nothing. */
  readonly kind: "empty" | "disconnected";

  /** Made by a receiver. */
  constructor(kind: "empty" | "disconnected") {
    super(
      kind === "empty"
        ? "Cannot receive now: the channel is empty"
        : "Cannot receive: the channel is empty and closed",
    );
    this.kind = kind;
  }
}

/** The error of using a handle that was closed. */
export function closedHandle(action: string): TypeError {
  return new TypeError(`Cannot ${action}: this sender was closed`);
}
