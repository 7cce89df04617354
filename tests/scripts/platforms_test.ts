/**
 * The page of platforms, and the descriptions that it is written from.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Platform, PLATFORMS } from "../../ffi/platform.ts";
import { mistakes, render } from "../../scripts/platforms.ts";
import { runFixture } from "../ffi/_subprocess.ts";

const plan9: Platform = {
  os: "plan9",
  name: "Plan 9",
  versions: "4",
  architectures: ["mips", "386"],
  selector: "threads",
  tier: 3,
  tested: ["Nothing."],
  differences: ["Everything is a file."],
};

Deno.test("render() has a row and a section for each system", () => {
  const page = render([plan9]);
  assertStringIncludes(page, "| Plan 9 | 4 | mips, 386 | threads | 3 |");
  assertStringIncludes(page, "## Plan 9\n\nWhat is tested, and where:\n\n- Nothing.\n");
  assertStringIncludes(page, "What differs:\n\n- Everything is a file.\n");
  assert(page.endsWith("\n") && !page.endsWith("\n\n"));
});

Deno.test("mistakes() names a system twice, one without a processor, one without tests", () => {
  assertEquals(mistakes([plan9]), []);
  assertEquals(
    mistakes([plan9, { ...plan9, architectures: [] }, { ...plan9, os: "x", tested: [] }]),
    [
      "plan9 is described twice",
      "plan9 runs on no processor",
      "x does not say what is tested",
    ],
  );
});

Deno.test("the descriptions have no mistakes, and the page is what they say", async () => {
  assertEquals(mistakes(PLATFORMS), []);
  const page = await Deno.readTextFile(new URL("../../docs/platforms.md", import.meta.url));
  assertEquals(page, render(PLATFORMS));
});

Deno.test("every backend that can be chosen describes itself", async () => {
  const program = new URL("../ffi/fixtures/open_backend.ts", import.meta.url);
  const { message } = await runFixture<{ message: string }>(program, {
    flags: ["--allow-ffi"],
    args: ["on another system"],
  });
  const names = PLATFORMS.map(({ os }) => os).sort();
  const [, chosen] = message.match(/only for (.*) on /)!;
  assertEquals(chosen!.split(", ").sort(), names);
});
