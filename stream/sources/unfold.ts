/**
 * Items that a function makes, each from a state: `Stream.unfold`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import type { Future } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { NOTHING } from "../size_hint.ts";
import { begin, type Work } from "../work.ts";

/** An item and the state that the next one is made of; `undefined` ends the stream. */
export type Unfolded<T, S> = readonly [item: T, state: S] | undefined;

/** Gives the item of each state. */
export class UnfoldSource<T, S> extends Source<T> {
  declare private state: S | undefined;
  declare private fn: ((state: S) => Work<Unfolded<T, S>>) | undefined;
  declare private future: Future<Unfolded<T, S>> | undefined;

  constructor(seed: S, fn: (state: S) => Work<Unfolded<T, S>>) {
    super();
    this.state = seed;
    this.fn = fn;
    this.future = undefined;
  }

  pollNext(cx: Context): Poll<T | End> {
    if (this.fn === undefined) return End;
    const future = this.future ?? begin(this.fn(this.state!));
    this.future = undefined;
    const made = future.poll(cx);
    if (isPending(made)) {
      this.future = future;
      return Pending;
    }
    if (made === undefined) {
      this[Symbol.dispose]();
      return End;
    }
    this.state = made[1];
    return made[0];
  }

  override sizeHint(): SizeHint {
    return this.fn === undefined ? NOTHING : super.sizeHint();
  }

  override isTerminated(): boolean {
    return this.fn === undefined;
  }

  override [Symbol.dispose](): void {
    const { future } = this;
    this.fn = undefined;
    this.state = undefined;
    this.future = undefined;
    future?.[Symbol.dispose]();
  }
}
