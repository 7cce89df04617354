/**
 * What the adapters have in common.
 *
 * An adapter is a source over another source, which it owns. Errors of the source and of the
 * caller's functions pass through it: the poll throws, the item that was concerned is consumed, and
 * the next poll goes on.
 *
 * @module
 */

import { type SizeHint, Source } from "../../future/source.ts";

/** A source that is made of another one. */
export abstract class Adapter<T, U> extends Source<U> {
  // Plain properties set by the constructors, here and in the adapters: every item passes them.
  declare protected readonly source: Source<T>;

  /** @param source What to take the items from; the adapter owns it. */
  constructor(source: Source<T>) {
    super();
    this.source = source;
  }

  override sizeHint(): SizeHint {
    return this.source.sizeHint();
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
