/**
 * Sends data through one connection in both directions at once, and checks what arrives.
 *
 * ```sh
 * deno run --allow-net --allow-ffi examples/transfer.ts --mib 1024
 * ```
 *
 * The four sides go at speeds of their own: one reader takes small pieces and rests now and then, one
 * writer hands over small pieces. What holds the fast ones back is that a write waits while nobody
 * reads: memory does not grow with the amount.
 *
 * @module
 */

import { Instant, join, run, sleep, spawn, type Steps, TcpListener, TcpStream } from "../mod.ts";
import { numberOption, say } from "./cli.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** A digest that takes its data piece by piece, which the Web's own `crypto` cannot. */
interface Hash {
  update(data: Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

/** `node:crypto`, as far as it is used here. Asked for at run time, it needs no types of Node. */
const { process } = globalThis as unknown as {
  process: {
    getBuiltinModule(name: "node:crypto"): { createHash(algorithm: "sha256"): Hash };
  };
};
const { createHash } = process.getBuiltinModule("node:crypto");

/** How one side behaves. */
interface Pace {
  /** How many bytes go through one call. */
  readonly piece: number;
  /** After how many bytes it rests for a millisecond. */
  readonly restEvery?: number;
}

/** Rests now and then, as a side that has other things to do. */
class Rhythm {
  readonly #every: number;
  #next: number;

  constructor({ restEvery = Infinity }: Pace) {
    this.#every = this.#next = restEvery;
  }

  *rest(done: number): Steps<void> {
    if (done < this.#next) return;
    this.#next = done + this.#every;
    yield* sleep(1);
  }
}

/** Sends `total` bytes that do not repeat, ends the writing side, and tells their digest. */
function* send(stream: TcpStream, total: number, pace: Pace): Steps<string> {
  const hash = createHash("sha256");
  const rhythm = new Rhythm(pace);
  const piece = crypto.getRandomValues(new Uint8Array(Math.min(pace.piece, 64 * KIB)));
  const counter = new DataView(piece.buffer);
  for (let sent = 0; sent < total;) {
    counter.setFloat64(0, sent);
    const data = piece.subarray(0, Math.min(piece.length, total - sent));
    hash.update(data);
    yield* stream.writeAll(data);
    sent += data.length;
    yield* rhythm.rest(sent);
  }
  yield* stream.shutdown();
  return hash.digest("hex");
}

/** Reads to the end, and tells the digest and the number of bytes. */
function* receive(stream: TcpStream, pace: Pace): Steps<{ digest: string; total: number }> {
  const hash = createHash("sha256");
  const rhythm = new Rhythm(pace);
  const buffer = new Uint8Array(pace.piece);
  let total = 0;
  for (let count; (count = yield* stream.read(buffer)) > 0;) {
    hash.update(buffer.subarray(0, count));
    total += count;
    yield* rhythm.rest(total);
  }
  return { digest: hash.digest("hex"), total };
}

/** Sends one way, and fails unless what arrives is what was sent. */
function* transfer(
  name: string,
  from: TcpStream,
  to: TcpStream,
  total: number,
  paces: { readonly writer: Pace; readonly reader: Pace },
): Steps<void> {
  const start = Instant.now();
  const sending = spawn(() => send(from, total, paces.writer));
  const receiving = spawn(() => receive(to, paces.reader));
  const [sent, received] = yield* join(sending, receiving);
  const seconds = start.elapsed() / 1000;
  if (received.total !== total || received.digest !== sent) {
    throw new Error(
      `Cannot trust the transfer ${name}: sent ${total} bytes with SHA-256 ${sent}, ` +
        `received ${received.total} with ${received.digest}`,
    );
  }
  say(
    `${name}: ${total / MIB} MiB in ${seconds.toFixed(2)} s, ` +
      `${(total / MIB / seconds).toFixed(0)} MiB/s, SHA-256 ${sent}`,
  );
}

function* main(total: number): Steps<void> {
  using listener = yield* TcpListener.bind("127.0.0.1:0");
  const [client, [server]] = yield* join(
    TcpStream.connect(listener.localAddr()),
    listener.accept(),
  );
  using _client = client;
  using _server = server;
  const there = spawn(() =>
    transfer("fast writer, slow reader", client, server, total, {
      writer: { piece: 64 * KIB },
      reader: { piece: 16 * KIB, restEvery: 8 * MIB },
    })
  );
  const back = spawn(() =>
    transfer("slow writer, fast reader", server, client, total, {
      writer: { piece: 4 * KIB, restEvery: 8 * MIB },
      reader: { piece: 256 * KIB },
    })
  );
  yield* join(there, back);
}

if (import.meta.main) await run(() => main(numberOption("mib", 1024) * MIB));
