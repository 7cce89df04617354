/**
 * The load generator of the demonstration, written on edo too, so that it costs as little as it can.
 *
 * It reads one request per line of stdin, as JSON, and answers each with a line on stdout. One
 * process drives all servers in turn, so all of them meet the same, warm machine code.
 *
 * @module
 */

import {
  type Context,
  Future,
  join,
  Pending,
  type Poll,
  run,
  spawn,
  type Steps,
  TcpStream,
  timeout,
} from "../../mod.ts";
import { say } from "../cli.ts";
import { Histogram } from "./histogram.ts";

/** What to drive, and for how long. */
export interface LoadRequest {
  readonly port: number;
  readonly connections: number;
  /** Bytes of a message, at least 4. */
  readonly size: number;
  /** How long to drive before anything is counted. */
  readonly warmupMs: number;
  /** How long to count. */
  readonly measureMs: number;
}

/** What came of it. */
export interface LoadAnswer {
  /** How many messages went back and forth, those of the warm-up included. */
  readonly messages: number;
  /** The latencies of the measured ones in nanoseconds, as {@linkcode Histogram.toJSON} tells them. */
  readonly latencies: ReturnType<Histogram["toJSON"]>;
}

/** When a window begins and ends, on the clock of `performance.now()`. */
interface Window {
  readonly from: number;
  readonly until: number;
  readonly histogram: Histogram;
  messages: number;
}

/** One connection with one message on its way: a future written by hand, two system calls each. */
class Pinger extends Future<void> {
  readonly #stream: TcpStream;
  readonly #window: Window;
  readonly #message: Uint8Array;
  readonly #numbers: DataView;
  readonly #reply: Uint8Array;
  readonly #replied: DataView;
  #received = 0;
  #sentAt = 0;
  #writing: Future<void> | undefined = undefined;
  #reading: Future<number> | undefined = undefined;

  constructor(stream: TcpStream, size: number, window: Window) {
    super();
    this.#stream = stream;
    this.#window = window;
    this.#message = new Uint8Array(size).fill(0x65);
    this.#numbers = new DataView(this.#message.buffer);
    // One byte more than a reply: a read that leaves room says that no more is there, and saves the
    // call that would only find that out.
    this.#reply = new Uint8Array(size + 1);
    this.#replied = new DataView(this.#reply.buffer);
    this.#send(performance.now());
  }

  poll(cx: Context): Poll<void> {
    while (true) {
      if (this.#writing !== undefined) {
        if (this.#writing.poll(cx) === Pending) return Pending;
        this.#writing = undefined;
      }
      while (this.#received < this.#message.length) {
        this.#reading ??= this.#stream.read(this.#reply.subarray(this.#received));
        const count = this.#reading.poll(cx);
        if (count === Pending) return Pending;
        this.#reading = undefined;
        if (count === 0) throw new Error("Cannot go on: the server has closed the connection");
        this.#received += count;
      }
      const now = performance.now();
      this.#check();
      const window = this.#window;
      window.messages += 1;
      if (now >= window.until) return;
      if (now >= window.from) window.histogram.record((now - this.#sentAt) * 1e6);
      this.#numbers.setUint32(0, this.#numbers.getUint32(0) + 1);
      this.#send(now);
    }
  }

  override [Symbol.dispose](): void {
    this.#writing?.[Symbol.dispose]();
    this.#reading?.[Symbol.dispose]();
  }

  /** Sends the message; only what the system does not take at once needs a future. */
  #send(now: number): void {
    const sent = this.#stream.tryWrite(this.#message) ?? 0;
    if (sent < this.#message.length) {
      this.#writing = this.#stream.writeAll(this.#message.subarray(sent));
    }
    this.#received = 0;
    this.#sentAt = now;
  }

  /** Every reply carries the number of its message. */
  #check(): void {
    const isSame = this.#replied.getUint32(0) === this.#numbers.getUint32(0);
    if (isSame && this.#received === this.#message.length) return;
    throw new Error("Cannot trust the server: it sent back something else");
  }
}

/** How long a server may take for its last answer, before the load gives it up. */
const PATIENCE_MS = 5_000;

/** Opens the connections, drives all of them until the window ends, and closes them. */
function* drive(request: LoadRequest): Steps<LoadAnswer> {
  const { port, connections, size, warmupMs, measureMs } = request;
  using opened = new DisposableStack();
  const streams: TcpStream[] = [];
  for (let i = 0; i < connections; i++) {
    const stream = opened.use(yield* TcpStream.connect(`127.0.0.1:${port}`));
    stream.setNodelay(true);
    streams.push(stream);
  }
  const from = performance.now() + warmupMs;
  const window = { from, until: from + measureMs, histogram: new Histogram(), messages: 0 };
  const pingers = streams.map((stream) => spawn(new Pinger(stream, size, window)));
  yield* timeout(warmupMs + measureMs + PATIENCE_MS, join(...pingers));
  return { messages: window.messages, latencies: window.histogram.toJSON() };
}

/** The lines of stdin. */
async function* requests(): AsyncGenerator<LoadRequest, void, void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  for (let count; (count = await Deno.stdin.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const lines = text.split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

if (import.meta.main) {
  for await (const request of requests()) {
    say(JSON.stringify(await run(() => drive(request))));
  }
}
