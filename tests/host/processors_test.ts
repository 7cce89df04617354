/**
 * How many processors there are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { processors } from "../../host/processors.ts";

Deno.test("processors() is a whole number of 1 or more", () => {
  assert(Number.isInteger(processors()) && processors() >= 1);
});

Deno.test("processors() is what the host says, and 1 where it does not tell", () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, "navigator")!;
  const say = (value: unknown) =>
    Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  try {
    say({ hardwareConcurrency: 96 });
    assertEquals(processors(), 96);
    say({});
    assertEquals(processors(), 1);
    say(undefined);
    assertEquals(processors(), 1);
  } finally {
    Object.defineProperty(globalThis, "navigator", original);
  }
});
