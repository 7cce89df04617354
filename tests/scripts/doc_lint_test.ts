/**
 * What the documentation check takes for a missing example.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Declaration, type Entry, missingExamples } from "../../scripts/doc_lint.ts";

const WITH_EXAMPLE = { tags: [{ kind: "param" }, { kind: "example" }] };
const WITHOUT = { tags: [{ kind: "param" }] };

function entry(name: string, ...declarations: Partial<Declaration>[]): Entry {
  const location = { filename: "a.ts", line: 1 };
  return {
    name,
    declarations: declarations.map((part) => ({ kind: "function", location, ...part })),
  };
}

function missing(...symbols: Entry[]): string[] {
  return missingExamples({ nodes: { "a.ts": { symbols } } });
}

Deno.test("missingExamples() accepts functions and classes with an example", () => {
  assertEquals(missing(entry("sleep", { jsDoc: WITH_EXAMPLE })), []);
  assertEquals(missing(entry("sleep", { jsDoc: WITHOUT }, { jsDoc: WITH_EXAMPLE })), []);
  const methods = [{ name: "close" }];
  assertEquals(
    missing(entry("Socket", { kind: "class", jsDoc: WITH_EXAMPLE, def: { methods } })),
    [],
  );
});

Deno.test("missingExamples() names functions without an example, once", () => {
  const nodes = {
    "mod.ts": { symbols: [entry("sleep", { jsDoc: WITHOUT }, {})] },
    "time/mod.ts": { symbols: [entry("sleep", { jsDoc: WITHOUT }, {})] },
  };
  assertEquals(missingExamples({ nodes }), ["sleep (a.ts:1)"]);
});

Deno.test("missingExamples() names the public methods of a class that no example speaks for", () => {
  const methods = [
    { name: "open", jsDoc: WITH_EXAMPLE },
    { name: "close" },
    { name: "close" },
    { name: "[Symbol.dispose]" },
    { name: "secret", accessibility: "private" as const },
  ];
  assertEquals(missing(entry("Socket", { kind: "class", def: { methods } })), [
    "Socket.close (a.ts:1)",
    "Socket[Symbol.dispose] (a.ts:1)",
  ]);
  assertEquals(missing(entry("Empty", { kind: "class", def: {} })), ["Empty (a.ts:1)"]);
});

Deno.test("missingExamples() asks for none on types and constants", () => {
  const kinds = ["typeAlias", "interface", "variable", "enum"];
  assertEquals(missing(...kinds.map((kind) => entry(kind, { kind }))), []);
});

Deno.test("missingExamples() looks into namespaces", () => {
  const elements = [entry("join", {})];
  assertEquals(missing(entry("task", { kind: "namespace", def: { elements } })), ["join (a.ts:1)"]);
});
