/**
 * Two sources: one after the other, mixed, or in pairs: `chain`, `merge` and `zip`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { add, NOTHING, plus, smaller } from "../size_hint.ts";
import { FuseSource } from "./fuse.ts";

/** A source over two others. */
abstract class Both<A, B, T> extends Source<T> {
  declare protected readonly first: FuseSource<A>;
  declare protected readonly second: FuseSource<B>;

  constructor(first: Source<A>, second: Source<B>) {
    super();
    this.first = new FuseSource(first);
    this.second = new FuseSource(second);
  }

  override sizeHint(): SizeHint {
    return add(this.first.sizeHint(), this.second.sizeHint());
  }

  override isTerminated(): boolean {
    return this.first.isTerminated() && this.second.isTerminated();
  }

  override unpoll(): void {
    this.first.unpoll();
    this.second.unpoll();
  }

  override [Symbol.dispose](): void {
    try {
      this.first[Symbol.dispose]();
    } finally {
      this.second[Symbol.dispose]();
    }
  }
}

/** Gives all items of the first, then those of the second. */
export class ChainSource<T> extends Both<T, T, T> {
  pollNext(cx: Context): Poll<T | End> {
    const item = this.first.pollNext(cx);
    return item === End ? this.second.pollNext(cx) : item;
  }
}

/** Gives items of both as they come. Which is asked first takes turns. */
export class MergeSource<T> extends Both<T, T, T> {
  declare private isTurned: boolean;

  constructor(first: Source<T>, second: Source<T>) {
    super(first, second);
    this.isTurned = false;
  }

  pollNext(cx: Context): Poll<T | End> {
    const { first, second, isTurned } = this;
    this.isTurned = !isTurned;
    return isTurned ? either(second, first, cx) : either(first, second, cx);
  }
}

function either<T>(one: Source<T>, other: Source<T>, cx: Context): Poll<T | End> {
  const item = one.pollNext(cx);
  if (isItem(item)) return item;
  const second = other.pollNext(cx);
  return second === End ? item : second;
}

/** Gives pairs, until one of the two ends. */
export class ZipSource<A, B> extends Both<A, B, [A, B]> {
  /** An item that waits for its counterpart. */
  declare private a: Poll<A | End>;
  declare private b: Poll<B | End>;

  constructor(first: Source<A>, second: Source<B>) {
    super(first, second);
    this.a = Pending;
    this.b = Pending;
  }

  pollNext(cx: Context): Poll<[A, B] | End> {
    if (!isItem(this.a)) this.a = this.first.pollNext(cx);
    if (!isItem(this.b)) this.b = this.second.pollNext(cx);
    const { a, b } = this;
    if (a === End || b === End) {
      this[Symbol.dispose]();
      return End;
    }
    if (!isItem(a) || !isItem(b)) return Pending;
    this.a = Pending;
    this.b = Pending;
    return [a, b];
  }

  override sizeHint(): SizeHint {
    if (this.isTerminated()) return NOTHING;
    const a = plus(this.first.sizeHint(), isItem(this.a) ? 1 : 0);
    const b = plus(this.second.sizeHint(), isItem(this.b) ? 1 : 0);
    return smaller(a, b);
  }
}
