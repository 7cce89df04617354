/**
 * A page that may not share memory has one thread, and says how to get more.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Runtime } from "../../../scheduler/mod.ts";
import * as shared from "../../../sync/shared/mod.ts";
import { spawn, spawnBlocking } from "../../../task/mod.ts";
import { add } from "../../scheduler/multi_thread/fixtures/tasks.ts";

Deno.test("what needs threads says by which headers a page gets them", () => {
  const refused = {
    "make a multi-thread runtime": () => void Runtime.builder().multiThread().build(),
    "run what blocks": () => void spawnBlocking(add, 1, 2),
    "share anything between threads": () => void new shared.SharedMutex(1),
  };
  for (const [action, call] of Object.entries(refused)) {
    const { message } = assertThrows(call, TypeError);
    assert(message.startsWith(`Cannot ${action}: this page is not cross-origin isolated`), message);
    assertStringIncludes(message, '"Cross-Origin-Opener-Policy: same-origin"');
    assertStringIncludes(message, '"Cross-Origin-Embedder-Policy: require-corp"');
  }
});

Deno.test("portable tasks run in a page that is not isolated, in its own thread", async () => {
  await using runtime = Runtime.builder().build();
  assertEquals(await runtime.run(async () => await spawn(add, 1, 2)), 3);
});
