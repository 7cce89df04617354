/**
 * The changelog has what is released.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { changelogProblem } from "../../scripts/changelog.ts";

const CHANGELOG = "# Changelog\n\n## 1.1.0 (unreleased)\n\n- b\n\n## 1.0.0 (2030-01-31)\n\n- a\n";

Deno.test("CHANGELOG.md has the version of deno.json, above all others", async () => {
  const text = await Deno.readTextFile(new URL("../../CHANGELOG.md", import.meta.url));
  assertEquals(changelogProblem(text, config.version), undefined);
});

Deno.test("changelogProblem() names a version that is missing or is not the newest", () => {
  assertEquals(
    changelogProblem(CHANGELOG, "2.0.0"),
    "CHANGELOG.md has no heading for version 2.0.0",
  );
  assertEquals(
    changelogProblem(CHANGELOG, "1.0.0"),
    "CHANGELOG.md has a version above 1.0.0, which is that of deno.json",
  );
});

Deno.test("changelogProblem() wants the tag of the version and a date for a release", () => {
  assertEquals(
    changelogProblem(CHANGELOG, "1.1.0", "v1.0.0"),
    "The tag is v1.0.0, and the version of deno.json 1.1.0",
  );
  assertEquals(
    changelogProblem(CHANGELOG, "1.1.0", "v1.1.0"),
    'CHANGELOG.md says "unreleased" of 1.1.0, no date',
  );
  const dated = CHANGELOG.replace("unreleased", "2030-02-01");
  assertEquals(changelogProblem(dated, "1.1.0", "v1.1.0"), undefined);
});
