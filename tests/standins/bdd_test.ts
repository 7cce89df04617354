/**
 * The nested sentences of `@std/testing/bdd`: the order of hooks and tests, and what they share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "@std/testing/bdd";

const order: string[] = [];

describe("describe()", () => {
  beforeAll(() => void order.push("all {"));
  beforeEach(() => void order.push("each {"));
  afterEach(() => void order.push("} each"));
  afterAll(() => void order.push("} all"));

  it("runs hooks around a test", () => void order.push("first"));

  describe("inside another", () => {
    beforeAll(() => void order.push("inner all {"));
    beforeEach(async () => {
      await Promise.resolve();
      order.push("inner each {");
    });
    afterEach(() => void order.push("} inner each"));
    afterAll(() => void order.push("} inner all"));

    it("runs the hooks of both", async () => {
      await Promise.resolve();
      order.push("second");
    });
  });

  it.ignore("leaves out what is ignored", () => void order.push("ignored"));
  it.skip("leaves out what is skipped", () => void order.push("skipped"));
  describe.ignore("ignored", () => {
    it("leaves out a suite that is ignored", () => void order.push("ignored"));
  });
});

Deno.test("describe() runs hooks from outside in, and from inside out", () => {
  assertEquals(order, [
    ...["all {", "each {", "first", "} each"],
    ...["inner all {", "each {", "inner each {", "second", "} inner each", "} each"],
    ...["} inner all", "} all"],
  ]);
});

interface Shared {
  all: number;
  each: number;
}

describe("it()", () => {
  beforeAll(function (this: Shared) {
    this.all = 1;
  });
  beforeEach(function (this: Shared) {
    this.each = 2;
  });

  it("sees what hooks put on `this`", function (this: Shared) {
    assertEquals([this.all, this.each], [1, 2]);
    this.each = 3;
    this.all = 3;
  });

  it("does not see what another test put there", function (this: Shared) {
    assertEquals([this.all, this.each], [1, 2]);
  });

  it("can make steps", async (_: unknown, t?: Deno.TestContext) => {
    await t?.step("one", () => {});
  });
});

describe("options", {
  beforeEach: () => void order.push("option"),
  sanitizeOps: false,
}, () => {
  test("are taken between name and body", () => assertEquals(order.at(-1), "option"));
});

it({ name: "it() takes one object with everything", fn: () => {} });
