/**
 * A value that is computed once for all threads, when it is first needed.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { futureOfAnswer } from "../../future/into_future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import {
  type HandleKind,
  registerHandle,
  toWire,
  type WireForm,
  type WireHandle,
} from "../../scheduler/multi_thread/handle.ts";
import { type Initializer, SetError } from "../once_cell.ts";
import { arrival, type Cell, cellOr, OWN } from "./cell.ts";
import { BEYOND, close, giveBack, isClosed, SharedAcquire, tryTake } from "./permits.ts";
import { cellWith, clearing, read, write } from "./value.ts";

/** Where the value is. The permits are closed when it is there. */
const VALUE = OWN + BEYOND;

/**
 * Holds a value that is computed when it is first needed, by one of those who need it on any thread,
 * while the others wait.
 *
 * It can be sent to a portable task, where it is another handle for the same value. The value is kept
 * in shared memory in the form in which it would travel, so it can be whatever can be sent but handles
 * and shared memory. Each handle makes one copy of it, also the one that computed it.
 *
 * - **One at a time:** if the computation fails, or whoever asked for it gives up, the next one that
 *   waits runs its own.
 * - **Not recursive:** a computation that needs its own value waits for ever.
 *
 * Dispose of each handle; the memory is given back with the last. A handle that is forgotten is
 * disposed of when it is garbage collected.
 *
 * Follows Tokio's `sync::OnceCell`.
 *
 * @example
 * ```ts
 * import * as shared from "@edo/runtime/sync/shared";
 * import { assertEquals } from "@std/assert";
 *
 * using settings = new shared.SharedOnce<{ retries: number }>();
 * const { retries } = await settings.getOrInit(() => ({ retries: 3 }));
 * assertEquals(retries, 3);
 * assertEquals(await settings.getOrInit(() => ({ retries: 4 })), { retries: 3 });
 * ```
 */
export class SharedOnce<T> implements WireHandle, Disposable {
  readonly #core: Core<T>;

  /**
   * Makes a cell without a value.
   *
   * @throws {RangeError} When the memory of all threads is full.
   */
  constructor() {
    this.#core = new Core(cellOr(() => cellWith([1, 0], VALUE, undefined)));
  }

  /**
   * Makes a cell that has its value.
   *
   * @param value The value, which may be `undefined`.
   * @throws {DOMException} `DataCloneError`, when it cannot be sent, or has a handle or shared memory
   * in it.
   * @throws {RangeError} When the memory of all threads is full.
   */
  static newWith<T>(value: T): SharedOnce<T> {
    const cell = new SharedOnce<T>();
    try {
      cell.set(value);
    } catch (error) {
      cell[Symbol.dispose]();
      throw error;
    }
    return cell;
  }

  /** Whether there is a value. */
  initialized(): boolean {
    return isClosed(this.#core.cell.open);
  }

  /** The value, or `undefined` when there is none. */
  get(): T | undefined {
    return isClosed(this.#core.cell.open) ? this.#core.value() : undefined;
  }

  /**
   * Sets the value and wakes everybody who waits for it.
   *
   * @param value The value.
   * @throws {SetError} When there is a value, or somebody computes one; the error has the value that
   * was refused.
   * @throws {DOMException} `DataCloneError`, when it cannot be sent, or has a handle or shared memory
   * in it.
   * @throws {RangeError} When the memory of all threads is full.
   */
  set(value: T): void {
    const { cell } = this.#core;
    if (isClosed(cell.open)) throw new SetError(value, false);
    if (!tryTake(cell, 1)) throw new SetError(value, !isClosed(cell));
    this.#core.fill(value);
  }

  /**
   * Answers with the value, computed by `init` if there is none.
   *
   * Those who ask while it is computed wait in the order in which they came.
   *
   * **Cancel safety:** giving up while `init` runs drops the generator or future that it is, and the
   * next one in line begins. An async function cannot be dropped: it runs on beside, and its outcome
   * is ignored.
   *
   * @param init Computes the value; it is called at most once.
   * @returns A future that fails with what `init` throws, and with a `DataCloneError` if its value
   * cannot be sent.
   * @throws {TypeError} When the handle was disposed.
   */
  getOrInit(init: Initializer<T>): Future<T> {
    return new GetOrInit(this.#core, init);
  }

  /** The same as {@linkcode SharedOnce.getOrInit}: a computation that fails is one that throws. */
  getOrTryInit(init: Initializer<T>): Future<T> {
    return this.getOrInit(init);
  }

  /** Disposes of this handle. Futures that it has given stay good. */
  [Symbol.dispose](): void {
    this.#core.cell[Symbol.dispose]();
  }

  /** How it is sent to another thread. */
  [toWire](): WireForm {
    return this.#core.cell.form(KIND);
  }
}

const KIND: HandleKind = registerHandle(
  import.meta,
  "SharedOnce",
  arrival(() => new SharedOnce(), clearing(VALUE)),
);

/** What a handle and its futures share. */
class Core<T> {
  readonly cell: Cell;
  /** This handle's copy; in an object, to tell a value of `undefined` from none. */
  #copy: { readonly value: T } | undefined = undefined;

  constructor(cell: Cell) {
    this.cell = cell;
  }

  /** The value, which is there. */
  value(): T {
    this.#copy ??= { value: read(this.cell, VALUE) as T };
    return this.#copy.value;
  }

  /** Stores the value. The caller has the permit, which goes back if the value cannot be stored. */
  fill(value: T): void {
    const { cell } = this;
    try {
      write(cell, VALUE, value);
    } catch (error) {
      giveBack(cell, 1);
      throw error;
    }
    close(cell);
  }
}

class GetOrInit<T> extends Future<T> {
  readonly #core: Core<T>;
  #init: Initializer<T> | undefined;
  #turn: Turn | undefined;
  #computing: Future<T> | undefined = undefined;

  constructor(core: Core<T>, init: Initializer<T>) {
    super();
    this.#core = core;
    this.#init = init;
    this.#turn = new Turn(core.cell.open, 1);
  }

  poll(cx: Context): Poll<T> {
    if (this.#computing !== undefined) return this.#compute(this.#computing, cx);
    const turn = this.#turn;
    const init = this.#init;
    if (turn === undefined || init === undefined) throw polledAfterEnd();
    const isMine = turn.poll(cx);
    if (isPending(isMine)) return Pending;
    this.#init = undefined;
    this.#turn = undefined;
    if (!isMine) return this.#core.value();
    this.#core.cell.use();
    return this.#compute(this.#begin(init), cx);
  }

  override [Symbol.dispose](): void {
    this.#init = undefined;
    this.#turn?.[Symbol.dispose]();
    this.#turn = undefined;
    const computing = this.#computing;
    if (computing === undefined) return;
    this.#computing = undefined;
    try {
      computing[Symbol.dispose]();
    } finally {
      this.#giveUp();
    }
  }

  #begin(init: Initializer<T>): Future<T> {
    try {
      const answer = init();
      return this.#computing = (futureOfAnswer(answer) ?? ready(answer)) as Future<T>;
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  #compute(computing: Future<T>, cx: Context): Poll<T> {
    let value;
    try {
      value = computing.poll(cx);
    } catch (error) {
      this.#computing = undefined;
      this.#giveUp();
      throw error;
    }
    if (isPending(value)) return Pending;
    this.#computing = undefined;
    const { cell } = this.#core;
    try {
      this.#core.fill(value);
      return this.#core.value();
    } finally {
      cell.unuse();
    }
  }

  /** Lets the next one compute. */
  #giveUp(): void {
    const { cell } = this.#core;
    giveBack(cell, 1);
    cell.unuse();
  }
}

/** Waits for the permit to compute. `false` if the value is there. */
class Turn extends SharedAcquire<boolean> {
  protected taken(): boolean {
    return true;
  }

  protected override finish(outcome: number): boolean {
    if (!isClosed(this.cell)) return super.finish(outcome);
    return false;
  }

  /** Nobody sees it: see `finish`. */
  protected refused(): Error {
    return polledAfterEnd();
  }
}
