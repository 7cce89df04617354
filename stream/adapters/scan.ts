/**
 * Items with what came before them: `scan` and `enumerate`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";
import { Adapter } from "./adapter.ts";

/** Hands on each state that the items lead to. */
export class ScanSource<T, S> extends Adapter<T, S> {
  declare private state: S;
  declare private readonly fn: (state: S, item: T) => S;

  constructor(source: Source<T>, seed: S, fn: (state: S, item: T) => S) {
    super(source);
    this.state = seed;
    this.fn = fn;
  }

  pollNext(cx: Context): Poll<S | End> {
    const item = this.source.pollNext(cx);
    return isItem(item) ? this.state = this.fn(this.state, item) : item;
  }
}

/** Hands on each item with its place, from 0. */
export class EnumerateSource<T> extends Adapter<T, [number, T]> {
  declare private count: number;

  constructor(source: Source<T>) {
    super(source);
    this.count = 0;
  }

  pollNext(cx: Context): Poll<[number, T] | End> {
    const item = this.source.pollNext(cx);
    return isItem(item) ? [this.count++, item] : item;
  }
}
