/**
 * Answers every message with what the function gives. Some functions send to a port.
 *
 * @module
 */

import * as functions from "./functions.mjs";
import { onMessage } from "./bare_host.mjs";

const senders = {
  sendNumbers(port, count) {
    for (let i = 0; i < count; i++) port.postMessage(i);
  },
  sendChunks(port, count) {
    for (let i = 0; i < count; i++) {
      const chunk = new Uint8Array(functions.CHUNK_BYTES).fill(i);
      port.postMessage(chunk, [chunk.buffer]);
    }
  },
};

const { hash, mandelbrot, mergeHalf, sortPart, tiny } = functions;
const known = { hash, mandelbrot, mergeHalf, sortPart, tiny, ...senders };
const reply = onMessage(([id, name, args]) => reply([id, known[name](...args)]));
