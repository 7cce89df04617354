/**
 * A queue whose members are their own places in it.
 *
 * Most of those that wait for something wait in one of these. The links are fields of the member, so
 * joining allocates nothing, and leaving from the middle searches nothing.
 *
 * Q1 A member is in at most one list of those that use its two fields. Whether it is in one is its
 *    owner's to know: `append` and `remove` do not ask.
 * Q2 What is in no list has no neighbours, so it keeps nobody alive.
 * Q3 Members stay in the order of their coming; leaving does not change the order of the others.
 *
 * @module
 */

/** What may stand in a list. (`next`, the usual name, is what a future has as an iterator.) */
export interface Linked<N> {
  /** Who came before it. */
  ahead: N | undefined;
  /** Who came after it. */
  behind: N | undefined;
}

/**
 * Members in the order of their coming.
 *
 * The members are of many classes, so V8 has to look up their fields each time. Therefore nothing of a
 * member is touched that need not be: one that waits alone is only pointed at. And it knows the fields
 * of the list only as long as there are no more than four classes of lists, which are this one,
 * `Line`, `Waiters` and the one of `DelayQueue`: others have a list rather than extend it. With a list
 * in each of its users' classes instead, a wait took half as long again.
 */
export class LinkedList<N extends Linked<N>> {
  // Plain properties set by the constructor, as in `Waiter`.
  /** Who came first. */
  declare first: N | undefined;
  /** Who came last. */
  declare last: N | undefined;

  constructor() {
    this.first = undefined;
    this.last = undefined;
  }

  /** Puts a member of no list behind the others. */
  append(member: N): void {
    const { last } = this;
    this.last = member;
    if (last === undefined) {
      this.first = member;
    } else {
      member.ahead = last;
      last.behind = member;
    }
  }

  /** Takes out a member of this list. */
  remove(member: N): void {
    if (member === this.first) this.shift(member);
    else this.unlink(member);
  }

  /** Takes out the first member. */
  shift(first: N): void {
    if (first === this.last) {
      this.first = undefined;
      this.last = undefined;
      return;
    }
    const behind = first.behind!;
    first.behind = undefined;
    behind.ahead = undefined;
    this.first = behind;
  }

  /**
   * Empties the list, and answers with who was first in it. The members still have their neighbours:
   * the caller goes through them by `behind` and cuts the links.
   */
  takeAll(): N | undefined {
    const { first } = this;
    this.first = undefined;
    this.last = undefined;
    return first;
  }

  /** Takes out a member with another one ahead of it. */
  private unlink(member: N): void {
    const { behind } = member;
    const ahead = member.ahead!;
    member.ahead = undefined;
    ahead.behind = behind;
    if (behind === undefined) {
      this.last = ahead;
    } else {
      member.behind = undefined;
      behind.ahead = ahead;
    }
  }
}
