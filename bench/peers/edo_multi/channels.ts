/**
 * The rows with channels: a worker sends, this isolate receives.
 *
 * @module
 */

import type { Runtime } from "../../../scheduler/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { task } from "../../../task/mod.ts";
import { CHUNK_BYTES, Tally } from "../js_pools/functions.mjs";

const ROOM = 1024;
const ROOM_BYTES = 4 * CHUNK_BYTES;

const sendNumbers = task(
  import.meta,
  function* sendNumbers(tx: shared.mpsc.Sender<number>, count: number) {
    for (let i = 0; i < count; i++) yield* tx.send(i);
    tx.close();
  },
);

const writeChunks = task(
  import.meta,
  function* writeChunks(writer: shared.ByteWriter, count: number) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let i = 0; i < count; i++) yield* writer.writeAll(chunk.fill(i));
    writer.close();
  },
);

/** Receives so many numbers, and adds them up. */
export function* receiveNumbers(runtime: Runtime, count: number) {
  const [tx, rx] = shared.mpsc.channel<number>(ROOM);
  using _rx = rx;
  const sent = runtime.spawn(sendNumbers, tx, count);
  tx.close();
  let sum = 0;
  for (let i = yield* rx.recv(); i !== undefined; i = yield* rx.recv()) sum += i;
  yield* sent;
  return sum;
}

/** Reads so many chunks. */
export function* readChunks(runtime: Runtime, count: number) {
  const [writer, reader] = shared.byteChannel(ROOM_BYTES);
  using _reader = reader;
  const written = runtime.spawn(writeChunks, writer, count);
  const buffer = new Uint8Array(CHUNK_BYTES);
  const tally = new Tally();
  for (let n = yield* reader.read(buffer); n > 0; n = yield* reader.read(buffer)) {
    tally.add(buffer, n);
  }
  yield* written;
  return tally.result(count);
}
