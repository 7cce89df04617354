/**
 * One item for another: `map` and `inspect`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";
import { Adapter } from "./adapter.ts";

/** Hands on what `fn` makes of each item. */
export class MapSource<T, U> extends Adapter<T, U> {
  declare private readonly fn: (item: T) => U;

  constructor(source: Source<T>, fn: (item: T) => U) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<U | End> {
    const item = this.source.pollNext(cx);
    return isItem(item) ? this.fn(item) : item;
  }
}

/** Shows each item to `fn` and hands it on. */
export class InspectSource<T> extends Adapter<T, T> {
  declare private readonly fn: (item: T) => void;

  constructor(source: Source<T>, fn: (item: T) => void) {
    super(source);
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<T | End> {
    const item = this.source.pollNext(cx);
    if (isItem(item)) this.fn(item);
    return item;
  }
}
