/**
 * Only the first items: `take`, `takeWhile` and `mapWhile`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { SizeHint, Source } from "../../future/source.ts";
import { atMost, noneOf, NOTHING } from "../size_hint.ts";
import { Adapter } from "./adapter.ts";

/** Hands on the first `count` items. */
export class TakeSource<T> extends Adapter<T, T> {
  declare private left: number;

  constructor(source: Source<T>, count: number) {
    super(source);
    this.left = count;
  }

  pollNext(cx: Context): Poll<T | End> {
    if (this.left === 0) return End;
    const item = this.source.pollNext(cx);
    if (isItem(item)) this.left -= 1;
    else if (item === End) this.left = 0;
    return item;
  }

  override sizeHint(): SizeHint {
    return this.left === 0 ? NOTHING : atMost(this.source.sizeHint(), this.left);
  }

  override isTerminated(): boolean {
    return this.left === 0;
  }
}

/** Hands on what comes up to an item, and nothing after that. */
abstract class UpTo<T, U> extends Adapter<T, U> {
  declare protected ended: boolean;

  constructor(source: Source<T>) {
    super(source);
    this.ended = false;
  }

  override sizeHint(): SizeHint {
    return this.ended ? NOTHING : noneOf(this.source.sizeHint());
  }

  override isTerminated(): boolean {
    return this.ended;
  }
}

/** Hands on the items up to the first that `fn` does not hold for. */
export class TakeWhileSource<T> extends UpTo<T, T> {
  declare private readonly fn: (item: T) => boolean;

  constructor(source: Source<T>, fn: (item: T) => boolean) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<T | End> {
    if (this.ended) return End;
    const item = this.source.pollNext(cx);
    if (isItem(item) ? this.fn(item) : item !== End) return item;
    this.ended = true;
    return End;
  }
}

/** Hands on what `fn` makes of the items, up to the first that it makes nothing of. */
export class MapWhileSource<T, U> extends UpTo<T, U> {
  declare private readonly fn: (item: T) => U | undefined;

  constructor(source: Source<T>, fn: (item: T) => U | undefined) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<U | End> {
    if (this.ended) return End;
    const item = this.source.pollNext(cx);
    const made = isItem(item) ? this.fn(item) : item;
    if (made !== undefined && made !== End) return made;
    this.ended = true;
    return End;
  }
}
