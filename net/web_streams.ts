/**
 * WHATWG streams over a stream socket.
 *
 * @module
 */

import type { Future } from "../future/future.ts";
import { Pending } from "../future/poll.ts";
import { pollFn } from "../future/poll_fn.ts";
import { select } from "../future/select.ts";
import type { ReadHalf } from "./read_half.ts";
import type { WriteHalf } from "./write_half.ts";

/** How many bytes a read of a WHATWG stream takes, where the reader brings no buffer of its own. */
const CHUNK = 64 * 1024;

/**
 * Makes a byte stream of the reading side.
 *
 * Nothing is read before somebody asks. Cancelling it drops a read that waits. That, the end of the
 * data and a failure call `done`.
 */
export function readableOf(half: ReadHalf, done: () => void): ReadableStream<Uint8Array> {
  const cancelled = new AbortController();
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK,
    async pull(controller) {
      const request = controller.byobRequest!;
      const view = request.view as Uint8Array<ArrayBuffer>;
      let count;
      try {
        count = await unlessAborted(half.read(view), cancelled.signal);
      } catch (error) {
        if (!cancelled.signal.aborted) done();
        throw error;
      }
      if (count === 0) {
        controller.close();
        done();
      }
      request.respond(count);
    },
    cancel() {
      cancelled.abort();
      done();
    },
  }, { highWaterMark: 0 });
}

/**
 * Makes a sink of the writing side.
 *
 * A chunk is done when the system has taken all of it. Closing ends the writing side; aborting drops
 * a write that waits. Both call `done`, as a failure does.
 */
export function writableOf(half: WriteHalf, done: () => void): WritableStream<Uint8Array> {
  const ending = async <T>(work: PromiseLike<T>, signal?: AbortSignal) => {
    try {
      return await work;
    } catch (error) {
      if (!signal?.aborted) done(); // `abort` is called after a write that was aborted
      throw error;
    }
  };
  return new WritableStream({
    async write(chunk, { signal }) {
      await ending(unlessAborted(half.writeAll(chunk), signal), signal);
    },
    async close() {
      await ending(half.shutdown());
      done();
    },
    abort: done,
  });
}

/** Waits for `work`, and drops it when `signal` is aborted. */
async function unlessAborted<T>(work: Future<T>, signal: AbortSignal): Promise<T> {
  const aborted = pollFn<never>((cx) => {
    signal.throwIfAborted();
    signal.onabort = () => cx.waker.wake();
    return Pending;
  }, () => signal.onabort = null);
  const first = await select({ aborted, work }, { biased: true });
  return first.value as T;
}
