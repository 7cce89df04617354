/**
 * The page that compares with Tokio: what stands in it, and what is a mistake in its tables.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Item,
  kindOf,
  mistakes,
  namesIn,
  render,
  type TestFile,
} from "../../scripts/parity.ts";

const ITEMS: ReadonlyMap<string, Readonly<Record<string, Item>>> = new Map([
  ["locks", {
    "tokio::sync::Mutex::lock": "sync.Mutex.lock",
    "tokio::sync::Mutex::const_new": { different: "no constants", symbol: "sync.Mutex" },
    "tokio::sync::Mutex::blocking_lock": { impossible: "one thread" },
  }],
  ["fs", { "tokio::fs::read": { later: "fs" } }],
]);

const FILES: readonly TestFile[] = [{
  source: "tokio/tests/sync_mutex.rs",
  tests: {
    straight_execution: "a_test.ts: a lock is a lock",
    aborted_future_1: ["a_test.ts: one", "a_test.ts: two"],
    debug_format: { different: "no Debug | Display", test: "a_test.ts: one" },
    lock_in_thread: { impossible: "one thread" },
  },
}];

const SYMBOLS = new Set(["sync.Mutex", "sync.Mutex.lock"]);

function readSource(path: string): Promise<string | undefined> {
  const source = 'test("a lock is a lock"); test("one"); test("two");';
  return Promise.resolve(path === "a_test.ts" ? source : undefined);
}

Deno.test("kindOf() tells entries apart by what they say", () => {
  const entries = [...ITEMS.values()].flatMap((area) => Object.values(area));
  assertEquals(entries.map(kindOf), ["done", "different", "impossible", "later"]);
  assertEquals(kindOf(["a: one", "a: two"]), "done");
});

Deno.test("namesIn() gives the symbols and the tests that an entry names", () => {
  assertEquals(namesIn({ different: "why", symbol: "sync.Mutex" }), ["sync.Mutex"]);
  assertEquals(namesIn({ different: "why", test: ["a: one", "a: two"] }), ["a: one", "a: two"]);
  assertEquals(namesIn({ impossible: "why" }), []);
});

Deno.test("mistakes() finds none in tables that are right", async () => {
  assertEquals(await mistakes(ITEMS, FILES, SYMBOLS, readSource), []);
});

Deno.test("mistakes() names symbols that are not exported and tests that do not exist", async () => {
  const items = new Map([["locks", { "tokio::a": "sync.Mutex.unlock" }]]);
  const files = [{
    source: "tokio/tests/a.rs",
    tests: {
      one: "a_test.ts: a lock is no lock",
      two: "b_test.ts: one",
      three: "no path",
      four: { different: "why", test: "a_test.ts: four" },
    },
  }];
  assertEquals(await mistakes(items, files, SYMBOLS, readSource), [
    "locks: tokio::a: there is no sync.Mutex.unlock",
    'tokio/tests/a.rs: one: there is no test "a_test.ts: a lock is no lock"',
    'tokio/tests/a.rs: two: there is no test "b_test.ts: one"',
    'tokio/tests/a.rs: three: there is no test "no path"',
    'tokio/tests/a.rs: four: there is no test "a_test.ts: four"',
  ]);
});

Deno.test("render() counts by kind and gives the reasons", () => {
  const page = render(ITEMS, FILES);
  assertStringIncludes(page, "| locks | 3 | 1 | 1 | 1 | 0 |");
  assertStringIncludes(page, "| **all** | **4** | **1** | **1** | **1** | **1** |");
  assertStringIncludes(page, "| `tokio/tests/sync_mutex.rs` | 4 | 2 | 1 | 1 | 0 |");
  assertStringIncludes(
    page,
    "| `tokio::sync::Mutex::const_new` | different | `sync.Mutex` | no constants |",
  );
  assertStringIncludes(page, "| `debug_format` | different | no Debug \\| Display |");
});
