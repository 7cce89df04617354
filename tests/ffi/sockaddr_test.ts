/**
 * Socket addresses in memory.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Endpoint } from "../../ffi/backend.ts";
import { DARWIN_ABI } from "../../ffi/darwin/abi.ts";
import { FREEBSD_ABI } from "../../ffi/freebsd/abi.ts";
import { linuxAbi } from "../../ffi/linux/abi.ts";
import type { UnixAbi } from "../../ffi/unix/abi.ts";
import { SockAddr, SOCKADDR_BYTES } from "../../ffi/unix/sockaddr.ts";
import { ABI } from "../../ffi/windows/abi.ts";

const v4: Endpoint = {
  family: 4,
  port: 0x1f90,
  word0: 0x7f000001,
  word1: 0,
  word2: 0,
  word3: 0,
  flowInfo: 0,
  scopeId: 0,
};

const v6: Endpoint = {
  family: 6,
  port: 0x01bb,
  word0: 0xfe800000,
  word1: 0x00010002,
  word2: 0x80000000,
  word3: 0xffffffff,
  flowInfo: 0x000abcde,
  scopeId: 0x80000003,
};

function sockAddr(
  abi: UnixAbi = linuxAbi("x86_64"),
): { memory: Uint8Array; address: SockAddr } {
  const memory = new Uint8Array(SOCKADDR_BYTES);
  return { memory, address: new SockAddr(memory.buffer, abi) };
}

Deno.test("SockAddr.write() puts an IPv4 address into network order", () => {
  const { memory, address } = sockAddr();
  assertEquals(address.write(v4), 16);
  assertEquals([...memory.subarray(0, 8)], [2, 0, 0x1f, 0x90, 127, 0, 0, 1]);
});

Deno.test("SockAddr.write() puts an IPv6 address into network order", () => {
  const { memory, address } = sockAddr();
  assertEquals(address.write(v6), 28);
  // deno-fmt-ignore
  assertEquals([...memory], [
    10, 0, 0x01, 0xbb, 0x00, 0x0a, 0xbc, 0xde,
    0xfe, 0x80, 0, 0, 0, 1, 0, 2, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    3, 0, 0, 0x80,
  ]);
});

for (const endpoint of [v4, v6]) {
  Deno.test(`SockAddr.read() gives the IPv${endpoint.family} address that was written`, () => {
    const { address } = sockAddr();
    address.write(endpoint);
    assertEquals(address.read(), endpoint);
  });
}

Deno.test("SockAddr.read() sees nothing of a longer address that was there before", () => {
  const { address } = sockAddr();
  address.write(v6);
  address.write(v4);
  assertEquals(address.read(), v4);
});

Deno.test("SockAddr keeps words above 2³¹ and ports of all bits", () => {
  const { address } = sockAddr();
  for (const word0 of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    for (const port of [0, 1, 255, 256, 65535]) {
      address.write({ ...v4, word0, port });
      assertEquals(address.read(), { ...v4, word0, port });
    }
  }
});

Deno.test("SockAddr.write() has Windows' number for IPv6, and reads it", () => {
  const memory = new Uint8Array(SOCKADDR_BYTES);
  const address = new SockAddr(memory.buffer, ABI);
  for (const [endpoint, family] of [[v6, 23], [v4, 2]] as const) {
    address.write(endpoint);
    assertEquals([...memory.subarray(0, 2)], [family, 0]);
    assertEquals([address.family(), address.read()], [endpoint.family, endpoint]);
  }
});

for (const [abi, family6] of [[DARWIN_ABI, 30], [FREEBSD_ABI, 28]] as const) {
  Deno.test(`SockAddr of ${abi.os} begins with the length, then has the family`, () => {
    const { memory, address } = sockAddr(abi);
    assertEquals(address.write(v4), 16);
    assertEquals([...memory.subarray(0, 8)], [16, 2, 0x1f, 0x90, 127, 0, 0, 1]);
    assertEquals(address.write(v6), 28);
    assertEquals([...memory.subarray(0, 4)], [28, family6, 0x01, 0xbb]);
  });

  Deno.test(`SockAddr.read() of ${abi.os} does not trust the length of an answer`, () => {
    const { memory, address } = sockAddr(abi);
    for (const [endpoint, version] of [[v4, 4], [v6, 6]] as const) {
      address.write(endpoint);
      memory[0] = 0;
      assertEquals([address.read(), address.family()], [endpoint, version]);
    }
  });
}

Deno.test("SockAddr.family() knows that an address is no internet address", () => {
  for (const abi of [linuxAbi("aarch64"), DARWIN_ABI, FREEBSD_ABI]) {
    const { memory, address } = sockAddr(abi);
    // AF_UNIX is 1 everywhere.
    memory.set(abi.layouts.sockaddr_in.sin_len === undefined ? [1, 0] : [16, 1]);
    assertEquals(address.family(), undefined, abi.os);
  }
});
