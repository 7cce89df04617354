/**
 * The receiving side of a broadcast channel.
 *
 * @module
 */

import { type Context, currentContext } from "../../future/context.ts";
import { type Future, stepOf, type Wait } from "../../future/future.ts";
import { InLine } from "../../future/line.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import { End, type SizeHint, Source, standIn } from "../../future/source.ts";
import { type Cursor, Lagged } from "./channel.ts";
import { ClosedError, LaggedError, TryRecvError } from "./errors.ts";

/**
 * Receives all that is sent from its making on. Made by `broadcast.channel` and `Sender.subscribe`.
 *
 * - **Lag:** a receiver that is more than the capacity of the channel behind has lost values. It is
 *   told so once, by a `LaggedError`, and goes on with the oldest value that is left.
 * - **Loops:** a `for await` ends normally when the channel does. Lag ends it with the `LaggedError`,
 *   and the loop may simply be started again, which goes on where it was; or loop over
 *   {@linkcode Receiver.lossy}.
 * - **Several at once:** who calls `recv` while others wait is served after them.
 * - **Values are shared:** all receivers get the same object. Where they change it, send a copy.
 * - **Forgetting it** keeps what it has not read alive, until that is overwritten: close it, or write
 *   `using`.
 *
 * Follows Tokio's `broadcast::Receiver`.
 *
 * @example A loop that survives lag
 * ```ts
 * import { broadcast } from "@edo/runtime/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = broadcast.channel<number>(2);
 * for (const value of [1, 2, 3, 4]) tx.send(value);
 * tx.close();
 *
 * const seen: (number | string)[] = [];
 * while (!rx.isTerminated()) {
 *   try {
 *     for await (const value of rx) seen.push(value);
 *   } catch (error) {
 *     if (!(error instanceof broadcast.LaggedError)) throw error;
 *     seen.push(`${error.skipped} lost`);
 *   }
 * }
 * assertEquals(seen, ["2 lost", 3, 4]);
 * ```
 */
export class Receiver<T> extends Source<T> {
  declare private readonly cursor: Cursor<T>;

  /** Made by a sender or another receiver. */
  constructor(cursor: Cursor<T>) {
    super();
    standIn(this, cursor.line);
    this.cursor = cursor;
  }

  /**
   * Waits for the next value.
   *
   * **Cancel safety:** a value is taken in the poll that answers with it, so giving up loses none.
   *
   * @returns A future that fails with a `LaggedError` when values were lost, and with a
   * `ClosedError` when no more will come.
   */
  recv(): Future<T> {
    return new Recv(this.cursor);
  }

  /**
   * Takes the next value if there is one now.
   *
   * @throws {TryRecvError} When there is none, now or for ever, or when values were lost.
   */
  tryRecv(): T {
    const { cursor } = this;
    const item = cursor.read();
    if (!isPending(item) && item !== End && item !== Lagged) return item;
    const kind = item === Lagged ? "lagged" : item === End ? "closed" : "empty";
    throw new TryRecvError(kind, item === Lagged ? cursor.skipped : 0);
  }

  /**
   * As {@linkcode Receiver.tryRecv}, and answers `Pending` and `End` instead of throwing.
   *
   * @throws {LaggedError} When values were lost.
   */
  tryNext(): Poll<T | End> {
    return this.#told(this.cursor.read());
  }

  /**
   * Answers with the next value, with `End` when no more will come, or with `Pending` after it has
   * arranged for `cx.waker` to be woken. Only the waker of the last poll is kept.
   *
   * @param cx Who polls.
   * @throws {LaggedError} When values were lost. The next poll goes on after them.
   */
  override pollNext(cx: Context): Poll<T | End> {
    return this.#told(this.cursor.poll(cx));
  }

  /** Takes back the interest of the last {@linkcode Receiver.pollNext}. */
  override unpoll(): void {
    this.cursor.line.unkeep();
  }

  /**
   * The same values without errors: what was lost is left out.
   *
   * @param onLagged Is told how many values were lost, each time.
   * @returns Another view of this receiver; disposing one disposes both.
   *
   * @example
   * ```ts
   * import { broadcast } from "@edo/runtime/sync";
   * import { assertEquals } from "@std/assert";
   *
   * const [tx, rx] = broadcast.channel<number>(2);
   * for (const value of [1, 2, 3]) tx.send(value);
   * tx.close();
   *
   * let lost = 0;
   * assertEquals(await Array.fromAsync(rx.lossy((skipped) => lost += skipped)), [2, 3]);
   * assertEquals(lost, 1);
   * ```
   */
  lossy(onLagged?: (skipped: number) => void): Source<T> {
    return new Lossy(this.cursor, onLagged);
  }

  /** Makes another receiver, of what is sent from now on. */
  resubscribe(): Receiver<T> {
    return new Receiver(this.cursor.channel.subscribe());
  }

  /** How many values it has yet to receive, also those that are lost and not reported yet. */
  len(): number {
    return this.cursor.len();
  }

  /** Whether it has received all that was sent. */
  isEmpty(): boolean {
    return this.cursor.len() === 0;
  }

  /**
   * Whether both are of the same channel.
   *
   * @param other Another receiver.
   */
  sameChannel(other: Receiver<T>): boolean {
    return this.cursor.channel === other.cursor.channel;
  }

  /** Whether all senders were closed. There may still be something to receive. */
  isClosed(): boolean {
    return this.cursor.channel.senders === 0;
  }

  /** How many senders there are that were not closed. */
  senderStrongCount(): number {
    return this.cursor.channel.senders;
  }

  /** How many weak senders there are that were not closed. */
  senderWeakCount(): number {
    return this.cursor.channel.weakSenders;
  }

  /** How many values are still to come, which is known once all senders were closed. */
  override sizeHint(): SizeHint {
    const { cursor } = this;
    const kept = Math.min(cursor.len(), cursor.channel.room);
    return [kept, cursor.isClosed || this.isClosed() ? kept : undefined];
  }

  /** Whether it is at the end. */
  override isTerminated(): boolean {
    return this.cursor.isClosed || (this.isClosed() && this.isEmpty());
  }

  /** Stops receiving, and lets go of what was not received. Who waits gets the end. */
  close(): void {
    this.cursor.close();
  }

  /** As {@linkcode Receiver.close}. */
  override [Symbol.dispose](): void {
    this.close();
  }

  #told(item: Poll<T | End | Lagged>): Poll<T | End> {
    if (item === Lagged) throw new LaggedError(this.cursor.skipped);
    return item;
  }
}

/** The future of `recv`. */
class Recv<T> extends InLine<T> {
  declare private readonly cursor: Cursor<T>;

  constructor(cursor: Cursor<T>) {
    super(cursor.line);
    this.cursor = cursor;
  }

  override poll(cx: Context): Poll<T> {
    const { cursor } = this;
    if (!cursor.hasValue() || !this.takesAtOnce(cx)) return this.wait(cx);
    const value = cursor.shift();
    this.leave();
    return value;
  }

  override next(): IteratorResult<Wait, T> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<T> {
    const { cursor } = this;
    const item = cursor.poll(cx);
    // Its type first, as in `isPending`.
    if (typeof item !== "symbol" || (item !== End && item !== Lagged)) return item;
    throw item === End ? new ClosedError() : new LaggedError(cursor.skipped);
  }
}

/** The view of {@linkcode Receiver.lossy}. */
class Lossy<T> extends Source<T> {
  readonly #cursor: Cursor<T>;
  readonly #onLagged: ((skipped: number) => void) | undefined;

  constructor(cursor: Cursor<T>, onLagged: ((skipped: number) => void) | undefined) {
    super();
    standIn(this, cursor.line);
    this.#cursor = cursor;
    this.#onLagged = onLagged;
  }

  override pollNext(cx: Context): Poll<T | End> {
    for (;;) {
      const item = this.#cursor.poll(cx);
      if (item !== Lagged) return item;
      this.#onLagged?.(this.#cursor.skipped);
    }
  }

  override unpoll(): void {
    this.#cursor.line.unkeep();
  }

  override [Symbol.dispose](): void {
    this.#cursor.close();
  }
}
