/**
 * TCP sockets before they are connected or listen.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED, type Family, type SocketOption, type Sockets } from "../ffi/backend.ts";
import { closedError, type OsError, osError } from "../ffi/os_error.ts";
import type { Future, Steps } from "../future/future.ts";
import { future } from "../future/generator.ts";
import { requireNet } from "../host/permissions.ts";
import type { Duration } from "../time/duration.ts";
import { connectSocket } from "./connect.ts";
import { EVERYWHERE, parseTarget, type ToSocketAddrs } from "./lookup.ts";
import { getOption, own, setOption } from "./socket.ts";
import { SocketAddr } from "./socket_addr.ts";
import {
  checkRange,
  getKeepalive,
  getLinger,
  type KeepAlive,
  type OptionSocket,
  setKeepalive,
  setLinger,
} from "./tcp_options.ts";
import { TcpListener } from "./tcp_listener.ts";
import { TcpStream } from "./tcp_stream.ts";

/**
 * A TCP socket whose options are set before it connects or listens.
 *
 * - **Consumed:** `connect` and `listen` turn it into a stream or a listener; it is as if closed then.
 * - **Owned:** one that is not consumed is closed by `close` or `using`.
 *
 * Follows Tokio's `net::TcpSocket`.
 *
 * @example
 * ```ts
 * import { TcpSocket } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * const socket = TcpSocket.v4();
 * socket.setReuseaddr(true);
 * socket.bind("127.0.0.1:0");
 * using listener = socket.listen(128);
 * assertEquals(listener.localAddr().ip, "127.0.0.1");
 * ```
 */
export class TcpSocket implements Disposable {
  readonly #calls: Sockets = backend().sockets;
  readonly #family: Family;
  #fd: number | undefined;

  private constructor(family: Family) {
    this.#family = family;
    const fd = this.#calls.open(family, "stream");
    if (fd === FAILED) throw osError("Cannot open TCP socket", this.#calls.lastFailure());
    this.#fd = fd;
  }

  /**
   * Opens a socket for IPv4.
   *
   * @throws {OsError} `EMFILE` and others.
   */
  static v4(): TcpSocket {
    return new TcpSocket(4);
  }

  /**
   * Opens a socket for IPv6.
   *
   * @throws {OsError} `EMFILE`, `EAFNOSUPPORT` and others.
   */
  static v6(): TcpSocket {
    return new TcpSocket(6);
  }

  /** The descriptor, which the socket goes on to own. */
  get fd(): number {
    if (this.#fd === undefined) throw closedError();
    return this.#fd;
  }

  /**
   * Gives the socket an address.
   *
   * @param address An IP address, not a name, and a port; 0 lets the system choose.
   * @throws {TypeError} When the address has a wrong form or is a name.
   * @throws {OsError} `EADDRINUSE`, `EADDRNOTAVAIL` and others.
   */
  bind(address: ToSocketAddrs): void {
    const local = literal(address, EVERYWHERE);
    requireNet(`${local}`);
    if (this.#calls.bind(this.fd, local.endpoint) !== FAILED) return;
    throw osError(`Cannot bind TCP socket to "${local}"`, this.#calls.lastFailure(), `${local}`);
  }

  /**
   * Connects to `address`. The socket is consumed when the future is first polled.
   *
   * **Cancel safety:** dropping it closes the attempt.
   *
   * @param address An IP address, not a name, and a port.
   * @throws {TypeError} At the call, when the address has a wrong form or is a name.
   * @throws {OsError} `ECONNREFUSED`, `ETIMEDOUT` and others.
   */
  connect(address: ToSocketAddrs): Future<TcpStream> {
    const remote = literal(address);
    const take = () => this.#take();
    return future(function* (): Steps<TcpStream> {
      requireNet(`${remote}`);
      return new TcpStream(yield* connectSocket(take(), remote));
    });
  }

  /**
   * Turns the socket into a listener.
   *
   * @param backlog How many connections may wait to be accepted; the system may cap it.
   * @throws {RangeError} When `backlog` is no positive integer.
   * @throws {OsError} `EADDRINUSE` and others; the socket is closed then.
   */
  listen(backlog: number): TcpListener {
    checkRange("backlog", backlog, 1, 2 ** 31 - 1);
    const fd = this.#take();
    if (this.#calls.listen(fd, backlog) !== FAILED) {
      return new TcpListener(own(fd, "TCP listener"));
    }
    const failure = this.#calls.lastFailure();
    this.#calls.close(fd);
    throw osError("Cannot listen on TCP socket", failure);
  }

  /** The address that it was bound to. */
  localAddr(): SocketAddr {
    const endpoint = this.#calls.localEndpoint(this.fd);
    if (endpoint !== undefined) return new SocketAddr(endpoint);
    throw osError("Cannot get the local address of TCP socket", this.#calls.lastFailure());
  }

  /** Takes the error that the system holds for the socket, if any. */
  takeError(): OsError | undefined {
    const failure = this.#calls.takeError(this.fd);
    return failure && osError("Cannot use TCP socket", failure);
  }

  /** Whether an address may be bound while old connections of it are winding down. */
  reuseaddr(): boolean {
    return this.#get("reuseAddress") !== 0;
  }

  /**
   * Allows binding while old connections of the address are winding down. Default `false`. Windows
   * allows that anyway, and understands it as leave to take the address from a socket that is there.
   */
  setReuseaddr(on: boolean): void {
    this.#set("reuseAddress", on ? 1 : 0);
  }

  /** Whether other sockets may be bound to the same address. */
  reuseport(): boolean {
    return this.#get("reusePort") !== 0;
  }

  /**
   * Lets several sockets share an address, and the system spread connections. Default `false`. macOS
   * does not spread them: one socket gets all. Windows has no such option.
   *
   * @throws {OsError} `ENOPROTOOPT` on Windows.
   */
  setReuseport(on: boolean): void {
    this.#set("reusePort", on ? 1 : 0);
  }

  /** The size of the send buffer in bytes; Linux reports twice what was set. */
  sendBufferSize(): number {
    return this.#get("sendBufferSize");
  }

  /** Asks for a send buffer of `bytes`, at least 1; the system may round and cap it. */
  setSendBufferSize(bytes: number): void {
    checkRange("send buffer size", bytes, 1, 2 ** 31 - 1);
    this.#set("sendBufferSize", bytes);
  }

  /** The size of the receive buffer in bytes; Linux reports twice what was set. */
  recvBufferSize(): number {
    return this.#get("receiveBufferSize");
  }

  /** Asks for a receive buffer of `bytes`, at least 1; the system may round and cap it. */
  setRecvBufferSize(bytes: number): void {
    checkRange("receive buffer size", bytes, 1, 2 ** 31 - 1);
    this.#set("receiveBufferSize", bytes);
  }

  /** As {@linkcode TcpStream.nodelay}. */
  nodelay(): boolean {
    return this.#get("noDelay") !== 0;
  }

  /** As {@linkcode TcpStream.setNodelay}. */
  setNodelay(on: boolean): void {
    this.#set("noDelay", on ? 1 : 0);
  }

  /** As {@linkcode TcpStream.linger}. */
  linger(): number | undefined {
    return getLinger(this.#optionSocket());
  }

  /** As {@linkcode TcpStream.setLinger}. */
  setLinger(duration: Duration | undefined): void {
    setLinger(this.#optionSocket(), duration);
  }

  /** As {@linkcode TcpStream.keepalive}. */
  keepalive(): { idle: number; interval: number; count: number } | undefined {
    return getKeepalive(this.#optionSocket());
  }

  /** As {@linkcode TcpStream.setKeepalive}. */
  setKeepalive(keepalive: boolean | KeepAlive): void {
    setKeepalive(this.#optionSocket(), keepalive);
  }

  /**
   * The type of service of IPv4 packets (IP_TOS), or the traffic class of IPv6 ones. Windows remembers
   * it, and marks packets by its own policies.
   */
  tos(): number {
    return this.#get(this.#family === 4 ? "typeOfService" : "trafficClass");
  }

  /** Sets what {@linkcode TcpSocket.tos} answers, 0 to 255. */
  setTos(tos: number): void {
    checkRange("type of service", tos, 0, 255);
    this.#set(this.#family === 4 ? "typeOfService" : "trafficClass", tos);
  }

  /** Whether an IPv6 socket refuses IPv4 peers. */
  onlyV6(): boolean {
    return this.#get("v6Only") !== 0;
  }

  /**
   * Makes an IPv6 socket refuse IPv4 peers, or take them as `::ffff:1.2.3.4`. Before it is set, Linux
   * and macOS take them and FreeBSD refuses them, unless the system is set up in another way; Windows
   * takes them.
   */
  setOnlyV6(on: boolean): void {
    this.#set("v6Only", on ? 1 : 0);
  }

  /** Gives the descriptor away; the socket is as if closed. */
  intoFd(): number {
    return this.#take();
  }

  /** Closes the socket, unless it was consumed. */
  close(): void {
    if (this.#fd === undefined) return;
    this.#calls.close(this.#fd);
    this.#fd = undefined;
  }

  /** As {@linkcode TcpSocket.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #take(): number {
    const { fd } = this;
    this.#fd = undefined;
    return fd;
  }

  #get(option: SocketOption): number {
    return getOption(this.#calls, this.fd, "TCP socket", option);
  }

  #set(option: SocketOption, value: number): void {
    setOption(this.#calls, this.fd, "TCP socket", option, value);
  }

  /** The socket as the shared functions for options want it. */
  #optionSocket(): OptionSocket {
    const { fd } = this;
    return {
      fd,
      calls: this.#calls,
      kind: "TCP socket",
      check: () => {},
      getOption: (option) => this.#get(option),
      setOption: (option, value) => this.#set(option, value),
    };
  }
}

/** @throws {TypeError} When `address` needs a resolver. */
function literal(address: ToSocketAddrs, host?: string): SocketAddr {
  const target = parseTarget(address, host);
  if (target.address !== undefined) return target.address;
  throw new TypeError(`Cannot use "${target.hostname}" here: give an IP address, not a name`);
}
