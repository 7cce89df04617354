/**
 * What a stream can be made of.
 *
 * @module
 */

import type { Context } from "../future/context.ts";
import type { End } from "../future/end.ts";
import type { Poll } from "../future/poll.ts";
import { Source } from "../future/source.ts";
import { AsyncIterSource, readerSteps } from "./sources/async_iter.ts";
import { IterSource } from "./sources/iter.ts";

/** Something that is polled for items, without being a `Source`. */
export interface Pollable<T> extends Disposable {
  /** As `Source.pollNext`. */
  pollNext(cx: Context): Poll<T | End>;
}

/**
 * What a stream can be made of: a source, such as a stream or the receiving end of a channel; an
 * iterable; an async iterable or async iterator; a WHATWG stream.
 */
export type IntoStream<T> =
  | Source<T>
  | Pollable<T>
  | Iterable<T>
  | AsyncIterable<T>
  | AsyncIterator<T, unknown, void>
  | ReadableStream<T>;

/**
 * The source of what a stream is made of.
 *
 * @throws {TypeError} When no stream can be made of it.
 */
export function toSource<T>(from: IntoStream<T>): Source<T> {
  if (from instanceof Source) return from;
  if (typeof from === "string") return new IterSource(from as Iterable<T>);
  if (typeof from === "object" && from !== null) {
    // In the order of what each can do: a source is an async iterable, too, and iterators of
    // arrays are iterable.
    if ("pollNext" in from) return new PolledSource(from);
    if (from instanceof ReadableStream) return new AsyncIterSource(readerSteps(from));
    if (Symbol.asyncIterator in from) return new AsyncIterSource(from[Symbol.asyncIterator]());
    if (Symbol.iterator in from) return new IterSource(from);
    if ("next" in from) return new AsyncIterSource(from);
  }
  throw new TypeError(
    `Cannot make a stream of a value of type ${typeof from}: give a source or something iterable`,
  );
}

/** Makes a source of what is one but by name. */
class PolledSource<T> extends Source<T> {
  readonly #polled: Pollable<T>;

  constructor(polled: Pollable<T>) {
    super();
    this.#polled = polled;
  }

  pollNext(cx: Context): Poll<T | End> {
    return this.#polled.pollNext(cx);
  }

  override [Symbol.dispose](): void {
    this.#polled[Symbol.dispose]();
  }
}
