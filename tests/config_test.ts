/**
 * The two configurations: `deno.json` works without a registry, `deno.jsr.json` takes the real
 * packages from there.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import offline from "../deno.json" with { type: "json" };
import online from "../deno.jsr.json" with { type: "json" };

Deno.test("deno.json and deno.jsr.json agree in all but links and tasks", () => {
  const { links, tasks: _offlineTasks, ...own } = offline;
  const { tasks: _onlineTasks, ...other } = online;
  assertEquals(links, Object.keys(own.imports).map((name) => name.replace("@std/", "./standins/")));
  assert(!("links" in other));
  assertEquals(other, own);
});

Deno.test("deno.jsr.json names itself in its tasks, which would find deno.json otherwise", () => {
  for (const task of Object.values(online.tasks)) assert(task.includes("-c deno.jsr.json"), task);
});

Deno.test("every stand-in satisfies the version that its import asks for", async () => {
  for (const [name, specifier] of Object.entries(offline.imports)) {
    const file = new URL(`../${name.replace("@std/", "standins/")}/deno.json`, import.meta.url);
    const standin = JSON.parse(await Deno.readTextFile(file));
    const [major] = specifier.split("@^").at(-1)!.split(".");
    assertEquals(standin.name, name);
    assertEquals(standin.version.split(".")[0], major);
  }
});

Deno.test("the gate of the workflow waits for every other job", async () => {
  const file = new URL("../.github/workflows/ci.yml", import.meta.url);
  const [, jobs] = (await Deno.readTextFile(file)).split(/^jobs:$/m);
  const names = [...jobs!.matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name!);
  const [, needs] = jobs!.match(/^ {2}gate:$.*?^ {4}needs: \[(.*)\]$/ms)!;
  assertEquals(needs!.split(", "), names.filter((name) => name !== "gate"));
});
