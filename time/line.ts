/**
 * Those who wait for the items of one source, first come, first served.
 *
 * L1 Only the first of the line polls the source; the others wait until they are the first.
 * L2 Whoever leaves the head of the line, with an item or without, wakes the next.
 * L3 Besides the line there is at most one who polls the source by itself, the last that did.
 *
 * @module
 */

import type { Context, Waker } from "../future/context.ts";
import { Future, polledAfterEnd } from "../future/future.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";

/** Who waits. It is the waker and the context that the source itself waits with. */
export class Line implements Waker, Context {
  /** Who polls the source without a place in the line. */
  polling: Waker | undefined = undefined;
  /** The head of the line. */
  first: InLine<unknown> | undefined = undefined;
  #last: InLine<unknown> | undefined = undefined;
  readonly #onEmpty: () => void;

  /** Makes an empty line; `onEmpty` is called when the last one who waited has left. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get waker(): Waker {
    return this;
  }

  /** Whether anybody waits. */
  get isEmpty(): boolean {
    return this.first === undefined && this.polling === undefined;
  }

  /** There is news from the source. */
  wake(): void {
    const { polling } = this;
    this.polling = undefined;
    polling?.wake();
    this.first?.wake();
  }

  /** There is news for all, because the source has ended. */
  wakeAll(): void {
    const { polling } = this;
    this.polling = undefined;
    polling?.wake();
    for (let wait = this.first; wait !== undefined; wait = wait.behind) wait.wake();
  }

  /** Puts a wait at the end of the line. */
  append(wait: InLine<unknown>): void {
    const last = this.#last;
    wait.ahead = last;
    if (last === undefined) this.first = wait;
    else last.behind = wait;
    this.#last = wait;
  }

  /** L2: takes a wait out of the line. */
  remove(wait: InLine<unknown>): void {
    const { ahead, behind } = wait;
    if (ahead === undefined) this.first = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#last = ahead;
    else behind.ahead = ahead;
    wait.ahead = undefined;
    wait.behind = undefined;
    if (ahead !== undefined) return;
    if (behind !== undefined) behind.wake();
    else if (this.polling === undefined) this.#onEmpty();
  }
}

const NEW = 0;
const WAITING = 1;
const ENDED = 2;

/** The future of one item. It is its own place in the line. */
export class InLine<T> extends Future<T> {
  declare ahead: InLine<unknown> | undefined;
  declare behind: InLine<unknown> | undefined;
  declare private readonly line: Line;
  declare private readonly pollSource: (line: Line) => Poll<T>;
  declare private waker: Waker | undefined;
  declare private state: typeof NEW | typeof WAITING | typeof ENDED;

  /** Makes a wait for what `pollSource` answers with; it gets the line as its context. */
  constructor(line: Line, pollSource: (line: Line) => Poll<T>) {
    super();
    this.ahead = undefined;
    this.behind = undefined;
    this.line = line;
    this.pollSource = pollSource;
    this.waker = undefined;
    this.state = NEW;
  }

  poll(cx: Context): Poll<T> {
    if (this.state === ENDED) throw polledAfterEnd();
    const { line } = this;
    this.waker = cx.waker;
    if (this.state === NEW) {
      this.state = WAITING;
      line.append(this);
    }
    if (line.first !== this) return Pending;
    let item;
    try {
      item = this.pollSource(line);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (!isPending(item)) this[Symbol.dispose]();
    return item;
  }

  /** Asks for another poll. */
  wake(): void {
    this.waker?.wake();
  }

  override [Symbol.dispose](): void {
    if (this.state === WAITING) this.line.remove(this);
    this.state = ENDED;
    this.waker = undefined;
  }
}
