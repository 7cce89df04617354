/**
 * Tasks whose ends somebody waits for: what `JoinSet`, `JoinQueue` and `JoinMap` are made of.
 *
 * J1 A task that ends reports itself: its member moves to those that are ready. Nobody looks through
 *    the others, so joining costs the same with ten tasks as with a million.
 * J2 Whoever waits is served in the order of coming. A member is taken in the poll that answers with
 *    it, so giving up loses none.
 * J3 A failure in a crowd counts as looked at: it stays there until it is joined.
 *
 * @module
 */

import { proceed, refund } from "../future/budget.ts";
import { type Context, currentContext } from "../future/context.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "../future/future.ts";
import { type Giver, InLine, Line } from "../future/line.ts";
import { type Linked, LinkedList } from "../future/linked_list.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import type { JoinError } from "../scheduler/join_error.ts";
import type { Joiner, Task } from "../scheduler/task.ts";

/** How a task of a set ended. */
export type JoinOutcome<T> =
  | { readonly id: number; readonly ok: true; readonly value: T }
  | { readonly id: number; readonly ok: false; readonly error: JoinError };

/** A task in a crowd. */
export class Member<T> implements Joiner, Linked<Member<T>> {
  // Plain properties set by the constructor, as in `Acquire`: one is made for each task.
  /** The task. */
  declare readonly task: Task<T>;
  /** What its owner calls it. */
  declare readonly key: unknown;
  /** Its neighbours in the list that it is in. */
  declare ahead: Member<T> | undefined;
  declare behind: Member<T> | undefined;
  declare private readonly crowd: Crowd<T>;

  constructor(crowd: Crowd<T>, task: Task<T>, key: unknown) {
    this.task = task;
    this.key = key;
    this.ahead = undefined;
    this.behind = undefined;
    this.crowd = crowd;
  }

  /** How the task ended. */
  outcome(): JoinOutcome<T> {
    const { task } = this;
    const { id, error } = task;
    return error === undefined ? { id, ok: true, value: task.take() } : { id, ok: false, error };
  }

  /** Called by the task at its end. */
  wake(): void {
    this.crowd.ended(this);
  }
}

/** Tasks, and the line of those who wait for the next one to end. */
export class Crowd<T> implements Giver {
  /** Those who wait for the next task to end. */
  readonly line: Line = new Line(this, undefined);
  /** How many tasks there are, those that have ended and were not taken included. */
  size = 0;
  /** Those that go on; where the order is that of coming, also those that have ended. */
  readonly #going: LinkedList<Member<T>> = new LinkedList();
  /** Those that have ended, the first at the front. */
  readonly #ready: LinkedList<Member<T>> = new LinkedList();
  readonly #inOrder: boolean;

  /** @param inOrder Whether tasks are taken in the order in which they came. */
  constructor(inOrder: boolean) {
    this.#inOrder = inOrder;
  }

  /** Takes a task in. */
  add(task: Task<T>, key?: unknown): Member<T> {
    const member = new Member(this, task, key);
    this.size += 1;
    this.#going.append(member);
    task.join(member);
    return member;
  }

  /** J1. */
  ended(member: Member<T>): void {
    member.task.observe();
    if (!this.#inOrder) {
      this.#going.remove(member);
      this.#ready.append(member);
    }
    if (this.hasNews()) this.line.wake();
  }

  /** Takes out a task that has ended, if there is one whose turn it is. */
  take(): Member<T> | undefined {
    const member = this.#next();
    if (member !== undefined) this.#remove(member);
    return member;
  }

  /** Takes out a task, which goes on without being joined. */
  forget(member: Member<T>): void {
    member.task.leaveJoin(member);
    this.#remove(member);
  }

  /** Does `action` with every member; it may take them out. */
  forEach(action: (member: Member<T>) => void): void {
    for (const { first } of [this.#going, this.#ready]) {
      for (let member = first; member !== undefined;) {
        const { behind } = member;
        action(member);
        member = behind;
      }
    }
  }

  /** Whether there is something to answer to those who wait: a task, or that there is none. */
  hasNews(): boolean {
    return this.size === 0 || this.#next() !== undefined;
  }

  #next(): Member<T> | undefined {
    if (!this.#inOrder) return this.#ready.first;
    const { first } = this.#going;
    return first?.task.isEnded ? first : undefined;
  }

  #remove(member: Member<T>): void {
    const isReady = !this.#inOrder && member.task.isEnded;
    (isReady ? this.#ready : this.#going).remove(member);
    this.size -= 1;
    if (this.size === 0) this.line.wake();
  }
}

/**
 * Waits for the next task of a crowd, and answers with `undefined` when there is none.
 *
 * **Cancel safety:** giving up loses the place in the line and no task.
 */
export class JoinNext<T, A> extends InLine<A | undefined> {
  declare private readonly crowd: Crowd<T>;
  declare private readonly answer: (member: Member<T>) => A;

  constructor(crowd: Crowd<T>, answer: (member: Member<T>) => A) {
    super(crowd.line);
    this.crowd = crowd;
    this.answer = answer;
  }

  override poll(cx: Context): Poll<A | undefined> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, A | undefined> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected ask(cx: Context): Poll<A | undefined> {
    return pollCrowd(this.crowd, cx, this.answer, undefined);
  }
}

/** One poll for the next task, for those who poll by hand; `none` means that there is none. */
export function pollCrowd<T, A, N>(
  crowd: Crowd<T>,
  cx: Context,
  answer: (member: Member<T>) => A,
  none: N,
): Poll<A | N> {
  if (!proceed(cx.waker)) return Pending;
  const member = crowd.take();
  if (member !== undefined) return answer(member);
  if (crowd.size === 0) return none;
  refund();
  crowd.line.keep(cx.waker);
  return Pending;
}

/** Aborts all tasks of a crowd when it is polled first, and waits until all have ended. */
export class Shutdown extends Future<void> {
  readonly #crowd: Crowd<unknown>;
  readonly #joined: ((member: Member<unknown>) => void) | undefined;
  #next: Future<Member<unknown> | undefined> | undefined = undefined;
  #ended = false;

  /** @param joined Called with each member that has ended. */
  constructor(crowd: Crowd<unknown>, joined?: (member: Member<unknown>) => void) {
    super();
    this.#crowd = crowd;
    this.#joined = joined;
  }

  poll(cx: Context): Poll<void> {
    if (this.#ended) throw polledAfterEnd();
    const crowd = this.#crowd;
    if (this.#next === undefined) crowd.forEach((member) => member.task.abort());
    for (;;) {
      const member = (this.#next ??= new JoinNext(crowd, (member) => member)).poll(cx);
      if (isPending(member)) return Pending;
      this.#next = undefined;
      if (member === undefined) break;
      this.#joined?.(member);
    }
    this.#ended = true;
  }

  override [Symbol.dispose](): void {
    this.#ended = true;
    this.#next?.[Symbol.dispose]();
    this.#next = undefined;
  }
}
