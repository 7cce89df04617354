/**
 * The end of a watch channel that sees the value.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import type { Future } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { End, Source } from "../../future/source.ts";
import { RecvError } from "./errors.ts";
import { NEVER, View } from "./shared.ts";
import { Changed, WaitFor } from "./wait.ts";

/**
 * Sees the newest value of a watch channel. Made by {@linkcode channel}, {@linkcode Sender.subscribe}
 * and {@linkcode Receiver.clone}.
 *
 * - **Seen or not:** each receiver remembers which value it has seen last. The value that is there
 *   when a receiver is made counts as seen.
 * - **Newest only:** of several values sent in a row a receiver sees the last one.
 * - **Loops** (`for await`, `next()`, `pollNext`) begin with the current value, unless the receiver
 *   has looked at it before, and go on with each value that was not seen. They end when all senders
 *   are closed and the last value was given.
 * - **Close it:** a receiver that is forgotten counts, so `send` does not fail. `using` closes it.
 *
 * Follows Tokio's `sync::watch::Receiver`, and tokio-stream's `WatchStream`.
 *
 * @example
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = watch.channel({ level: "info" });
 * const follower = spawn(function* () {
 *   const config = yield* rx.waitFor(({ level }) => level !== "info");
 *   return config.level;
 * });
 * tx.send({ level: "debug" });
 * assertEquals(await follower, "debug");
 * ```
 *
 * @example A loop over the values
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = watch.channel(1);
 * const seen: number[] = [];
 * for await (const value of rx) {
 *   seen.push(value);
 *   if (value < 3) tx.send(value + 1);
 *   else tx.close();
 * }
 * assertEquals(seen, [1, 2, 3]);
 * ```
 */
export class Receiver<T> extends Source<T> {
  readonly #view: View<T>;
  /** The place in the queue of `pollNext`. */
  #polled: Changed<T> | undefined = undefined;

  /** Made by {@linkcode channel}. */
  constructor(view: View<T>) {
    super();
    this.#view = view;
  }

  /** The current value. It does not count as seen by this. */
  borrow(): T {
    return this.#view.shared.value;
  }

  /** The current value, which counts as seen from now on. */
  borrowAndUpdate(): T {
    return this.#view.see();
  }

  /**
   * Waits for a value that was not seen, and marks it as seen. {@linkcode Receiver.borrow} has it.
   *
   * A value that was not seen is told also after the last sender was closed. Several waits of the
   * same receiver all complete with the next change.
   *
   * **Cancel safety:** a value is marked as seen in the poll that completes, so giving up misses
   * none.
   *
   * @returns A future that fails with {@linkcode RecvError} when the value was seen and there will
   * be no other.
   */
  changed(): Future<void> {
    return new Changed(this.#view);
  }

  /**
   * Whether the current value was not seen.
   *
   * @throws {RecvError} When all senders are closed, also when the last value was not seen.
   */
  hasChanged(): boolean {
    if (this.#view.isClosed) throw new RecvError();
    return this.#view.hasUnseen;
  }

  /**
   * Waits for a value that satisfies `predicate`. The current value is looked at first, also if it
   * was seen. Each value that was looked at counts as seen.
   *
   * **Cancel safety:** giving up loses nothing but that values were marked as seen.
   *
   * @param predicate Whether this is the value. What it throws, the future fails with.
   * @returns A future of the value. It fails with {@linkcode RecvError} when there will be no other.
   */
  waitFor(predicate: (value: T) => boolean): Future<T> {
    return new WaitFor(this.#view, predicate);
  }

  /** Marks the current value as not seen: the next {@linkcode Receiver.changed} is ready at once. */
  markChanged(): void {
    this.#view.seen = NEVER;
  }

  /** Marks the current value as seen. A loop that begins after it waits for the next one. */
  markUnchanged(): void {
    this.#view.see();
  }

  /** Whether both receive from the same channel. */
  sameChannel(other: Receiver<T>): boolean {
    return this.#view.shared === other.#view.shared;
  }

  /**
   * Makes another receiver that has seen what this one has.
   *
   * @throws {TypeError} When this one is closed.
   */
  clone(): Receiver<T> {
    const { shared, seen, isFresh, isOpen } = this.#view;
    if (!isOpen) throw new TypeError("Cannot clone a receiver: it is closed");
    return new Receiver(new View(shared, seen, isFresh));
  }

  /** Gives the current value the first time, and after that each value that was not seen. */
  pollNext(cx: Context): Poll<T | End> {
    const view = this.#view;
    if (!proceed(cx.waker)) return Pending;
    if (view.isOpen && (view.isFresh || view.hasUnseen)) return view.see();
    if (view.isClosed) return End;
    refund();
    this.#polled ??= new Changed(view);
    this.#polled.enqueue(cx.waker);
    return Pending;
  }

  /**
   * Closes the receiver: those who wait on it fail, and a loop over it ends. The last one that is
   * closed leaves the senders without a receiver.
   */
  close(): void {
    const view = this.#view;
    const { shared } = view;
    if (!view.isOpen) return;
    view.isOpen = false;
    shared.receivers -= 1;
    if (shared.isClosed) shared.closed.notifyWaiters();
    this.#polled?.wakeAndEnd();
    if (view.waits > 0) shared.wakeAll();
  }

  /** The same as {@linkcode Receiver.close}. */
  override [Symbol.dispose](): void {
    this.close();
  }
}
