/**
 * The symbol tables of Windows: their prototypes against their types, and against the headers.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FfiUnavailableError, openLibrary } from "../../../ffi/library.ts";
import type { NativeSymbol, SymbolTable } from "../../../ffi/native.ts";
import { KERNEL32, NTDLL } from "../../../ffi/windows/kernel.ts";
import { System, unavailable } from "../../../ffi/windows/system.ts";
import { WINSOCK } from "../../../ffi/windows/winsock.ts";
import { needs } from "../../helpers/needs.ts";
import { accepts, compiler, noCompiler } from "./_headers.ts";

/** A C prototype from a comment. */
interface Prototype {
  readonly text: string;
  readonly name: string;
  readonly result: string;
  readonly parameters: readonly string[];
}

const TABLES: [name: string, file: string, table: SymbolTable][] = [
  ["KERNEL32", "kernel.ts", KERNEL32],
  ["NTDLL", "kernel.ts", NTDLL],
  ["WINSOCK", "winsock.ts", WINSOCK],
];

/** The prototypes of a file's comments, by the keys of the table below them. */
async function prototypes(file: string): Promise<Map<string, Prototype>> {
  const url = new URL(`../../../ffi/windows/${file}`, import.meta.url);
  const source = (await Deno.readTextFile(url)).replaceAll("\r", "");
  const entry = /\/\/ FFI: ((.*?)(\w+)\((.*)\))\n(?: *\/\/.*\n)* *(\w+): \{/g;
  const found = new Map<string, Prototype>();
  for (const [, text, result, name, list, key] of source.matchAll(entry)) {
    const parameters = list === "void" ? [] : list!.split(",").map((part) => part.trim());
    found.set(key!, { text: text!, name: name!, result: result!.trim(), parameters });
  }
  return found;
}

/** Pointers, by the names that Windows has for them. */
const POINTER = /\*|^(LP|P)[A-Z]\w+ |^PVOID /;
const HANDLE = /^(HANDLE|SOCKET|ULONG_PTR) /;
const WORDS = /^(DWORD|ULONG|UCHAR|BOOLEAN|WORD|GROUP|ACCESS_MASK|SIZE_T) /;

/** The native types that may stand for a C parameter. */
function typesFor(parameter: string): string[] {
  if (HANDLE.test(parameter)) return ["u32", "i64", "pointer"];
  // A context is a number where the system only gives it back.
  if (/^PVOID (Apc|Key)Context$/.test(parameter)) return ["u32"];
  if (POINTER.test(parameter)) return ["pointer", "buffer"];
  if (/^SIZE_T /.test(parameter)) return ["u32", "u64"];
  if (/ dwIoControlCode$/.test(parameter)) return ["i32"];
  if (WORDS.test(parameter)) return ["u32"];
  return /^(int|long|NTSTATUS|THREADINFOCLASS|BOOL) /.test(parameter) ? ["i32"] : [];
}

const RESULTS: Readonly<Record<string, readonly string[]>> = {
  void: ["void"],
  int: ["i32"],
  INT: ["i32"],
  BOOL: ["i32"],
  NTSTATUS: ["i32"],
  DWORD: ["u32"],
  ULONG: ["u32"],
  LPVOID: ["pointer"],
  HANDLE: ["i32", "pointer"],
  SOCKET: ["i32"],
};

for (const [title, file, table] of TABLES) {
  Deno.test(`${title} has a prototype above every symbol, under the symbol's name`, async () => {
    const found = await prototypes(file);
    for (const [key, symbol] of Object.entries<NativeSymbol>(table)) {
      assertEquals(found.get(key)?.name, symbol.name ?? key);
    }
  });

  Deno.test(`${title} declares as many parameters as the prototypes, of types that fit`, async () => {
    const found = await prototypes(file);
    for (const [key, symbol] of Object.entries<NativeSymbol>(table)) {
      const { parameters, result, text } = found.get(key)!;
      assertEquals(symbol.parameters.length, parameters.length, text);
      for (const [i, parameter] of parameters.entries()) {
        const [type, allowed] = [symbol.parameters[i]!, typesFor(parameter)];
        assert(allowed.includes(type), `${type} for "${parameter}" of ${text}`);
      }
      assert(RESULTS[result]?.includes(symbol.result), `${symbol.result} for ${text}`);
    }
  });

  Deno.test(`${title} passes a 64-bit length only as 64 bits where it is on the stack`, async () => {
    const found = await prototypes(file);
    for (const [key, symbol] of Object.entries<NativeSymbol>(table)) {
      for (const [i, parameter] of found.get(key)!.parameters.entries()) {
        // The first four arguments are in registers, which a 32-bit move clears.
        if (i < 4 || !/^(SIZE_T|HANDLE|SOCKET) /.test(parameter)) continue;
        assert(["u64", "i64", "pointer"].includes(symbol.parameters[i]!), `${key}: ${parameter}`);
      }
    }
  });

  Deno.test(`${title} lends no memory of V8's to calls that run on another thread`, () => {
    for (const [key, { nonblocking, parameters }] of Object.entries<NativeSymbol>(table)) {
      if (nonblocking) assert(!parameters.includes("buffer"), key);
    }
  });
}

/** What the public headers leave out, or declare with types of their own. */
const UNDECLARED = /^(Nt(SetIoCompletion|RemoveIoCompletionEx|CancelIoFileEx))$/;

Deno.test({
  name: `the prototypes are those of the headers${noCompiler}`,
  ignore: compiler === undefined,
  fn: async () => {
    const all = [...await prototypes("kernel.ts"), ...await prototypes("winsock.ts")];
    const lines = all.map(([, prototype]) => prototype)
      .filter(({ name }) => !UNDECLARED.test(name))
      .map(({ text }) => `extern ${text};`);
    assert(lines.length > 30);
    const checked = await accepts(lines.join("\n"));
    assert(checked.success, checked.text);
    assert(!(await accepts("extern int closesocket(char *s);")).success);
  },
});

const onWindows = { ...needs("windows"), sanitizeResources: false };

Deno.test("System.lastError() is the error of the call before", onWindows, () => {
  const system = new System();
  assertEquals(system.kernel.CloseHandle(0x7ffffff0), 0);
  assertEquals(system.lastFailure("CloseHandle"), {
    code: "EBADF",
    errno: 6,
    syscall: "CloseHandle",
  });
  assertEquals(system.winsock.closesocket(0x7ffffff0), -1);
  assertEquals(system.lastFailure("closesocket").code, "ENOTSOCK");
});

Deno.test("System.allocate() gives zeroed memory, aligned for the kernel", onWindows, () => {
  const system = new System();
  for (const bytes of [1, 64, 100_000]) {
    const { buffer, free } = system.allocate(bytes);
    assertEquals(new Uint8Array(buffer), new Uint8Array(bytes));
    free();
  }
});

Deno.test("a library without a symbol is refused with its name", onWindows, () => {
  const table = {
    // FFI: int EdoMissing(void)
    // Fails: always. No thread. No buffer.
    EdoMissing: { parameters: [], result: "i32" },
  } as const satisfies SymbolTable;
  const { message } = assertThrows(() => openLibrary(["ntdll.dll"], table), FfiUnavailableError);
  assertStringIncludes(message, "EdoMissing");
});

Deno.test("unavailable() names what failed, the system and the status", () => {
  const { message } = unavailable("opening \\Device\\Afd\\Edo", 0xc0000034 | 0);
  assertEquals(
    message,
    "Cannot call the operating system: opening \\Device\\Afd\\Edo failed on windows with 0xC0000034",
  );
});
