/**
 * WHATWG streams over a stream socket.
 *
 * @module
 */

import type { ReadHalf } from "./read_half.ts";
import type { WriteHalf } from "./write_half.ts";

/** How many bytes a read of a WHATWG stream takes, where the reader brings no buffer of its own. */
const CHUNK = 64 * 1024;

/**
 * Makes a byte stream of the reading side.
 *
 * Nothing is read before somebody asks. Cancelling it calls `done`, as the end of the data does.
 */
export function readableOf(half: ReadHalf, done: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK,
    async pull(controller) {
      const request = controller.byobRequest!;
      const view = request.view as Uint8Array<ArrayBuffer>;
      const count = await half.read(view);
      if (count === 0) {
        controller.close();
        done();
      }
      request.respond(count);
    },
    cancel: done,
  }, { highWaterMark: 0 });
}

/**
 * Makes a sink of the writing side.
 *
 * A chunk is done when the system has taken all of it. Closing ends the writing side; closing and
 * aborting call `done`.
 */
export function writableOf(half: WriteHalf, done: () => void): WritableStream<Uint8Array> {
  return new WritableStream({
    async write(chunk) {
      await half.writeAll(chunk);
    },
    async close() {
      await half.shutdown();
      done();
    },
    abort: done,
  });
}
