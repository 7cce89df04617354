/**
 * The names of everything that is exported.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Declaration, type Entry, pathsOf } from "../../scripts/symbols.ts";

const ROOT = new URL("file:///repository/");

function entry(name: string, byteIndex: number, rest: Omit<Declaration, "location">): Entry {
  return { name, declarations: [{ ...rest, location: { filename: "a.ts", byteIndex } }] };
}

Deno.test("pathsOf() knows members, those that are inherited, and no private ones", () => {
  const base = entry("Base", 1, {
    kind: "class",
    def: { methods: [{ name: "poll" }, { name: "hidden", accessibility: "protected" }] },
  });
  const derived = entry("Derived", 2, {
    kind: "class",
    def: { extends: "Base", properties: [{ name: "size" }] },
  });
  const nodes = { "file:///repository/sync/mod.ts": { symbols: [base, derived] } };
  assertEquals([...pathsOf(nodes, ROOT)], [
    "sync.Base",
    "sync.Base.poll",
    "sync.Derived",
    "sync.Derived.size",
    "sync.Derived.poll",
  ]);
});

Deno.test("pathsOf() goes into namespaces, and follows what is exported twice", () => {
  const original = entry("Sender", 1, { kind: "interface", def: { methods: [{ name: "send" }] } });
  const again = entry("Sender", 7, {
    kind: "reference",
    def: { target: { filename: "a.ts", byteIndex: 1 } },
  });
  const namespace = entry("mpsc", 9, { kind: "namespace", def: { elements: [again] } });
  const nodes = {
    "file:///repository/sync/mod.ts": { symbols: [namespace] },
    "file:///repository/stream/mod.ts": { symbols: [original] },
  };
  assertEquals([...pathsOf(nodes, ROOT)], [
    "sync.mpsc",
    "sync.mpsc.Sender",
    "sync.mpsc.Sender.send",
    "stream.Sender",
    "stream.Sender.send",
  ]);
});
