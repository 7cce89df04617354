/**
 * Workers as Deno and Node have them, with the same few words.
 *
 * @module
 */

const { process } = globalThis;
const threads = globalThis.Deno === undefined
  ? process.getBuiltinModule("node:worker_threads")
  : undefined;

/** Starts a thread: how to send it something, and how to end it. */
export function startThread(script, receive) {
  if (threads !== undefined) {
    const worker = new threads.Worker(script);
    worker.on("message", receive);
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    };
  }
  const worker = new Worker(script, { type: "module" });
  worker.onmessage = ({ data }) => receive(data);
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    end: () => worker.terminate(),
  };
}

/** Has every message of the starter handled; answers with the function that replies. */
export function onMessage(handle) {
  if (threads !== undefined) {
    threads.parentPort.on("message", handle);
    return (message) => threads.parentPort.postMessage(message);
  }
  self.onmessage = ({ data }) => handle(data);
  return (message) => self.postMessage(message);
}
