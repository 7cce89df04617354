/**
 * UDP.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED, READABLE, WRITABLE } from "../ffi/backend.ts";
import { type OsError, osError } from "../ffi/os_error.ts";
import type { Future } from "../future/future.ts";
import { future } from "../future/generator.ts";
import { requireNet } from "../host/permissions.ts";
import type { Interest, Ready } from "../reactor/interest.ts";
import { toWire, type WireForm } from "../scheduler/multi_thread/handle.ts";
import { adopt } from "./adopt.ts";
import { checkBuffer, lengthOf } from "./buffer.ts";
import { addressesOf, EVERYWHERE, firstThat, parseTarget, type ToSocketAddrs } from "./lookup.ts";
import { own, setOption, type Socket } from "./socket.ts";
import { SocketAddr } from "./socket_addr.ts";
import { waitReady } from "./stream_ops.ts";
import { checkRange, hopOption } from "./tcp_options.ts";
import { formOf, socketHandle } from "./wire.ts";
import { Recv, RecvFrom, Send, tryRecv, tryRecvFrom, trySend } from "./udp_ops.ts";

/** How to bind a UDP socket. */
export interface UdpOptions {
  /** Let the address be bound although it is in use. Default `false`. */
  readonly reuseAddress?: boolean;
  /**
   * Let several sockets share the address, and the system spread datagrams. Default `false`. macOS
   * does not spread them: one socket gets all. Windows has no such option: `bind` fails with
   * `ENOPROTOOPT`.
   */
  readonly reusePort?: boolean;
}

/** How many destinations a socket remembers to have the permission for. */
const REMEMBERED = 1024;

/**
 * A UDP socket.
 *
 * - **Whole:** a datagram arrives as one, or not at all. One that is larger than the buffer is
 *   reported by a {@linkcode DatagramTooLargeError}, not silently cut.
 * - **Shared:** several tasks may send and receive at once.
 * - **Cancel safety:** dropping a send or a receive loses nothing.
 * - **Moves:** sent to a worker it is open there, and as if closed here.
 *
 * Linux: that nobody listens at the destination surfaces as `ECONNREFUSED` on a later call of a
 * connected socket. Windows does not tell it.
 *
 * Follows Tokio's `net::UdpSocket`.
 *
 * @example
 * ```ts
 * import { UdpSocket } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * using server = await UdpSocket.bind("127.0.0.1:0");
 * using client = await UdpSocket.bind("127.0.0.1:0");
 * await client.sendTo(new TextEncoder().encode("ping"), server.localAddr());
 * const buffer = new Uint8Array(1500);
 * const [count, from] = await server.recvFrom(buffer);
 * assertEquals(new TextDecoder().decode(buffer.subarray(0, count)), "ping");
 * assertEquals(from.port, client.localAddr().port);
 * ```
 */
export class UdpSocket implements Disposable {
  readonly #socket: Socket;
  /** Destinations that may be sent to: asking the host takes 3 µs. */
  readonly #allowed = new Set<string>();
  #lastAllowed: SocketAddr | undefined = undefined;

  /** Wraps a bound socket; see `bind` and `fromFd`. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Binds a socket. Of a name's addresses the first that works is taken.
   *
   * @param address `"host:port"`, `{ port }` (all IPv4 interfaces) and others; port 0 is any free one.
   * @param options How to bind.
   * @throws {TypeError} At the call, when the address has a wrong form.
   * @throws {RangeError} At the call, when the port is out of range.
   * @throws {OsError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` and others.
   */
  static bind(address: ToSocketAddrs, options: UdpOptions = {}): Future<UdpSocket> {
    const target = parseTarget(address, EVERYWHERE);
    return future(() => firstThat(target, (candidate) => new UdpSocket(open(candidate, options))));
  }

  /**
   * Takes over the descriptor of a UDP socket and makes it non-blocking.
   *
   * @throws {TypeError} When it is something else.
   */
  static fromFd(fd: number): UdpSocket {
    return new UdpSocket(adopt(fd, "UDP socket"));
  }

  /** The descriptor, which the socket goes on to own. */
  get fd(): number {
    return this.#socket.fd;
  }

  /** Gives the descriptor away, open and non-blocking; the socket is as if closed. */
  intoFd(): number {
    return this.#socket.intoFd();
  }

  /**
   * Fixes the other end: `send` goes there, and only what comes from there is received.
   *
   * @param address Of a name's addresses the first that works is taken.
   * @throws {TypeError} At the call, when the address has a wrong form.
   * @throws {OsError} `ENETUNREACH`, `EAFNOSUPPORT` and others.
   */
  connect(address: ToSocketAddrs): Future<void> {
    const target = parseTarget(address);
    const socket = this.#socket;
    return future(() =>
      firstThat(target, (candidate) => {
        socket.check();
        if (socket.calls.connect(socket.fd, candidate.endpoint) === FAILED) {
          const why = socket.calls.lastFailure();
          throw osError(`Cannot connect UDP socket to "${candidate}"`, why, `${candidate}`);
        }
        socket.setPeer(candidate);
      })
    );
  }

  /**
   * Sends a datagram to the connected peer.
   *
   * **Cancel safety:** when it is dropped, nothing was sent.
   *
   * @param buffer The datagram; up to 65507 bytes over IPv4.
   * @param length How many bytes of its beginning are meant; saves a `subarray`. Default all.
   * @returns How many bytes were sent: all of them.
   * @throws {TypeError} At the call, when `buffer` is no `Uint8Array`.
   * @throws {OsError} `EDESTADDRREQ`, `ECONNREFUSED`, `EMSGSIZE` and others.
   */
  send(buffer: Uint8Array, length?: number): Future<number> {
    return new Send(this.#socket, buffer, lengthOf(buffer, length), undefined);
  }

  /**
   * Sends a datagram to `address`.
   *
   * The permission for a destination is asked for once per socket.
   *
   * **Cancel safety:** when it is dropped, nothing was sent.
   *
   * @param buffer The datagram; up to 65507 bytes over IPv4.
   * @param address Where to; of a name's addresses the first is used.
   * @param length How many bytes of the buffer's beginning are meant. Default all.
   * @returns How many bytes were sent: all of them.
   * @throws {TypeError} At the call, when an argument has a wrong form.
   * @throws {OsError} `EMSGSIZE`, `EACCES` (broadcast is off) and others.
   */
  sendTo(
    buffer: Uint8Array,
    address: ToSocketAddrs,
    length?: number,
  ): Future<number> {
    const count = lengthOf(buffer, length);
    const socket = this.#socket;
    if (address instanceof SocketAddr) {
      this.#require(address);
      return new Send(socket, buffer, count, address);
    }
    const target = parseTarget(address);
    return future(function* () {
      const [first] = yield* addressesOf(target);
      return yield* new Send(socket, buffer, count, first);
    });
  }

  /**
   * Receives a datagram from the connected peer.
   *
   * **Cancel safety:** when it is dropped, no datagram was taken.
   *
   * @param buffer Gets the datagram.
   * @returns Its size, which may be 0.
   * @throws {DatagramTooLargeError} When it does not fit.
   * @throws {OsError} `ECONNREFUSED` and others.
   */
  recv(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new Recv(this.#socket, buffer, false);
  }

  /**
   * Receives a datagram from anyone.
   *
   * **Cancel safety:** when it is dropped, no datagram was taken.
   *
   * @param buffer Gets the datagram.
   * @returns Its size, which may be 0, and its sender.
   * @throws {DatagramTooLargeError} When it does not fit.
   */
  recvFrom(buffer: Uint8Array): Future<[number, SocketAddr]> {
    checkBuffer(buffer);
    return new RecvFrom(this.#socket, buffer, false);
  }

  /** As {@linkcode UdpSocket.recv}, leaving the datagram for the next call. */
  peek(buffer: Uint8Array): Future<number> {
    checkBuffer(buffer);
    return new Recv(this.#socket, buffer, true);
  }

  /** As {@linkcode UdpSocket.recvFrom}, leaving the datagram for the next call. */
  peekFrom(buffer: Uint8Array): Future<[number, SocketAddr]> {
    checkBuffer(buffer);
    return new RecvFrom(this.#socket, buffer, true);
  }

  /** As {@linkcode UdpSocket.send}, at once; `undefined` when it would have to wait. */
  trySend(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    this.#socket.check();
    return trySend(this.#socket, buffer, buffer.byteLength, undefined) ?? undefined;
  }

  /** As {@linkcode UdpSocket.sendTo}, at once; `undefined` when it would have to wait. */
  trySendTo(buffer: Uint8Array, address: SocketAddr): number | undefined {
    checkBuffer(buffer);
    this.#socket.check();
    this.#require(address);
    return trySend(this.#socket, buffer, buffer.byteLength, address) ?? undefined;
  }

  /** As {@linkcode UdpSocket.recv}, at once; `undefined` when it would have to wait. */
  tryRecv(buffer: Uint8Array): number | undefined {
    checkBuffer(buffer);
    this.#socket.check();
    return tryRecv(this.#socket, buffer, false) ?? undefined;
  }

  /** As {@linkcode UdpSocket.recvFrom}, at once; `undefined` when it would have to wait. */
  tryRecvFrom(buffer: Uint8Array): [number, SocketAddr] | undefined {
    checkBuffer(buffer);
    this.#socket.check();
    return tryRecvFrom(this.#socket, buffer, false) ?? undefined;
  }

  /** Waits until a datagram can be received. It may be wrong. **Cancel safety:** nothing is lost. */
  readable(): Future<Ready> {
    return waitReady(this.#socket, READABLE);
  }

  /** Waits until a datagram can be sent. It may be wrong. **Cancel safety:** nothing is lost. */
  writable(): Future<Ready> {
    return waitReady(this.#socket, WRITABLE);
  }

  /** Waits until the socket is ready for one of `interest`. It may be wrong. */
  ready(interest: Interest): Future<Ready> {
    return waitReady(this.#socket, interest);
  }

  /** The address that it is bound to, with the port that the system chose. */
  localAddr(): SocketAddr {
    return this.#socket.localAddr();
  }

  /**
   * The address that it is connected to.
   *
   * @throws {OsError} `ENOTCONN` when it is not.
   */
  peerAddr(): SocketAddr {
    return this.#socket.peerAddr();
  }

  /** Takes the error that the system holds for the socket, if any. */
  takeError(): OsError | undefined {
    return this.#socket.takeError();
  }

  /** Whether datagrams may go to broadcast addresses. */
  broadcast(): boolean {
    return this.#socket.getOption("broadcast") !== 0;
  }

  /** Allows datagrams to broadcast addresses. Default `false`. */
  setBroadcast(on: boolean): void {
    this.#socket.setOption("broadcast", on ? 1 : 0);
  }

  /** How many hops a datagram may take. */
  ttl(): number {
    return this.#socket.getOption(hopOption(this.#socket));
  }

  /**
   * Sets how many hops a datagram may take.
   *
   * @param hops 1 to 255.
   * @throws {RangeError} When `hops` is out of range.
   */
  setTtl(hops: number): void {
    checkRange("TTL", hops, 1, 255);
    this.#socket.setOption(hopOption(this.#socket), hops);
  }

  /** Closes the socket. Those who wait on it fail; a second time does nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As {@linkcode UdpSocket.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Moves to another isolate: there it is open, here it is as if closed.
   *
   * @throws {TypeError} When somebody waits on it, and when it is closed.
   */
  [toWire](): WireForm {
    return formOf(this.#socket, kind, false);
  }

  /** Asks for the permission to send to `address`, unless it was granted before. */
  #require(address: SocketAddr): void {
    if (this.#lastAllowed?.equals(address)) return;
    const text = `${address}`;
    if (!this.#allowed.has(text)) {
      requireNet(text);
      if (this.#allowed.size >= REMEMBERED) this.#allowed.clear();
      this.#allowed.add(text);
    }
    this.#lastAllowed = address;
  }
}

const kind = socketHandle(import.meta, "UDP socket", (socket) => new UdpSocket(socket));

function open(address: SocketAddr, options: UdpOptions): Socket {
  const calls = backend().sockets;
  const action = `Cannot bind UDP socket to "${address}"`;
  const fd = calls.open(address.family, "datagram");
  if (fd === FAILED) throw osError(action, calls.lastFailure(), `${address}`);
  try {
    if (options.reuseAddress) setOption(calls, fd, "UDP socket", "reuseAddress", 1);
    if (options.reusePort) setOption(calls, fd, "UDP socket", "reusePort", 1);
    if (calls.bind(fd, address.endpoint) === FAILED) {
      throw osError(action, calls.lastFailure(), `${address}`);
    }
  } catch (error) {
    calls.close(fd);
    throw error;
  }
  return own(fd, "UDP socket");
}
