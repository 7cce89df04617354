/**
 * Having Node's own loop watch a descriptor that Node does not know.
 *
 * Node watches what it has opened itself: files, pipes, sockets. A UDP socket may be given to it by
 * number, though, and what its loop holds is that number. So one gives Node a fresh socket and then,
 * before the loop looks for the first time, puts another file in its place by `dup2`. When that
 * becomes readable Node tries to receive a datagram from it, fails, and reports an error: this is
 * the event. Node owns the descriptor like every other: it is closed with the thread, however that
 * ends. (A `uv_poll` handle made through FFI does the same in the same time, but a worker that is
 * terminated while it has one takes the whole process down, and promises are not continued after its
 * callback.)
 *
 * @module
 */

import { nodeProcess } from "./kind.ts";

/** A descriptor that the loop watches. */
export interface DescriptorWatch {
  /** Keeps the loop running. */
  ref(): void;
  /** Lets the loop end, as in the beginning. */
  unref(): void;
  /** Closes the descriptor. */
  close(): void;
}

/** Whether the host's loop can watch descriptors. */
export const watchesDescriptors: boolean = nodeProcess() !== undefined;

/**
 * Has Node's loop watch the descriptor of an unused UDP socket.
 *
 * @param fd The socket, into whose place something else is to be put before this turn has ended.
 * @param onReadable Called in a turn of the loop, again and again while it is readable.
 * @returns `undefined` where this is not Node, or Node does not allow it; the socket stays open then.
 */
export function watchDescriptor(fd: number, onReadable: () => void): DescriptorWatch | undefined {
  const datagrams = nodeProcess()?.getBuiltinModule?.("node:dgram");
  if (datagrams === undefined) return undefined;
  try {
    const socket = datagrams.createSocket("udp4");
    socket.on("error", onReadable);
    socket.bind({ fd, exclusive: true });
    socket.unref();
    return {
      ref: () => void socket.ref(),
      unref: () => void socket.unref(),
      close: () => void socket.close(),
    };
  } catch {
    return undefined;
  }
}
