/**
 * Items in arrays: `chunks` and `chunksTimeout`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { type Duration, toMilliseconds } from "../../time/duration.ts";
import { type Sleep, sleep } from "../../time/sleep.ts";
import { plus } from "../size_hint.ts";
import { FuseSource } from "./fuse.ts";

/** Collects `count` items at a time; in the end, or when the time is up, the fewer there are. */
export class ChunkSource<T> extends Source<T[]> {
  declare private readonly source: FuseSource<T>;
  declare private readonly count: number;
  /** How long the first item of a chunk waits for the others. */
  declare private readonly patienceMs: number;
  declare private items: T[];
  declare private deadline: Sleep | undefined;

  constructor(source: Source<T>, count: number, patience: Duration = Infinity) {
    super();
    this.source = new FuseSource(source);
    this.count = count;
    this.patienceMs = patience === Infinity ? Infinity : toMilliseconds(patience);
    this.items = [];
    this.deadline = undefined;
  }

  pollNext(cx: Context): Poll<T[] | End> {
    while (true) {
      const item = this.source.pollNext(cx);
      if (isPending(item)) break;
      if (item === End) return this.items.length > 0 ? this.takeChunk() : End;
      if (this.items.length === 0 && this.patienceMs < Infinity) {
        this.deadline = sleep(this.patienceMs);
      }
      if (this.items.push(item) === this.count) return this.takeChunk();
    }
    const { deadline } = this;
    return deadline === undefined || isPending(deadline.poll(cx)) ? Pending : this.takeChunk();
  }

  /** Takes what was collected so far. */
  takeChunk(): T[] {
    const { items } = this;
    this.items = [];
    this.deadline?.[Symbol.dispose]();
    this.deadline = undefined;
    return items;
  }

  override sizeHint(): SizeHint {
    const [least, most] = this.source.sizeHint();
    return plus([Math.floor(least / this.count), most], this.items.length > 0 ? 1 : 0);
  }

  override isTerminated(): boolean {
    return this.items.length === 0 && this.source.isTerminated();
  }

  override unpoll(): void {
    this.source.unpoll();
  }

  override [Symbol.dispose](): void {
    this.takeChunk();
    this.source[Symbol.dispose]();
  }
}
