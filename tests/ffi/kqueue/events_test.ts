/**
 * Records of kqueue in memory, of every system, and what events mean.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { KQUEUE as DARWIN } from "../../../ffi/darwin/abi.ts";
import { KQUEUE as FREEBSD } from "../../../ffi/freebsd/abi.ts";
import {
  ERROR,
  PRIORITY,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../../ffi/backend.ts";
import { CONSTANTS as C, type KqueueAbi } from "../../../ffi/kqueue/abi.ts";
import { type Kevent, KeventList, readinessOf } from "../../../ffi/kqueue/events.ts";
import { Timespec } from "../../../ffi/kqueue/timespec.ts";

const SYSTEMS: [name: string, abi: KqueueAbi, bytes: number][] = [
  ["darwin", DARWIN, 32],
  ["freebsd", FREEBSD, 64],
];

const change: Kevent = {
  ident: 0x01020304,
  filter: C.EVFILT_WRITE,
  flags: C.EV_EOF | C.EV_ADD,
  fflags: C.NOTE_TRIGGER,
  index: 0x0a0b0c0d,
  generation: -2,
};

for (const [name, abi, bytes] of SYSTEMS) {
  Deno.test(`KeventList.set() writes a record as ${name} has it, and zeroes the rest`, () => {
    const memory = new Uint8Array(2 * bytes).fill(0xee);
    const list = new KeventList(memory.buffer, abi);
    list.set(1, change);
    assertEquals(memory.subarray(0, bytes), new Uint8Array(bytes).fill(0xee));
    // deno-fmt-ignore
    assertEquals([...memory.subarray(bytes, bytes + 32)], [
      4, 3, 2, 1, 0, 0, 0, 0,
      0xfe, 0xff, 0x01, 0x80, 0, 0, 0, 1,
      0, 0, 0, 0, 0, 0, 0, 0,
      0x0d, 0x0c, 0x0b, 0x0a, 0xfe, 0xff, 0xff, 0xff,
    ]);
    assertEquals(memory.subarray(bytes + 32), new Uint8Array(bytes - 32));
  });

  Deno.test(`KeventList reads the records of ${name} that were written`, () => {
    const list = new KeventList(new ArrayBuffer(3 * bytes), abi);
    const filters = [C.EVFILT_READ, C.EVFILT_WRITE, abi.EVFILT_USER];
    for (const [i, filter] of filters.entries()) {
      list.set(i, { ...change, filter, ident: i, index: -i, generation: i - 2 ** 31 });
    }
    for (const [i, filter] of filters.entries()) {
      const { flags, fflags } = change;
      assertEquals(
        [list.ident(i), list.filter(i), list.flags(i), list.fflags(i), list.data(i)],
        [i, filter, flags, fflags, 0],
      );
      assertEquals([list.index(i), list.generation(i)], [0 - i, i - 2 ** 31]);
    }
    list.addFlags(1, C.EV_RECEIPT);
    assertEquals([list.filter(1), list.flags(1)], [C.EVFILT_WRITE, change.flags | C.EV_RECEIPT]);
  });
}

/** An event, and what it says: filter, flags, fflags, bits. */
const MEANINGS: [what: string, filter: number, flags: number, fflags: number, bits: number][] = [
  ["data", C.EVFILT_READ, C.EV_ONESHOT, 0, READABLE],
  ["the end of data", C.EVFILT_READ, C.EV_EOF, 0, READABLE | READ_CLOSED],
  ["room to write", C.EVFILT_WRITE, C.EV_ONESHOT, 0, WRITABLE],
  ["the end of writing", C.EVFILT_WRITE, C.EV_EOF, 0, WRITABLE | WRITE_CLOSED],
  ["a refused change", C.EVFILT_WRITE, C.EV_ERROR, 0, ERROR | READABLE | WRITABLE],
  ["urgent data", DARWIN.urgent.filter, 0, DARWIN.urgent.fflags, PRIORITY | READABLE],
];

for (const [what, filter, flags, fflags, bits] of MEANINGS) {
  Deno.test(`readinessOf() knows ${what}`, () => {
    assertEquals(readinessOf(filter, flags, fflags), bits);
  });
}

Deno.test("readinessOf() takes an end with an error for the end of both directions", () => {
  const all = ERROR | READABLE | WRITABLE | READ_CLOSED | WRITE_CLOSED;
  assertEquals(readinessOf(C.EVFILT_READ, C.EV_EOF, 54), all);
  assertEquals(readinessOf(C.EVFILT_WRITE, C.EV_EOF, 54), all);
});

Deno.test("Timespec.set() writes seconds and nanoseconds", () => {
  const buffer = new ArrayBuffer(Timespec.BYTES);
  const time = new Timespec({ buffer, pointer: null });
  const words = new BigInt64Array(buffer);
  const cases: [ms: number, seconds: bigint, nanoseconds: bigint][] = [
    [0, 0n, 0n],
    [1, 0n, 1_000_000n],
    [999.5, 0n, 999_500_000n],
    [1000, 1n, 0n],
    [1234.25, 1n, 234_250_000n],
    [2 ** 31 - 1, 2_147_483n, 647_000_000n],
  ];
  for (const [ms, seconds, nanoseconds] of cases) {
    time.set(ms);
    assertEquals([...words], [seconds, nanoseconds], `${ms} ms`);
  }
});
