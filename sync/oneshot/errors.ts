/**
 * How oneshot channels fail.
 *
 * @module
 */

/**
 * The failure of a {@linkcode Sender.send} whose receiver was closed or dropped.
 *
 * Follows the value that Tokio's `oneshot::Sender::send` hands back.
 *
 * @example
 * ```ts
 * import { oneshot } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<string>();
 * rx.close();
 * const error = assertThrows(() => tx.send("too late"), oneshot.SendError<string>);
 * assertEquals(error.value, "too late");
 * ```
 */
export class SendError<T = unknown> extends Error {
  /** Always `"SendError"`. */
  override readonly name = "SendError";
  /** The value that was not sent. */
  readonly value: T;

  /** Makes the error. */
  constructor(value: T) {
    super("Cannot send a value: the receiver is closed");
    this.value = value;
  }
}

/**
 * The failure of a receiver that will get no value: its sender was dropped, or it was closed itself.
 *
 * Follows Tokio's `sync::oneshot::error::RecvError`.
 *
 * @example
 * ```ts
 * import { oneshot } from "@edo/runtime/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<string>();
 * tx.close();
 * await assertRejects(async () => await rx, oneshot.RecvError);
 * ```
 */
export class RecvError extends Error {
  /** Always `"RecvError"`. */
  override readonly name = "RecvError";

  /** Makes the error. */
  constructor() {
    super("Cannot receive a value: the channel is closed");
  }
}

/**
 * The failure of {@linkcode Receiver.tryRecv}.
 *
 * Follows Tokio's `sync::oneshot::error::TryRecvError`.
 *
 * @example
 * ```ts
 * import { oneshot } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<string>();
 * assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, "empty");
 * tx.close();
 * assertEquals(assertThrows(() => rx.tryRecv(), oneshot.TryRecvError).kind, "closed");
 * ```
 */
export class TryRecvError extends Error {
  /** Always `"TryRecvError"`. */
  override readonly name = "TryRecvError";
  /** `"empty"` when a value may still come, `"closed"` when none will. */
  readonly kind: "empty" | "closed";

  /** Makes the error. */
  constructor(kind: "empty" | "closed") {
    super(
      `Cannot receive a value: ${kind === "empty" ? "none was sent yet" : "the channel is closed"}`,
    );
    this.kind = kind;
  }
}
