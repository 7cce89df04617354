/**
 * Those who wait for the next item of one receiver.
 *
 * L1 First come, first served: only the first in line takes, so whoever asked first gets the item
 *    that was sent first, in whatever order they are polled.
 * L2 An item stays in the channel until the poll that answers with it. Who leaves the line, with an
 *    item or without, wakes the next one if there is something for it.
 * L3 Beside the line there is one waker: that of the last `pollNext`. News wake both.
 *
 * @module
 */

import { hasBudget, proceed, refund } from "../future/budget.ts";
import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";

/** Not in line. */
const NEW = 0;
/** In line. */
const QUEUED = 1;
const ENDED = 2;

/** Any wait. */
type Waiting = Take<unknown, Line>;

/** A line of waits, in front of something that gives items. */
export abstract class Line {
  // Plain properties set by the constructor, as in `Acquire`.
  /** The first in line. */
  declare first: Waiting | undefined;
  declare private last: Waiting | undefined;
  /** Whom to wake besides: who called `pollNext` last. */
  declare polling: Waker | undefined;

  constructor() {
    this.first = undefined;
    this.last = undefined;
    this.polling = undefined;
  }

  /** Whether there is an answer for the first in line. */
  abstract hasNews(): boolean;

  /** Called when somebody waits, for lines that have to ask to be woken. */
  abstract enrol(): void;

  /** Tells of news. */
  wakeFirst(): void {
    this.first?.wake();
    const { polling } = this;
    if (polling === undefined) return;
    this.polling = undefined;
    polling.wake();
  }

  /** Makes `waker` the one of the last `pollNext`. */
  wakeLater(waker: Waker): void {
    this.polling = waker;
    this.enrol();
  }

  /** Lets `take` wait behind the others. */
  append(take: Waiting): void {
    const { last } = this;
    take.ahead = last;
    if (last === undefined) this.first = take;
    else last.behind = take;
    this.last = take;
  }

  /** Takes `take` out, and passes on what there may be for the one behind it. */
  remove(take: Waiting): void {
    const { ahead, behind } = take;
    if (ahead === undefined) this.first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.last = ahead;
    else behind.ahead = ahead;
    take.ahead = undefined;
    take.behind = undefined;
    if (ahead !== undefined || behind === undefined) return;
    if (this.hasNews()) behind.wake();
    else this.enrol();
  }
}

/**
 * The future of an item. It is its own place in the line, so waiting allocates nothing.
 *
 * **Cancel safety:** giving up loses the place in the line and no item.
 */
export abstract class Take<A, L extends Line = Line> extends Future<A> {
  /** Its neighbours in the line. */
  declare ahead: Waiting | undefined;
  declare behind: Waiting | undefined;
  /** What it waits in front of. */
  declare protected readonly line: L;
  declare private state: typeof NEW | typeof QUEUED | typeof ENDED;
  declare private waker: Waker | undefined;

  constructor(line: L) {
    super();
    this.ahead = undefined;
    this.behind = undefined;
    this.line = line;
    this.state = NEW;
    this.waker = undefined;
  }

  /** Answers if there is something to answer with. Calls {@linkcode leave} before it throws. */
  protected abstract take(): Poll<A>;

  /**
   * Begins an answer at the first poll, if nobody is ahead. The caller knows that there is something
   * to take. As `Acquire.takesAtOnce`, for classes whose waits have to be quick.
   */
  protected takesAtOnce(cx: Context): boolean {
    if (this.state !== NEW || this.line.first !== undefined || !hasBudget()) return false;
    this.state = ENDED;
    return proceed(cx.waker);
  }

  /** Takes what there is when it is first in line. */
  poll(cx: Context): Poll<A> {
    if (this.state === ENDED) throw polledAfterEnd();
    if (!proceed(cx.waker)) return Pending;
    const { line } = this;
    if (line.first === undefined || line.first === this) {
      const answer = this.take();
      if (!isPending(answer)) {
        this.leave();
        return answer;
      }
    }
    refund();
    this.waker = cx.waker;
    if (this.state === NEW) {
      this.state = QUEUED;
      line.append(this as Waiting);
    }
    line.enrol();
    return Pending;
  }

  /** Tells of news. */
  wake(): void {
    this.waker?.wake();
  }

  /** Ends the wait. */
  protected leave(): void {
    const isQueued = this.state === QUEUED;
    this.state = ENDED;
    this.waker = undefined;
    if (isQueued) this.line.remove(this as Waiting);
  }

  /** Leaves the line. */
  override [Symbol.dispose](): void {
    if (this.state !== ENDED) this.leave();
  }
}
