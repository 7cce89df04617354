/**
 * A value that is set once, by anybody, and waited for.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { type Notified, Notify } from "./notify.ts";

/**
 * The failure of {@linkcode SetOnce.set} when there is a value already.
 *
 * Follows Tokio's `sync::SetOnceError`.
 *
 * @example
 * ```ts
 * import { SetOnce, SetOnceError } from "@edo/runtime/sync";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => SetOnce.newWith(1).set(2), SetOnceError<number>);
 * assertEquals(error.value, 2);
 * ```
 */
export class SetOnceError<T = unknown> extends Error {
  /** Always `"SetOnceError"`. */
  override readonly name = "SetOnceError";
  /** The value that was refused. */
  readonly value: T;

  /** Makes the error. */
  constructor(value: T) {
    super("Cannot set a value: it was set before");
    this.value = value;
  }
}

/**
 * Holds a value that is set once. Whoever needs it waits for it.
 *
 * As {@linkcode OnceCell}, without a way to compute the value on demand, and with a way to wait for
 * it. For a value that changes use `watch`.
 *
 * Follows Tokio's `sync::SetOnce`.
 *
 * @example
 * ```ts
 * import { SetOnce } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const address = new SetOnce<string>();
 * const client = spawn(function* () {
 *   return `connected to ${yield* address.wait()}`;
 * });
 * address.set("127.0.0.1:8080");
 * assertEquals(await client, "connected to 127.0.0.1:8080");
 * ```
 */
export class SetOnce<T> {
  readonly #changed: Notify = new Notify();
  #slot: Slot<T> | undefined = undefined;

  /**
   * Makes one that has its value.
   *
   * @param value The value, which may be `undefined`.
   */
  static newWith<T>(value: T): SetOnce<T> {
    const once = new SetOnce<T>();
    once.set(value);
    return once;
  }

  /** Whether there is a value. */
  initialized(): boolean {
    return this.#slot !== undefined;
  }

  /** The value, or `undefined` when there is none. */
  get(): T | undefined {
    return this.#slot?.value;
  }

  /**
   * Sets the value and wakes everybody who waits for it.
   *
   * @param value The value.
   * @throws {SetOnceError} When there is a value already; the error has the one that was refused.
   */
  set(value: T): void {
    if (this.#slot !== undefined) throw new SetOnceError(value);
    this.#slot = { value };
    this.#changed.notifyWaiters();
  }

  /**
   * Waits for the value. It does not use up the budget of a task.
   *
   * **Cancel safety:** giving up loses nothing.
   */
  wait(): Future<T> {
    return new Wait(() => this.#slot, this.#changed);
  }

  /**
   * Takes the value out. Afterwards the cell is as new: it may be set again, and whoever has not
   * been polled since it was set goes on waiting.
   *
   * @returns The value, or `undefined` when there was none.
   */
  intoInner(): T | undefined {
    const slot = this.#slot;
    this.#slot = undefined;
    return slot?.value;
  }
}

/** Tells a value of `undefined` from none. */
interface Slot<T> {
  readonly value: T;
}

class Wait<T> extends Future<T> {
  #look: (() => Slot<T> | undefined) | undefined;
  readonly #changed: Notify;
  #change: Notified | undefined = undefined;

  constructor(look: () => Slot<T> | undefined, changed: Notify) {
    super();
    this.#look = look;
    this.#changed = changed;
  }

  poll(cx: Context): Poll<T> {
    if (this.#look === undefined) throw polledAfterEnd();
    const slot = this.#look();
    if (slot !== undefined) {
      this[Symbol.dispose]();
      return slot.value;
    }
    while (true) {
      const change = this.#change ??= this.#changed.notified();
      if (isPending(change.poll(cx))) return Pending;
      // The value has been taken out since.
      this.#change = undefined;
    }
  }

  override [Symbol.dispose](): void {
    this.#look = undefined;
    this.#change?.[Symbol.dispose]();
    this.#change = undefined;
  }
}
