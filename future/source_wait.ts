/**
 * Waiting for an item of a source.
 *
 * @module
 */

import { type Context, currentContext } from "./context.ts";
import { isItem } from "./end.ts";
import { stepOf, type Wait } from "./future.ts";
import { InLine, type Line } from "./line.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import type { Source } from "./source.ts";

/** The future of {@linkcode Source.next}. */
export class NextItem<T> extends InLine<T | undefined> {
  declare private readonly source: Source<T>;

  constructor(source: Source<T>, line: Line) {
    super(line);
    this.source = source;
  }

  override poll(cx: Context): Poll<T | undefined> {
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, T | undefined> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected ask(cx: Context): Poll<T | undefined> {
    const item = this.source.pollNext(cx);
    if (isItem(item)) return item;
    return isPending(item) ? Pending : undefined;
  }
}
