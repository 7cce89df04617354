/**
 * Descriptors from elsewhere.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED } from "../ffi/backend.ts";
import { osError } from "../ffi/os_error.ts";
import { Socket, type SocketKind } from "./socket.ts";

/**
 * Takes over a descriptor after checking that it is what the caller takes it for.
 *
 * @throws {RangeError} When `fd` is no descriptor number.
 * @throws {TypeError} When it is no socket, or one of another kind.
 */
export function adopt(fd: number, kind: SocketKind): Socket {
  if (!Number.isInteger(fd) || fd < 0) {
    throw new RangeError(`Cannot use ${fd} as a descriptor: it must be an integer of 0 or more`);
  }
  const calls = backend().sockets;
  const found = calls.describe(fd);
  const fits = found !== undefined &&
    found.kind === (kind === "UDP socket" ? "datagram" : "stream") &&
    found.listening === (kind === "TCP listener");
  if (!fits) throw new TypeError(`Cannot use descriptor ${fd} as a ${kind}: it is something else`);
  if (calls.makeNonBlocking(fd) === FAILED) {
    throw osError(`Cannot make descriptor ${fd} non-blocking`, calls.lastFailure());
  }
  return new Socket(fd, kind, undefined);
}
