/**
 * Streams and WHATWG streams: `toReadableStream` and `pipeTo`.
 *
 * @module
 */

import { End, isItem } from "../../future/end.ts";
import type { Future, Steps } from "../../future/future.ts";
import { fromPromise } from "../../future/from_promise.ts";
import { future } from "../../future/generator.ts";
import { Pending } from "../../future/poll.ts";
import { pollFn } from "../../future/poll_fn.ts";
import type { Source } from "../../future/source.ts";

/** How {@linkcode Stream.pipeTo} treats the writable side. */
export interface PipeOptions {
  /** Leave the writable stream open at the end. Default `false`. */
  readonly preventClose?: boolean;
  /** Leave the writable stream as it is after an error, or when giving up. Default `false`. */
  readonly preventAbort?: boolean;
}

/** A WHATWG stream of the items. It owns the source. */
export function readableOf<T>(
  source: Source<T>,
  strategy: QueuingStrategy<T>,
): ReadableStream<T> {
  let cancelled = () => {};
  let isCancelled = false;
  /** Waits for an item, and for the reader to lose interest. */
  const next = () =>
    pollFn((cx) => {
      if (isCancelled) return End;
      const item = source.pollNext(cx);
      if (item === Pending) cancelled = () => cx.waker.wake();
      return item;
    });
  return new ReadableStream<T>({
    async pull(controller) {
      try {
        const item = await next();
        if (isItem(item)) return controller.enqueue(item);
      } catch (error) {
        source[Symbol.dispose]();
        throw error;
      }
      if (isCancelled) return;
      controller.close();
      source[Symbol.dispose]();
    },
    cancel() {
      isCancelled = true;
      cancelled();
      source[Symbol.dispose]();
    },
  }, strategy);
}

/** Writes the items. It owns the source. */
export function pipe<T>(
  source: Source<T>,
  writable: WritableStream<T>,
  options: PipeOptions,
): Future<void> {
  if (writable.locked) throw new TypeError("Cannot pipe to the stream: it is locked");
  const pumping = future(() => pump(source, writable, options));
  const drop = () => {
    try {
      pumping[Symbol.dispose]();
    } finally {
      source[Symbol.dispose]();
    }
  };
  return pollFn((cx) => {
    let polled;
    try {
      polled = pumping.poll(cx);
    } catch (error) {
      drop();
      throw error;
    }
    if (polled !== Pending) drop();
    return polled;
  }, drop);
}

/** Writes one item after the other, as fast as the writer wants them. */
function* pump<T>(
  source: Source<T>,
  writable: WritableStream<T>,
  { preventClose, preventAbort }: PipeOptions,
): Steps<void> {
  const writer = writable.getWriter();
  const next = untilClosed(source, writer);
  let isOver = false;
  let reason: unknown = undefined;
  try {
    let written = Promise.resolve();
    while (true) {
      yield* fromPromise(writer.ready);
      const item = yield* next();
      if (item === End) break;
      written = writer.write(item);
      written.catch(() => {}); // what follows tells
    }
    yield* fromPromise(written);
    isOver = true;
    if (!preventClose) yield* fromPromise(writer.close());
  } catch (error) {
    reason = error;
    throw error;
  } finally {
    if (!isOver && !preventAbort) writer.abort(reason).catch(() => {});
    writer.releaseLock();
  }
}

/** Makes the waits for an item; they fail when the writer does. */
function untilClosed<T>(
  source: Source<T>,
  writer: WritableStreamDefaultWriter<T>,
): () => Future<T | End> {
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  writer.closed.catch((error) => {
    failure = { error };
    wake();
  });
  return () =>
    pollFn((cx) => {
      if (failure !== undefined) throw failure.error;
      wake = () => cx.waker.wake();
      return source.pollNext(cx);
    });
}
