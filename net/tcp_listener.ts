/**
 * Accepting TCP connections.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED, READABLE } from "../ffi/backend.ts";
import { type OsError, osError } from "../ffi/os_error.ts";
import type { Context } from "../future/context.ts";
import { End } from "../future/end.ts";
import type { Future } from "../future/future.ts";
import { future } from "../future/generator.ts";
import { isPending, Pending, type Poll } from "../future/poll.ts";
import { Source } from "../future/source.ts";
import { toWire, type WireForm } from "../scheduler/multi_thread/handle.ts";
import { adopt } from "./adopt.ts";
import { EVERYWHERE, firstThat, parseTarget, type ToSocketAddrs } from "./lookup.ts";
import { own, setOption, type Socket } from "./socket.ts";
import { SocketAddr } from "./socket_addr.ts";
import { Operation } from "./stream_ops.ts";
import { checkRange, hopOption } from "./tcp_options.ts";
import { TcpStream } from "./tcp_stream.ts";
import { formOf, socketHandle } from "./wire.ts";

/** How to listen. */
export interface ListenOptions {
  /** How many connections may wait to be accepted; the system may cap it. Default 1024. */
  readonly backlog?: number;
  /**
   * Allow binding while old connections of the address are winding down. Default `true`. Windows
   * allows that anyway, and understands the option as leave to take the address from a listener that
   * is there: the default is `false` there, and the address is the listener's own.
   */
  readonly reuseAddress?: boolean;
  /**
   * Let several listeners share the address, and the system spread connections. Default `false`.
   * macOS does not spread them: one listener gets all. Windows has no such option: `bind` fails with
   * `ENOPROTOOPT`. `share` works everywhere.
   */
  readonly reusePort?: boolean;
}

/** As Tokio's. */
const BACKLOG = 1024;

/**
 * Accepts TCP connections.
 *
 * - **Owned:** open until `close` or `using`. Connections that wait are refused then.
 * - **Cancel safety:** dropping an `accept` loses no connection.
 * - **Failures:** an `accept` that fails, as for want of descriptors (`EMFILE`), leaves the
 *   connection in the queue and the listener in order; wait a little and accept again.
 * - **Moves:** sent to a worker it listens there, and is as if closed here. For several workers there
 *   are {@linkcode TcpListener.share}, and `reusePort` with a listener bound by each.
 *
 * Follows Tokio's `net::TcpListener`.
 *
 * @example An echo server for one connection
 * ```ts
 * import { TcpListener, TcpStream } from "@edo/runtime/net";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * const server = spawn(function* () {
 *   const [stream] = yield* listener.accept();
 *   using _stream = stream;
 *   const buffer = new Uint8Array(1024);
 *   const count = yield* stream.read(buffer);
 *   yield* stream.writeAll(buffer.subarray(0, count));
 * });
 *
 * using client = await TcpStream.connect(listener.localAddr());
 * await client.writeAll(new Uint8Array([1, 2, 3]));
 * assertEquals(await client.read(new Uint8Array(8)), 3);
 * await server;
 * ```
 *
 * @example A listener of each worker
 * ```ts ignore
 * export const serve = task(import.meta, async function serve(address: SocketAddr) {
 *   using listener = await TcpListener.bind(address, { reusePort: true });
 *   for await (const stream of listener) spawn(() => echo(stream));
 * });
 *
 * for (let i = 0; i < workers; i++) spawn(serve, SocketAddr.parse("127.0.0.1:8080"));
 * ```
 */
export class TcpListener extends Source<TcpStream> {
  readonly #socket: Socket;
  /** The wait of `pollNext`. */
  #accepting: Future<[TcpStream, SocketAddr]> | undefined = undefined;

  /** Wraps a listening socket; see `bind` and `fromFd`. */
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  /**
   * Listens at an address. Of a name's addresses the first that works is taken.
   *
   * @param address `"host:port"`, `{ port }` (all IPv4 interfaces) and others; port 0 is any free one.
   * @param options How to listen.
   * @throws {TypeError} At the call, when the address has a wrong form.
   * @throws {RangeError} At the call, when the port or the backlog is out of range.
   * @throws {OsError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` and others.
   */
  static override bind(address: ToSocketAddrs, options: ListenOptions = {}): Future<TcpListener> {
    const target = parseTarget(address, EVERYWHERE);
    checkRange("backlog", options.backlog ?? BACKLOG, 1, 2 ** 31 - 1);
    return future(() =>
      firstThat(target, (candidate) => new TcpListener(listen(candidate, options)))
    );
  }

  /**
   * Takes over the descriptor of a listening TCP socket and makes it non-blocking.
   *
   * @throws {TypeError} When it is something else.
   */
  static fromFd(fd: number): TcpListener {
    return new TcpListener(adopt(fd, "TCP listener"));
  }

  /** The descriptor, which the listener goes on to own. */
  get fd(): number {
    return this.#socket.fd;
  }

  /** Gives the descriptor away, open and non-blocking; the listener is as if closed. */
  intoFd(): number {
    return this.#socket.intoFd();
  }

  /**
   * Makes another listener of the same queue of connections, with a descriptor of its own: each
   * connection goes to one of them. The queue ends when all are closed.
   *
   * Whoever accepts first has a connection, so a busy worker leaves them to others; each connection
   * may wake several. With `reusePort` the system spreads them evenly, the busy not spared.
   *
   * @throws {OsError} `EMFILE` and others.
   *
   * @example
   * ```ts ignore
   * for (let i = 0; i < workers; i++) spawn(acceptLoop, listener.share());
   * ```
   */
  share(): TcpListener {
    const socket = this.#socket;
    socket.check();
    const fd = socket.calls.duplicate(socket.fd);
    if (fd === FAILED) throw socket.failure("share");
    return new TcpListener(own(fd, "TCP listener"));
  }

  /**
   * Waits for the next connection.
   *
   * **Cancel safety:** dropping it loses no connection.
   *
   * @returns The connection and the address of the other end.
   * @throws {OsError} `EMFILE`, `ECONNABORTED` and others.
   */
  accept(): Future<[TcpStream, SocketAddr]> {
    return new Operation(this.#socket, READABLE, tryAccept, undefined);
  }

  /** Takes a connection that waits; `undefined` when none does. */
  tryAccept(): [TcpStream, SocketAddr] | undefined {
    this.#socket.check();
    return tryAccept(this.#socket) ?? undefined;
  }

  /**
   * The connections as they come, until the listener is closed; the same as looping over the
   * listener. A connection that was broken off before it could be accepted is passed over.
   */
  incoming(): AsyncIterator<TcpStream, void, void> & AsyncIterable<TcpStream> {
    return this[Symbol.asyncIterator]();
  }

  /** Takes the next connection, as {@linkcode TcpListener.incoming}. */
  override pollNext(cx: Context): Poll<TcpStream | End> {
    while (this.#socket.isOpen) {
      try {
        const accepted = (this.#accepting ??= this.accept()).poll(cx);
        if (isPending(accepted)) return Pending;
        this.#accepting = undefined;
        return accepted[0];
      } catch (error) {
        this.#accepting = undefined;
        if (!this.#socket.isOpen) break;
        if ((error as Partial<OsError>).code !== "ECONNABORTED") throw error;
      }
    }
    return End;
  }

  /** Takes back the interest of the last {@linkcode TcpListener.pollNext}. */
  override unpoll(): void {
    this.#accepting?.[Symbol.dispose]();
    this.#accepting = undefined;
  }

  /** The address at which it listens, with the port that the system chose. */
  localAddr(): SocketAddr {
    return this.#socket.localAddr();
  }

  /** Takes the error that the system holds for the listener, if any. */
  takeError(): OsError | undefined {
    return this.#socket.takeError();
  }

  /** How many hops a packet of an accepted connection may take. */
  ttl(): number {
    return this.#socket.getOption(hopOption(this.#socket));
  }

  /**
   * Sets how many hops a packet of an accepted connection may take.
   *
   * @param hops 1 to 255.
   * @throws {RangeError} When `hops` is out of range.
   */
  setTtl(hops: number): void {
    checkRange("TTL", hops, 1, 255);
    this.#socket.setOption(hopOption(this.#socket), hops);
  }

  /** Stops listening. Those who wait fail; a second time does nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As {@linkcode TcpListener.close}. */
  override [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Moves to another isolate: there it listens, here it is as if closed.
   *
   * @throws {TypeError} When somebody waits for a connection, and when it is closed.
   */
  [toWire](): WireForm {
    return formOf(this.#socket, kind, false);
  }
}

const kind = socketHandle(import.meta, "TCP listener", (socket) => new TcpListener(socket));

/** Opens, binds and listens. */
function listen(address: SocketAddr, options: ListenOptions): Socket {
  const calls = backend().sockets;
  const action = `Cannot bind TCP listener to "${address}"`;
  const fd = calls.open(address.family, "stream");
  if (fd === FAILED) throw osError(action, calls.lastFailure(), `${address}`);
  try {
    if (options.reuseAddress ?? !calls.reuseIsSharing) {
      setOption(calls, fd, "TCP listener", "reuseAddress", 1);
    }
    if (options.reusePort) setOption(calls, fd, "TCP listener", "reusePort", 1);
    const bound = calls.bind(fd, address.endpoint);
    if (bound === FAILED || calls.listen(fd, options.backlog ?? BACKLOG) === FAILED) {
      throw osError(action, calls.lastFailure(), `${address}`);
    }
  } catch (error) {
    calls.close(fd);
    throw error;
  }
  return own(fd, "TCP listener");
}

function tryAccept(socket: Socket): [TcpStream, SocketAddr] | null {
  const { calls, fd } = socket;
  const accepted = calls.accept(fd);
  if (accepted >= 0) {
    const peer = new SocketAddr(calls.peer());
    return [new TcpStream(own(accepted, "TCP stream", peer)), peer];
  }
  if (accepted === FAILED) throw socket.failure("accept on");
  socket.clear(READABLE);
  return null;
}
