/**
 * Making connections.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { FAILED, WOULD_BLOCK, WRITABLE } from "../ffi/backend.ts";
import { osError } from "../ffi/os_error.ts";
import type { Steps } from "../future/future.ts";
import { addressesOf, type Target, unresolved } from "./lookup.ts";
import { own, type Socket } from "./socket.ts";
import type { SocketAddr } from "./socket_addr.ts";
import { waitReady } from "./stream_ops.ts";

/** Connects to the first address of `target` that answers; fails as the last one did. */
export function* connect(target: Target): Steps<Socket> {
  let failure: unknown = unresolved(target);
  for (const address of yield* addressesOf(target)) {
    const fd = backend().sockets.open(address.family, "stream");
    if (fd === FAILED) {
      throw osError(`Cannot connect to "${address}"`, backend().sockets.lastFailure());
    }
    try {
      return yield* connectSocket(fd, address);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Connects one socket, which is closed if that fails or is given up. */
export function* connectSocket(fd: number, address: SocketAddr): Steps<Socket> {
  const calls = backend().sockets;
  const begun = calls.connect(fd, address.endpoint);
  if (begun === FAILED) {
    const failure = calls.lastFailure();
    calls.close(fd);
    throw osError(`Cannot connect to "${address}"`, failure, `${address}`);
  }
  // Only now is the socket registered: epoll reports one that was never connected as hung up.
  const socket = own(fd, "TCP stream", address);
  let connected = false;
  try {
    if (begun === WOULD_BLOCK) {
      socket.clear(WRITABLE);
      yield* waitReady(socket, WRITABLE);
      const failure = calls.takeError(fd);
      if (failure !== undefined) {
        throw osError(`Cannot connect to "${address}"`, failure, `${address}`);
      }
    }
    connected = true;
    return socket;
  } finally {
    if (!connected) socket.close();
  }
}
