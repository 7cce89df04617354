/**
 * The world of the selector conformance suite, made of the system's own sockets.
 *
 * @module
 */

import {
  type Backend,
  type Endpoint,
  FAILED,
  type Sockets,
  WOULD_BLOCK,
} from "../../ffi/backend.ts";
import type { Pair, World } from "./selector_world.ts";

const LOOPBACK: Endpoint = {
  family: 4,
  port: 0,
  word0: 0x7f000001,
  word1: 0,
  word2: 0,
  word3: 0,
  flowInfo: 0,
  scopeId: 0,
};

/** Makes a world around a new selector of a backend. */
export function nativeWorld(backend: Backend): World {
  const { sockets } = backend;
  const listener = check(sockets.open(4, "stream"), sockets);
  check(sockets.bind(listener, LOOPBACK), sockets);
  check(sockets.listen(listener, 16), sockets);
  const endpoint = sockets.localEndpoint(listener)!;
  const selector = backend.createSelector();
  const wakers = new Set<number>();
  return {
    selector,
    wake(waker) {
      wakers.add(waker);
      backend.wake(waker);
    },
    badDescriptor: { fd: 1_000_000, codes: ["EBADF", "ENOTSOCK"] },
    reusesNumbers: Deno.build.os !== "windows",
    connect: () => connect(sockets, listener, endpoint),
    now: () => performance.now(),
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    [Symbol.dispose]() {
      selector.close();
      sockets.close(listener);
      for (const waker of wakers) sockets.close(waker);
    },
  };
}

function connect(sockets: Sockets, listener: number, endpoint: Endpoint): Pair {
  const near = check(sockets.open(4, "stream"), sockets);
  check(sockets.setOption(near, "sendBufferSize", 4096), sockets);
  if (sockets.connect(near, endpoint) === FAILED) throw failure(sockets);
  let far: number;
  do far = sockets.accept(listener); while (far === WOULD_BLOCK);
  check(far, sockets);
  const buffer = new Uint8Array(65_536);
  let isReset = false;
  return {
    fd: near,
    feed: () => void check(sockets.send(far, buffer, 1), sockets),
    drain() {
      while (sockets.receive(near, buffer) > 0);
    },
    fill() {
      while (sockets.send(near, buffer, buffer.length) > 0);
    },
    relieve() {
      while (sockets.receive(far, buffer) > 0);
    },
    halfClose: () => void check(sockets.shutdown(far, "write"), sockets),
    reset() {
      check(sockets.setLinger(far, 0), sockets);
      sockets.close(far);
      isReset = true;
    },
    close() {
      sockets.close(near);
      if (!isReset) sockets.close(far);
    },
  };
}

function check(answer: number, sockets: Sockets): number {
  if (answer < 0) throw failure(sockets);
  return answer;
}

function failure(sockets: Sockets): Error {
  const { syscall, code } = sockets.lastFailure();
  return new Error(`${syscall} failed with ${code}`);
}
