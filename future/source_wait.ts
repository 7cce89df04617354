/**
 * Waiting for an item of a source.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { End } from "./end.ts";
import { InLine, type Line } from "./line.ts";
import { isPending, Pending, type Poll } from "./poll.ts";
import type { Source } from "./source.ts";

/** One wait for an item. */
export abstract class ItemWait<T, R> extends InLine<R> {
  declare private readonly source: Source<T>;

  constructor(source: Source<T>, line: Line) {
    super(line);
    this.source = source;
  }

  /** Makes the value of this future. */
  protected abstract answer(item: T | End): Poll<R>;

  protected ask(cx: Context): Poll<R> {
    const item = this.source.pollNext(cx);
    return isPending(item) ? Pending : this.answer(item);
  }
}

/** The future of {@linkcode Source.next}. */
export class NextItem<T> extends ItemWait<T, T | undefined> {
  constructor(source: Source<T>, line: Line) {
    super(source, line);
  }

  override poll(cx: Context): Poll<T | undefined> {
    return this.wait(cx);
  }

  protected answer(item: T | End): T | undefined {
    return item === End ? undefined : item;
  }
}
