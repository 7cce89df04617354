/**
 * Those who wait for the items of one source, first come, first served.
 *
 * L1 Only the first in line asks for an item, so whoever came first gets what comes first, in
 *    whatever order they are polled.
 * L2 An item stays where it is until the poll that answers with it. Who leaves the front of the line,
 *    with an item or without, has the next one look.
 * L3 Beside the line there is one more waker: of the one who polled the source by hand last, that is
 *    without standing in line (`keep`). News wake that one and the first in line.
 * L4 When the last one gives up, and nobody polls by hand, the source is told so (`unpoll`).
 * L5 Who asks and is told to wait has seen all that there was: what a source finds while it is asked
 *    it answers with, and wakes nobody in line for it.
 *
 * @module
 */

import { hasBudget, proceed } from "./budget.ts";
import type { Context, Waker } from "./context.ts";
import { polledAfterEnd } from "./future.ts";
import { LinkedList } from "./linked_list.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import { Waiter } from "./waiter.ts";

/** Not in line. */
const NEW = 0;
/** In line. */
const QUEUED = 1;
const ENDED = 2;

/** Any wait. */
type Waiting = InLine<unknown>;

/** What a line asks of the one who gives the items, where that one can tell. */
export interface Giver {
  /** Whether there is an answer for the next in line. Where that is not known, the next one looks. */
  hasNews(): boolean;
}

/**
 * A line of waits. As a waker, for sources that wait for something themselves, it tells of news.
 *
 * Have one rather than extend it: the code of all waits is shared, and quick as long as V8 finds one
 * class of lines in it.
 */
export class Line extends LinkedList<Waiting> implements Waker {
  /** Who is woken by news: the first in line, unless it was woken and not polled since. */
  declare private front: Waker | undefined;
  /** Who polled by hand last, and has to be woken. */
  declare private polling: Waker | undefined;
  /** Whether the first in line is asking right now. */
  declare isAsking: boolean;
  declare private readonly giver: Giver | undefined;
  declare private readonly source: { unpoll(): void } | undefined;

  /**
   * @param giver L2: tells whether the next one has to look.
   * @param source L4: is told when the last one has given up.
   */
  constructor(giver: Giver | undefined, source: { unpoll(): void } | undefined) {
    super();
    this.front = undefined;
    this.polling = undefined;
    this.isAsking = false;
    this.giver = giver;
    this.source = source;
  }

  /** L3: whether someone who polled by hand is to be woken. */
  get isPolled(): boolean {
    return this.polling !== undefined;
  }

  /** Whether nobody waits, in line or by hand. */
  get isEmpty(): boolean {
    return this.first === undefined && this.polling === undefined;
  }

  /** L3: remembers who polls, unless that is the first in line. */
  keep(waker: Waker): void {
    if (!this.isAsking) this.polling = waker;
  }

  /** L3: takes that back. */
  unkeep(): void {
    this.polling = undefined;
  }

  /** Tells of news. */
  wake(): void {
    const { front, polling } = this;
    if (front !== undefined) {
      this.front = undefined;
      front.wake();
    }
    if (polling !== undefined) {
      this.polling = undefined;
      polling.wake();
    }
  }

  /** Tells everyone, because there will be no more items, or others. */
  wakeAll(): void {
    this.wake();
    for (let wait = this.first?.behind; wait !== undefined; wait = wait.behind) wait.waker?.wake();
  }

  /** Has news wake `waker`, that of the first in line. */
  lead(waker: Waker): void {
    this.front = waker;
  }

  /** L2, L4: takes a wait out that has its answer, or has given up. */
  leave(wait: Waiting, hasGivenUp: boolean): void {
    const { first, giver } = this;
    this.remove(wait);
    if (first !== wait) return;
    const next = this.first?.waker;
    this.front = next;
    if (next !== undefined) {
      if (giver !== undefined && !giver.hasNews()) return;
      this.front = undefined;
      next.wake();
    } else if (hasGivenUp && this.polling === undefined) {
      this.source?.unpoll();
    }
  }
}

/**
 * The future of an item. It is its own place in the line.
 *
 * **Cancel safety:** giving up loses the place in the line and no item.
 */
export abstract class InLine<A> extends Waiter<A> {
  declare ahead: Waiting | undefined;
  declare behind: Waiting | undefined;
  /** Where it waits. */
  declare protected readonly line: Line;

  constructor(line: Line) {
    super(NEW);
    this.line = line;
  }

  /** Answers if there is something to answer with, or has `cx.waker` woken when there may be. */
  protected abstract ask(cx: Context): Poll<A>;

  /**
   * Whether it may take an item that is there, because nobody is ahead. The caller takes it and calls
   * `leave`. As `Acquire.takesAtOnce`, for classes whose waits have to be quick.
   */
  protected takesAtOnce(cx: Context): boolean {
    const { first } = this.line;
    if (first !== undefined && first !== (this as Waiting)) return false;
    return this.state !== ENDED && hasBudget() && proceed(cx.waker);
  }

  /** Asks, when it is first in line. */
  poll(cx: Context): Poll<A> {
    return this.wait(cx);
  }

  /**
   * What `poll` does. A class whose waits have to be quick has a `poll` of its own that calls this:
   * V8 then finds one class in it, and makes one piece of both.
   */
  protected wait(cx: Context): Poll<A> {
    if (this.state !== NEW || this.line.first !== undefined) return this.waitInLine(cx);
    const answer = this.askFirst(cx);
    if (isPending(answer)) this.join(cx.waker);
    else this.state = ENDED;
    return answer;
  }

  /** Leaves the line. */
  override [Symbol.dispose](): void {
    this.giveUp();
  }

  /** Ends the wait without an item. */
  protected giveUp(): void {
    this.end(true);
  }

  /** Ends the wait with an answer, and makes way for the next one. */
  protected leave(): void {
    this.end(false);
  }

  private waitInLine(cx: Context): Poll<A> {
    const { line, state } = this;
    if (state === ENDED) throw polledAfterEnd();
    if (state === NEW) {
      this.state = QUEUED;
      line.append(this as Waiting);
    } else if (line.first === (this as Waiting)) {
      const answer = this.askFirst(cx);
      if (!isPending(answer)) {
        this.leave();
        return answer;
      }
      line.lead(cx.waker);
    }
    this.waker = cx.waker;
    return Pending;
  }

  /** Comes to be the first in line. */
  private join(waker: Waker): void {
    const { line } = this;
    this.state = QUEUED;
    this.waker = waker;
    line.append(this as Waiting);
    line.lead(waker);
  }

  private askFirst(cx: Context): Poll<A> {
    const { line } = this;
    line.isAsking = true;
    try {
      return this.ask(cx);
    } catch (error) {
      this.leave();
      throw error;
    } finally {
      line.isAsking = false;
    }
  }

  private end(hasGivenUp: boolean): void {
    const { state } = this;
    this.state = ENDED;
    if (state !== QUEUED) return;
    this.waker = undefined;
    this.line.leave(this as Waiting, hasGivenUp);
  }
}
