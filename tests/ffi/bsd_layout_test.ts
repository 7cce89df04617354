/**
 * The numbers of macOS and FreeBSD, compared with the headers of those systems where a compiler has
 * them, and with each other everywhere.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { LAYOUTS } from "../../ffi/bsd/abi.ts";
import * as darwin from "../../ffi/darwin/abi.ts";
import * as freebsd from "../../ffi/freebsd/abi.ts";
import { CONSTANTS as KQ } from "../../ffi/kqueue/abi.ts";
import { ERRNO as LINUX_ERRNO, linuxAbi } from "../../ffi/linux/abi.ts";
import type { UnixAbi } from "../../ffi/unix/abi.ts";
import { bsdHeaders, compiles, findCrossCompiler } from "./_compiler.ts";

const SYSTEMS = [
  { os: "darwin", targets: ["x86_64-macos", "aarch64-macos"], abi: darwin },
  { os: "freebsd", targets: ["x86_64-freebsd", "aarch64-freebsd"], abi: freebsd },
] as const;

type System = (typeof SYSTEMS)[number];

/** Every number of a system: the C expression for it, and its value. */
function numbers({ abi }: System): Map<string, number> {
  const { EVFILT_USER, kevent, urgent } = abi.KQUEUE;
  const found = new Map<string, number>(
    Object.entries({ ...abi.CONSTANTS, ...abi.ERRNO, ...KQ, EVFILT_USER }),
  );
  for (const [struct, { size, ...offsets }] of Object.entries({ ...LAYOUTS, kevent })) {
    found.set(`sizeof(struct ${struct})`, size);
    for (const [field, offset] of Object.entries(offsets)) {
      found.set(`offsetof(struct ${struct}, ${field})`, offset);
    }
  }
  if (urgent !== undefined) {
    found.set("EVFILT_EXCEPT", urgent.filter);
    found.set("NOTE_OOB", urgent.fflags);
  }
  return found;
}

/** A file that compiles only if each expression has its value. */
function asserting(values: Map<string, number>): string {
  const lines = [...values].map(([text, value]) =>
    `_Static_assert((long long)(${text}) == ${value}, "${text} is not ${value}");`
  );
  return `${bsdHeaders}\n${lines.join("\n")}\n`;
}

for (const system of SYSTEMS) {
  for (const target of system.targets) {
    const compiler = await findCrossCompiler(system.os, target);
    const reason = compiler === undefined
      ? ` (ignored: no compiler with the headers of ${system.os})`
      : "";
    Deno.test({
      name: `every number of ${system.os} is what the headers of ${target} say${reason}`,
      ignore: compiler === undefined,
      fn: async () => {
        const values = numbers(system);
        const checked = await compiles(compiler!, asserting(values));
        assert(checked.success, checked.text);
        const wrong = new Map([...values].slice(0, 1).map(([text, value]) => [text, value + 1]));
        assert(!(await compiles(compiler!, asserting(wrong))).success);
      },
    });
  }

  Deno.test(`the layouts of ${system.os} have fields that lie inside of their struct`, () => {
    const layouts = { ...LAYOUTS, kevent: system.abi.KQUEUE.kevent };
    for (const [struct, { size, ...offsets }] of Object.entries(layouts)) {
      const starts = Object.values(offsets);
      assertEquals(starts.length, new Set(starts).size, struct);
      assert(starts.every((start) => start < size), struct);
    }
  });

  Deno.test(`ERRNO of ${system.os} has no two names for one number`, () => {
    const values = Object.values(system.abi.ERRNO);
    assertEquals(new Set(values).size, values.length);
  });

  Deno.test(`ERRNO of ${system.os} names every error that Linux's names`, () => {
    assertEquals(Object.keys(LINUX_ERRNO).filter((name) => !(name in system.abi.ERRNO)), []);
  });
}

const ABIS: readonly UnixAbi[] = [
  linuxAbi("x86_64"),
  darwin.DARWIN_ABI,
  freebsd.FREEBSD_ABI,
];

Deno.test("every table has the options that the others have, but for quickAck", () => {
  for (const { os, options } of ABIS) {
    const missing = Object.entries(options).filter(([, name]) => name === undefined);
    assertEquals(missing.map(([option]) => option), os === "linux" ? [] : ["quickAck"], os);
    const names = Object.values(options).flatMap((name) => name === undefined ? [] : [`${name}`]);
    assertEquals(new Set(names).size, names.length, `${os} has one option twice`);
  }
});

Deno.test("every table knows the resolver's failures by the same names", () => {
  const names = ["EAI_AGAIN", "EAI_FAIL", "EAI_SYSTEM", "ENOMEM", "ENOTFOUND", "ENOTFOUND"];
  for (const { os, resolverCodes } of ABIS) {
    assertEquals(Object.values(resolverCodes).sort(), names, os);
  }
});

Deno.test("listening.isOn() tells a listener from other sockets and from a failure", () => {
  const [linux, mac, bsd] = ABIS.map(({ listening }) => listening.isOn);
  assertEquals([1, 0, -2].map(linux!), [true, false, false]);
  assertEquals([2, 0, -2].map(bsd!), [true, false, false]);
  // The state of TCP is the lowest byte: 1 listens, 0 is closed, 4 is connected; 0x101 has more.
  assertEquals([1, 0x101, 0, 4, -2].map(mac!), [true, true, false, false, false]);
});

Deno.test("a write that macOS asks to be made again is told by EPROTOTYPE, elsewhere by nothing", () => {
  assertEquals(ABIS.map(({ retryErrno }) => retryErrno), [-1, darwin.ERRNO.EPROTOTYPE, -1]);
});
