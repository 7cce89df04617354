/**
 * Ended once, ended for good: `fuse` and `notifyClose`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { NOTHING, plus } from "../size_hint.ts";

/** Drops its source as soon as that ends, and does not poll it again. */
export class FuseSource<T> extends Source<T> {
  declare private source: Source<T> | undefined;

  constructor(source: Source<T>) {
    super();
    this.source = source;
  }

  pollNext(cx: Context): Poll<T | End> {
    const { source } = this;
    if (source === undefined) return End;
    const item = source.pollNext(cx);
    if (item === End) this[Symbol.dispose]();
    return item;
  }

  override sizeHint(): SizeHint {
    return this.source?.sizeHint() ?? NOTHING;
  }

  override isTerminated(): boolean {
    return this.source === undefined;
  }

  override unpoll(): void {
    this.source?.unpoll();
  }

  override [Symbol.dispose](): void {
    const { source } = this;
    this.source = undefined;
    source?.[Symbol.dispose]();
  }
}

/** Gives `undefined` once when its source ends, and then ends. */
export class NotifyCloseSource<T> extends Source<T | undefined> {
  declare private readonly source: FuseSource<T>;

  constructor(source: Source<T>) {
    super();
    this.source = new FuseSource(source);
  }

  pollNext(cx: Context): Poll<T | undefined | End> {
    if (this.source.isTerminated()) return End;
    const item = this.source.pollNext(cx);
    return item === End ? undefined : item;
  }

  override sizeHint(): SizeHint {
    return this.source.isTerminated() ? NOTHING : plus(this.source.sizeHint(), 1);
  }

  override isTerminated(): boolean {
    return this.source.isTerminated();
  }

  override unpoll(): void {
    this.source.unpoll();
  }

  override [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
  }
}
