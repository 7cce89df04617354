/**
 * Opening libraries: what is tried, what is allowed, and what is said when it fails.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { backend } from "../../ffi/mod.ts";
import { FfiUnavailableError, openLibrary } from "../../ffi/library.ts";
import type { SymbolTable } from "../../ffi/native.ts";
import { runFixture } from "./_subprocess.ts";
import { needs } from "../helpers/needs.ts";

const { ignore } = needs("libc");
const program = new URL("fixtures/open_backend.ts", import.meta.url);

/** What the fixture prints. */
interface Outcome {
  readonly os?: string;
  readonly opened?: boolean;
  readonly name?: string;
  readonly message?: string;
}

const TABLE = {
  // FFI: int getpid(void)
  // Fails: never. Any thread. No buffer.
  getpid: { parameters: [], result: "i32" },
} as const satisfies SymbolTable;

Deno.test("openLibrary() names every library that it could not load", () => {
  const candidates = ["edo-missing-1.so", "/edo/missing-2.so"];
  const { message } = assertThrows(() => openLibrary(candidates, TABLE), FfiUnavailableError);
  assert(message.startsWith("Cannot load a system library: "), message);
  for (const path of candidates) assertStringIncludes(message, path);
});

Deno.test("openLibrary() names the symbol that a library does not have", { ignore }, () => {
  const table = {
    // FFI: int edo_missing(void)
    // Fails: always. No thread. No buffer.
    edo_missing: { parameters: [], result: "i32" },
  } as const satisfies SymbolTable;
  const { message } = assertThrows(() => openLibrary(["libc.so.6"], table), FfiUnavailableError);
  assertStringIncludes(message, "edo_missing");
});

// What is opened here stays open for as long as the process runs.
Deno.test("openLibrary() goes on to the next candidate", {
  ignore,
  sanitizeResources: false,
}, () => {
  const names = ["edo-missing.so", "libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];
  assertEquals(openLibrary(names, TABLE).getpid(), Deno.pid);
});

Deno.test("backend() is opened once", { ...needs("sockets"), sanitizeResources: false }, () => {
  assertEquals(backend(), backend());
  assertEquals(backend().os, Deno.build.os);
});

Deno.test("backend() opens with --allow-ffi alone", needs("sockets"), async () => {
  const flags = ["--allow-ffi"];
  const { os } = Deno.build;
  assertEquals(await runFixture<Outcome>(program, { flags }), { os, opened: true });
});

Deno.test("backend() without --allow-ffi names the flag", needs("sockets"), async () => {
  const { name, message } = await runFixture<Outcome>(program, { flags: ["--allow-net"] });
  assertEquals(name, "FfiUnavailableError");
  assertStringIncludes(message!, "--allow-ffi");
});

/** Where this machine has its libc, as a grant would name it. */
function libcPath(): string {
  const maps = Deno.readTextFileSync("/proc/self/maps");
  return maps.match(/\/\S*\/(libc\.so\.6|ld-musl-\w+\.so\.1)$/m)![0];
}

Deno.test("backend() with a grant for the library alone says what is missing", {
  ignore,
}, async () => {
  // Deno lets a program look at memory only where FFI is allowed without a path.
  const flags = [`--allow-ffi=${libcPath()}`];
  const { name, message } = await runFixture<Outcome>(program, { flags });
  assertEquals(name, "FfiUnavailableError");
  assertStringIncludes(message!, "--allow-ffi flag, without a path");
});

for (const host of ["without Deno", "without FFI"]) {
  Deno.test(`backend() on a host ${host} says that there is no FFI`, async () => {
    const { name, message } = await runFixture<Outcome>(program, {
      flags: ["--allow-ffi"],
      args: [host],
    });
    assertEquals(name, "FfiUnavailableError");
    assertStringIncludes(message!, "offers no FFI");
  });
}

for (const [host, found] of [["system", "plan9 on mips"], ["processor", "linux on mips"]]) {
  Deno.test(`backend() on another ${host} says which one it is`, async () => {
    const { name, message } = await runFixture<Outcome>(program, {
      flags: ["--allow-ffi"],
      args: [`on another ${host}`],
    });
    assertEquals(name, "FfiUnavailableError");
    assertStringIncludes(message!, `there is no backend for ${found}`);
  });
}
