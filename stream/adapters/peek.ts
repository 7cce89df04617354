/**
 * Looking at an item before it is taken: `peekable`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { plus } from "../size_hint.ts";
import { FuseSource } from "./fuse.ts";

/** Keeps the next item where it can be looked at. */
export class PeekSource<T> extends Source<T> {
  declare private readonly source: FuseSource<T>;
  /** The item that was looked at, if any. */
  declare private peeked: T | Pending;

  constructor(source: Source<T>) {
    super();
    this.source = new FuseSource(source);
    this.peeked = Pending;
  }

  pollNext(cx: Context): Poll<T | End> {
    const item = this.pollPeek(cx);
    this.peeked = Pending;
    return item;
  }

  /** As `pollNext`, but the item stays. */
  pollPeek(cx: Context): Poll<T | End> {
    if (this.peeked !== Pending) return this.peeked;
    const item = this.source.pollNext(cx);
    if (item !== End) this.peeked = item;
    return item;
  }

  /** Puts `item` in the place of the one that was looked at. */
  replace(item: T): void {
    if (this.peeked === Pending) throw new TypeError("Cannot replace the item: none was peeked at");
    this.peeked = item;
  }

  override sizeHint(): SizeHint {
    return plus(this.source.sizeHint(), isItem(this.peeked) ? 1 : 0);
  }

  override isTerminated(): boolean {
    return this.peeked === Pending && this.source.isTerminated();
  }

  override unpoll(): void {
    this.source.unpoll();
  }

  override [Symbol.dispose](): void {
    this.peeked = Pending;
    this.source[Symbol.dispose]();
  }
}
