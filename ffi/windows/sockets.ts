/**
 * Socket calls of Windows.
 *
 * @see Winsock's reference, for each function
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { Endpoint, Family, SocketOption, Sockets } from "../backend.ts";
import { FAILED, WOULD_BLOCK } from "../backend.ts";
import { addressAt, addressOf, pointerAt } from "../library.ts";
import type { Failure } from "../os_error.ts";
import { SockAddr, SOCKADDR_BYTES } from "../unix/sockaddr.ts";
import { ABI, CONSTANTS, LAYOUTS, NEWER } from "./abi.ts";
import { ERRORS } from "./errors.ts";
import { OPTIONS } from "./options.ts";
import { failureOf, type System } from "./system.ts";

const C = CONSTANTS;
const [WSAEWOULDBLOCK] = ERRORS.WSAEWOULDBLOCK;
const [WSAECONNRESET] = ERRORS.WSAECONNRESET;
const [WSAECONNABORTED] = ERRORS.WSAECONNABORTED;
const [WSAENOPROTOOPT] = ERRORS.WSAENOPROTOOPT;
const [WSAENOTCONN] = ERRORS.WSAENOTCONN;
const [WSAEINVAL] = ERRORS.WSAEINVAL;
const [WSAEDESTADDRREQ] = ERRORS.WSAEDESTADDRREQ;
const [WSAEAFNOSUPPORT] = ERRORS.WSAEAFNOSUPPORT;

/** How many buffers one vectored call takes; more are left to the next call. */
const VECTORS = 64;

/** No datagram is longer. */
const LONGEST_DATAGRAM = 65_536;

const FLAGS = C.WSA_FLAG_OVERLAPPED | C.WSA_FLAG_NO_HANDLE_INHERIT;

const HOW = { read: C.SD_RECEIVE, write: C.SD_SEND, both: C.SD_BOTH } as const;

/** What tells the handle beneath the layers that other programs may put over Winsock, best first. */
const BASES = [
  NEWER.SIO_BASE_HANDLE,
  NEWER.SIO_BSP_HANDLE_SELECT,
  NEWER.SIO_BSP_HANDLE_POLL,
  NEWER.SIO_BSP_HANDLE,
];

/** The words of the scratch memory. */
const WORD = { length: 0, value: 1, flags: 2, count: 3, base: 4 } as const;

/** {@linkcode Sockets} by Winsock. */
export class WindowsSockets implements Sockets {
  readonly reuseIsSharing = true;
  readonly #system: System;
  readonly #calls: System["winsock"];
  readonly #address: SockAddr;
  readonly #addressAt: Pointer;
  readonly #words: Int32Array;
  readonly #lengthAt: Pointer;
  readonly #valueAt: Pointer;
  readonly #flagsAt: Pointer;
  readonly #countAt: Pointer;
  readonly #baseAt: Pointer;
  readonly #vectors: BigUint64Array;
  readonly #vectorsAt: Pointer;
  /** Takes what a buffer has no room for. */
  readonly #rest: bigint;
  readonly #info: DataView;
  readonly #infoAt: Pointer;
  #errno = 0;
  #syscall = "";

  constructor(system: System) {
    this.#system = system;
    this.#calls = system.winsock;
    const address = system.allocate(SOCKADDR_BYTES);
    this.#address = new SockAddr(address.buffer, ABI);
    this.#addressAt = address.pointer;
    const words = system.allocate(32);
    this.#words = new Int32Array(words.buffer);
    this.#lengthAt = words.pointer;
    this.#valueAt = pointerAt(words.pointer, 4 * WORD.value);
    this.#flagsAt = pointerAt(words.pointer, 4 * WORD.flags);
    this.#countAt = pointerAt(words.pointer, 4 * WORD.count);
    this.#baseAt = pointerAt(words.pointer, 4 * WORD.base);
    const vectors = system.allocate(VECTORS * LAYOUTS.WSABUF.size);
    this.#vectors = new BigUint64Array(vectors.buffer);
    this.#vectorsAt = vectors.pointer;
    const rest = system.allocate(LONGEST_DATAGRAM);
    this.#rest = addressAt(rest.pointer);
    const info = system.allocate(LAYOUTS.WSAPROTOCOL_INFOW.size);
    this.#info = new DataView(info.buffer);
    this.#infoAt = info.pointer;
  }

  lastFailure(): Failure {
    return failureOf(this.#errno, this.#syscall);
  }

  open(family: Family, kind: "stream" | "datagram"): number {
    const domain = family === 4 ? C.AF_INET : C.AF_INET6;
    const [type, protocol] = kind === "stream"
      ? [C.SOCK_STREAM, C.IPPROTO_TCP]
      : [C.SOCK_DGRAM, C.IPPROTO_UDP];
    const fd = this.#calls.WSASocketW(domain, type, protocol, null, 0, FLAGS);
    if (fd === -1) return this.#fail("WSASocketW");
    if (kind === "datagram") this.#ignoreUnreachable(fd);
    // As on other systems, where an IPv6 socket talks to IPv4 peers unless it is told not to.
    if (family === 6) this.#setInt(fd, C.IPPROTO_IPV6, C.IPV6_V6ONLY, 0);
    return this.#prepared(fd);
  }

  close(fd: number): void {
    this.#calls.closesocket(fd);
  }

  /** A stream's address is its own, unless sharing was asked for; elsewhere that goes without saying. */
  bind(fd: number, endpoint: Endpoint): number {
    if (this.#getInt(fd, C.SOL_SOCKET, C.SO_TYPE) === C.SOCK_STREAM) {
      // Fails where SO_REUSEADDR is set, as it shall.
      this.#setInt(fd, C.SOL_SOCKET, C.SO_EXCLUSIVEADDRUSE, 1);
    }
    const length = this.#address.write(endpoint);
    const bound = this.#check(this.#calls.bind(fd, this.#addressAt, length), "bind");
    return bound === 0 ? 0 : this.#blamed(bound, fd, endpoint);
  }

  /** One that has no address gets one, as on other systems. */
  listen(fd: number, backlog: number): number {
    const listening = this.#check(this.#calls.listen(fd, backlog), "listen");
    if (listening === 0 || this.#errno !== WSAEINVAL) return listening;
    const anywhere = this.#unbound(fd);
    if (anywhere === undefined || this.bind(fd, anywhere) !== 0) return FAILED;
    return this.#check(this.#calls.listen(fd, backlog), "listen");
  }

  connect(fd: number, endpoint: Endpoint): number {
    const length = this.#address.write(endpoint);
    const begun = this.#check(this.#calls.connect(fd, this.#addressAt, length), "connect");
    return begun === FAILED ? this.#blamed(begun, fd, endpoint) : begun;
  }

  accept(fd: number): number {
    this.#words[WORD.length] = SOCKADDR_BYTES;
    const accepted = this.#calls.accept(fd, this.#addressAt, this.#lengthAt);
    if (accepted === -1) {
      const answer = this.#fail("accept");
      // The connection was broken off before it was accepted; the listener is in order.
      const isBroken = this.#errno === WSAECONNRESET || this.#errno === WSAENOTCONN;
      if (answer === FAILED && isBroken) this.#errno = WSAECONNABORTED;
      return answer;
    }
    // An accepted socket is inheritable, whatever the listener is.
    this.#system.kernel.SetHandleInformation(accepted, C.HANDLE_FLAG_INHERIT, 0);
    return this.#prepared(accepted);
  }

  receive(fd: number, buffer: Uint8Array): number {
    const received = this.#calls.recv(fd, buffer, buffer.byteLength, 0);
    return received >= 0 ? received : this.#fail("recv");
  }

  peek(fd: number, buffer: Uint8Array): number {
    const received = this.#calls.recv(fd, buffer, buffer.byteLength, C.MSG_PEEK);
    return received >= 0 ? received : this.#fail("recv");
  }

  send(fd: number, buffer: Uint8Array, length: number): number {
    const sent = this.#calls.send(fd, buffer, length, 0);
    if (sent >= 0) return sent;
    const answer = this.#fail("send");
    if (answer === FAILED && this.#lacksDestination(fd)) this.#errno = WSAEDESTADDRREQ;
    return answer;
  }

  /** Without room the call would wait for data. */
  receiveVectored(fd: number, buffers: readonly Uint8Array[]): number {
    const count = this.#gather(buffers);
    if (buffers.every(({ byteLength }) => byteLength === 0)) return 0;
    this.#words[WORD.flags] = 0;
    const [counted, flags] = [this.#countAt, this.#flagsAt];
    const failed = this.#calls.WSARecv(fd, this.#vectorsAt, count, counted, flags, null, null);
    return failed === 0 ? this.#words[WORD.count]! : this.#fail("WSARecv");
  }

  sendVectored(fd: number, buffers: readonly Uint8Array[]): number {
    const count = this.#gather(buffers);
    if (count === 0) return 0;
    const counted = this.#countAt;
    const failed = this.#calls.WSASend(fd, this.#vectorsAt, count, counted, 0, null, null);
    return failed === 0 ? this.#words[WORD.count]! : this.#fail("WSASend");
  }

  /**
   * What is too long for a buffer is cut with an error that does not tell the length. So there is
   * always a second buffer, which takes the rest and is not looked at.
   */
  receiveFrom(fd: number, buffer: Uint8Array, peek: boolean, wantPeer: boolean): number {
    this.#vector(0, buffer);
    this.#vectors[2] = BigInt(LONGEST_DATAGRAM);
    this.#vectors[3] = this.#rest;
    this.#words[WORD.length] = SOCKADDR_BYTES;
    this.#words[WORD.flags] = peek ? C.MSG_PEEK : 0;
    const [from, length] = wantPeer ? [this.#addressAt, this.#lengthAt] : [null, null];
    // deno-fmt-ignore
    const failed = this.#calls.WSARecvFrom(
      fd, this.#vectorsAt, 2, this.#countAt, this.#flagsAt, from, length, null, null,
    );
    return failed === 0 ? this.#words[WORD.count]! : this.#fail("WSARecvFrom");
  }

  sendTo(fd: number, buffer: Uint8Array, length: number, endpoint: Endpoint): number {
    const addressLength = this.#address.write(endpoint);
    const sent = this.#calls.sendto(fd, buffer, length, 0, this.#addressAt, addressLength);
    if (sent >= 0) return sent;
    const answer = this.#fail("sendto");
    return answer === FAILED ? this.#blamed(answer, fd, endpoint) : answer;
  }

  peer(): Endpoint {
    return this.#address.read();
  }

  shutdown(fd: number, how: "read" | "write" | "both"): number {
    return this.#check(this.#calls.shutdown(fd, HOW[how]), "shutdown");
  }

  localEndpoint(fd: number): Endpoint | undefined {
    this.#words[WORD.length] = SOCKADDR_BYTES;
    const failed = this.#calls.getsockname(fd, this.#addressAt, this.#lengthAt);
    if (this.#check(failed, "getsockname") === 0) return this.#address.read();
    return this.#errno === WSAEINVAL ? this.#unbound(fd) : undefined;
  }

  peerEndpoint(fd: number): Endpoint | undefined {
    this.#words[WORD.length] = SOCKADDR_BYTES;
    const failed = this.#calls.getpeername(fd, this.#addressAt, this.#lengthAt);
    if (this.#check(failed, "getpeername") < 0) return undefined;
    return this.#address.read();
  }

  getOption(fd: number, option: SocketOption): number {
    const known = OPTIONS[option];
    if (known === undefined) return this.#missing("getsockopt");
    return this.#getInt(fd, ...known);
  }

  setOption(fd: number, option: SocketOption, value: number): number {
    const known = OPTIONS[option];
    if (known === undefined) return this.#missing("setsockopt");
    return this.#setInt(fd, ...known, value);
  }

  getLinger(fd: number): number | undefined {
    const linger = this.#getInt(fd, C.SOL_SOCKET, C.SO_LINGER);
    if (linger === FAILED) return FAILED;
    return (linger & 0xffff) === 0 ? undefined : linger >>> 16;
  }

  setLinger(fd: number, seconds: number | undefined): number {
    const linger = seconds === undefined ? 0 : 1 | (seconds << 16);
    return this.#setInt(fd, C.SOL_SOCKET, C.SO_LINGER, linger);
  }

  takeError(fd: number): Failure | undefined {
    const errno = this.#getInt(fd, C.SOL_SOCKET, C.SO_ERROR);
    if (errno === 0) return undefined;
    return errno < 0 ? this.lastFailure() : failureOf(errno, "connect");
  }

  describe(
    fd: number,
  ): { family: Family; kind: "stream" | "datagram"; listening: boolean } | undefined {
    const { size, iAddressFamily, iSocketType } = LAYOUTS.WSAPROTOCOL_INFOW;
    this.#words[WORD.length] = size;
    const [info, length] = [this.#infoAt, this.#lengthAt];
    const failed = this.#calls.getsockopt(fd, C.SOL_SOCKET, C.SO_PROTOCOL_INFOW, info, length);
    if (failed !== 0) return undefined;
    const domain = this.#info.getInt32(iAddressFamily, true);
    const type = this.#info.getInt32(iSocketType, true);
    if (domain !== C.AF_INET && domain !== C.AF_INET6) return undefined;
    if (type !== C.SOCK_STREAM && type !== C.SOCK_DGRAM) return undefined;
    return {
      family: domain === C.AF_INET ? 4 : 6,
      kind: type === C.SOCK_STREAM ? "stream" : "datagram",
      listening: this.#getInt(fd, C.SOL_SOCKET, C.SO_ACCEPTCONN) === 1,
    };
  }

  duplicate(fd: number): number {
    const here = this.#system.kernel.GetCurrentProcessId();
    if (this.#calls.WSADuplicateSocketW(fd, here, this.#infoAt) !== 0) {
      return this.#fail("WSADuplicateSocketW");
    }
    const any = C.FROM_PROTOCOL_INFO;
    const duplicate = this.#calls.WSASocketW(any, any, any, this.#infoAt, 0, FLAGS);
    return duplicate === -1 ? this.#fail("WSASocketW") : this.#prepared(duplicate);
  }

  makeNonBlocking(fd: number): number {
    this.#words[WORD.value] = 1;
    return this.#check(this.#calls.ioctlsocket(fd, NEWER.FIONBIO, this.#valueAt), "ioctlsocket");
  }

  /** The handle by which the driver knows a socket, or `FAILED`. */
  baseHandle(fd: number): number {
    const [base, counted] = [this.#baseAt, this.#countAt];
    for (const code of BASES) {
      const failed = this.#calls.WSAIoctl(fd, code, null, 0, base, 8, counted, null, null);
      if (failed === 0) return this.#words[WORD.base]!;
    }
    return this.#fail("WSAIoctl");
  }

  /** Makes a new socket non-blocking, or closes it. */
  #prepared(fd: number): number {
    if (this.makeNonBlocking(fd) === 0) return fd;
    this.#calls.closesocket(fd);
    return FAILED;
  }

  /**
   * Without this, that nobody was there to take a datagram fails the next receive, also of datagrams
   * from others.
   */
  #ignoreUnreachable(fd: number): void {
    this.#words[WORD.value] = 0;
    const [code, value, counted] = [NEWER.SIO_UDP_CONNRESET, this.#valueAt, this.#countAt];
    this.#calls.WSAIoctl(fd, code, value, 4, null, 0, counted, null, null);
  }

  /** What other systems say of a socket that has no address: all zeros. */
  #unbound(fd: number): Endpoint | undefined {
    const family = this.describe(fd)?.family;
    const zeros = { port: 0, word0: 0, word1: 0, word2: 0, word3: 0, flowInfo: 0, scopeId: 0 };
    return family && { family, ...zeros };
  }

  /** A failed call with an address of the other family blames the family, as on other systems. */
  #blamed(answer: number, fd: number, endpoint: Endpoint): number {
    const [errno, syscall] = [this.#errno, this.#syscall];
    const family = this.describe(fd)?.family;
    const isOther = family !== undefined && family !== endpoint.family;
    this.#errno = isOther ? WSAEAFNOSUPPORT : errno;
    this.#syscall = syscall;
    return answer;
  }

  /** Whether a send has failed because it is of a datagram to nowhere. */
  #lacksDestination(fd: number): boolean {
    const [errno, syscall] = [this.#errno, this.#syscall];
    const lacks = this.#getInt(fd, C.SOL_SOCKET, C.SO_TYPE) === C.SOCK_DGRAM &&
      this.peerEndpoint(fd) === undefined;
    this.#errno = errno;
    this.#syscall = syscall;
    return lacks;
  }

  /** Reads an option of at most four bytes; some are only one byte long. */
  #getInt(fd: number, level: number, name: number): number {
    this.#words[WORD.length] = 4;
    this.#words[WORD.value] = 0;
    const failed = this.#calls.getsockopt(fd, level, name, this.#valueAt, this.#lengthAt);
    return failed === 0 ? this.#words[WORD.value]! : this.#fail("getsockopt");
  }

  #setInt(fd: number, level: number, name: number, value: number): number {
    this.#words[WORD.value] = value;
    return this.#check(this.#calls.setsockopt(fd, level, name, this.#valueAt, 4), "setsockopt");
  }

  /** Fills the I/O vectors with the addresses of `buffers`. */
  #gather(buffers: readonly Uint8Array[]): number {
    const count = Math.min(buffers.length, VECTORS);
    for (let i = 0; i < count; i++) this.#vector(i, buffers[i]!);
    return count;
  }

  #vector(i: number, buffer: Uint8Array): void {
    this.#vectors[2 * i] = BigInt(buffer.byteLength);
    this.#vectors[2 * i + 1] = addressOf(buffer);
  }

  /** An option that Windows does not have. */
  #missing(syscall: string): number {
    this.#errno = WSAENOPROTOOPT;
    this.#syscall = syscall;
    return FAILED;
  }

  #check(result: number, syscall: string): number {
    return result === 0 ? 0 : this.#fail(syscall);
  }

  /** Sorts a failed call: would it have waited, or did it fail? */
  #fail(syscall: string): number {
    const errno = this.#system.lastError();
    if (errno === WSAEWOULDBLOCK) return WOULD_BLOCK;
    this.#errno = errno;
    this.#syscall = syscall;
    return FAILED;
  }
}
