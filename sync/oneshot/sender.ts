/**
 * The end of a oneshot channel that sends.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { WaitClosed } from "../gone.ts";
import { SendError } from "./errors.ts";
import { type Shared, SPENT, VALUE } from "./shared.ts";

/**
 * Sends the value of a oneshot channel. Made by {@linkcode channel}.
 *
 * A sender that is neither used nor closed keeps its receiver waiting for ever: JavaScript does not
 * tell when it is forgotten. `using` closes it however a block ends, and does nothing to a value that
 * was sent.
 *
 * Follows Tokio's `sync::oneshot::Sender`.
 *
 * @example Giving up when nobody needs the answer
 * ```ts
 * import { select } from "@edo/runtime/future";
 * import { oneshot } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<number>();
 * spawn(function* () {
 *   yield* select({ answer: rx, patience: sleep(1) });
 * });
 *
 * const first = await select({ nobodyWaits: tx.closed(), computed: sleep(60_000) });
 * assertEquals(first.branch, "nobodyWaits");
 * ```
 */
export class Sender<T> implements Disposable {
  declare private readonly shared: Shared<T>;
  /** The wait of `pollClosed`. */
  declare private polled: WaitClosed | undefined;

  /** Made by {@linkcode channel}. */
  constructor(shared: Shared<T>) {
    this.shared = shared;
    this.polled = undefined;
  }

  /**
   * Sends the value. It does not wait: the value lies there until the receiver takes it, and is
   * lost if the receiver is dropped instead.
   *
   * @param value The value.
   * @throws {SendError} When the receiver was closed or dropped; the error has the value.
   * @throws {TypeError} When this sender has sent, or was closed itself.
   */
  send(value: T): void {
    const { shared } = this;
    const { state } = shared;
    if (state !== 0) throw refusal(state, value);
    shared.value = value;
    shared.state = VALUE | SPENT;
    shared.wakeReceiver();
  }

  /**
   * Waits until the receiver takes no value any more: it was closed, was dropped, or has its value.
   *
   * **Cancel safety:** giving up loses nothing.
   */
  closed(): Future<void> {
    return new WaitClosed(this.shared);
  }

  /**
   * Whether the receiver takes no value any more. As {@linkcode Sender.closed}, without waiting:
   * only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   */
  pollClosed(cx: Context): Poll<void> {
    this.polled ??= new WaitClosed(this.shared);
    if (isPending(this.polled.poll(cx))) return Pending;
    this.polled = undefined;
  }

  /** Whether the receiver takes no value any more: it was closed, was dropped, or has its value. */
  isClosed(): boolean {
    return this.shared.isClosed;
  }

  /** Drops the sender: a receiver without a value fails. Does nothing after `send`. */
  close(): void {
    const { shared } = this;
    if ((shared.state & SPENT) !== 0) return;
    shared.state |= SPENT;
    shared.wakeReceiver();
  }

  /** The same as {@linkcode Sender.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function refusal<T>(state: number, value: T): Error {
  if ((state & SPENT) === 0) return new SendError(value);
  return new TypeError("Cannot send a value: this sender has sent one before, or was closed");
}
