/**
 * The waits for values.
 *
 * @module
 */

import { type Context, currentContext } from "../../future/context.ts";
import type { Wait } from "../../future/future.ts";
import { End } from "../../future/end.ts";
import { InLine } from "../../future/line.ts";
import type { Poll } from "../../future/poll.ts";
import type { Channel } from "./channel.ts";

/** The future of `recv`. */
export class Recv<T> extends InLine<T | undefined, Channel<T>> {
  override poll(cx: Context): Poll<T | undefined> {
    const { line } = this;
    if (line.queue.size > 0 && this.takesAtOnce(cx)) return line.shift();
    return this.wait(cx);
  }

  override next(): IteratorResult<Wait, T | undefined> {
    const { line } = this;
    const cx = currentContext();
    if (cx === undefined || line.queue.size === 0 || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: line.shift() };
  }

  protected override ask(cx: Context): Poll<T | undefined> {
    const item = this.line.poll(cx);
    return item === End ? undefined : item;
  }
}

/** The future of `recvMany`. */
export class RecvMany<T> extends InLine<T[], Channel<T>> {
  readonly #limit: number;
  readonly #into: T[];

  constructor(channel: Channel<T>, limit: number, into: T[]) {
    super(channel);
    this.#limit = limit;
    this.#into = into;
  }

  protected override ask(cx: Context): Poll<T[]> {
    return this.line.pollMany(cx, this.#limit, this.#into);
  }
}
