/**
 * The memory of a channel that keeps the newest value.
 *
 * ```text
 *  words 2–8            as `shown.ts` has them; the count is the version of the value
 *  word 9    place      0: the value is in words 11…; else where it is in the arena, in bytes
 *  word 10   length     of the value, in bytes
 *  word 11…  value
 * ```
 *
 * @module
 */

import { proceed } from "../../future/budget.ts";
import type { Context } from "../../future/context.ts";
import { Future, polledAfterEnd } from "../../future/future.ts";
import { isPending, Pending, type Poll } from "../../future/poll.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { ownLink } from "../../scheduler/multi_thread/membership.ts";
import { RecvError } from "../watch/errors.ts";
import { Cell, OWN } from "./cell.ts";
import { Grip } from "./counted.ts";
import { RECEIVING, SENDING, Shown, SPECIAL } from "./shown.ts";
import { GRANTED, QUEUED, REFUSED } from "./wait_queue.ts";
import { SharedWait } from "./waits.ts";

const PLACE = SPECIAL;
const LENGTH = SPECIAL + 1;
const VALUE = SPECIAL + 2;

/** A value of so many words needs no memory of its own. It fills the smallest block of the arena. */
const INLINE_WORDS = 32 - VALUE;
const EMPTY: readonly number[] = new Array(32 - OWN).fill(0);

/** Makes the memory of a channel, with a reference. There is no sender and no receiver yet. */
export function makeChannel<T>(value: T): Channel<T> {
  const channel = new Channel<T>(Cell.create(EMPTY, free));
  try {
    channel.store(value);
  } catch (error) {
    channel.cell[Symbol.dispose]();
    throw error;
  }
  return channel;
}

/** Takes over a reference that was counted before. */
export function channelAt<T>(at: number): Channel<T> {
  return new Channel(new Cell(ownLink(), at, free));
}

/** The last handle is gone. */
function free({ domain: { words, arena } }: Link, at: number): void {
  const place = words[at + PLACE]!;
  if (place !== 0) arena.freeRemote(place);
}

/** A channel, seen by one handle. */
export class Channel<T> extends Shown {
  #read: { readonly version: number; readonly value: T } | undefined = undefined;

  /** The current value, and its number. It is the same object until the value changes. X1. */
  read(): { readonly version: number; readonly value: T } {
    if (this.#read !== undefined && this.#read.version === this.sent) return this.#read;
    const { cell } = this;
    cell.lock();
    const version = this.sent;
    const copy = this.#copy();
    cell.unlock();
    return this.#read = { version, value: this.#decode(copy) };
  }

  /** Puts a value in place of the current one. */
  store(value: T): void {
    this.#replace(value, false);
  }

  /** The same, and answers with the one before. */
  replace(value: T): T {
    return this.#decode(this.#replace(value, true)!);
  }

  #replace(value: T, needsOld: boolean): Int32Array | undefined {
    const { cell } = this;
    const { link, words, at } = cell;
    const place = this.encode(value, INLINE_WORDS);
    cell.lock();
    const copy = needsOld ? this.#copy() : undefined;
    const before = words[at + PLACE]!;
    words[at + PLACE] = place;
    words[at + LENGTH] = this.bytes;
    this.publish(place === 0 ? at + VALUE : place / 4);
    cell.unlock();
    if (before !== 0) link.domain.arena.freeRemote(before);
    return copy;
  }

  /** Under the lock. */
  #copy(): Int32Array {
    const { words, at } = this.cell;
    const place = words[at + PLACE]!;
    const start = place === 0 ? at + VALUE : place / 4;
    return words.slice(start, start + words[at + LENGTH]! / 4);
  }

  #decode(copy: Int32Array): T {
    return this.cell.link.decoder.decode(copy, 0)[0] as T;
  }
}

/** How one receiver looks at a channel. */
export class View<T> extends Grip<Channel<T>> {
  /** The number of the value that was seen last. */
  seen: number;
  /** Whether a loop would begin with the current value, though it counts as seen. */
  isFresh: boolean;

  constructor(channel: Channel<T>, seen: number, isFresh: boolean) {
    super(channel, RECEIVING, "Cannot use a receiver: it was closed");
    this.seen = seen;
    this.isFresh = isFresh;
  }

  /** Whether the current value was not seen. */
  get hasUnseen(): boolean {
    return this.seen !== this.channel.sent;
  }

  /** Whether there will be no more changes. */
  get isOver(): boolean {
    return this.channel.count(SENDING) === 0;
  }

  /** Marks the current value as seen. */
  see(): T {
    const { version, value } = this.channel.read();
    this.seen = version;
    this.isFresh = false;
    return value;
  }
}

/** The future of `changed`. */
export class Changed<T> extends SharedWait<void> {
  declare private readonly view: View<T>;
  declare private readonly marks: boolean;

  /** @param marks Whether the value counts as seen then. */
  constructor(view: View<T>, marks: boolean) {
    super(view.channel.cell);
    this.view = view;
    this.marks = marks;
  }

  protected attempt(): number {
    if (this.view.hasUnseen) return GRANTED;
    return this.view.isOver ? REFUSED : QUEUED;
  }

  protected abandon(): void {}

  protected finish(outcome: number): void {
    if (outcome === REFUSED) throw new RecvError();
    if (!this.marks) return;
    this.view.seen = this.view.channel.sent;
    this.view.isFresh = false;
  }
}

/** The future of `waitFor`. */
export class WaitFor<T> extends Future<T> {
  readonly #view: View<T>;
  readonly #predicate: (value: T) => boolean;
  /** The version that was looked at last. */
  #tested: number | undefined = undefined;
  #changed: Changed<T> | undefined = undefined;
  #isOver = false;

  constructor(view: View<T>, predicate: (value: T) => boolean) {
    super();
    this.#view = view;
    this.#predicate = predicate;
    view.channel.cell.use();
  }

  poll(cx: Context): Poll<T> {
    if (this.#isOver) throw polledAfterEnd();
    try {
      const value = this.#look(cx);
      if (!isPending(value)) this[Symbol.dispose]();
      return value;
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  override [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#changed?.[Symbol.dispose]();
    this.#changed = undefined;
    this.#view.channel.cell.unuse();
  }

  #look(cx: Context): Poll<T> {
    const view = this.#view;
    while (true) {
      // The predicate may have sent a value itself.
      while (this.#tested !== view.channel.sent) {
        if (!proceed(cx.waker)) return Pending;
        const value = view.see();
        this.#tested = view.seen;
        if (this.#predicate(value)) return value;
      }
      this.#changed ??= new Changed(view, true);
      if (isPending(this.#changed.poll(cx))) return Pending;
      this.#changed = undefined;
    }
  }
}
