/**
 * The numbers of `ffi/windows/abi.ts`, compared with those of a compiler for Windows, and with
 * themselves where there is none.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  AFD,
  CONSTANTS,
  LAYOUTS,
  NEWER,
  PRIVATE_LAYOUTS,
  STATUS,
} from "../../../ffi/windows/abi.ts";
import { errorCode, ERRORS } from "../../../ffi/windows/errors.ts";
import { accepts, compiler, noCompiler } from "./_headers.ts";

/** A declaration that holds only if `expression` has `value`. */
function assertion(expression: string, value: number): string {
  // Constants of 32 bits are signed for some and unsigned for others.
  return `_Static_assert((int)(${expression}) == ${value}, "${expression} is not ${value}");`;
}

/** As {@linkcode assertion}, of what not every header has. */
function ifKnown(name: string, value: number): string {
  return `#ifdef ${name}\n${assertion(name, value)}\n#endif`;
}

function layoutAssertions(): string[] {
  return Object.entries(LAYOUTS).flatMap(([struct, { size, ...offsets }]) => {
    const type = struct.startsWith("sockaddr") ? `struct ${struct}` : struct;
    const fields = Object.entries(offsets).map(([field, offset]) =>
      assertion(`offsetof(${type}, ${field})`, offset as number)
    );
    return [assertion(`sizeof(${type})`, size), ...fields];
  });
}

Deno.test({
  name: `CONSTANTS, LAYOUTS and ERRORS are what the headers say${noCompiler}`,
  ignore: compiler === undefined,
  fn: async () => {
    const lines = [
      ...Object.entries(CONSTANTS).map(([name, value]) => assertion(name, value)),
      ...Object.entries(ERRORS).map(([name, [value]]) => assertion(name, value)),
      ...Object.entries(NEWER).map(([name, value]) => ifKnown(name, value)),
      ...layoutAssertions(),
    ];
    const checked = await accepts(lines.join("\n"));
    assert(checked.success, checked.text);
  },
});

Deno.test({
  name: `the comparison notices a wrong number${noCompiler}`,
  ignore: compiler === undefined,
  fn: async () => {
    const wrong = await accepts(assertion("AF_INET6", 10));
    assertEquals([wrong.success, wrong.text.includes("AF_INET6 is not 10")], [false, true]);
  },
});

Deno.test("LAYOUTS and PRIVATE_LAYOUTS have fields that lie inside of their struct, in order", () => {
  for (const [struct, layout] of Object.entries({ ...LAYOUTS, ...PRIVATE_LAYOUTS })) {
    const { size = Infinity, ...offsets } = layout as { size?: number };
    const starts = Object.values<number>(offsets);
    assertEquals(starts, [...new Set(starts)].sort((a, b) => a - b), struct);
    assert(starts.every((start) => start < size), struct);
  }
});

Deno.test("AFD has one bit for each event", () => {
  const bits = Object.values(AFD);
  assertEquals(new Set(bits).size, bits.length);
  for (const bit of bits) assertEquals(bit & (bit - 1), 0);
});

Deno.test("STATUS has errors as negative numbers, as the functions of ntdll answer", () => {
  assert(STATUS.CANCELLED < 0);
  for (const name of ["SUCCESS", "TIMEOUT", "PENDING"] as const) assert(STATUS[name] >= 0);
});

Deno.test("errorCode() names every number of ERRORS, and gives others a name of their own", () => {
  for (const [number, code] of Object.values(ERRORS)) assertEquals(errorCode(number), code);
  assertEquals(errorCode(4095), "E4095");
});

Deno.test("errorCode() has the same name for a connection that broke, however it is told", () => {
  const { ERROR_NETNAME_DELETED, WSAECONNRESET } = ERRORS;
  assertEquals([ERROR_NETNAME_DELETED[0], WSAECONNRESET[0]], [64, 10054]);
  for (const number of [64, 10054]) assertEquals(errorCode(number), "ECONNRESET");
});

Deno.test("ERRORS has no two codes for one number", () => {
  const numbers = Object.values(ERRORS).map(([number]) => number);
  assertEquals(new Set(numbers).size, numbers.length);
});
