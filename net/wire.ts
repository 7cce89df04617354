/**
 * How sockets travel to other isolates: their descriptor does, which is the process's, and the socket
 * that it was taken from is as if closed.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import type { Endpoint } from "../ffi/backend.ts";
import {
  type HandleKind,
  registerHandle,
  type WireForm,
} from "../scheduler/multi_thread/handle.ts";
import type { ModuleMeta } from "../scheduler/multi_thread/portable.ts";
import { Socket, type SocketKind } from "./socket.ts";
import { SocketAddr } from "./socket_addr.ts";

/**
 * Declares how the sockets of a class travel.
 *
 * @param module Where the class is.
 * @param make Makes one of a registered descriptor.
 */
export function socketHandle(
  module: ModuleMeta,
  kind: SocketKind,
  make: (socket: Socket) => object,
): HandleKind {
  return registerHandle(module, kind, {
    // Not `own`: what cannot be registered is dropped by the caller.
    decode: (fd: number, peer: Endpoint | undefined) =>
      make(new Socket(fd, kind, peer && new SocketAddr(peer))),
    drop: (fd: number) => void backend().sockets.close(fd),
  });
}

/**
 * What travels in place of a socket.
 *
 * @param isLent Whether parts of it have been handed out, which would go on to use it.
 * @throws {TypeError} When it is closed, or somebody uses it.
 */
export function formOf(socket: Socket, kind: HandleKind, isLent: boolean): WireForm {
  const trouble = !socket.isOpen
    ? "it is closed"
    : isLent
    ? "its sides have been handed out"
    : socket.isWaitedFor
    ? "somebody waits on it"
    : undefined;
  if (trouble !== undefined) throw new TypeError(`Cannot send ${socket.kind}: ${trouble}`);
  return { kind, data: [socket.fd, socket.knownPeer?.endpoint], onSent: () => socket.leave() };
}
