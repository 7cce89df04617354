/**
 * What tests of sockets have in common.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Future, Pending, type Poll } from "../../future/mod.ts";
import { detach } from "../../scheduler/multi_thread/transfer.ts";
import {
  isOsError,
  type OsError,
  TcpListener,
  TcpSocket,
  TcpStream,
  type ToSocketAddrs,
} from "../../net/mod.ts";

/** Both ends of one connection. */
export interface Connection extends Disposable {
  /** The end that connected. */
  readonly client: TcpStream;
  /** The end that was accepted. */
  readonly server: TcpStream;
}

/** Connects through a listener that is closed again. */
export async function connection(address: ToSocketAddrs = "127.0.0.1:0"): Promise<Connection> {
  using listener = await TcpListener.bind(address);
  return await connectionThrough(listener);
}

/** Connects through `listener`. */
export async function connectionThrough(listener: TcpListener): Promise<Connection> {
  const client = await TcpStream.connect(listener.localAddr());
  const [server] = await listener.accept();
  return pair(client, server);
}

/** A connection with buffers of the system that hold only a few kilobytes. */
export async function narrowConnection(): Promise<Connection> {
  using accepting = TcpSocket.v4();
  accepting.setRecvBufferSize(4096);
  accepting.setSendBufferSize(4096);
  accepting.bind("127.0.0.1:0");
  using listener = accepting.listen(1);
  using connecting = TcpSocket.v4();
  connecting.setRecvBufferSize(4096);
  connecting.setSendBufferSize(4096);
  const client = await connecting.connect(listener.localAddr());
  const [server] = await listener.accept();
  return pair(client, server);
}

function pair(client: TcpStream, server: TcpStream): Connection {
  return {
    client,
    server,
    [Symbol.dispose]: () => {
      client.close();
      server.close();
    },
  };
}

/** An address at which nobody listens. */
export async function closedAddress(): Promise<string> {
  using listener = await TcpListener.bind("127.0.0.1:0");
  return `${listener.localAddr()}`;
}

/** Whether this machine has `::1`. */
export const hasIpv6: boolean = canListen("::1");

/** For names of tests that need `::1`: why they are left out. */
export const noIpv6 = hasIpv6 ? "" : " (ignored: this machine has no ::1)";

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The UTF-8 bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes. */
export function text(data: Uint8Array): string {
  return decoder.decode(data);
}

/** Bytes without a pattern that a mistake could hit by chance; the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[i] = state;
  }
  return data;
}

/** What has a `read`. */
export interface Readable {
  /** As of a stream. */
  read(buffer: Uint8Array): Future<number>;
}

/** Reads exactly `length` bytes. */
export async function readExactly(stream: Readable, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await stream.read(buffer.subarray(filled));
    assertEquals(count > 0, true, `the stream ended after ${filled} of ${length} bytes`);
    filled += count;
  }
  return buffer;
}

/** Reads to the end of the stream. */
export async function readToEnd(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (let count; (count = await stream.read(buffer)) > 0;) chunks.push(buffer.slice(0, count));
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const chunk of chunks) {
    all.set(chunk, filled);
    filled += chunk.length;
  }
  return all;
}

/** Writes until the system takes no more for now, and answers with how much it took. */
export function fillUp(stream: TcpStream): number {
  const chunk = new Uint8Array(64 * 1024);
  let written = 0;
  for (let count; (count = stream.tryWrite(chunk)) !== undefined;) written += count;
  return written;
}

/** Polls a future once, with nobody to wake. */
export function pollOnce<T>(future: Future<T>): Poll<T> {
  return future.poll({ waker: { wake() {} } });
}

/** Requires that a future is not ready, and leaves it waiting. */
export function assertPending(future: Future<unknown>): void {
  assertEquals(pollOnce(future), Pending);
}

/** Requires that `fn` fails as a call of the system does. */
export async function assertOsError(
  fn: () => unknown,
  code: string | readonly string[],
  Class?: new (message: string) => Error,
): Promise<OsError> {
  let error: unknown;
  try {
    await fn();
  } catch (caught) {
    error = caught;
  }
  assertInstanceOf(error, Error, `expected a failure with ${code}`);
  if (!isOsError(error)) throw error;
  assert([code].flat().includes(error.code), `${error.code} instead of ${code}`);
  if (Class !== undefined) assertInstanceOf(error, Class);
  return error;
}

/** A memory whose view was taken away. */
export function detached(): Uint8Array {
  const buffer = new Uint8Array(8);
  detach(buffer.buffer);
  return buffer;
}
