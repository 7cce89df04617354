/**
 * Many streams by key: the source of a `StreamMap`.
 *
 * @module
 */

import type { Context, Waker } from "../../future/context.ts";
import { End, isItem } from "../../future/end.ts";
import { Pending, type Poll } from "../../future/poll.ts";
import { randomBelow } from "../../future/random.ts";
import { type SizeHint, Source } from "../../future/source.ts";
import { add, NOTHING } from "../size_hint.ts";

/** A stream and its key. */
export interface Entry<K, S> {
  /** The key. */
  readonly key: K;
  /** The stream. */
  readonly stream: S;
}

/** Asks its streams in turn, from a random one at each poll, and lets go of those that end. */
export class KeyedSource<K, T, S extends Source<T>> extends Source<[K, T]> {
  /** In the order in which they were put in. */
  readonly entries: Entry<K, S>[] = [];
  /** Who waits, to be told of a new stream. */
  #waker: Waker | undefined = undefined;
  /** What a stream threw after others had given items that were to be handed over first. */
  #failure: { readonly error: unknown } | undefined = undefined;

  /** Adds a stream. Its key must be a new one. */
  add(key: K, stream: S): void {
    this.entries.push({ key, stream });
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  pollNext(cx: Context): Poll<[K, T] | End> {
    this.#rethrow();
    const { entries } = this;
    let index = randomBelow(entries.length);
    for (let left = entries.length; left > 0; left--) {
      if (index >= entries.length) index = 0;
      const { key, stream } = entries[index]!;
      const item = stream.pollNext(cx);
      if (isItem(item)) return [key, item];
      if (item === End) this.#remove(index);
      else index += 1;
    }
    return entries.length === 0 ? End : this.#wait(cx);
  }

  /** Puts up to `limit` items at the end of `buffer`. Answers how many. */
  pollNextMany(cx: Context, buffer: [K, T][], limit: number): Poll<number> {
    this.#rethrow();
    if (limit === 0 || this.entries.length === 0) return 0;
    const before = buffer.length;
    try {
      this.#gather(cx, buffer, before + limit);
    } catch (error) {
      if (buffer.length === before) throw error;
      this.#failure = { error };
    }
    if (buffer.length > before || this.entries.length === 0) return buffer.length - before;
    return this.#wait(cx);
  }

  override sizeHint(): SizeHint {
    return this.entries.reduce((sum, { stream }) => add(sum, stream.sizeHint()), NOTHING);
  }

  /** Drops all streams. */
  clear(): void {
    let failure: { readonly error: unknown } | undefined;
    for (const { stream } of this.entries.splice(0)) {
      try {
        stream[Symbol.dispose]();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  override unpoll(): void {
    for (const { stream } of this.entries) stream.unpoll();
  }

  override [Symbol.dispose](): void {
    this.#waker = undefined;
    this.#failure = undefined;
    this.clear();
  }

  /** Goes round and round until the buffer is full, or nobody has given an item in a round. */
  #gather(cx: Context, buffer: [K, T][], full: number): void {
    const { entries } = this;
    let index = randomBelow(entries.length);
    let silent = 0;
    while (buffer.length < full && silent < entries.length) {
      if (index >= entries.length) index = 0;
      const { key, stream } = entries[index]!;
      const item = stream.pollNext(cx);
      if (item === End) {
        this.#remove(index);
        continue;
      }
      index += 1;
      silent += 1;
      if (!isItem(item)) continue;
      buffer.push([key, item]);
      silent = 0;
    }
  }

  #wait(cx: Context): Pending {
    this.#waker = cx.waker;
    return Pending;
  }

  #remove(index: number): void {
    const [{ stream }] = this.entries.splice(index, 1) as [Entry<K, S>];
    stream[Symbol.dispose]();
  }

  #rethrow(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
