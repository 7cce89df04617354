/**
 * The whole length of datagrams, by a second buffer behind the caller's.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { LAYOUTS } from "../../ffi/bsd/abi.ts";
import type { NativeMemory } from "../../ffi/memory.ts";
import { addressOf, pointerTo, view } from "../../ffi/library.ts";
import type { System } from "../../ffi/unix/system.ts";
import { WholeDatagrams } from "../../ffi/unix/whole_datagrams.ts";
import type { Pointer } from "../../host/global.ts";

/** What `recvmsg` was asked. */
interface Asked {
  readonly fd: number;
  readonly flags: number;
  readonly from: bigint;
  readonly fromLength: number;
  readonly vectors: readonly [address: bigint, length: bigint][];
}

/** A system whose memory is JavaScript's, and a `recvmsg` that notes what it is asked. */
function scripted(answer: number): { whole: WholeDatagrams; asked: Asked[] } {
  const asked: Asked[] = [];
  const kept: ArrayBuffer[] = [];
  const allocate = (bytes: number): NativeMemory => {
    const buffer = new ArrayBuffer(bytes);
    kept.push(buffer);
    return { buffer, pointer: pointerTo(addressOf(new Uint8Array(buffer))), free() {} };
  };
  const recvmsg = (fd: number, message: Pointer, flags: number): number => {
    const { msghdr } = LAYOUTS;
    const fields = new DataView(view(message, msghdr.size));
    const count = fields.getInt32(msghdr.msg_iovlen, true);
    const vectors = new BigUint64Array(
      view(pointerTo(fields.getBigUint64(msghdr.msg_iov, true)), 16 * count),
    );
    asked.push({
      fd,
      flags,
      from: fields.getBigUint64(msghdr.msg_name, true),
      fromLength: fields.getUint32(msghdr.msg_namelen, true),
      vectors: Array.from({ length: count }, (_, i) => [vectors[2 * i]!, vectors[2 * i + 1]!]),
    });
    return answer;
  };
  const system = { allocate } as unknown as System;
  return { whole: new WholeDatagrams(system, { recvmsg }, LAYOUTS), asked };
}

Deno.test("WholeDatagrams.receive() puts room for a whole datagram behind the buffer", () => {
  const { whole, asked } = scripted(1234);
  const buffer = new Uint8Array(16);
  assertEquals(whole.receive(7, buffer, 2, null), 1234);
  const [{ fd, flags, from, fromLength, vectors }] = asked as [Asked];
  assertEquals([fd, flags, from, fromLength], [7, 2, 0n, 0]);
  assertEquals(vectors[0], [addressOf(buffer), 16n]);
  assertEquals(vectors[1]![1], 65_536n);
});

Deno.test("WholeDatagrams.receive() asks for the sender each time anew", () => {
  const { whole, asked } = scripted(0);
  const address = new Uint8Array(28);
  const buffer = new Uint8Array(1);
  for (const from of [pointerTo(addressOf(address)), null]) whole.receive(7, buffer, 0, from);
  assertEquals(asked.map(({ from, fromLength }) => [from, fromLength]), [
    [addressOf(address), 28],
    [0n, 0],
  ]);
});
