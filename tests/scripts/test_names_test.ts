/**
 * The names of tests, as the test runner sees them.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { collector, testNames } from "../../scripts/test_names.ts";

const HERE = new URL("./", import.meta.url);

Deno.test("collector() takes every form of declaration and runs nothing", () => {
  const { test, take } = collector();
  const fail = () => {
    throw new Error("it was run");
  };
  test("a text", fail);
  test({ name: "an object", fn: fail });
  test("options between", { ignore: true }, fail);
  test({ name: "an object before a function" }, fail);
  test(fail);
  test.only("only this one", fail);
  test.beforeEach(fail);
  assertEquals(take(), [
    "a text",
    "an object",
    "options between",
    "an object before a function",
    "fail",
    "only this one",
  ]);
  assertEquals(take(), []);
});

Deno.test("testNames() knows the names that templates make, and puts Deno.test back", async () => {
  const original = Deno.test;
  const names = await testNames(["fixtures/named.ts", "fixtures/missing.ts"], HERE);
  assertStrictEquals(Deno.test, original);
  assertEquals([...names.get("fixtures/named.ts")!], [
    "a lock is what it is",
    'a "queue" is what it is',
    "an object names it",
    "options stand in between",
    "aFunctionNamesIt",
    "it is left out",
  ]);
  assertEquals(names.get("fixtures/missing.ts"), new Set());
});

Deno.test("testNames() rejects when a path cannot be looked at, and puts Deno.test back", async () => {
  const original = Deno.test;
  await assertRejects(() => testNames(["fixtures/\0.ts"], HERE));
  assertStrictEquals(Deno.test, original);
});
