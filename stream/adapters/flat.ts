/**
 * Streams of streams: `flatten` and `flatMap`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import type { SizeHint, Source } from "../../future/source.ts";
import { type IntoStream, toSource } from "../into_stream.ts";
import { Adapter } from "./adapter.ts";

/** Hands on all items of what `fn` makes of each item, one after the other. */
export class FlatMapSource<T, U> extends Adapter<T, U> {
  declare private readonly fn: (item: T) => IntoStream<U>;
  declare private inner: Source<U> | undefined;

  constructor(source: Source<T>, fn: (item: T) => IntoStream<U>) {
    super(source);
    this.fn = fn;
    this.inner = undefined;
  }

  pollNext(cx: Context): Poll<U | End> {
    while (true) {
      const { inner } = this;
      if (inner === undefined) {
        const item = this.source.pollNext(cx);
        if (!isItem(item)) return item;
        this.inner = toSource(this.fn(item));
      } else {
        const item = inner.pollNext(cx);
        if (item !== End) return item;
        this.inner = undefined;
        inner[Symbol.dispose]();
      }
    }
  }

  override sizeHint(): SizeHint {
    const [least, most] = this.inner?.sizeHint() ?? [0, 0];
    return [least, this.source.sizeHint()[1] === 0 ? most : undefined];
  }

  override isTerminated(): boolean {
    return this.inner === undefined && super.isTerminated();
  }

  override [Symbol.dispose](): void {
    const { inner } = this;
    this.inner = undefined;
    try {
      inner?.[Symbol.dispose]();
    } finally {
      super[Symbol.dispose]();
    }
  }
}
