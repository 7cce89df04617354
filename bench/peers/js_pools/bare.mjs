/**
 * The rows without any library: workers get their tasks as messages, in turns.
 *
 * @module
 */

import { startThread } from "./bare_host.mjs";
import { Tally } from "./functions.mjs";
import { CHANNELS, measureRow } from "./rows.mjs";

function start(count) {
  const calls = new Map();
  const settle = ([id, result]) => {
    const resolve = calls.get(id);
    calls.delete(id);
    resolve(result);
  };
  const script = new URL("./bare_worker.mjs", import.meta.url);
  const threads = Array.from({ length: count }, () => startThread(script, settle));
  let next = 0;
  const call = (name, args, transfer) => {
    const id = next++;
    threads[id % count].post([id, name, args], transfer);
    return new Promise((resolve) => calls.set(id, resolve));
  };
  /** Takes what a worker sends to a port; answers with what `take` gave last. */
  const receive = async (sender, count, take) => {
    const { port1, port2 } = new MessageChannel();
    let received = 0;
    const all = new Promise((resolve) => {
      port1.onmessage = ({ data }) => {
        const last = take(data);
        if (++received === count) resolve(last);
      };
    });
    await call(sender, [port2, count], [port2]);
    const last = await all;
    port1.close();
    return last;
  };
  return Promise.resolve({
    spawn: (name, ...args) => call(name, args, []),
    receiveNumbers(count) {
      let sum = 0;
      return receive("sendNumbers", count, (i) => sum += i);
    },
    async readChunks(count) {
      const tally = new Tally();
      await receive("sendChunks", count, (chunk) => tally.add(chunk, chunk.length));
      return tally.result(count);
    },
    stop: () => Promise.all(threads.map(({ end }) => end())),
  });
}

await measureRow(start, globalThis.process.argv.slice(2), CHANNELS);
