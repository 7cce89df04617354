/**
 * The waits of a channel with many senders and many receivers.
 *
 * @module
 */

import { proceed, refund } from "../../future/budget.ts";
import type { Context, Waker } from "../../future/context.ts";
import { End } from "../../future/end.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";
import { SendError } from "../mpsc/errors.ts";
import { type Channel, CLOSING, RECEIVING, SENDING } from "./mpmc_channel.ts";
import { bring } from "./payload.ts";
import { GRANTED, QUEUED, REFUSED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

/** The future of `send`: it waits for room, and holds the value meanwhile. */
export class Send<T> extends SharedWait<void> {
  declare private readonly channel: Channel<T>;
  declare private readonly value: T;

  constructor(channel: Channel<T>, value: T) {
    super(channel.cell, SENDING);
    this.channel = channel;
    this.value = value;
  }

  protected attempt(): number {
    const { channel } = this;
    if (channel.isClosed) return REFUSED;
    this.amount = channel.slots.takeSpare();
    return this.amount < 0 ? QUEUED : GRANTED;
  }

  protected abandon(outcome: number): void {
    if (outcome === GRANTED) this.channel.passRoom(this.amount);
  }

  protected finish(outcome: number): void {
    const { channel, amount: slot, value } = this;
    if (outcome === GRANTED && !channel.isClosed) return channel.fill(slot, value);
    if (outcome === GRANTED) channel.release(slot);
    throw new SendError(value);
  }
}

/** The wait for a value. It answers with the slot, or with -1 at the end. */
export class Take extends SharedWait<number> {
  declare private readonly channel: Channel<unknown>;

  constructor(channel: Channel<unknown>) {
    super(channel.cell, RECEIVING);
    this.channel = channel;
  }

  protected attempt(): number {
    const { channel } = this;
    this.amount = channel.slots.takeFirst();
    if (this.amount >= 0) return GRANTED;
    return channel.endIfOver() ? REFUSED : QUEUED;
  }

  protected abandon(outcome: number): void {
    if (outcome === GRANTED) this.channel.passValue(this.amount);
  }

  protected finish(outcome: number): number {
    return outcome === GRANTED ? this.amount : -1;
  }
}

/** A value whose modules are being loaded. */
interface Loading {
  readonly slot: number;
  isDone: boolean;
  failure?: { readonly reason: unknown };
}

/** A wait for a value, with `E` at the end. */
abstract class ValueWait<T, E> extends Future<T | E> {
  // Plain properties set by the constructor, as in `Acquire`.
  declare private readonly channel: Channel<T>;
  declare private wait: Take | undefined;
  declare private loading: Loading | undefined;
  declare private waker: Waker | undefined;
  declare private isDone: boolean;

  constructor(channel: Channel<T>) {
    super();
    this.channel = channel;
    this.wait = undefined;
    this.loading = undefined;
    this.waker = undefined;
    this.isDone = false;
    channel.cell.use();
  }

  /** The answer at the end. */
  protected abstract get atEnd(): E;

  poll(cx: Context): Poll<T | E> {
    if (this.isDone) throw polledAfterEnd();
    if (this.loading !== undefined) return this.pollLoading(this.loading, cx);
    const slot = this.pollSlot(cx);
    if (isPending(slot)) return Pending;
    this.wait = undefined;
    if (slot < 0) return this.finish();
    const missing = this.channel.missing(slot);
    if (missing === undefined) return this.read(slot);
    this.loading = { slot, isDone: false };
    this.load(this.loading, missing);
    return this.pollLoading(this.loading, cx);
  }

  /** Gives up: a value that it was given goes on to the next, or back to the front. */
  override [Symbol.dispose](): void {
    if (this.isDone) return;
    const { channel, wait, loading } = this;
    const hadWait = wait !== undefined;
    wait?.[Symbol.dispose]();
    if (loading !== undefined) channel.putBack(loading.slot);
    else if (hadWait) channel.emptyIfUnwanted();
    this.waker = undefined;
    this.end();
  }

  private pollSlot(cx: Context): Poll<number> {
    if (this.wait === undefined) {
      if (!proceed(cx.waker)) return Pending;
      const slot = this.channel.takeValue();
      if (slot >= 0) return slot;
      refund();
      this.wait = new Take(this.channel);
    }
    return this.wait.poll(cx);
  }

  private pollLoading(loading: Loading, cx: Context): Poll<T> {
    this.waker = cx.waker;
    if (!loading.isDone) return Pending;
    this.loading = undefined;
    if (loading.failure === undefined) return this.read(loading.slot);
    this.channel.discard(loading.slot);
    this.end();
    throw loading.failure.reason;
  }

  private async load(loading: Loading, missing: Missing): Promise<void> {
    try {
      await bring(missing);
    } catch (reason) {
      loading.failure = { reason };
    }
    loading.isDone = true;
    const { waker } = this;
    this.waker = undefined;
    waker?.wake();
  }

  private read(slot: number): T {
    try {
      return this.channel.read(slot);
    } finally {
      this.end();
    }
  }

  private finish(): E {
    this.end();
    return this.atEnd;
  }

  private end(): void {
    this.isDone = true;
    this.channel.cell.unuse();
  }
}

/** The future of `recv`. */
export class Recv<T> extends ValueWait<T, undefined> {
  protected get atEnd(): undefined {
    return undefined;
  }
}

/** What a loop over a receiver waits for. */
export class NextValue<T> extends ValueWait<T, End> {
  protected get atEnd(): End {
    return End;
  }
}

/** The future of `closed`. */
export class WaitClosed extends SharedWait<void> {
  declare private readonly channel: Channel<unknown>;

  constructor(channel: Channel<unknown>) {
    super(channel.cell, CLOSING);
    this.channel = channel;
  }

  protected attempt(): number {
    return this.channel.isClosed ? GRANTED : QUEUED;
  }

  protected abandon(): void {}

  protected finish(): void {}
}
