/**
 * Addresses of modules that are started instead of imported.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { moduleBeside } from "../../host/module_url.ts";

Deno.test("moduleBeside() takes over the extension of the module that asks", () => {
  const url = (from: string) => moduleBeside(from, "./thread_main").href;
  assertEquals(url("file:///lib/pool.ts"), "file:///lib/thread_main.ts");
  assertEquals(url("file:///lib/pool.js"), "file:///lib/thread_main.js");
  assertEquals(url("file:///lib/pool.mjs"), "file:///lib/thread_main.mjs");
});

Deno.test("moduleBeside() looks at the path and at nothing behind it", () => {
  assertEquals(
    moduleBeside("https://host.test/lib/pool.ts?v=1.js#a.js", "./deep/main").href,
    "https://host.test/lib/deep/main.ts",
  );
});

Deno.test("moduleBeside() takes JavaScript for granted where a module has no extension", () => {
  assertEquals(moduleBeside("https://host.test/pool", "./main").href, "https://host.test/main.js");
});
