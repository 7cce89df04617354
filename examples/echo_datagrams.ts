/**
 * The echo server for UDP, in the three styles.
 *
 * A datagram whose answer the system refuses is dropped, as the network might have done: the sender
 * chose the address, and must not be able to end the server by it.
 *
 * @module
 */

import {
  type Context,
  Future,
  isOsError,
  Pending,
  type Poll,
  type SocketAddr,
  spawn,
  type Steps,
  type UdpSocket,
} from "../mod.ts";

/** The largest datagram there is. */
const BUFFER = 64 * 1024;

/** Written with `await`. */
async function echoAwait(socket: UdpSocket): Promise<never> {
  const buffer = new Uint8Array(BUFFER);
  while (true) {
    const [count, from] = await socket.recvFrom(buffer);
    try {
      await socket.sendTo(buffer, from, count);
    } catch (error) {
      if (!isOsError(error)) throw error;
    }
  }
}

/** Written with `yield*`. */
function* echoYield(socket: UdpSocket): Steps<never> {
  const buffer = new Uint8Array(BUFFER);
  while (true) {
    const [count, from] = yield* socket.recvFrom(buffer);
    try {
      yield* socket.sendTo(buffer, from, count);
    } catch (error) {
      if (!isOsError(error)) throw error;
    }
  }
}

/** Written by hand. */
class EchoPoll extends Future<never> {
  readonly #socket: UdpSocket;
  readonly #buffer = new Uint8Array(BUFFER);
  #receiving: Future<[number, SocketAddr]> | undefined;
  #sending: Future<number> | undefined = undefined;

  constructor(socket: UdpSocket) {
    super();
    this.#socket = socket;
    this.#receiving = socket.recvFrom(this.#buffer);
  }

  poll(cx: Context): Poll<never> {
    while (true) {
      if (this.#receiving !== undefined) {
        const received = this.#receiving.poll(cx);
        if (received === Pending) return Pending;
        const [count, from] = received;
        this.#receiving = undefined;
        this.#sending = this.#socket.sendTo(this.#buffer, from, count);
      }
      if (this.#pollSending(cx) === Pending) return Pending;
      this.#sending = undefined;
      this.#receiving = this.#socket.recvFrom(this.#buffer);
    }
  }

  override [Symbol.dispose](): void {
    this.#receiving?.[Symbol.dispose]();
    this.#sending?.[Symbol.dispose]();
  }

  #pollSending(cx: Context): Poll<unknown> {
    try {
      return this.#sending!.poll(cx);
    } catch (error) {
      if (!isOsError(error)) throw error;
    }
  }
}

/** What echoes datagrams in a style of writing, for ever. */
export const DATAGRAM_STYLES: Record<string, (socket: UdpSocket) => PromiseLike<never>> = {
  await: echoAwait,
  yield: (socket) => spawn<never>(() => echoYield(socket)),
  poll: (socket) => spawn(new EchoPoll(socket)),
};
