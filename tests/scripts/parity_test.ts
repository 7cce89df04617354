/**
 * The page that compares with Tokio: what stands in it, and what is a mistake in its tables.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  filesNamed,
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

const TESTS = new Map([["a_test.ts", new Set(["a lock is a lock", "one", "two"])]]);

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

Deno.test("mistakes() finds none in tables that are right", () => {
  assertEquals(mistakes(ITEMS, FILES, SYMBOLS, TESTS), []);
});

Deno.test("mistakes() names symbols that are not exported and tests that do not exist", () => {
  const items = new Map([["locks", { "tokio::a": "sync.Mutex.unlock" }]]);
  const files = [{
    source: "tokio/tests/a.rs",
    tests: {
      one: "a_test.ts: a lock is no lock",
      two: "b_test.ts: one",
      three: "no path",
      four: { different: "why", test: "a_test.ts: four" },
      five: "a_test.ts: a lock",
    },
  }];
  assertEquals(mistakes(items, files, SYMBOLS, TESTS), [
    "locks: tokio::a: there is no sync.Mutex.unlock",
    'tokio/tests/a.rs: one: there is no test "a_test.ts: a lock is no lock"',
    'tokio/tests/a.rs: two: there is no test "b_test.ts: one"',
    'tokio/tests/a.rs: three: there is no test "no path"',
    'tokio/tests/a.rs: four: there is no test "a_test.ts: four"',
    'tokio/tests/a.rs: five: there is no test "a_test.ts: a lock"',
  ]);
});

Deno.test("mistakes() names entries that give no reason, or two", () => {
  const items = new Map<string, Record<string, Item>>([["locks", {
    "tokio::a": { later: " " },
    "tokio::b": { impossible: "one thread", later: "fs" } as unknown as Item,
    "tokio::c": { symbol: "sync.Mutex" } as unknown as Item,
  }]]);
  const files = [{ source: "tokio/tests/a.rs", tests: { one: [] } }];
  assertEquals(mistakes(items, files, SYMBOLS, TESTS), [
    "locks: tokio::a: it does not say why it is later",
    "locks: tokio::b: expected one of different, impossible, later, found impossible, later",
    "locks: tokio::c: expected one of different, impossible, later, found nothing",
    "tokio/tests/a.rs: one: it names no test",
  ]);
});

Deno.test("filesNamed() gives each file of ours once", () => {
  const files = [...FILES, {
    source: "tokio/tests/a.rs",
    tests: {
      one: "b_test.ts: one: or two",
      two: "no path",
      three: { different: "why", test: "a_test.ts: one" },
    },
  }];
  assertEquals([...filesNamed(files)], ["a_test.ts", "b_test.ts"]);
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
  assertStringIncludes(page, "| `debug_format` | different | one | no Debug \\| Display |");
});
