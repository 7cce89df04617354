/**
 * Items that are there already: iterables, one item, none, one again and again.
 *
 * All of them spend the cooperative budget, so that a loop over them lets others run.
 *
 * @module
 */

import { proceed } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { NOTHING } from "../size_hint.ts";

/** The items of an iterable. */
export class IterSource<T> extends Source<T> {
  declare private items: Iterator<T> | undefined;
  /** How many are left, where the iterable told. */
  declare private left: number | undefined;

  constructor(iterable: Iterable<T>) {
    super();
    this.items = iterable[Symbol.iterator]();
    this.left = countOf(iterable);
  }

  pollNext(cx: Context): Poll<T | End> {
    if (!proceed(cx.waker)) return Pending;
    if (this.items === undefined) return End;
    const step = this.items.next();
    if (step.done) {
      this.items = undefined;
      return End;
    }
    if (this.left !== undefined) this.left -= 1;
    return step.value;
  }

  override sizeHint(): SizeHint {
    if (this.items === undefined) return NOTHING;
    if (this.left === undefined) return super.sizeHint();
    const left = Math.max(0, this.left);
    return [left, left];
  }

  override isTerminated(): boolean {
    return this.items === undefined;
  }

  override [Symbol.dispose](): void {
    const { items } = this;
    this.items = undefined;
    items?.return?.();
  }
}

/** The number of items of what keeps them all. */
function countOf(iterable: Iterable<unknown>): number | undefined {
  if (Array.isArray(iterable)) return iterable.length;
  return iterable instanceof Set || iterable instanceof Map ? iterable.size : undefined;
}

/** The same item without end. */
export class RepeatSource<T> extends Source<T> {
  declare private readonly item: T;
  declare private isEnded: boolean;

  constructor(item: T) {
    super();
    this.item = item;
    this.isEnded = false;
  }

  pollNext(cx: Context): Poll<T | End> {
    if (!proceed(cx.waker)) return Pending;
    return this.isEnded ? End : this.item;
  }

  override sizeHint(): SizeHint {
    return this.isEnded ? NOTHING : [Infinity, undefined];
  }

  override isTerminated(): boolean {
    return this.isEnded;
  }

  override [Symbol.dispose](): void {
    this.isEnded = true;
  }
}

/** No item and no end. */
export class PendingSource<T> extends Source<T> {
  pollNext(): Poll<T | End> {
    return Pending;
  }

  override [Symbol.dispose](): void {}
}

/** The end, and nothing before it. */
export class ClosedSource<T> extends Source<T> {
  pollNext(): Poll<T | End> {
    return End;
  }

  override sizeHint(): SizeHint {
    return NOTHING;
  }

  override isTerminated(): boolean {
    return true;
  }

  override [Symbol.dispose](): void {}
}
