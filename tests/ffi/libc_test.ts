/**
 * The symbol table of libc: its prototypes against its types, and against the system's headers.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DARWIN, FCNTL, FCNTL_ON_STACK } from "../../ffi/darwin/libc.ts";
import { FREEBSD } from "../../ffi/freebsd/libc.ts";
import { KQUEUE } from "../../ffi/kqueue/libc.ts";
import { ERRNO, libcCandidates, linuxAbi } from "../../ffi/linux/abi.ts";
import { LINUX } from "../../ffi/linux/libc.ts";
import { FfiUnavailableError } from "../../ffi/library.ts";
import { pointerAt } from "../../ffi/library.ts";
import type { NativeSymbol, SymbolTable } from "../../ffi/native.ts";
import { LIBC } from "../../ffi/unix/libc.ts";
import { RECVMSG } from "../../ffi/unix/whole_datagrams.ts";
import { openLibc, System } from "../../ffi/unix/system.ts";
import {
  bsdHeaders,
  cHeaders,
  compile,
  compiles,
  findCompiler,
  findCrossCompiler,
} from "./_compiler.ts";
import { needs } from "../helpers/needs.ts";

/** A C prototype from a comment. */
interface Prototype {
  readonly text: string;
  readonly name: string;
  readonly result: string;
  readonly parameters: readonly string[];
}

/** The prototypes of the comments in a file, by the keys of the table below them. */
async function prototypes(file: string): Promise<Map<string, Prototype>> {
  const source = await Deno.readTextFile(new URL(`../../ffi/${file}`, import.meta.url));
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
  if (/^long\b/.test(parameter)) return ["u32", "i64"];
  return /^(int|clockid_t)\b/.test(parameter) ? ["i32"] : [];
}

/** The native types that may stand for a C result; `ssize_t` fits because edo's lengths do. */
function typesForResult(result: string): string[] {
  if (result.endsWith("*")) return ["pointer"];
  return {
    void: ["void"],
    int: ["i32"],
    long: ["i32", "i64", "isize"],
    ssize_t: ["i32", "i64", "isize"],
  }[result] ?? [];
}

/** A table of symbols, and the file that declares what it does not have from another one. */
interface Table {
  readonly name: string;
  readonly file: string;
  readonly symbols: Readonly<Record<string, NativeSymbol>>;
}

const SHARED = { ...LIBC, ...KQUEUE, ...RECVMSG };

const tables: readonly Table[] = [
  { name: "LIBC", file: "unix/libc.ts", symbols: LIBC },
  { name: "LINUX", file: "linux/libc.ts", symbols: without(LINUX, LIBC) },
  { name: "KQUEUE", file: "kqueue/libc.ts", symbols: KQUEUE },
  { name: "RECVMSG", file: "unix/whole_datagrams.ts", symbols: RECVMSG },
  {
    name: "DARWIN",
    file: "darwin/libc.ts",
    symbols: { ...without(DARWIN, SHARED), ...FCNTL_ON_STACK },
  },
  { name: "FREEBSD", file: "freebsd/libc.ts", symbols: without(FREEBSD, SHARED) },
];

function without(symbols: Table["symbols"], others: Table["symbols"]): Table["symbols"] {
  return Object.fromEntries(Object.entries(symbols).filter(([key]) => !(key in others)));
}

for (const { name, file, symbols } of tables) {
  Deno.test(`${name} has a prototype above every symbol, under the symbol's name`, async () => {
    const found = await prototypes(file);
    assertEquals([...found.keys()], Object.keys(symbols));
    for (const [key, { name }] of found) assertEquals(name, symbols[key]!.name ?? key);
  });

  Deno.test(`${name} declares as many parameters as the prototypes, of types that fit`, async () => {
    for (const [key, { parameters, result, text }] of await prototypes(file)) {
      const symbol = symbols[key]!;
      assertEquals(symbol.parameters.length, parameters.length, text);
      for (const [i, parameter] of parameters.entries()) {
        const [type, allowed] = [symbol.parameters[i]!, typesFor(parameter)];
        assert(allowed.includes(type), `${type} for "${parameter}" of ${text}`);
      }
      assert(typesForResult(result).includes(symbol.result), `${symbol.result} for ${text}`);
    }
  });

  Deno.test(`${name} lends no memory of V8's to calls that run on another thread`, () => {
    for (const [key, { nonblocking, parameters }] of Object.entries(symbols)) {
      if (nonblocking) assert(!parameters.includes("buffer"), key);
    }
  });
}

const cc = await findCompiler("cc");

/** Their comments name the one form that edo uses. */
const variadic = ["fcntl", "syscall"];

Deno.test({
  name: `the prototypes of LIBC and LINUX are those of the headers${cc ? "" : " (ignored: no cc)"}`,
  ignore: cc === undefined,
  fn: async () => {
    const all = await Promise.all(["unix/libc.ts", "linux/libc.ts"].map(prototypes));
    const lines = all.flatMap((found) => [...found.values()])
      .filter(({ name }) => !variadic.includes(name)).map(({ text }) => `extern ${text};`);
    const checked = await compile(cc!, `${cHeaders}\n${lines.join("\n")}\n`, ["-fsyntax-only"]);
    assert(checked.success, checked.text);
    const wrong = await compile(cc!, `${cHeaders}\nextern int close(long fd);\n`, [
      "-fsyntax-only",
    ]);
    assert(!wrong.success);
  },
});

for (const [os, target] of [["darwin", "aarch64-macos"], ["freebsd", "x86_64-freebsd"]] as const) {
  const compiler = await findCrossCompiler(os, target);
  const reason = compiler === undefined ? ` (ignored: no compiler with the headers of ${os})` : "";
  Deno.test({
    name:
      `the prototypes of LIBC, KQUEUE, RECVMSG and ${os}'s own are those of its headers${reason}`,
    ignore: compiler === undefined,
    fn: async () => {
      const files = ["unix/libc.ts", "kqueue/libc.ts", "unix/whole_datagrams.ts", `${os}/libc.ts`];
      const all = await Promise.all(files.map(prototypes));
      const lines = all.flatMap((found) => [...found.values()])
        .filter(({ name }) => !variadic.includes(name)).map(({ text }) => `extern ${text};`);
      const checked = await compiles(compiler!, `${bsdHeaders}\n${lines.join("\n")}\n`);
      assert(checked.success, checked.text);
      const wrong = await compiles(compiler!, `${bsdHeaders}\nextern int kqueue(long fd);\n`);
      assert(!wrong.success);
    },
  });
}

Deno.test("fcntl of macOS has its argument where each processor's callers put it", () => {
  // x86-64 passes it in the third register.
  assertEquals(FCNTL.fcntl.parameters.length, 3);
  // arm64 has eight registers for arguments; the ninth lies on the stack, 64 bits wide.
  assertEquals(FCNTL_ON_STACK.fcntl.parameters.length, 9);
  assertEquals(FCNTL_ON_STACK.fcntl.parameters.at(-1), "i64");
});

Deno.test("libcCandidates() names glibc before musl, and bare names before paths", () => {
  const candidates = libcCandidates("aarch64");
  assertEquals(candidates.slice(0, 2), ["libc.so.6", "libc.musl-aarch64.so.1"]);
  assert(candidates.slice(2).every((path) => path.startsWith("/")));
  assert(candidates.includes("/lib/aarch64-linux-gnu/libc.so.6"));
  assertEquals(new Set(candidates).size, candidates.length);
});

function openSystem(): System {
  const abi = linuxAbi(Deno.build.arch);
  return new System(openLibc(abi, LINUX), abi);
}

// The library stays open for as long as the process runs.
const onLinux = { ...needs("libc"), sanitizeResources: false };

Deno.test("openLibc() names the symbol that a system lacks, and the system", onLinux, () => {
  const table = {
    // FFI: int edo_missing(void)
    // Fails: always. No thread. No buffer.
    edo_missing: { parameters: [], result: "i32" },
  } as const satisfies SymbolTable;
  const abi = { os: "linux", libraries: libcCandidates(Deno.build.arch) };
  const { message } = assertThrows(() => openLibc(abi, table), FfiUnavailableError);
  assertStringIncludes(message, "edo_missing");
  assertStringIncludes(message, "needed on linux");
});

Deno.test("System.errno() is the number of the call before", onLinux, () => {
  const system = openSystem();
  assertEquals(system.libc.close(-1), -1);
  assertEquals(system.errno(), ERRNO.EBADF);
  assertEquals(system.libc.socket(-1, 1, 0), -1);
  assertEquals(system.errno(), ERRNO.EAFNOSUPPORT);
});

Deno.test("System.allocate() gives zeroed memory that C and JavaScript share", onLinux, () => {
  const system = openSystem();
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
