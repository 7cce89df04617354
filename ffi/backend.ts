/**
 * The contract that every operating system fulfils.
 *
 * Everything above `ffi/` speaks to the system through {@linkcode Backend}. A backend is one folder
 * (`ffi/linux/`), chosen once by `ffi/mod.ts`. To add one, implement the three interfaces below and
 * run the conformance suite of `tests/reactor/selector_conformance.ts` and the suites of
 * `tests/net/` against it. No pointer, error number or byte offset leaves the folder.
 *
 * **Answers.** A call that can fail in more than one way answers with a number: 0 or more is
 * success, {@linkcode WOULD_BLOCK} asks to wait for readiness and try again, and
 * {@linkcode FAILED} is a failure whose particulars `lastFailure()` has until the next call.
 * Interrupted calls are repeated inside.
 *
 * **Buffers** are lent to synchronous calls only: the system never keeps a user's memory.
 *
 * **Threads.** A backend object belongs to the isolate that made it. Descriptors are numbers of the
 * whole process.
 *
 * @module
 */

import type { NamedPipes } from "./named_pipes.ts";
import type { Failure } from "./os_error.ts";

/** The call would have to wait. */
export const WOULD_BLOCK: number = -1;

/** The call failed; see {@linkcode Sockets.lastFailure}. */
export const FAILED: number = -2;

/** An operating system. */
export interface Backend {
  /** Its name, as `"linux"`. */
  readonly os: string;
  /** Its socket calls. */
  readonly sockets: Sockets;
  /** Its resolver of host names. */
  readonly resolver: Resolver;
  /** Milliseconds of the system's monotonic clock, with fractions; its origin is anywhere. */
  monotonic(): number;
  /** Milliseconds of processor time that the calling thread has used, with fractions. */
  threadTime(): number;
  /** Makes a selector: epoll, kqueue or a completion port. */
  createSelector(): Selector;
  /** Named pipes that report to `selector`, where the system has any: on Windows. */
  namedPipes?(selector: Selector): NamedPipes;
  /** Wakes the selector that watches `waker`, from any thread. See {@linkcode Selector.watchWaker}. */
  wake(waker: number): void;
}

/** IP version 4 or 6. */
export type Family = 4 | 6;

/** An internet address and port in numbers, as it travels between net/ and a backend. */
export interface Endpoint {
  /** The version of the protocol. */
  readonly family: Family;
  /** 0 to 65535. */
  readonly port: number;
  /** The address in unsigned 32-bit words; this is the most significant one, and IPv4's only one. */
  readonly word0: number;
  /** The second word of IPv6; 0 for IPv4. */
  readonly word1: number;
  /** The third word of IPv6; 0 for IPv4. */
  readonly word2: number;
  /** The last word of IPv6; 0 for IPv4. */
  readonly word3: number;
  /** The flow label of IPv6; 0 for IPv4. */
  readonly flowInfo: number;
  /** The scope of a link-local IPv6 address; 0 for others. */
  readonly scopeId: number;
}

/** Options of sockets whose value is one number. */
export type SocketOption =
  | "reuseAddress"
  | "reusePort"
  | "broadcast"
  | "keepAlive"
  | "keepAliveIdle"
  | "keepAliveInterval"
  | "keepAliveCount"
  | "noDelay"
  | "quickAck"
  | "sendBufferSize"
  | "receiveBufferSize"
  | "ttl"
  | "hopLimit"
  | "typeOfService"
  | "trafficClass"
  | "v6Only";

/**
 * Socket calls. All sockets are non-blocking and closed in child processes; a write to a closed
 * peer fails with EPIPE and raises no signal.
 */
export interface Sockets {
  /**
   * Whether `reuseAddress` lets a socket take an address from another one that still listens there,
   * as on Windows, so that nobody gets it unasked. A stream's address is its own there without it.
   */
  readonly reuseIsSharing?: boolean;
  /** Why the last call answered {@linkcode FAILED}. */
  lastFailure(): Failure;
  /** Opens a socket and answers with its descriptor. */
  open(family: Family, kind: "stream" | "datagram"): number;
  /** Closes a descriptor. Its registration must be gone before. */
  close(fd: number): void;
  /** Gives the socket an address; port 0 lets the system choose. */
  bind(fd: number, endpoint: Endpoint): number;
  /** Starts to listen; the system may cap `backlog`. */
  listen(fd: number, backlog: number): number;
  /** Connects; `WOULD_BLOCK` means that it goes on, and that writability tells the end. */
  connect(fd: number, endpoint: Endpoint): number;
  /** Takes a connection and answers with its descriptor; {@linkcode Sockets.peer} is the other end. */
  accept(fd: number): number;
  /** Reads into the whole of `buffer`; 0 is the end of a stream. */
  receive(fd: number, buffer: Uint8Array): number;
  /** As {@linkcode Sockets.receive}, and leaves the data where they are. */
  peek(fd: number, buffer: Uint8Array): number;
  /** Writes the first `length` bytes of `buffer`; answers with how many were taken. */
  send(fd: number, buffer: Uint8Array, length: number): number;
  /** Reads into several buffers by one call. */
  receiveVectored(fd: number, buffers: readonly Uint8Array[]): number;
  /** Writes from several buffers by one call. */
  sendVectored(fd: number, buffers: readonly Uint8Array[]): number;
  /**
   * Receives a datagram. Answers with its full length, also where `buffer` was too small for it;
   * {@linkcode Sockets.peer} is the sender if `wantPeer`.
   */
  receiveFrom(fd: number, buffer: Uint8Array, peek: boolean, wantPeer: boolean): number;
  /** Sends the first `length` bytes of `buffer` to `endpoint`, as one datagram. */
  sendTo(fd: number, buffer: Uint8Array, length: number, endpoint: Endpoint): number;
  /** The other end of the last `accept` or `receiveFrom`. Valid until the next call. */
  peer(): Endpoint;
  /** Ends reading, writing or both. */
  shutdown(fd: number, how: "read" | "write" | "both"): number;
  /** The socket's own address, or `undefined` on failure. */
  localEndpoint(fd: number): Endpoint | undefined;
  /** The address of the other end, or `undefined` on failure. */
  peerEndpoint(fd: number): Endpoint | undefined;
  /** Reads an option; `FAILED` or its value. */
  getOption(fd: number, option: SocketOption): number;
  /** Sets an option. */
  setOption(fd: number, option: SocketOption, value: number): number;
  /** The seconds to linger on close, `undefined` if off, `FAILED` on failure. */
  getLinger(fd: number): number | undefined;
  /** Sets or, with `undefined`, clears lingering on close. */
  setLinger(fd: number, seconds: number | undefined): number;
  /** Takes the error that the socket holds, as after a connect that went on. */
  takeError(fd: number): Failure | undefined;
  /** What a descriptor from elsewhere is, or `undefined` if it is no internet socket. */
  describe(
    fd: number,
  ): { family: Family; kind: "stream" | "datagram"; listening: boolean } | undefined;
  /** Makes another descriptor of the same socket, and answers with it. */
  duplicate(fd: number): number;
  /** Makes a descriptor from elsewhere non-blocking. */
  makeNonBlocking(fd: number): number;
}

/** Looks up host names without blocking the thread. */
export interface Resolver {
  /**
   * Resolves a name to addresses with `port`, in the order the system prefers.
   *
   * @throws {OsError} `ENOTFOUND` or another code of the resolver.
   */
  resolve(name: string, port: number): Promise<Endpoint[]>;
}

/** Bits of what a source is ready for, and of what one waits for. */
export const READABLE: number = 1;
/** See {@linkcode READABLE}. */
export const WRITABLE: number = 2;
/** The other end will send no more. Never taken back. */
export const READ_CLOSED: number = 4;
/** Nothing more can be written. Never taken back. */
export const WRITE_CLOSED: number = 8;
/** An error waits to be fetched. */
export const ERROR: number = 16;
/** Out-of-band data wait. */
export const PRIORITY: number = 32;

/**
 * Tells which sources became ready.
 *
 * One contract covers edge-triggered epoll, one-shot kqueue filters and one-shot AFD polls:
 *
 * S1 After a would-block and `arm`, the next change to ready gives an event. Sources that were
 *    never armed may give events too.
 * S2 An event carries the index and generation of the `add` it belongs to, so that a successor on
 *    the same descriptor number is told apart.
 * S3 `remove` comes before `close`; after it no new event of the source is collected.
 * S4 Events may be spurious. Several changes may come as one event.
 * S5 `wake` ends a wait in progress, or the next one; many wakes may count as one, and none is lost.
 * S6 At most one `park` is outstanding; `poll` may be called meanwhile.
 */
export interface Selector {
  /** Whether every change to ready gives an event without being asked for, so `arm` is not needed. */
  readonly reportsEdges: boolean;
  /**
   * Begins to watch `fd` for everything. Answers 0 or `FAILED`: with `EBADF` for what is no
   * descriptor, with `EEXIST` for one that is watched already.
   */
  add(fd: number, index: number, generation: number): number;
  /** Asks for an event once `interest` (bits) becomes possible. Does nothing where edges are reported. */
  arm(fd: number, index: number, generation: number, interest: number): void;
  /** Stops watching. */
  remove(fd: number, index: number): void;
  /**
   * Collects events for at most `timeoutMs` milliseconds, without yielding the thread.
   *
   * @returns How many {@linkcode Selector.index} and its fellows can be asked for.
   */
  poll(timeoutMs: number): number;
  /**
   * Collects events on another thread, for at most `timeoutMs` milliseconds (-1: no limit), and
   * calls `done` on this one with their number.
   */
  park(timeoutMs: number, done: (events: number) => void): void;
  /** Ends a park. Only the thread that made the selector calls it. */
  wake(): void;
  /**
   * Lets other threads end a park, or the wait of a poll, by {@linkcode Backend.wake}. Such a wake may
   * also be taken by a poll that happens meanwhile.
   *
   * A waker outlives its selector, since another thread may be about to use it; it is watched by one
   * selector after the other and never closed.
   *
   * @param waker What a selector that was closed has watched, or -1 for a new one.
   * @returns The number of the waker.
   */
  watchWaker(waker: number): number;
  /** The index of event `i` of the poll or park that answered last. */
  index(i: number): number;
  /** Its generation. */
  generation(i: number): number;
  /** What it is ready for, in bits. */
  readiness(i: number): number;
  /** Releases the selector. A park must have ended before. */
  close(): void;
  /** Why the last call answered `FAILED`. */
  lastFailure(): Failure;
}
