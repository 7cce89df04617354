/**
 * What socket calls do by the table of a system, on a libc that does as it is told.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FAILED, WOULD_BLOCK } from "../../ffi/backend.ts";
import { DARWIN_ABI, ERRNO } from "../../ffi/darwin/abi.ts";
import { FREEBSD_ABI } from "../../ffi/freebsd/abi.ts";
import { linuxAbi } from "../../ffi/linux/abi.ts";
import { addressOf, pointerTo, view } from "../../ffi/library.ts";
import type { UnixAbi } from "../../ffi/unix/abi.ts";
import type { Descriptors } from "../../ffi/unix/descriptors.ts";
import { errnoNames } from "../../ffi/unix/errno.ts";
import { UnixSockets } from "../../ffi/unix/sockets.ts";
import type { System } from "../../ffi/unix/system.ts";
import type { Pointer } from "../../host/global.ts";

/** Socket calls of a system, of which the next ones fail with `errors`, and then answer 1. */
function scripted(
  abi: UnixAbi,
  errors: number[],
  addressLength = 16,
): { sockets: UnixSockets; calls: unknown[][] } {
  const calls: unknown[][] = [];
  let errno = 0;
  const kept: { readonly buffer: ArrayBuffer; readonly address: number }[] = [];
  // Pointers are numbers, too, where the host has no type of its own for them.
  const isPointer = (value: number) =>
    kept.some(({ buffer, address }) => value >= address && value < address + buffer.byteLength);
  const call = (name: string) => (...args: unknown[]): number => {
    const isNumber = (value: unknown) => typeof value === "number" && !isPointer(value);
    calls.push([name, ...args.filter(isNumber)]);
    const error = errors.shift();
    if (error === undefined) return 1;
    errno = error;
    return -1;
  };
  const names = ["send", "recv", "connect", "setsockopt", "getsockopt", "shutdown", "close"];
  const system = {
    libc: Object.fromEntries(names.map((name) => [name, call(name)])),
    errno: () => errno,
    errnoName: errnoNames(abi.errno),
    allocate(bytes: number) {
      const buffer = new ArrayBuffer(bytes);
      const address = addressOf(new Uint8Array(buffer));
      kept.push({ buffer, address: Number(address) });
      return { buffer, pointer: pointerTo(address), free() {} };
    },
  } as unknown as System;
  const accept = (fd: number, _address: unknown, length: Pointer) => {
    new Int32Array(view(length, 4))[0] = addressLength;
    return fd + 1;
  };
  return { sockets: new UnixSockets(system, abi, { accept } as unknown as Descriptors), calls };
}

const bytes = new Uint8Array(4);
const ABIS: [abi: UnixAbi, again: number, inProgress: number][] = [
  [linuxAbi("x86_64"), 11, 115],
  [DARWIN_ABI, 35, 36],
  [FREEBSD_ABI, 35, 36],
];
const LOOPBACK = {
  family: 4,
  port: 1,
  word0: 0x7f000001,
  word1: 0,
  word2: 0,
  word3: 0,
  flowInfo: 0,
  scopeId: 0,
} as const;

for (const [abi, again, inProgress] of ABIS) {
  Deno.test(`Sockets of ${abi.os} tell a wait from a failure by its own numbers`, () => {
    const { sockets } = scripted(abi, [again, 32, inProgress]);
    assertEquals(sockets.receive(7, bytes), WOULD_BLOCK);
    assertEquals(sockets.send(7, bytes, 4), FAILED);
    assertEquals(sockets.lastFailure(), { code: "EPIPE", errno: 32, syscall: "send" });
    assertEquals(sockets.connect(7, LOOPBACK), WOULD_BLOCK);
  });

  Deno.test(`Sockets of ${abi.os} make a call again that a signal has broken off`, () => {
    const { sockets, calls } = scripted(abi, [4, 4]);
    assertEquals(sockets.send(7, bytes, 4), 1);
    assertEquals(calls, Array(3).fill(["send", 7, 4, abi.sendFlags]));
  });

  Deno.test(`Sockets of ${abi.os} ask for options by its own names`, () => {
    const { sockets, calls } = scripted(abi, []);
    sockets.setOption(7, "keepAliveIdle", 5);
    sockets.setLinger(7, 5);
    const [level, name] = abi.options.keepAliveIdle!;
    assertEquals(calls, [
      ["setsockopt", 7, level, name, 4],
      ["setsockopt", 7, ...abi.linger, 8],
    ]);
  });
}

Deno.test("Sockets of macOS write again where the socket is being torn down", () => {
  const { sockets, calls } = scripted(DARWIN_ABI, [ERRNO.EPROTOTYPE, ERRNO.EPIPE]);
  assertEquals(sockets.send(7, bytes, 4), FAILED);
  assertEquals([sockets.lastFailure().code, calls.length], ["EPIPE", 2]);
});

Deno.test("Sockets.accept() closes a connection without an address, and says what is wrong", () => {
  for (const [abi] of ABIS) {
    const { sockets, calls } = scripted(abi, [], 0);
    assertEquals(sockets.accept(7), FAILED);
    const { code, syscall } = sockets.lastFailure();
    assertEquals([code, syscall, calls], ["ECONNABORTED", "accept", [["close", 8]]]);
    assertEquals(scripted(abi, []).sockets.accept(7), 8);
  }
});

Deno.test("Sockets without an option say so, and do not ask the system", () => {
  for (const abi of [DARWIN_ABI, FREEBSD_ABI]) {
    const { sockets, calls } = scripted(abi, []);
    const missing = (syscall: string) => ({ code: "ENOPROTOOPT", errno: 42, syscall });
    assertEquals(sockets.setOption(7, "quickAck", 1), FAILED);
    assertEquals(sockets.lastFailure(), missing("setsockopt"));
    assertEquals(sockets.getOption(7, "quickAck"), FAILED);
    assertEquals(sockets.lastFailure(), missing("getsockopt"));
    assertEquals(calls, []);
  }
});
