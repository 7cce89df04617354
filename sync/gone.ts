/**
 * Waiting until the other side of a channel is gone.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";

/** Whether the other side is gone, and who waits for that. */
export class Gone {
  #isGone: boolean;
  #first: WaitGone | undefined = undefined;
  #last: WaitGone | undefined = undefined;

  constructor(isGone: boolean) {
    this.#isGone = isGone;
  }

  /** Whether it is so now. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** The other side has left: wakes all who wait. They look again when they are polled. */
  leave(): void {
    this.#isGone = true;
    for (let wait = this.#first; wait !== undefined; wait = this.#first) {
      this.remove(wait);
      wait.wake();
    }
  }

  /** The other side has come back. */
  comeBack(): void {
    this.#isGone = false;
  }

  /** Puts a wait behind the others. */
  append(wait: WaitGone): void {
    const last = this.#last;
    wait.ahead = last;
    if (last === undefined) this.#first = wait;
    else last.behind = wait;
    this.#last = wait;
  }

  /** Takes a wait out. */
  remove(wait: WaitGone): void {
    const { ahead, behind } = wait;
    if (ahead === undefined) this.#first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#last = ahead;
    else behind.ahead = ahead;
    wait.ahead = undefined;
    wait.behind = undefined;
  }
}

const IDLE = 0;
/** In the list. */
const QUEUED = 1;
const ENDED = 2;

/** Waits until the other side is gone. It costs no budget, as in Tokio. */
export class WaitGone extends Future<void> {
  /** Its neighbours in the list. */
  ahead: WaitGone | undefined = undefined;
  behind: WaitGone | undefined = undefined;
  readonly #gone: Gone;
  #state: typeof IDLE | typeof QUEUED | typeof ENDED = IDLE;
  #waker: Waker | undefined = undefined;

  constructor(gone: Gone) {
    super();
    this.#gone = gone;
  }

  poll(cx: Context): Poll<void> {
    if (this.#state === ENDED) throw polledAfterEnd();
    if (this.#gone.isGone) {
      this[Symbol.dispose]();
      return;
    }
    this.#waker = cx.waker;
    if (this.#state === IDLE) this.#gone.append(this);
    this.#state = QUEUED;
    return Pending;
  }

  /** Asks for another look. It is out of the list already. */
  wake(): void {
    this.#state = IDLE;
    this.#waker?.wake();
  }

  override [Symbol.dispose](): void {
    if (this.#state === QUEUED) this.#gone.remove(this);
    this.#state = ENDED;
    this.#waker = undefined;
  }
}
