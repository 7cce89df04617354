/**
 * The symbol table of libc: its prototypes against its types, and against the system's headers.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ERRNO, libcCandidates } from "../../ffi/linux/abi.ts";
import { LIBC, pointerAt, System } from "../../ffi/linux/libc.ts";
import type { NativeSymbol } from "../../ffi/native.ts";
import { cHeaders, compile, findCompiler } from "./_compiler.ts";

/** A C prototype from a comment. */
interface Prototype {
  readonly text: string;
  readonly name: string;
  readonly result: string;
  readonly parameters: readonly string[];
}

/** The prototypes of the comments, by the keys of the table below them. */
async function prototypes(): Promise<Map<string, Prototype>> {
  const source = await Deno.readTextFile(new URL("../../ffi/linux/libc.ts", import.meta.url));
  const entry = /\/\/ FFI: ((.*?)(\w+)\((.*)\))\n(?: *\/\/.*\n)* *(\w+): \{/g;
  const found = new Map<string, Prototype>();
  for (const [, text, result, name, list, key] of source.matchAll(entry)) {
    const parameters = list === "void" ? [] : list!.split(",").map((part) => part.trim());
    found.set(key!, { text: text!, name: name!, result: result!.trim(), parameters });
  }
  return found;
}

/** The native types that may stand for a C parameter. */
function typesFor(parameter: string): string[] {
  if (parameter.includes("*")) return ["pointer", "buffer"];
  if (/^size_t\b/.test(parameter)) return ["u32", "u64"];
  if (/^(unsigned int|socklen_t)\b/.test(parameter)) return ["u32"];
  return /^(int|clockid_t)\b/.test(parameter) ? ["i32"] : [];
}

/** The native types that may stand for a C result; `ssize_t` fits because edo's lengths do. */
function typesForResult(result: string): string[] {
  if (result.endsWith("*")) return ["pointer"];
  return { void: ["void"], int: ["i32"], ssize_t: ["i32", "i64", "isize"] }[result] ?? [];
}

const table: Readonly<Record<string, NativeSymbol>> = LIBC;

Deno.test("LIBC has a prototype above every symbol, under the symbol's name", async () => {
  const found = await prototypes();
  assertEquals([...found.keys()], Object.keys(table));
  for (const [key, { name }] of found) assertEquals(name, table[key]!.name ?? key);
});

Deno.test("LIBC declares as many parameters as the prototypes, of types that fit", async () => {
  for (const [key, { parameters, result, text }] of await prototypes()) {
    const symbol = table[key]!;
    assertEquals(symbol.parameters.length, parameters.length, text);
    for (const [i, parameter] of parameters.entries()) {
      const [type, allowed] = [symbol.parameters[i]!, typesFor(parameter)];
      assert(allowed.includes(type), `${type} for "${parameter}" of ${text}`);
    }
    assert(typesForResult(result).includes(symbol.result), `${symbol.result} for ${text}`);
  }
});

Deno.test("LIBC lends no memory of V8's to calls that run on another thread", () => {
  for (const [key, { nonblocking, parameters }] of Object.entries(table)) {
    if (nonblocking) assert(!parameters.includes("buffer"), key);
  }
});

const cc = await findCompiler("cc");

Deno.test({
  name: `the prototypes of LIBC are those of the headers${cc ? "" : " (ignored: no cc)"}`,
  ignore: cc === undefined,
  fn: async () => {
    // fcntl is variadic: its comment names the one form that edo uses.
    const lines = [...(await prototypes()).values()].filter(({ name }) => name !== "fcntl")
      .map(({ text }) => `extern ${text};`);
    const checked = await compile(cc!, `${cHeaders}\n${lines.join("\n")}\n`, ["-fsyntax-only"]);
    assert(checked.success, checked.text);
    const wrong = await compile(cc!, `${cHeaders}\nextern int close(long fd);\n`, [
      "-fsyntax-only",
    ]);
    assert(!wrong.success);
  },
});

Deno.test("libcCandidates() names glibc before musl, and bare names before paths", () => {
  const candidates = libcCandidates("aarch64");
  assertEquals(candidates.slice(0, 2), ["libc.so.6", "libc.musl-aarch64.so.1"]);
  assert(candidates.slice(2).every((path) => path.startsWith("/")));
  assert(candidates.includes("/lib/aarch64-linux-gnu/libc.so.6"));
  assertEquals(new Set(candidates).size, candidates.length);
});

// The library stays open for as long as the process runs.
const onLinux = { ignore: Deno.build.os !== "linux", sanitizeResources: false };

Deno.test("System.errno() is the number of the call before", onLinux, () => {
  const system = new System(Deno.build.arch);
  assertEquals(system.libc.close(-1), -1);
  assertEquals(system.errno(), ERRNO.EBADF);
  assertEquals(system.libc.socket(-1, 1, 0), -1);
  assertEquals(system.errno(), ERRNO.EAFNOSUPPORT);
});

Deno.test("System.allocate() gives zeroed memory that C and JavaScript share", onLinux, () => {
  const system = new System(Deno.build.arch);
  const memory = system.allocate(16);
  assertEquals(new Uint8Array(memory.buffer), new Uint8Array(16));
  new Uint8Array(memory.buffer).set(new TextEncoder().encode("shared"), 4);
  assertEquals(Deno.UnsafePointerView.getCString(asDeno(pointerAt(memory.pointer, 4))), "shared");
  memory.free();
});

/** The library's own type for a pointer is that of Deno under another name. */
function asDeno(pointer: unknown): Deno.PointerObject {
  return pointer as Deno.PointerObject;
}
