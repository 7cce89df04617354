/**
 * One value of all items: `fold`, and what is made with it.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";

/** Goes through all items. It owns the source, and drops it however it ends. */
export class Fold<T, A> extends Future<A> {
  declare private source: Source<T> | undefined;
  declare private value: A;
  declare private readonly fn: (value: A, item: T) => A;

  constructor(source: Source<T>, seed: A, fn: (value: A, item: T) => A) {
    super();
    this.source = source;
    this.value = seed;
    this.fn = fn;
  }

  poll(cx: Context): Poll<A> {
    const { source, fn } = this;
    if (source === undefined) throw polledAfterEnd();
    let item;
    try {
      for (item = source.pollNext(cx); isItem(item); item = source.pollNext(cx)) {
        this.value = fn(this.value, item);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (item !== End) return Pending;
    this[Symbol.dispose]();
    return this.value;
  }

  override [Symbol.dispose](): void {
    const { source } = this;
    this.source = undefined;
    source?.[Symbol.dispose]();
  }
}

/** Whether `fn` answers with `wanted` for some item. It borrows the source: what follows stays. */
export class Search<T> extends Future<boolean> {
  declare private source: Source<T> | undefined;
  declare private readonly fn: (item: T) => boolean;
  declare private readonly wanted: boolean;

  constructor(source: Source<T>, fn: (item: T) => boolean, wanted: boolean) {
    super();
    this.source = source;
    this.fn = fn;
    this.wanted = wanted;
  }

  /** Answers with `wanted` at the first such item, with its contrary at the end. */
  poll(cx: Context): Poll<boolean> {
    const { source, fn, wanted } = this;
    if (source === undefined) throw polledAfterEnd();
    this.source = undefined;
    let item;
    for (item = source.pollNext(cx); isItem(item); item = source.pollNext(cx)) {
      if (!fn(item) !== wanted) return wanted;
    }
    if (item === End) return !wanted;
    this.source = source;
    return Pending;
  }

  override [Symbol.dispose](): void {
    this.source = undefined;
  }
}
