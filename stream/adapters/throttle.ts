/**
 * Items at a distance: `throttle`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { Source } from "../../future/source.ts";
import { type Duration, toMilliseconds } from "../../time/duration.ts";
import { type Sleep, sleep } from "../../time/sleep.ts";
import { Adapter } from "./adapter.ts";

/** Holds the items back, so that each comes at least some time after the one before. */
export class ThrottleSource<T> extends Adapter<T, T> {
  declare private readonly distanceMs: number;
  /** Ends when the next item may come; there is none before the first. */
  declare private delay: Sleep | undefined;

  constructor(source: Source<T>, distance: Duration) {
    super(source);
    this.distanceMs = toMilliseconds(distance);
    this.delay = undefined;
  }

  pollNext(cx: Context): Poll<T | End> {
    if (this.delay !== undefined) {
      if (isPending(this.delay.poll(cx))) return Pending;
      this.delay = undefined;
    }
    const item = this.source.pollNext(cx);
    if (isItem(item) && this.distanceMs > 0) this.delay = sleep(this.distanceMs);
    return item;
  }

  override [Symbol.dispose](): void {
    this.delay?.[Symbol.dispose]();
    this.delay = undefined;
    super[Symbol.dispose]();
  }
}
