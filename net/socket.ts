/**
 * One open socket: a descriptor, its registration, and its options.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED, type SocketOption, type Sockets } from "../ffi/backend.ts";
import { closedError, type OsError, osError } from "../ffi/os_error.ts";
import { Registration } from "../reactor/registration.ts";
import { isolate } from "../scheduler/isolate.ts";
import { SocketAddr } from "./socket_addr.ts";

/** What kind of socket it is, for messages: `"TCP stream"`. */
export type SocketKind = "TCP stream" | "TCP listener" | "TCP socket" | "UDP socket";

/**
 * A registered descriptor with an owner: it is closed once, and withdrawn from the reactor before.
 *
 * The classes that users see are faces of this one.
 */
export class Socket extends Registration {
  /** The system's calls. */
  declare readonly calls: Sockets;
  /** What it is, for messages. */
  declare readonly kind: SocketKind;
  declare private peer: SocketAddr | undefined;

  /** Registers a non-blocking descriptor; see {@linkcode own}. */
  constructor(fd: number, kind: SocketKind, peer: SocketAddr | undefined) {
    super(isolate.driver.reactor, fd);
    this.calls = backend().sockets;
    this.kind = kind;
    this.peer = peer;
  }

  /** Closes the descriptor; those who wait on it fail. Does nothing the second time. */
  override close(): void {
    if (!this.isOpen) return;
    super.close();
    this.calls.close(this.fd);
  }

  /** Gives the descriptor away, still open and non-blocking. */
  intoFd(): number {
    this.check();
    this.leave();
    return this.fd;
  }

  /** Withdraws the descriptor from this isolate, still open. */
  leave(): void {
    super.close();
  }

  /** Whether somebody waits on it. */
  get isWaitedFor(): boolean {
    return this["reader"] !== undefined || this["writer"] !== undefined ||
      (this["others"]?.length ?? 0) > 0;
  }

  /** The other end, if it has been asked for. */
  get knownPeer(): SocketAddr | undefined {
    return this.peer;
  }

  /** @throws {OsError} When it was closed. */
  check(): void {
    if (!this.isOpen) throw closedError();
  }

  /** The error of the call that has just failed. */
  failure(action: string, remote: SocketAddr | undefined = this.peer): OsError {
    return osError(`Cannot ${action} ${this.kind}`, this.calls.lastFailure(), remote?.toString());
  }

  /** The socket's own address. */
  localAddr(): SocketAddr {
    this.check();
    const endpoint = this.calls.localEndpoint(this.fd);
    if (endpoint === undefined) throw this.failure("get the local address of");
    return new SocketAddr(endpoint);
  }

  /** The address of the other end, as long as there is one. */
  peerAddr(): SocketAddr {
    this.check();
    if (this.peer !== undefined) return this.peer;
    const endpoint = this.calls.peerEndpoint(this.fd);
    if (endpoint === undefined) throw this.failure("get the peer address of");
    return this.peer = new SocketAddr(endpoint);
  }

  /** Remembers the other end that a datagram socket was connected to. */
  setPeer(peer: SocketAddr): void {
    this.peer = peer;
  }

  /** Takes the error that the system holds for the socket. */
  takeError(): OsError | undefined {
    this.check();
    const failure = this.calls.takeError(this.fd);
    return failure && osError(`Cannot use ${this.kind}`, failure, this.peer?.toString());
  }

  /** Reads an option. */
  getOption(option: SocketOption): number {
    this.check();
    return getOption(this.calls, this.fd, this.kind, option);
  }

  /** Sets an option. */
  setOption(option: SocketOption, value: number): void {
    this.check();
    setOption(this.calls, this.fd, this.kind, option, value);
  }
}

/**
 * Takes over a non-blocking descriptor, and closes it if it cannot be registered.
 *
 * @throws {OsError} When the reactor cannot watch it.
 */
export function own(fd: number, kind: SocketKind, peer?: SocketAddr): Socket {
  try {
    return new Socket(fd, kind, peer);
  } catch (error) {
    backend().sockets.close(fd);
    throw error;
  }
}

/** Reads an option of a descriptor. */
export function getOption(
  calls: Sockets,
  fd: number,
  kind: SocketKind,
  option: SocketOption,
): number {
  const value = calls.getOption(fd, option);
  if (value !== FAILED) return value;
  throw osError(`Cannot get option "${option}" of ${kind}`, calls.lastFailure());
}

/** Sets an option of a descriptor. */
export function setOption(
  calls: Sockets,
  fd: number,
  kind: SocketKind,
  option: SocketOption,
  value: number,
): void {
  if (calls.setOption(fd, option, value) !== FAILED) return;
  throw osError(`Cannot set option "${option}" of ${kind} to ${value}`, calls.lastFailure());
}
