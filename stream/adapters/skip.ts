/**
 * All but the first items: `skip` and `skipWhile`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { SizeHint, Source } from "../../future/source.ts";
import { minus, noneOf } from "../size_hint.ts";
import { Adapter } from "./adapter.ts";

/** Passes over the first `count` items. */
export class SkipSource<T> extends Adapter<T, T> {
  declare private left: number;

  constructor(source: Source<T>, count: number) {
    super(source);
    this.left = count;
  }

  pollNext(cx: Context): Poll<T | End> {
    while (true) {
      const item = this.source.pollNext(cx);
      if (this.left === 0 || !isItem(item)) return item;
      this.left -= 1;
    }
  }

  override sizeHint(): SizeHint {
    return minus(this.source.sizeHint(), this.left);
  }
}

/** Passes over the items before the first that `fn` does not hold for. */
export class SkipWhileSource<T> extends Adapter<T, T> {
  declare private fn: ((item: T) => boolean) | undefined;

  constructor(source: Source<T>, fn: (item: T) => boolean) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<T | End> {
    const { fn } = this;
    if (fn === undefined) return this.source.pollNext(cx);
    while (true) {
      const item = this.source.pollNext(cx);
      if (!isItem(item)) return item;
      if (fn(item)) continue;
      this.fn = undefined;
      return item;
    }
  }

  override sizeHint(): SizeHint {
    const hint = this.source.sizeHint();
    return this.fn === undefined ? hint : noneOf(hint);
  }
}
