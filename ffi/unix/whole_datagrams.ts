/**
 * The whole length of a datagram on systems whose `recv` tells only how much of it has fitted.
 *
 * What does not fit into the caller's buffer goes into a second one behind it, so one call gives
 * the length. The second one is large enough for whatever UDP can carry.
 *
 * @see recvmsg(2)
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import { addressAt, addressOf, pointerAt } from "../library.ts";
import type { Bound, SymbolTable } from "../native.ts";
import type { MessageLayout, UnixLayouts } from "./abi.ts";
import { SOCKADDR_BYTES } from "./sockaddr.ts";
import type { System } from "./system.ts";

/** The function that it needs. */
export const RECVMSG = {
  // FFI: ssize_t recvmsg(int fd, struct msghdr *message, int flags)
  // Fails with -1 and errno. Any thread. The buffers that it names are written before it returns.
  recvmsg: { parameters: ["i32", "pointer", "i32"], result: "i32" },
} as const satisfies SymbolTable;

/** The layouts that it needs. */
export type MessageLayouts = Pick<UnixLayouts, "iovec"> & { readonly msghdr: MessageLayout };

/** More than the longest datagram. */
const OVERFLOW = 65_536;

/** Receives datagrams and tells their whole length. */
export class WholeDatagrams {
  readonly #libc: Bound<typeof RECVMSG>;
  readonly #message: Pointer;
  readonly #fields: DataView;
  readonly #layout: MessageLayout;
  /** Where the first of the two vectors begins. */
  readonly #vector: number;
  readonly #lengthOffset: number;

  /** Takes native memory for what the calls need. */
  constructor(system: System, libc: Bound<typeof RECVMSG>, { msghdr, iovec }: MessageLayouts) {
    const vectors = Math.ceil(msghdr.size / 8) * 8;
    const overflow = vectors + 2 * iovec.size;
    const memory = system.allocate(overflow + OVERFLOW);
    const fields = new DataView(memory.buffer);
    const second = vectors + iovec.size;
    fields.setBigUint64(msghdr.msg_iov, addressAt(pointerAt(memory.pointer, vectors)), true);
    fields.setUint32(msghdr.msg_iovlen, 2, true);
    fields.setBigUint64(
      second + iovec.iov_base,
      addressAt(pointerAt(memory.pointer, overflow)),
      true,
    );
    fields.setBigUint64(second + iovec.iov_len, BigInt(OVERFLOW), true);
    this.#libc = libc;
    this.#message = memory.pointer;
    this.#fields = fields;
    this.#layout = msghdr;
    this.#vector = vectors + iovec.iov_base;
    this.#lengthOffset = iovec.iov_len - iovec.iov_base;
  }

  /**
   * Receives one datagram into `buffer`.
   *
   * @param flags Flags of the call.
   * @param from Where to write the sender's address, if anywhere.
   * @returns The whole length, or -1 with errno.
   */
  receive(fd: number, buffer: Uint8Array, flags: number, from: Pointer): number {
    const { msg_name: name, msg_namelen: nameLength } = this.#layout;
    const fields = this.#fields;
    fields.setBigUint64(name, addressAt(from), true);
    fields.setUint32(nameLength, from === null ? 0 : SOCKADDR_BYTES, true);
    fields.setBigUint64(this.#vector, addressOf(buffer), true);
    fields.setBigUint64(this.#vector + this.#lengthOffset, BigInt(buffer.byteLength), true);
    return this.#libc.recvmsg(fd, this.#message, flags);
  }
}
