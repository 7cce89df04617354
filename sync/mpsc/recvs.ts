/**
 * The waits for values.
 *
 * @module
 */

import { type Context, currentContext } from "../../future/context.ts";
import { stepOf, type Wait } from "../../future/future.ts";
import { isItem } from "../../future/end.ts";
import { InLine } from "../../future/line.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { Channel } from "./channel.ts";

/** The future of `recv`. */
export class Recv<T> extends InLine<T | undefined> {
  declare private readonly channel: Channel<T>;

  constructor(channel: Channel<T>) {
    super(channel.line);
    this.channel = channel;
  }

  override poll(cx: Context): Poll<T | undefined> {
    const { channel } = this;
    if (channel.queue.size === 0 || !this.takesAtOnce(cx)) return this.wait(cx);
    const item = channel.shift();
    this.leave();
    return item;
  }

  override next(): IteratorResult<Wait, T | undefined> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<T | undefined> {
    const item = this.channel.poll(cx);
    if (isItem(item)) return item;
    return isPending(item) ? Pending : undefined;
  }
}

/** The future of `recvMany`. */
export class RecvMany<T> extends InLine<T[]> {
  declare private readonly channel: Channel<T>;
  declare private readonly limit: number;
  declare private readonly into: T[];

  constructor(channel: Channel<T>, limit: number, into: T[]) {
    super(channel.line);
    this.channel = channel;
    this.limit = limit;
    this.into = into;
  }

  override poll(cx: Context): Poll<T[]> {
    const { channel, into } = this;
    if (channel.queue.size === 0 || !this.takesAtOnce(cx)) return this.wait(cx);
    channel.takeMany(this.limit, into);
    this.leave();
    return into;
  }

  override next(): IteratorResult<Wait, T[]> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  protected override ask(cx: Context): Poll<T[]> {
    return this.channel.pollMany(cx, this.limit, this.into);
  }
}
