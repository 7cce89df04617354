/**
 * Many connections that are cancelled and closed at random, and what they carried.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { isPending } from "../../future/poll.ts";
import { isOsError, TcpListener, TcpStream } from "../../net/mod.ts";
import { spawn, yieldNow } from "../../task/mod.ts";
import { openPipes } from "../ffi/windows/_pipes.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { pollOnce } from "./_net.ts";

const CONNECTIONS = 500;
const AT_ONCE = 50;
const MOST_BYTES = 20_000;

/** A sequence of numbers below 2³² that a seed determines: xorshift. */
function random(seed: number): () => number {
  let state = seed * 2654435761 + 1 | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Goes on with a hash (FNV-1a) by some bytes. */
function hash(value: number, bytes: Uint8Array): number {
  for (const byte of bytes) value = Math.imul(value ^ byte, 16777619);
  return value;
}

const START = 2166136261 | 0;

/** Reads something; half of the reads that have to wait are given up and made anew. */
async function readSome(stream: TcpStream, buffer: Uint8Array, next: () => number) {
  while (true) {
    const read = stream.read(buffer);
    const count = pollOnce(read);
    if (!isPending(count)) return count;
    if (next() % 2 === 0) return await read;
    // Nothing is lost: the next read has what comes.
    read[Symbol.dispose]();
    await yieldNow();
  }
}

/** Sends back what comes, until the other end closes or breaks the connection. */
async function serve(stream: TcpStream, next: () => number): Promise<void> {
  using _stream = stream;
  const buffer = new Uint8Array(4096);
  try {
    for (let count; (count = await readSome(stream, buffer, next)) > 0;) {
      await stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isOsError(error)) throw error;
    assert(["ECONNRESET", "ECONNABORTED", "EPIPE"].includes(error.code), error.code);
  }
}

/** Sends noise and reads it back; answers whether all of it came, unchanged and in order. */
async function exchange(stream: TcpStream, next: () => number): Promise<boolean> {
  const data = new Uint8Array(1 + next() % MOST_BYTES).map(() => next());
  const writing = spawn(async () => {
    for (let sent = 0; sent < data.length;) {
      const piece = data.subarray(sent, sent + 1 + next() % 5000);
      await stream.writeAll(piece);
      sent += piece.length;
    }
  });
  const buffer = new Uint8Array(4096);
  let [received, found] = [0, START];
  while (received < data.length) {
    const count = await readSome(stream, buffer, next);
    if (count === 0) return false;
    found = hash(found, buffer.subarray(0, count));
    received += count;
  }
  await writing;
  return received === data.length && found === hash(START, data);
}

/** Closes or breaks a connection on which data are on their way and a read waits. */
async function giveUp(stream: TcpStream, next: () => number): Promise<void> {
  stream.tryWrite(new Uint8Array(1 + next() % MOST_BYTES));
  const read = stream.read(new Uint8Array(16));
  const wasWaiting = isPending(pollOnce(read));
  if (next() % 2 === 0) await yieldNow();
  if (next() % 2 === 0) stream.setLinger(0);
  stream.close();
  if (wasWaiting) read[Symbol.dispose]();
}

/** Runs through all connections; answers how many exchanged their data. */
async function churn(seed: number): Promise<number> {
  const listener = await TcpListener.bind("127.0.0.1:0");
  const address = listener.localAddr();
  const next = random(seed);
  const serving: PromiseLike<void>[] = [];
  const accepting = spawn(async () => {
    // It passes over connections that were broken off before.
    for await (const stream of listener) serving.push(spawn(() => serve(stream, next)));
  });
  let [begun, done] = [0, 0];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (begun < CONNECTIONS) {
      begun += 1;
      using stream = await TcpStream.connect(address);
      if (next() % 3 === 0) await giveUp(stream, next);
      else if (await exchange(stream, next)) done += 1;
      else throw new Error("What came back is not what was sent");
    }
  }));
  listener.close();
  await accepting;
  await Promise.all(serving);
  return done;
}

test(
  `${CONNECTIONS} connections, cancelled and closed at random, carry what they are given`,
  async () => {
    const done = await churn(1);
    assert(done > CONNECTIONS / 2 && done < CONNECTIONS, `${done}`);
  },
  needs("sockets"),
);

test("connections that were cancelled and closed at random leave no handle", async () => {
  const { handles } = openPipes();
  // The first time opens what stays: devices for as many sockets as there were at once.
  await churn(2);
  const before = handles();
  await churn(3);
  // The host's own threads come and go.
  const more = handles() - before;
  assertEquals(more < 10, true, `${more} more handles`);
}, { ...needs("windows"), sanitizeResources: false });
