/**
 * `examples/transfer.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program } from "./program.ts";

Deno.test("transfer carries data both ways and tells speed and digest", async () => {
  await using program = new Program("transfer.ts", ["--mib", "4"]);
  const lines = (await program.out.rest()).toSorted();
  assertEquals(await program.err.rest(), []);
  assertEquals(await program.code(), 0);
  const form = /: 4 MiB in [\d.]+ s, \d+ MiB\/s, SHA-256 [\da-f]{64}$/;
  assertEquals(lines.length, 2);
  for (const line of lines) assertMatch(line, form);
  assert(lines[0]!.startsWith("fast writer") && lines[1]!.startsWith("slow writer"));
});
