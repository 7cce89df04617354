/**
 * The waits for values.
 *
 * @module
 */

import { type Context, currentContext } from "../../future/context.ts";
import type { Wait } from "../../future/future.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { End } from "../../future/source.ts";
import { Take } from "../line.ts";
import type { Channel } from "./channel.ts";

/** The future of `recv`. */
export class Recv<T> extends Take<T | undefined, Channel<T>> {
  override poll(cx: Context): Poll<T | undefined> {
    const { line } = this;
    if (line.queue.size > 0 && this.takesAtOnce(cx)) return line.shift();
    return super.poll(cx);
  }

  override next(): IteratorResult<Wait, T | undefined> {
    const { line } = this;
    const cx = currentContext();
    if (cx === undefined || line.queue.size === 0 || !this.takesAtOnce(cx)) return super.next();
    return { done: true, value: line.shift() };
  }

  protected override take(): Poll<T | undefined> {
    const item = this.line.takeNext();
    return item === End ? undefined : item;
  }
}

/** The future of `recvMany`. */
export class RecvMany<T> extends Take<T[], Channel<T>> {
  readonly #limit: number;
  readonly #into: T[];

  constructor(channel: Channel<T>, limit: number, into: T[]) {
    super(channel);
    this.#limit = limit;
    this.#into = into;
  }

  protected override take(): Poll<T[]> {
    return this.line.takeMany(this.#limit, this.#into) ? this.#into : Pending;
  }
}
