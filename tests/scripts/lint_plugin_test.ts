/**
 * The house rules of `deno lint`: what each reports, and what it lets pass.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "../../scripts/lint_plugin.ts";

/** What the plugin reports on a file of this repository. */
function lint(path: string, source: string): { rule: string; message: string }[] {
  const file = new URL(`../../${path}`, import.meta.url).pathname;
  return Deno.lint.runPlugin(plugin, file, source)
    .map(({ id, message }) => ({ rule: id, message }));
}

/** The rules that were broken. */
function rules(path: string, source: string): string[] {
  return lint(path, source).map(({ rule }) => rule);
}

const PAGE = `
  // FFI: int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  // Fails with -1 and errno. Any thread. The kernel copies *event before it
  // returns, so the buffer can be reused at once.`;
const ENTRY = `epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },`;

/** A symbol table with one entry under a comment. */
function table(comment: string, entry = ENTRY): string {
  return `const SYMBOLS = {${comment}
  ${entry}
} as const satisfies SymbolTable;`;
}

Deno.test("edo/ffi-comment accepts an entry that reads like a man page", () => {
  assertEquals(lint("ffi/linux/epoll.ts", table(PAGE)), []);
});

Deno.test("edo/ffi-comment accepts a block comment", () => {
  const comment = `
  /*
   * FFI: int close(int fd)
   * Fails with -1 and errno. Any thread. No pointers.
   */`;
  assertEquals(lint("ffi/a.ts", table(comment, `close: { parameters: ["i32"] },`)), []);
});

Deno.test("edo/ffi-comment accepts the C name of an entry with another key", () => {
  const comment = `
  // FFI: int close(int fd)
  // Never fails here. Any thread. No pointers.`;
  assertEquals(lint("ffi/a.ts", table(comment, `shut: { name: "close", parameters: [] },`)), []);
  assertEquals(lint("ffi/a.ts", table(comment, `shut: { name: "close$X", parameters: [] },`)), []);
  const [report] = lint("ffi/a.ts", table(comment, `shut: { parameters: [] },`));
  assertStringIncludes(report!.message, "prototype");
});

Deno.test("edo/ffi-comment reports an entry without a comment", () => {
  const [report] = lint("ffi/a.ts", table(""));
  assertEquals(report?.rule, "edo/ffi-comment");
  assertStringIncludes(report!.message, '"epoll_ctl" has no FFI comment');
});

Deno.test("edo/ffi-comment reports a comment that belongs to something else", () => {
  const detached = `${PAGE}\n`;
  assertEquals(rules("ffi/a.ts", table(detached)), ["edo/ffi-comment"]);
  const second = `${ENTRY}\n  epoll_wait: { parameters: [] },`;
  assertEquals(rules("ffi/a.ts", table(PAGE, second)), ["edo/ffi-comment"]);
  const trailing = `${ENTRY} // FFI: int f(int a) fails, thread, buffer\n  f: { parameters: [] },`;
  assertEquals(rules("ffi/a.ts", table(PAGE, trailing)), ["edo/ffi-comment"]);
});

Deno.test("edo/ffi-comment reports each statement that is missing", () => {
  const full = [
    "int epoll_ctl(int epfd, void (*thread_buffer_fails)(int))",
    "Fails with -1.",
    "Any thread.",
    "The buffer is copied.",
  ];
  for (const [index, what] of ["prototype", "fails", "thread", "buffer"].entries()) {
    const comment = `\n  // FFI: ${full.filter((_, other) => other !== index).join("\n  // ")}`;
    const reports = lint("ffi/a.ts", table(comment));
    assertEquals(reports.length, 1);
    assertStringIncludes(reports[0]!.message, what);
  }
});

Deno.test("edo/ffi-comment looks at every form of a table and at nothing else", () => {
  const forms = [
    `const A = { f: {} } satisfies SymbolTable;`,
    `const A: SymbolTable = { f: {} };`,
    `const A = { f: {} } as const satisfies Deno.ForeignLibraryInterface;`,
    `const A = { "f": {} } satisfies native.SymbolTable;`,
  ];
  for (const form of forms) assertEquals(rules("ffi/a.ts", form), ["edo/ffi-comment"]);
  assertEquals(rules("ffi/a.ts", `const A: Layout = { f: {} };`), []);
  assertEquals(rules("ffi/a.ts", `const A = { ...B } satisfies SymbolTable;`), []);
});

Deno.test("edo/ffi-comment finds its way through text beyond ASCII", () => {
  assertEquals(rules("ffi/a.ts", `const s = "äöü – 😀";\n${table(PAGE)}`), []);
});

Deno.test("edo/error-text accepts sentences and placeholders", () => {
  const good = [
    'throw new RangeError("Cannot acquire 5 permits: the semaphore was created with 3");',
    "throw new TypeError(`${action}: the listener's socket is closed`);",
    'const error = new Deno.errors.AddrInUse("Cannot bind " + address);',
    "throw new AggregateError(errors, `Cannot close ${count} sockets`);",
    "throw new ClosedError(value);",
    'new Map("lower case.");',
    'class Text extends Base { constructor() { super("it is closed"); } }',
  ];
  for (const source of good) assertEquals(lint("ffi/a.ts", source), []);
});

Deno.test("edo/error-text reports lower case, full stops and contractions", () => {
  const bad = [
    'throw new Error("cannot bind");',
    "throw new RangeError(`cannot bind ${address}`);",
    'throw new TypeError("Cannot bind.");',
    "throw new TypeError(`Cannot bind ${address}.`);",
    'throw new TypeError("Cannot bind " + address + ".");',
    'const error = new ClosedError("Can\'t bind");',
    "new AggregateError([], `Sockets ${names} don't close`);",
    'new Deno.errors.BadResource("bad resource");',
    'throw Error("It\'s closed");',
    'class ClosedError extends Error { constructor() { super("it is closed"); } }',
  ];
  for (const source of bad) assertEquals(rules("ffi/a.ts", source), ["edo/error-text"], source);
});

Deno.test("edo/error-text leaves the errors that tests make alone", () => {
  assertEquals(rules("tests/net/a_test.ts", 'throw new Error("boom");'), []);
});

Deno.test("edo/no-deno-global reports Deno in portable code", () => {
  for (const path of ["future/a.ts", "task/a.ts", "time/b/a.ts", "net/a.ts", "mod.ts"]) {
    assertEquals(rules(path, "export const os = Deno.build.os;"), ["edo/no-deno-global"]);
  }
  assertEquals(rules("net/a.ts", "let conn: Deno.Conn;"), ["edo/no-deno-global"]);
  assertEquals(rules("net/a.ts", "globalThis.Deno;"), ["edo/no-deno-global"]);
});

Deno.test("edo/no-deno-global lets ffi/, host/ and what is not published use Deno", () => {
  for (
    const path of ["ffi/a.ts", "host/a.ts", "tests/net/a_test.ts", "bench/a.ts", "networks.ts"]
  ) {
    assertEquals(rules(path, "export const os = Deno.build.os;"), []);
  }
});

Deno.test("edo/relative-import reports every import from outside", () => {
  const imports = [
    'import { a } from "@std/assert";',
    'import type { A } from "jsr:@std/assert";',
    'import "npm:koffi";',
    'export * from "node:net";',
    'export { a } from "a";',
    'await import("node:net");',
  ];
  for (const source of imports) {
    assertEquals(rules("ffi/a.ts", source), ["edo/relative-import"], source);
  }
});

Deno.test("edo/relative-import accepts relative imports, and all imports outside the library", () => {
  assertEquals(rules("net/a.ts", 'import { a } from "./a.ts";\nexport * from "../b.ts";'), []);
  assertEquals(rules("net/a.ts", "export { a };\nawait import(name);"), []);
  assertEquals(rules("tests/a_test.ts", 'import { a } from "@std/assert";'), []);
});
