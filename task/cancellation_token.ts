/**
 * Telling work to stop, in a tree.
 *
 * C1 Cancelling is for ever. A token is cancelled when it, its signal, or one of its ancestors is;
 *    whoever asks looks upwards.
 * C2 A parent knows a child, and a token listens to its signal, only while somebody waits on it or on
 *    one of its descendants (`#waiting`). So what nobody waits on is held by nobody.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { type IntoFuture, intoFuture } from "../future/into_future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { Waiter } from "../future/waiter.ts";
import { registerHandle, toWire, type WireForm } from "../scheduler/multi_thread/handle.ts";
import { formOfStaying, hasLink } from "../scheduler/threads.ts";
import { Waiters } from "../sync/waiters.ts";
import { dropToken, prepare, RemoteSignal, send, type TokenSignal } from "./remote_token.ts";

/** Not in the queue. */
const NEW = 0;
/** In the queue. */
const WAITING = 1;
/** Woken by the cancellation. */
const CANCELLED = 2;
const ENDED = 3;

/** Lets a waiter wait. Set by the class, whose own it is. */
let enrol: (token: CancellationToken, waiter: Waiter<void>) => void;
/** Makes a token of one that was sent here. */
let arrived: (at: number) => CancellationToken;
/** Takes it back. */
let withdraw: (token: CancellationToken, waiter: Waiter<void>) => void;

/**
 * Tells work to stop: whoever has the token cancels it, once and for all, and whoever waits on it is
 * woken.
 *
 * - **Trees:** cancelling a token cancels its children, and theirs; never its parent.
 * - **Forgetting:** tokens need no disposal. A parent knows a child only as long as somebody waits on
 *   the child or on a descendant of it, so a parent that lives long holds none of the children that
 *   have served. What a child does keep alive is its parent.
 * - **Signals:** {@linkcode CancellationToken.asAbortSignal} and
 *   {@linkcode CancellationToken.fromAbortSignal} lead to and from `AbortSignal`.
 * - **Other isolates:** a token that is sent to a worker arrives as a child of this one: cancelled
 *   with it, with its reason if that can travel, and by itself without it. It is a child of the
 *   isolate that has sent it: once that has ended, no cancellation comes from there.
 *
 * Follows tokio-util's `sync::CancellationToken`; a clone there is a second reference here.
 *
 * @example
 * ```ts
 * import { CancellationToken, spawn } from "@edo/runtime/task";
 * import { pending } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const token = new CancellationToken();
 * const child = token.childToken();
 * const task = spawn(child.runUntilCancelled(pending()));
 * token.cancel();
 * assertEquals(await task, undefined);
 * assertEquals(child.isCancelled(), true);
 * ```
 */
export class CancellationToken {
  #isCancelled = false;
  #reason: unknown = undefined;
  #parent: CancellationToken | undefined = undefined;
  #signal: TokenSignal | undefined = undefined;
  #listener: (() => void) | undefined = undefined;
  #waiters: Waiters | undefined = undefined;
  /** How many wait on this token, and on how many of its children somebody waits. */
  #waiting = 0;
  /** The children on which somebody waits. */
  #firstChild: CancellationToken | undefined = undefined;
  /** Its neighbours among them. */
  #ahead: CancellationToken | undefined = undefined;
  #behind: CancellationToken | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #asSignal: AbortSignal | undefined = undefined;

  /**
   * Makes a token that is cancelled when a signal is aborted, with its reason.
   *
   * It listens to the signal only while somebody waits, so a signal that lives long does not hold it.
   *
   * @param signal Of an `AbortController`, of `AbortSignal.timeout`, of a request.
   * @throws {TypeError} When `signal` is not an `AbortSignal`.
   */
  static fromAbortSignal(signal: AbortSignal): CancellationToken {
    if (typeof signal?.addEventListener !== "function") {
      throw new TypeError(`Cannot make a token: expected an AbortSignal, found ${typeof signal}`);
    }
    return CancellationToken.#of(signal);
  }

  /** Makes a token that is cancelled with this one, and can be cancelled without it. */
  childToken(): CancellationToken {
    const child = new CancellationToken();
    child.#parent = this;
    return child;
  }

  /**
   * Cancels this token and its descendants. Does nothing the second time.
   *
   * Tasks are only woken by this; listeners of `AbortSignal`s that were made of the tokens run before
   * it returns.
   *
   * @param reason Whatever may explain it.
   */
  cancel(reason?: unknown): void {
    if (!this.isCancelled()) this.#cancel(reason);
  }

  /** Whether it is cancelled. */
  isCancelled(): boolean {
    if (this.#isCancelled) return true;
    const origin = CancellationToken.#origin(this);
    if (origin === undefined) return false;
    // What was found above is kept, so that it is not looked for again.
    this.#cancel(origin.#isCancelled ? origin.#reason : origin.#signal!.reason);
    return true;
  }

  /** What it was cancelled with, its parent's reason included; `undefined` when there is none. */
  get reason(): unknown {
    return this.isCancelled() ? this.#reason : undefined;
  }

  /**
   * Waits until the token is cancelled.
   *
   * **Cancel safety:** nothing is lost.
   */
  cancelled(): Future<void> {
    return new Cancellation(this);
  }

  /**
   * Makes a future that gives up when the token is cancelled.
   *
   * When the token is cancelled by the first poll, `source` is dropped without being polled. After
   * that `source` is looked at first, so a value that is there in time wins.
   *
   * **Cancel safety:** dropping it drops `source`, and so does the cancellation.
   *
   * @param source A future or a promise. A promise itself is not stopped.
   * @returns The value of `source`, or `undefined` when the token was cancelled.
   * @throws {TypeError} When `source` is neither.
   */
  runUntilCancelled<T>(source: IntoFuture<T>): Future<T | undefined> {
    return new RunUntilCancelled(this, intoFuture(source));
  }

  /** Makes a guard that cancels the token when it is disposed. */
  dropGuard(): DropGuard {
    return new DropGuard(this);
  }

  /** The `AbortSignal` that is aborted when the token is cancelled, with its reason. */
  asAbortSignal(): AbortSignal {
    if (this.#asSignal !== undefined) return this.#asSignal;
    const controller = this.#controller = new AbortController();
    // The host does not let the signals above hold this one.
    const signal = this.#signal;
    const isRemote = signal instanceof RemoteSignal;
    if (isRemote) CancellationToken.#join(this);
    const above = isRemote ? undefined : signal as AbortSignal ?? this.#parent?.asAbortSignal();
    this.#asSignal = above === undefined
      ? controller.signal
      : AbortSignal.any([controller.signal, above]);
    if (this.isCancelled()) controller.abort(this.#reason);
    return this.#asSignal;
  }

  /** Travels to other isolates, where a child of it arrives. */
  [toWire](): WireForm {
    if (!hasLink()) return formOfStaying(this);
    return { kind, data: [prepare(this)], onSent: () => send(this) };
  }

  static #of(signal: TokenSignal): CancellationToken {
    const token = new CancellationToken();
    token.#signal = signal;
    token.#listener = () => void token.isCancelled();
    return token;
  }

  static {
    arrived = (at) => CancellationToken.#of(new RemoteSignal(at));
    enrol = (token, waiter) => {
      (token.#waiters ??= new Waiters()).append(waiter);
      CancellationToken.#join(token);
    };
    withdraw = (token, waiter) => {
      token.#waiters!.remove(waiter);
      CancellationToken.#leave(token);
    };
  }

  #cancel(reason: unknown): void {
    const tokens = this.#withDescendants();
    for (const token of tokens) {
      if (token.#isCancelled) continue;
      token.#isCancelled = true;
      token.#reason = reason;
    }
    // C2. Nobody waits any more.
    if (this.#waiting > 0) {
      this.#waiting = 1;
      CancellationToken.#leave(this);
    }
    for (const token of tokens) {
      token.#firstChild = undefined;
      token.#ahead = undefined;
      token.#behind = undefined;
      token.#waiting = 0;
      token.#parent = undefined;
      token.#waiters?.wakeAll(CANCELLED);
    }
    this.#controller?.abort(reason);
  }

  /** This token and all below it on which somebody waits. */
  #withDescendants(): CancellationToken[] {
    const tokens: CancellationToken[] = [this];
    for (let i = 0; i < tokens.length; i++) {
      for (let child = tokens[i]!.#firstChild; child !== undefined; child = child.#behind) {
        tokens.push(child);
      }
    }
    return tokens;
  }

  /** C1: the nearest of a token and its ancestors that was cancelled. */
  static #origin(token: CancellationToken): CancellationToken | undefined {
    let origin: CancellationToken | undefined = token;
    while (origin !== undefined && !origin.#isCancelled && origin.#signal?.aborted !== true) {
      origin = origin.#parent;
    }
    return origin;
  }

  /** One more waits. The first one makes the token known to its parent. */
  static #join(waited: CancellationToken): void {
    for (let token: CancellationToken | undefined = waited; token !== undefined;) {
      token.#waiting += 1;
      if (token.#waiting > 1) return;
      token.#signal?.addEventListener("abort", token.#listener!);
      const parent: CancellationToken | undefined = token.#parent;
      if (parent !== undefined) parent.#addChild(token);
      token = parent;
    }
  }

  /** One fewer waits. The last one lets the parent forget the token. */
  static #leave(waited: CancellationToken): void {
    for (let token: CancellationToken | undefined = waited; token !== undefined;) {
      token.#waiting -= 1;
      if (token.#waiting > 0) return;
      token.#signal?.removeEventListener("abort", token.#listener!);
      const parent: CancellationToken | undefined = token.#parent;
      if (parent !== undefined) parent.#removeChild(token);
      token = parent;
    }
  }

  #addChild(child: CancellationToken): void {
    const first = this.#firstChild;
    child.#behind = first;
    if (first !== undefined) first.#ahead = child;
    this.#firstChild = child;
  }

  #removeChild(child: CancellationToken): void {
    const ahead = child.#ahead;
    const behind = child.#behind;
    if (ahead === undefined) this.#firstChild = behind;
    else ahead.#behind = behind;
    if (behind !== undefined) behind.#ahead = ahead;
    child.#ahead = undefined;
    child.#behind = undefined;
  }
}

const kind = registerHandle(import.meta, "CancellationToken", {
  decode: (at: number) => arrived(at),
  drop: dropToken,
});

class Cancellation extends Waiter<void> {
  readonly #token: CancellationToken;

  constructor(token: CancellationToken) {
    super(NEW);
    this.#token = token;
  }

  poll(cx: Context): Poll<void> {
    if (this.state === ENDED) throw polledAfterEnd();
    if (this.#token.isCancelled()) {
      this.state = ENDED;
      return;
    }
    this.waker = cx.waker;
    if (this.state === NEW) enrol(this.#token, this);
    this.state = WAITING;
    return Pending;
  }

  override [Symbol.dispose](): void {
    if (this.state === WAITING) withdraw(this.#token, this);
    this.state = ENDED;
    this.waker = undefined;
  }
}

class RunUntilCancelled<T> extends Future<T | undefined> {
  readonly #token: CancellationToken;
  readonly #cancellation: Cancellation;
  #inner: Future<T> | undefined;
  #isNew = true;

  constructor(token: CancellationToken, inner: Future<T>) {
    super();
    this.#token = token;
    this.#cancellation = new Cancellation(token);
    this.#inner = inner;
  }

  poll(cx: Context): Poll<T | undefined> {
    const inner = this.#inner;
    if (inner === undefined) throw polledAfterEnd();
    if (this.#isNew && this.#token.isCancelled()) {
      this[Symbol.dispose]();
      return undefined;
    }
    this.#isNew = false;
    this.#inner = undefined;
    let value;
    try {
      value = inner.poll(cx);
    } catch (error) {
      this.#cancellation[Symbol.dispose]();
      throw error;
    }
    if (!isPending(value)) {
      this.#cancellation[Symbol.dispose]();
      return value;
    }
    this.#inner = inner;
    if (isPending(this.#cancellation.poll(cx))) return Pending;
    this[Symbol.dispose]();
    return undefined;
  }

  override [Symbol.dispose](): void {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#cancellation[Symbol.dispose]();
    inner?.[Symbol.dispose]();
  }
}

/**
 * Cancels a token when it is disposed.
 *
 * Who forgets to dispose it leaves the token as it is: write `using`.
 *
 * @example
 * ```ts
 * import { CancellationToken } from "@edo/runtime/task";
 * import { assert } from "@std/assert";
 *
 * const token = new CancellationToken();
 * {
 *   using _guard = token.dropGuard();
 * }
 * assert(token.isCancelled());
 * ```
 */
export class DropGuard implements Disposable {
  /** Which token. */
  readonly token: CancellationToken;
  #isArmed = true;

  /** Made by {@linkcode CancellationToken.dropGuard}. */
  constructor(token: CancellationToken) {
    this.token = token;
  }

  /**
   * Lets the token be.
   *
   * @returns The token.
   */
  disarm(): CancellationToken {
    this.#isArmed = false;
    return this.token;
  }

  /** Cancels the token, unless the guard was disarmed. */
  [Symbol.dispose](): void {
    if (this.#isArmed) this.token.cancel();
    this.#isArmed = false;
  }
}

/**
 * Makes a future that gives up when a token is cancelled: as `token.runUntilCancelled(source)`.
 *
 * **Cancel safety:** dropping it drops `source`, and so does the cancellation.
 *
 * Follows tokio-util's `FutureExt::with_cancellation_token`.
 *
 * @param source A future or a promise. A promise itself is not stopped.
 * @param token Whose cancellation counts.
 * @returns The value of `source`, or `undefined` when the token was cancelled.
 * @throws {TypeError} When `source` is neither a future nor a promise.
 *
 * @example
 * ```ts
 * import { CancellationToken, withCancellationToken } from "@edo/runtime/task";
 * import { ready } from "@edo/runtime/future";
 * import { assertEquals } from "@std/assert";
 *
 * const token = new CancellationToken();
 * assertEquals(await withCancellationToken(ready(7), token), 7);
 * token.cancel();
 * assertEquals(await withCancellationToken(ready(7), token), undefined);
 * ```
 */
export function withCancellationToken<T>(
  source: IntoFuture<T>,
  token: CancellationToken,
): Future<T | undefined> {
  return token.runUntilCancelled(source);
}
