/**
 * An echo server in three styles, for TCP and for UDP.
 *
 * ```sh
 * deno task echo --port 8080 --style yield
 * deno task echo --port 8080 --udp
 * deno run -A examples/echo_server.ts --port 8080 --threads 2
 * ```
 *
 * With `--threads` this isolate accepts TCP connections and hands them to so many workers. It
 * listens when all of them are there: else the first connections would crowd on the first worker.
 *
 * @module
 */

import {
  type Context,
  Future,
  Pending,
  type Poll,
  run,
  Runtime,
  sleep,
  spawn,
  type Steps,
  task,
  TcpListener,
  type TcpStream,
  timeout,
  UdpSocket,
} from "../mod.ts";
import { acceptAll } from "./accept.ts";
import { flag, isHangup, numberOption, option, say } from "./cli.ts";
import { DATAGRAM_STYLES } from "./echo_datagrams.ts";

const BUFFER = 16 * 1024;

/** A connection, written with `await`. */
async function echoAwait(stream: TcpStream): Promise<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = await stream.read(buffer)) > 0;) {
      await stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isHangup(error)) throw error;
  }
}

/** The same connection, written with `yield*`. */
function* echoYield(stream: TcpStream): Steps<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = yield* stream.read(buffer)) > 0;) {
      yield* stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isHangup(error)) throw error;
  }
}

/** And once more as a future written by hand. */
class EchoPoll extends Future<void> {
  readonly #stream: TcpStream;
  readonly #buffer = new Uint8Array(BUFFER);
  #step: { readonly reading: Future<number> } | { readonly writing: Future<void> };

  constructor(stream: TcpStream) {
    super();
    this.#stream = stream;
    this.#step = { reading: stream.read(this.#buffer) };
  }

  poll(cx: Context): Poll<void> {
    try {
      return this.#pollSteps(cx);
    } catch (error) {
      this.#stream.close();
      if (!isHangup(error)) throw error;
    }
  }

  override [Symbol.dispose](): void {
    this.#stream.close();
  }

  #pollSteps(cx: Context): Poll<void> {
    while (true) {
      const step = this.#step;
      if ("reading" in step) {
        const count = step.reading.poll(cx);
        if (count === Pending) return Pending;
        if (count === 0) return this.#stream.close();
        this.#step = { writing: this.#stream.writeAll(this.#buffer, count) };
      } else {
        if (step.writing.poll(cx) === Pending) return Pending;
        this.#step = { reading: this.#stream.read(this.#buffer) };
      }
    }
  }
}

function echoPoll(stream: TcpStream): Future<void> {
  return new EchoPoll(stream);
}

// Portable tasks: where there are workers the stream moves to one of them.
const portable = {
  await: task(import.meta, echoAwait),
  yield: task(import.meta, echoYield),
  poll: task(import.meta, echoPoll),
};

/** What a connection runs in a style of writing. */
const STYLES: Record<string, (stream: TcpStream) => void> = {
  await: (stream) => void spawn(portable.await, stream),
  yield: (stream) => void spawn(portable.yield, stream),
  poll: (stream) => void spawn(portable.poll, stream),
};

/** What each worker runs when it begins: with it the worker has loaded this module. */
const begin = task(import.meta, function begin(): void {});

/** Waits until all workers have begun. A worker with nothing to do comes to rest. */
async function allStarted(runtime: Runtime): Promise<void> {
  await runtime.spawn(begin); // the first portable task has the workers started
  const metrics = runtime.metrics();
  for (let worker = 0; worker < runtime.workers; worker++) {
    while (metrics.workerParkCount(worker) === 0) await sleep(1);
  }
}

/** Serves with workers. */
async function onWorkers(workers: number, main: () => Promise<never>): Promise<never> {
  await using runtime = Runtime.builder().multiThread().workerThreads(workers)
    .onThreadStart(begin).build();
  return await runtime.run(async () => {
    await timeout({ seconds: 30 }, allStarted(runtime));
    return await main();
  });
}

async function serveTcp(style: string, address: string): Promise<never> {
  using listener = await TcpListener.bind(address);
  say(`listening on ${listener.localAddr()}`);
  return await acceptAll(listener, STYLES[style]!);
}

async function serveUdp(style: string, address: string): Promise<never> {
  using socket = await UdpSocket.bind(address);
  say(`listening on ${socket.localAddr()}`);
  return await DATAGRAM_STYLES[style]!(socket);
}

if (import.meta.main) {
  const style = option("style", "await");
  if (!Object.hasOwn(STYLES, style)) {
    throw new TypeError(`Cannot echo in style "${style}": await, yield or poll`);
  }
  const serve = flag("udp") ? serveUdp : serveTcp;
  const main = () => serve(style, `127.0.0.1:${option("port", "0")}`);
  const threads = numberOption("threads", 0);
  if (threads === 0) await run(main);
  else await onWorkers(threads, main);
}
