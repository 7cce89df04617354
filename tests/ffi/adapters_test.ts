/**
 * Which FFI is found on which host, and what is said where there is none.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { findAdapter } from "../../ffi/adapters/find.ts";
import { koffiAdapter } from "../../ffi/adapters/koffi.ts";
import { nodeAdapter } from "../../ffi/adapters/node.ts";
import type { SymbolTable } from "../../ffi/native.ts";
import { FfiUnavailableError } from "../../ffi/unavailable.ts";
import type { HostGlobal, Koffi, NodeFfi } from "../../host/global.ts";

/** A Node: its modules, and what else `process` has. */
function node(modules: Record<string, unknown>, more: object = {}): HostGlobal {
  const process = {
    platform: "linux",
    arch: "arm64",
    version: "v22.0.0",
    versions: { node: "22.0.0" },
    cwd: () => "/nowhere",
    getBuiltinModule: (name: string) => modules[name],
    ...more,
  };
  return { process } as unknown as HostGlobal;
}

/** A `node:module` whose `require` answers so. */
function requiring(answer: () => unknown): Record<string, unknown> {
  return { "node:module": { createRequire: () => answer } };
}

function throwing(code: string, message = code): () => never {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

function said(surroundings: HostGlobal): string {
  return assertThrows(() => findAdapter(surroundings), FfiUnavailableError).message;
}

const absent = requiring(throwing("MODULE_NOT_FOUND"));
const flags = (...known: string[]) => ({ allowedNodeEnvironmentFlags: new Set(known) });

Deno.test("findAdapter() in a browser says that there is no FFI", () => {
  assertStringIncludes(said({}), "this host offers no FFI");
});

Deno.test("findAdapter() on an old Node says to install koffi", () => {
  const message = said(node(absent));
  assertStringIncludes(message, "Node v22.0.0 offers no FFI by itself");
  assertStringIncludes(message, "npm install koffi");
});

Deno.test("findAdapter() on a Node with FFI behind a flag names the flag", () => {
  assertStringIncludes(said(node(absent, flags("--experimental-ffi"))), "--experimental-ffi");
});

Deno.test("findAdapter() where koffi may not be loaded names the flag", () => {
  const message = said(node(requiring(throwing("ERR_DLOPEN_DISABLED"))));
  assertStringIncludes(message, "--allow-addons");
});

Deno.test("findAdapter() where koffi fails says how", () => {
  assertStringIncludes(said(node(requiring(throwing("EIO", "the disk is gone")))), "disk is gone");
});

Deno.test("findAdapter() prefers koffi to node:ffi, and names systems as Deno does", () => {
  const native: string[] = [];
  const koffi = { load: (path: string) => (native.push(path), { func: () => () => 0 }) };
  const found = findAdapter(node({ ...requiring(() => koffi), "node:ffi": {} }));
  found.open("libc.so.6", {});
  assertEquals(native, ["libc.so.6"]);
  assertEquals(found.build, { os: "linux", arch: "aarch64" });
});

Deno.test("Adapter.refusal() of node:ffi names the flag where Node runs with --permission", () => {
  const permission = { has: (scope: string) => scope !== "ffi" };
  const found = findAdapter(node({ ...absent, "node:ffi": {} }, { permission }));
  assertStringIncludes(found.refusal()!, "--allow-ffi");
  assertEquals(findAdapter(node({ ...absent, "node:ffi": {} })).refusal(), undefined);
});

const TABLE = {
  // FFI: void *malloc(size_t size)
  // Fails with NULL. Any thread. The buffer it makes lives until free().
  malloc: { parameters: ["u32"], result: "pointer" },

  // FFI: off_t lseek(int fd, off_t offset, int whence)
  // Fails with -1 and errno. Any thread. No buffer.
  seek: { name: "lseek", parameters: ["i32", "i64", "i32"], result: "i64" },
} as const satisfies SymbolTable;

const build = { os: "linux", arch: "x86_64" };

Deno.test("koffiAdapter() answers as Deno does: null pointers as null, 64 bits as bigint", () => {
  const declared: unknown[] = [];
  const results: Record<string, number> = { malloc: 0, lseek: 7 };
  const koffi: Koffi = {
    load: () => ({
      func(name, result, parameters) {
        declared.push([name, result, parameters]);
        return () => results[name]!;
      },
    }),
    view: () => new ArrayBuffer(0),
    address: () => 1n,
  };
  const { malloc, seek } = koffiAdapter(koffi, build).open("libc.so.6", TABLE);
  assertEquals([malloc!(1), seek!(0, 0n, 0)], [null, 7n]);
  assertEquals(declared, [
    ["malloc", "uintptr_t", ["uint32"]],
    ["lseek", "int64", ["int32", "int64", "int32"]],
  ]);
  results["malloc"] = 4096;
  assert(malloc!(1) !== null);
});

/** A `node:ffi` whose functions note how they are called, and answer with `result`. */
function nodeFfi(calls: unknown[][], result: (name: string) => number | bigint): NodeFfi {
  return {
    dlopen() {
      const taken = new Set<string>();
      return {
        lib: {
          getFunction(name) {
            assert(!taken.has(name), `${name} has a signature already`);
            taken.add(name);
            return (...args) => (calls.push([name, ...args]), result(name));
          },
        },
      };
    },
    toArrayBuffer: (_address, byteLength) => new ArrayBuffer(byteLength),
    getRawPointer: () => 4096n,
  };
}

const SOCKETS = {
  // FFI: ssize_t recv(int fd, void *buf, size_t len, int flags)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },

  // FFI: ssize_t send(int fd, const void *buf, size_t len, int flags)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },

  // FFI: ssize_t read(int fd, void *buf, size_t count)
  // Fails with -1 and errno. Any thread. The buffer is written before it returns.
  read: { parameters: ["i32", "pointer", "u32"], result: "i32" },

  // FFI: ssize_t write(int fd, const void *buf, size_t count)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  write: { parameters: ["i32", "pointer", "u32"], result: "i32" },

  // FFI: ssize_t write(int fd, const void *buf, size_t count)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  write_again: { name: "write", parameters: ["i32", "buffer", "u32"], result: "i32" },
} as const satisfies SymbolTable;

const NOSIGNAL = 0x4000;

Deno.test("nodeAdapter() reads and writes small amounts by calls of three arguments", () => {
  const calls: unknown[][] = [];
  const adapter = nodeAdapter(nodeFfi(calls, () => 3), build, () => undefined);
  const { recv, send } = adapter.open("libc.so.6", SOCKETS);
  const small = new Uint8Array(8);
  assertEquals([recv!(5, small, 8, 0), send!(5, small, 3, NOSIGNAL)], [3, 3]);
  assertEquals(calls, [["read", 5, 4096n, 8], ["write", 5, 4096n, 3]]);
});

Deno.test("nodeAdapter() does not copy what is large, and keeps flags and empty datagrams", () => {
  const calls: unknown[][] = [];
  const adapter = nodeAdapter(nodeFfi(calls, () => 1), build, () => undefined);
  const { recv, send } = adapter.open("libc.so.6", SOCKETS);
  const large = new Uint8Array(100_000);
  recv!(5, large, 100_000, 0);
  send!(5, large, 100_000, NOSIGNAL);
  recv!(5, large, 8, 2);
  send!(5, large, 0, NOSIGNAL);
  assertEquals(calls.map(([name, , memory]) => [name, memory === large]), [
    ["read", true],
    ["write", true],
    ["recv", true],
    ["send", true],
  ]);
});

Deno.test("nodeAdapter() answers with null for the null pointer", () => {
  const adapter = nodeAdapter(nodeFfi([], () => 0n), build, () => undefined);
  assertEquals(adapter.open("libc.so.6", TABLE)["malloc"]!(1), null);
  assertEquals(adapter.address(adapter.pointer(0n)), 0n);
  assertEquals(adapter.address(adapter.pointer(8n)), 8n);
});
