/**
 * Only some of the items: `filter` and `filterMap`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { SizeHint, Source } from "../../future/source.ts";
import { noneOf } from "../size_hint.ts";
import { Adapter } from "./adapter.ts";

/** Hands on the items that `fn` holds for. */
export class FilterSource<T> extends Adapter<T, T> {
  declare private readonly fn: (item: T) => boolean;

  constructor(source: Source<T>, fn: (item: T) => boolean) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<T | End> {
    while (true) {
      const item = this.source.pollNext(cx);
      if (!isItem(item) || this.fn(item)) return item;
    }
  }

  override sizeHint(): SizeHint {
    return noneOf(this.source.sizeHint());
  }
}

/** Hands on what `fn` makes of the items, where it makes anything. */
export class FilterMapSource<T, U> extends Adapter<T, U> {
  declare private readonly fn: (item: T) => U | undefined;

  constructor(source: Source<T>, fn: (item: T) => U | undefined) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<U | End> {
    while (true) {
      const item = this.source.pollNext(cx);
      if (!isItem(item)) return item;
      const made = this.fn(item);
      if (made !== undefined) return made;
    }
  }

  override sizeHint(): SizeHint {
    return noneOf(this.source.sizeHint());
  }
}
