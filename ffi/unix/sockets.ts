/**
 * Socket calls of Unix.
 *
 * @see socket(7), tcp(7), udp(7) of Linux; socket(2), tcp(4), udp(4) of macOS and FreeBSD
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { Endpoint, Family, SocketOption, Sockets } from "../backend.ts";
import { FAILED, WOULD_BLOCK } from "../backend.ts";
import { addressOf, pointerAt } from "../library.ts";
import type { Failure } from "../os_error.ts";
import type { UnixAbi } from "./abi.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Libc } from "./libc.ts";
import { SockAddr, SOCKADDR_BYTES } from "./sockaddr.ts";
import type { System } from "./system.ts";
import type { WholeDatagrams } from "./whole_datagrams.ts";

/** How many buffers one vectored call takes; more are left to the next call. */
const VECTORS = 64;

/** How the bytes of most messages go in and out, as `recv` and `send` of libc do it. */
export type Transfers = Pick<Libc, "recv" | "send">;

/** {@linkcode Sockets} by libc. */
export class UnixSockets implements Sockets {
  readonly #system: System;
  readonly #libc: Libc;
  readonly #transfers: Transfers;
  readonly #descriptors: Descriptors;
  readonly #abi: UnixAbi;
  readonly #address: SockAddr;
  readonly #addressAt: Pointer;
  /** A `socklen_t`, then an `int` or a `struct linger`. */
  readonly #words: Int32Array;
  readonly #lengthAt: Pointer;
  readonly #valueAt: Pointer;
  readonly #vectors: BigUint64Array;
  readonly #vectorsAt: Pointer;
  /** What the calls of every message need of the table. */
  readonly #sendFlags: number;
  readonly #wholeLengthFlags: number;
  readonly #whole: WholeDatagrams | undefined;
  readonly #peekFlag: number;
  readonly #wouldBlock: number;
  readonly #interrupt: number;
  readonly #retry: number;
  #errno = 0;
  #syscall = "";

  /**
   * Makes the calls of a system.
   *
   * @param whole How to learn the length of a datagram, where no flag tells it.
   * @param transfers What is quicker than libc's own.
   */
  constructor(
    system: System,
    abi: UnixAbi,
    descriptors: Descriptors,
    whole?: WholeDatagrams,
    transfers: Transfers = system.libc,
  ) {
    this.#transfers = transfers;
    this.#whole = whole;
    this.#system = system;
    this.#libc = system.libc;
    this.#descriptors = descriptors;
    this.#abi = abi;
    this.#sendFlags = abi.sendFlags;
    this.#wholeLengthFlags = abi.wholeLengthFlags;
    this.#peekFlag = abi.constants.MSG_PEEK;
    this.#wouldBlock = abi.errno.EAGAIN;
    this.#interrupt = abi.errno.EINTR;
    this.#retry = abi.retryErrno;
    const address = system.allocate(SOCKADDR_BYTES);
    this.#address = new SockAddr(address.buffer, abi);
    this.#addressAt = address.pointer;
    const words = system.allocate(16);
    this.#words = new Int32Array(words.buffer);
    this.#lengthAt = words.pointer;
    this.#valueAt = pointerAt(words.pointer, 4);
    const vectors = system.allocate(VECTORS * abi.layouts.iovec.size);
    this.#vectors = new BigUint64Array(vectors.buffer);
    this.#vectorsAt = vectors.pointer;
  }

  lastFailure(): Failure {
    return {
      code: this.#system.errnoName(this.#errno),
      errno: this.#errno,
      syscall: this.#syscall,
    };
  }

  open(family: Family, kind: "stream" | "datagram"): number {
    const { AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM } = this.#abi.constants;
    const domain = family === 4 ? AF_INET : AF_INET6;
    const fd = this.#descriptors.socket(domain, kind === "stream" ? SOCK_STREAM : SOCK_DGRAM);
    return fd >= 0 ? fd : this.#fail("socket");
  }

  close(fd: number): void {
    this.#libc.close(fd);
  }

  bind(fd: number, endpoint: Endpoint): number {
    const length = this.#address.write(endpoint);
    const bound = this.#libc.bind(fd, this.#addressAt, length);
    return bound >= 0 ? bound : this.#fail("bind");
  }

  listen(fd: number, backlog: number): number {
    const listening = this.#libc.listen(fd, backlog);
    return listening >= 0 ? listening : this.#fail("listen");
  }

  connect(fd: number, endpoint: Endpoint): number {
    const length = this.#address.write(endpoint);
    const connected = this.#libc.connect(fd, this.#addressAt, length);
    if (connected >= 0) return connected;
    const errno = this.#system.errno();
    // An interrupted connect goes on in the kernel like one in progress.
    if (errno === this.#abi.errno.EINPROGRESS || errno === this.#interrupt) return WOULD_BLOCK;
    return this.#fail("connect");
  }

  accept(fd: number): number {
    this.#words[0] = SOCKADDR_BYTES;
    let accepted;
    do accepted = this.#descriptors.accept(fd, this.#addressAt, this.#lengthAt); while (
      accepted < 0 && this.#interrupted()
    );
    if (accepted < 0) return this.#fail("accept");
    if (this.#words[0] !== 0) return accepted;
    // macOS hands out a connection that has ended meanwhile, without an address. Elsewhere it fails.
    this.#libc.close(accepted);
    return this.#failWith(this.#abi.errno.ECONNABORTED, "accept");
  }

  receive(fd: number, buffer: Uint8Array): number {
    let received;
    do received = this.#transfers.recv(fd, buffer, buffer.byteLength, 0); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recv");
  }

  peek(fd: number, buffer: Uint8Array): number {
    let received;
    do received = this.#transfers.recv(fd, buffer, buffer.byteLength, this.#peekFlag); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recv");
  }

  send(fd: number, buffer: Uint8Array, length: number): number {
    let sent;
    do sent = this.#transfers.send(fd, buffer, length, this.#sendFlags); while (
      sent < 0 && this.#interrupted()
    );
    return sent >= 0 ? sent : this.#fail("send");
  }

  receiveVectored(fd: number, buffers: readonly Uint8Array[]): number {
    const count = this.#gather(buffers);
    let received;
    do received = this.#libc.readv(fd, this.#vectorsAt, count); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("readv");
  }

  sendVectored(fd: number, buffers: readonly Uint8Array[]): number {
    const count = this.#gather(buffers);
    let sent;
    do sent = this.#libc.writev(fd, this.#vectorsAt, count); while (
      sent < 0 && this.#interrupted()
    );
    return sent >= 0 ? sent : this.#fail("writev");
  }

  receiveFrom(fd: number, buffer: Uint8Array, peek: boolean, wantPeer: boolean): number {
    if (this.#whole !== undefined) return this.#receiveWhole(fd, buffer, peek, wantPeer);
    const flags = peek ? this.#wholeLengthFlags | this.#peekFlag : this.#wholeLengthFlags;
    if (!wantPeer) {
      let received;
      do received = this.#transfers.recv(fd, buffer, buffer.byteLength, flags); while (
        received < 0 && this.#interrupted()
      );
      return received >= 0 ? received : this.#fail("recv");
    }
    this.#words[0] = SOCKADDR_BYTES;
    const length = buffer.byteLength;
    const [from, fromLength] = [this.#addressAt, this.#lengthAt];
    let received;
    do received = this.#libc.recvfrom(fd, buffer, length, flags, from, fromLength); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recvfrom");
  }

  sendTo(fd: number, buffer: Uint8Array, length: number, endpoint: Endpoint): number {
    const addressLength = this.#address.write(endpoint);
    const to = this.#addressAt;
    let sent;
    do sent = this.#libc.sendto(fd, buffer, length, this.#sendFlags, to, addressLength); while (
      sent < 0 && this.#interrupted()
    );
    return sent >= 0 ? sent : this.#fail("sendto");
  }

  peer(): Endpoint {
    return this.#address.read();
  }

  shutdown(fd: number, how: "read" | "write" | "both"): number {
    const { SHUT_RD, SHUT_WR, SHUT_RDWR } = this.#abi.constants;
    const end = { read: SHUT_RD, write: SHUT_WR, both: SHUT_RDWR }[how];
    const done = this.#libc.shutdown(fd, end);
    return done >= 0 ? done : this.#fail("shutdown");
  }

  localEndpoint(fd: number): Endpoint | undefined {
    this.#words[0] = SOCKADDR_BYTES;
    if (this.#libc.getsockname(fd, this.#addressAt, this.#lengthAt) >= 0) {
      return this.#address.read();
    }
    this.#fail("getsockname");
    return undefined;
  }

  peerEndpoint(fd: number): Endpoint | undefined {
    this.#words[0] = SOCKADDR_BYTES;
    if (this.#libc.getpeername(fd, this.#addressAt, this.#lengthAt) >= 0) {
      return this.#address.read();
    }
    this.#fail("getpeername");
    return undefined;
  }

  getOption(fd: number, option: SocketOption): number {
    const name = this.#abi.options[option];
    return name === undefined ? this.#missing("getsockopt") : this.#getInt(fd, name[0], name[1]);
  }

  setOption(fd: number, option: SocketOption, value: number): number {
    const name = this.#abi.options[option];
    if (name === undefined) return this.#missing("setsockopt");
    this.#words[1] = value;
    const set = this.#libc.setsockopt(fd, name[0], name[1], this.#valueAt, 4);
    return set >= 0 ? set : this.#fail("setsockopt");
  }

  getLinger(fd: number): number | undefined {
    const layout = this.#abi.layouts.linger;
    const [level, name] = this.#abi.linger;
    this.#words[0] = layout.size;
    const got = this.#libc.getsockopt(fd, level, name, this.#valueAt, this.#lengthAt);
    if (got < 0) return this.#fail("getsockopt");
    const isOn = this.#words[1 + layout.l_onoff / 4] !== 0;
    return isOn ? this.#words[1 + layout.l_linger / 4]! : undefined;
  }

  setLinger(fd: number, seconds: number | undefined): number {
    const layout = this.#abi.layouts.linger;
    const [level, name] = this.#abi.linger;
    this.#words[1 + layout.l_onoff / 4] = seconds === undefined ? 0 : 1;
    this.#words[1 + layout.l_linger / 4] = seconds ?? 0;
    const set = this.#libc.setsockopt(fd, level, name, this.#valueAt, layout.size);
    return set >= 0 ? set : this.#fail("setsockopt");
  }

  takeError(fd: number): Failure | undefined {
    const { SOL_SOCKET, SO_ERROR } = this.#abi.constants;
    const errno = this.#getInt(fd, SOL_SOCKET, SO_ERROR);
    if (errno === 0) return undefined;
    return errno < 0
      ? this.lastFailure()
      : { code: this.#system.errnoName(errno), errno, syscall: "connect" };
  }

  describe(
    fd: number,
  ): { family: Family; kind: "stream" | "datagram"; listening: boolean } | undefined {
    const { SOL_SOCKET, SO_TYPE, SOCK_STREAM, SOCK_DGRAM } = this.#abi.constants;
    const type = this.#getInt(fd, SOL_SOCKET, SO_TYPE);
    if (type !== SOCK_STREAM && type !== SOCK_DGRAM) return undefined;
    this.#words[0] = SOCKADDR_BYTES;
    if (this.#libc.getsockname(fd, this.#addressAt, this.#lengthAt) < 0) return undefined;
    const family = this.#address.family();
    if (family === undefined) return undefined;
    const { option: [level, name], isOn } = this.#abi.listening;
    return {
      family,
      kind: type === SOCK_STREAM ? "stream" : "datagram",
      listening: isOn(this.#getInt(fd, level, name)),
    };
  }

  duplicate(fd: number): number {
    const duplicate = this.#descriptors.duplicate(fd);
    return duplicate >= 0 ? duplicate : this.#fail("fcntl");
  }

  makeNonBlocking(fd: number): number {
    const set = this.#descriptors.makeNonBlocking(fd);
    return set >= 0 ? set : this.#fail("fcntl");
  }

  #getInt(fd: number, level: number, name: number): number {
    this.#words[0] = 4;
    const got = this.#libc.getsockopt(fd, level, name, this.#valueAt, this.#lengthAt);
    return got >= 0 ? this.#words[1]! : this.#fail("getsockopt");
  }

  #receiveWhole(fd: number, buffer: Uint8Array, peek: boolean, wantPeer: boolean): number {
    const address = wantPeer ? this.#addressAt : null;
    const flags = peek ? this.#peekFlag : 0;
    let received;
    do received = this.#whole!.receive(fd, buffer, flags, address); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recvmsg");
  }

  /** Fills the I/O vectors with the addresses of `buffers`. */
  #gather(buffers: readonly Uint8Array[]): number {
    const count = Math.min(buffers.length, VECTORS);
    for (let i = 0; i < count; i++) {
      const buffer = buffers[i]!;
      this.#vectors[2 * i] = addressOf(buffer);
      this.#vectors[2 * i + 1] = BigInt(buffer.byteLength);
    }
    return count;
  }

  /** Whether the failed call has to be made again, as when a signal has broken it off. */
  #interrupted(): boolean {
    const errno = this.#system.errno();
    return errno === this.#interrupt || errno === this.#retry;
  }

  /** Answers for an option that the system does not have. */
  #missing(syscall: string): number {
    return this.#failWith(this.#abi.errno.ENOPROTOOPT, syscall);
  }

  /** Sorts a failed call: would it have waited, or did it fail? */
  #fail(syscall: string): number {
    const errno = this.#system.errno();
    return errno === this.#wouldBlock ? WOULD_BLOCK : this.#failWith(errno, syscall);
  }

  #failWith(errno: number, syscall: string): number {
    this.#errno = errno;
    this.#syscall = syscall;
    return FAILED;
  }
}
