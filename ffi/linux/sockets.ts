/**
 * Socket calls of Linux.
 *
 * @see socket(7), tcp(7), udp(7)
 * @module
 */

import { host, type Pointer } from "../../host/global.ts";
import type { Endpoint, Family, SocketOption, Sockets } from "../backend.ts";
import { FAILED, WOULD_BLOCK } from "../backend.ts";
import type { Failure } from "../os_error.ts";
import { CONSTANTS, ERRNO, type Layouts } from "./abi.ts";
import { errnoName } from "./errno.ts";
import { type Libc, pointerAt, type System } from "./libc.ts";
import { SockAddr, SOCKADDR_BYTES } from "./sockaddr.ts";

const C = CONSTANTS;

/** How many buffers one vectored call takes; more are left to the next call. */
const VECTORS = 64;

/** Level and name of each option. */
const OPTIONS: Readonly<Record<SocketOption, readonly [level: number, name: number]>> = {
  reuseAddress: [C.SOL_SOCKET, C.SO_REUSEADDR],
  reusePort: [C.SOL_SOCKET, C.SO_REUSEPORT],
  broadcast: [C.SOL_SOCKET, C.SO_BROADCAST],
  keepAlive: [C.SOL_SOCKET, C.SO_KEEPALIVE],
  keepAliveIdle: [C.IPPROTO_TCP, C.TCP_KEEPIDLE],
  keepAliveInterval: [C.IPPROTO_TCP, C.TCP_KEEPINTVL],
  keepAliveCount: [C.IPPROTO_TCP, C.TCP_KEEPCNT],
  noDelay: [C.IPPROTO_TCP, C.TCP_NODELAY],
  quickAck: [C.IPPROTO_TCP, C.TCP_QUICKACK],
  sendBufferSize: [C.SOL_SOCKET, C.SO_SNDBUF],
  receiveBufferSize: [C.SOL_SOCKET, C.SO_RCVBUF],
  ttl: [C.IPPROTO_IP, C.IP_TTL],
  hopLimit: [C.IPPROTO_IPV6, C.IPV6_UNICAST_HOPS],
  typeOfService: [C.IPPROTO_IP, C.IP_TOS],
  trafficClass: [C.IPPROTO_IPV6, C.IPV6_TCLASS],
  v6Only: [C.IPPROTO_IPV6, C.IPV6_V6ONLY],
};

const HOW = { read: C.SHUT_RD, write: C.SHUT_WR, both: C.SHUT_RDWR } as const;

/** {@linkcode Sockets} by libc. */
export class LinuxSockets implements Sockets {
  readonly #system: System;
  readonly #libc: Libc;
  readonly #layouts: Layouts;
  readonly #address: SockAddr;
  readonly #addressAt: Pointer;
  /** A `socklen_t`, then an `int` or a `struct linger`. */
  readonly #words: Int32Array;
  readonly #lengthAt: Pointer;
  readonly #valueAt: Pointer;
  readonly #vectors: BigUint64Array;
  readonly #vectorsAt: Pointer;
  #errno = 0;
  #syscall = "";

  constructor(system: System, layouts: Layouts) {
    this.#system = system;
    this.#libc = system.libc;
    this.#layouts = layouts;
    const address = system.allocate(SOCKADDR_BYTES);
    this.#address = new SockAddr(address.buffer, layouts);
    this.#addressAt = address.pointer;
    const words = system.allocate(16);
    this.#words = new Int32Array(words.buffer);
    this.#lengthAt = words.pointer;
    this.#valueAt = pointerAt(words.pointer, 4);
    const vectors = system.allocate(VECTORS * layouts.iovec.size);
    this.#vectors = new BigUint64Array(vectors.buffer);
    this.#vectorsAt = vectors.pointer;
  }

  lastFailure(): Failure {
    return { code: errnoName(this.#errno), errno: this.#errno, syscall: this.#syscall };
  }

  open(family: Family, kind: "stream" | "datagram"): number {
    const domain = family === 4 ? C.AF_INET : C.AF_INET6;
    const type = kind === "stream" ? C.SOCK_STREAM : C.SOCK_DGRAM;
    const fd = this.#libc.socket(domain, type | C.SOCK_NONBLOCK | C.SOCK_CLOEXEC, 0);
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
    if (errno === ERRNO.EINPROGRESS || errno === ERRNO.EINTR) return WOULD_BLOCK;
    return this.#fail("connect");
  }

  accept(fd: number): number {
    this.#words[0] = SOCKADDR_BYTES;
    const flags = C.SOCK_NONBLOCK | C.SOCK_CLOEXEC;
    let accepted;
    do accepted = this.#libc.accept4(fd, this.#addressAt, this.#lengthAt, flags); while (
      accepted < 0 && this.#interrupted()
    );
    return accepted >= 0 ? accepted : this.#fail("accept");
  }

  receive(fd: number, buffer: Uint8Array): number {
    let received;
    do received = this.#libc.recv(fd, buffer, buffer.byteLength, 0); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recv");
  }

  peek(fd: number, buffer: Uint8Array): number {
    let received;
    do received = this.#libc.recv(fd, buffer, buffer.byteLength, C.MSG_PEEK); while (
      received < 0 && this.#interrupted()
    );
    return received >= 0 ? received : this.#fail("recv");
  }

  send(fd: number, buffer: Uint8Array, length: number): number {
    let sent;
    do sent = this.#libc.send(fd, buffer, length, C.MSG_NOSIGNAL); while (
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
    const flags = peek ? C.MSG_TRUNC | C.MSG_PEEK : C.MSG_TRUNC;
    if (!wantPeer) {
      let received;
      do received = this.#libc.recv(fd, buffer, buffer.byteLength, flags); while (
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
    do sent = this.#libc.sendto(fd, buffer, length, C.MSG_NOSIGNAL, to, addressLength); while (
      sent < 0 && this.#interrupted()
    );
    return sent >= 0 ? sent : this.#fail("sendto");
  }

  peer(): Endpoint {
    return this.#address.read();
  }

  shutdown(fd: number, how: "read" | "write" | "both"): number {
    const done = this.#libc.shutdown(fd, HOW[how]);
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
    const [level, name] = OPTIONS[option];
    return this.#getInt(fd, level, name);
  }

  setOption(fd: number, option: SocketOption, value: number): number {
    const [level, name] = OPTIONS[option];
    this.#words[1] = value;
    const set = this.#libc.setsockopt(fd, level, name, this.#valueAt, 4);
    return set >= 0 ? set : this.#fail("setsockopt");
  }

  getLinger(fd: number): number | undefined {
    const layout = this.#layouts.linger;
    this.#words[0] = layout.size;
    const [value, length] = [this.#valueAt, this.#lengthAt];
    const got = this.#libc.getsockopt(fd, C.SOL_SOCKET, C.SO_LINGER, value, length);
    if (got < 0) return this.#fail("getsockopt");
    const isOn = this.#words[1 + layout.l_onoff / 4] !== 0;
    return isOn ? this.#words[1 + layout.l_linger / 4]! : undefined;
  }

  setLinger(fd: number, seconds: number | undefined): number {
    const layout = this.#layouts.linger;
    this.#words[1 + layout.l_onoff / 4] = seconds === undefined ? 0 : 1;
    this.#words[1 + layout.l_linger / 4] = seconds ?? 0;
    const value = this.#valueAt;
    const set = this.#libc.setsockopt(fd, C.SOL_SOCKET, C.SO_LINGER, value, layout.size);
    return set >= 0 ? set : this.#fail("setsockopt");
  }

  takeError(fd: number): Failure | undefined {
    const errno = this.#getInt(fd, C.SOL_SOCKET, C.SO_ERROR);
    if (errno === 0) return undefined;
    return errno < 0 ? this.lastFailure() : { code: errnoName(errno), errno, syscall: "connect" };
  }

  describe(
    fd: number,
  ): { family: Family; kind: "stream" | "datagram"; listening: boolean } | undefined {
    const domain = this.#getInt(fd, C.SOL_SOCKET, C.SO_DOMAIN);
    const type = this.#getInt(fd, C.SOL_SOCKET, C.SO_TYPE);
    if (domain !== C.AF_INET && domain !== C.AF_INET6) return undefined;
    if (type !== C.SOCK_STREAM && type !== C.SOCK_DGRAM) return undefined;
    return {
      family: domain === C.AF_INET ? 4 : 6,
      kind: type === C.SOCK_STREAM ? "stream" : "datagram",
      listening: this.#getInt(fd, C.SOL_SOCKET, C.SO_ACCEPTCONN) === 1,
    };
  }

  duplicate(fd: number): number {
    const duplicate = this.#libc.fcntl(fd, C.F_DUPFD_CLOEXEC, 0);
    return duplicate >= 0 ? duplicate : this.#fail("fcntl");
  }

  makeNonBlocking(fd: number): number {
    const flags = this.#libc.fcntl(fd, C.F_GETFL, 0);
    if (flags < 0) return this.#fail("fcntl");
    const set = this.#libc.fcntl(fd, C.F_SETFL, flags | C.O_NONBLOCK);
    return set >= 0 ? set : this.#fail("fcntl");
  }

  #getInt(fd: number, level: number, name: number): number {
    this.#words[0] = 4;
    const got = this.#libc.getsockopt(fd, level, name, this.#valueAt, this.#lengthAt);
    return got >= 0 ? this.#words[1]! : this.#fail("getsockopt");
  }

  /** Fills the I/O vectors with the addresses of `buffers`. */
  #gather(buffers: readonly Uint8Array[]): number {
    const { UnsafePointer } = host.Deno!;
    const count = Math.min(buffers.length, VECTORS);
    for (let i = 0; i < count; i++) {
      const buffer = buffers[i]!;
      this.#vectors[2 * i] = UnsafePointer.value(UnsafePointer.of(buffer));
      this.#vectors[2 * i + 1] = BigInt(buffer.byteLength);
    }
    return count;
  }

  /** Whether a signal broke the failed call off, so that it has to be made again. */
  #interrupted(): boolean {
    return this.#system.errno() === ERRNO.EINTR;
  }

  /** Sorts a failed call: would it have waited, or did it fail? */
  #fail(syscall: string): number {
    const errno = this.#system.errno();
    if (errno === ERRNO.EAGAIN) return WOULD_BLOCK;
    this.#errno = errno;
    this.#syscall = syscall;
    return FAILED;
  }
}
