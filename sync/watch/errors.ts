/**
 * How watch channels fail.
 *
 * @module
 */

/**
 * The failure of a {@linkcode Sender.send} that has no receiver.
 *
 * Follows Tokio's `sync::watch::error::SendError`.
 *
 * @example
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const [tx, rx] = watch.channel("first");
 * rx.close();
 * const error = assertThrows(() => tx.send("second"), watch.SendError<string>);
 * assertEquals(error.value, "second");
 * assertEquals(tx.borrow(), "first");
 * ```
 */
export class SendError<T = unknown> extends Error {
  /** Always `"SendError"`. */
  override readonly name = "SendError";
  /** The value that was not sent. */
  readonly value: T;

  /** Makes the error. */
  constructor(value: T) {
    super("Cannot send a value: there is no receiver");
    this.value = value;
  }
}

/**
 * The failure of a receiver whose senders are all closed, or that was closed itself: the value will
 * not change any more.
 *
 * Follows Tokio's `sync::watch::error::RecvError`.
 *
 * @example
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const [tx, rx] = watch.channel("only");
 * tx.close();
 * await assertRejects(async () => await rx.changed(), watch.RecvError);
 * ```
 */
export class RecvError extends Error {
  /** Always `"RecvError"`. */
  override readonly name = "RecvError";

  /** Makes the error. */
  constructor() {
    super("Cannot wait for a change: the channel is closed");
  }
}
