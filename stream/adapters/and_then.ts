/**
 * Waiting for something per item: `andThen`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, type Poll } from "../../future/poll.ts";
import type { SizeHint, Source } from "../../future/source.ts";
import { plus } from "../size_hint.ts";
import { begin, type Work } from "../work.ts";
import { Adapter } from "./adapter.ts";

/** Hands on what the work of each item completes with, one item at a time. */
export class AndThenSource<T, U> extends Adapter<T, U> {
  declare private readonly fn: (item: T) => Work<U>;
  declare private future: Future<U> | undefined;

  constructor(source: Source<T>, fn: (item: T) => Work<U>) {
    super(source);
    this.fn = fn;
    this.future = undefined;
  }

  pollNext(cx: Context): Poll<U | End> {
    let { future } = this;
    if (future === undefined) {
      const item = this.source.pollNext(cx);
      if (!isItem(item)) return item;
      future = begin(this.fn(item));
    }
    this.future = undefined;
    const value = future.poll(cx);
    if (isPending(value)) this.future = future;
    return value;
  }

  override sizeHint(): SizeHint {
    return plus(this.source.sizeHint(), this.future === undefined ? 0 : 1);
  }

  override isTerminated(): boolean {
    return this.future === undefined && this.source.isTerminated();
  }

  override [Symbol.dispose](): void {
    const { future } = this;
    this.future = undefined;
    try {
      future?.[Symbol.dispose]();
    } finally {
      super[Symbol.dispose]();
    }
  }
}
