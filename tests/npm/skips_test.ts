/**
 * The table of what does not run on Node and Bun.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../scripts/npm/layout.ts";
import { HOSTS } from "../../scripts/npm/hosts.ts";
import { countBun, countTap, failuresIn, reasonsIn } from "../../scripts/npm/run_tests.ts";
import { SKIPS, whySkipped } from "./adapter/skips.ts";

Deno.test("SKIPS names files, tests and hosts that there are", async () => {
  for (const { path, test, hosts = [] } of SKIPS) {
    const { isFile } = await Deno.stat(new URL(path, ROOT));
    if (test !== undefined) {
      assert(isFile, `${path} has no names of tests`);
      assert(test.test(await Deno.readTextFile(new URL(path, ROOT))), `${path} has no ${test}`);
    }
    for (const host of hosts) assert(host in HOSTS, host);
  }
});

Deno.test("SKIPS says why, and says nothing twice", () => {
  const keys = SKIPS.map(({ path, test }) => `${path} ${test}`);
  assertEquals(keys.length, new Set(keys).size);
  for (const { path, reason } of SKIPS) assert(reason.length > 10, path);
});

Deno.test("whySkipped() tells whole files from single tests", () => {
  const file = "/anywhere/tests/ffi/libc_test.js";
  assertEquals(whySkipped("bun", file), undefined);
  assert(whySkipped("bun", file, "LIBC has a prototype above every symbol") !== undefined);
  assertEquals(whySkipped("bun", file, "something else"), undefined);
  assert(whySkipped("bun", "tests/model/ring_test.js") !== undefined);
});

Deno.test("whySkipped() looks at the host", () => {
  const file = "tests/scheduler/multi_thread/faults_test.ts";
  assert(whySkipped("node20", file, "without Worker one isolate works") !== undefined);
  assertEquals(whySkipped("bun", file, "without Worker one isolate works"), undefined);
});

Deno.test("countTap() counts what node:test prints, cancelled tests as failed", () => {
  const output =
    "TAP version 13\n# tests 9\n# pass 4\n# fail 1\n# cancelled 2\n# skipped 1\n# todo 1\n";
  assertEquals(countTap(output), { passed: 4, failed: 3, skipped: 2 });
  assertEquals(countTap("Killed"), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("countBun() counts what bun test prints", () => {
  assertEquals(countBun(" 19 pass\n 2 skip\n 1 fail\nRan 22 tests"), {
    passed: 19,
    failed: 1,
    skipped: 2,
  });
});

Deno.test("reasonsIn() has a reason for each test that was skipped", () => {
  const tap = "# SKIPS what needs Windows, in tests/a_test.ts\n" +
    "ok 1 - one # SKIP\nok 2 - two (skipped: it is too old) # SKIP\nok 3 - three";
  assertEquals(reasonsIn(tap), ["it needs Windows", "it is too old"]);
  assertEquals(reasonsIn("(skip) one (ignored: no Wine)\n(skip) two\n(pass) three"), [
    "no Wine",
    "it says no reason",
  ]);
});

Deno.test("failuresIn() keeps what belongs to a failure", () => {
  const output = "ok 1 - fine\n  ---\n  duration_ms: 1\n  ...\nnot ok 2 - wrong\n  ---\n" +
    "  duration_ms: 2\n  error: 'one'\n  ...\n# tests 2";
  assertEquals(failuresIn(output), "not ok 2 - wrong\n  error: 'one'");
});
