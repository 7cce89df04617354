/**
 * The npm package: what it says of itself, and that both ways to make it give the same.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { buildNpm } from "../../scripts/build_npm.ts";
import { libraryModules, ROOT, startedModules } from "../../scripts/npm/layout.ts";
import { type Export, manifest } from "../../scripts/npm/manifest.ts";
import { loadDnt } from "../../scripts/npm/with_dnt.ts";

Deno.test("manifest() has the version and one subpath per entry point of deno.json", () => {
  const { version, exports } = manifest();
  assertEquals(version, config.version);
  const subpaths = Object.keys(exports);
  assertEquals(subpaths, [...Object.keys(config.exports), "./package.json"]);
  assertEquals(exports["./sync/mpsc"], {
    types: "./esm/sync/mpsc/mod.d.ts",
    default: "./esm/sync/mpsc/mod.js",
  });
});

Deno.test("manifest() names the types first, or TypeScript would not see them", () => {
  for (const [subpath, target] of Object.entries(manifest().exports)) {
    if (typeof target !== "string") assertEquals(Object.keys(target)[0], "types", subpath);
  }
});

Deno.test("manifest() names the repository only where it is known", () => {
  assertEquals(manifest(undefined)["repository"], undefined);
  assertEquals(manifest("https://host.test/edo")["repository"], {
    type: "git",
    url: "git+https://host.test/edo.git",
  });
});

Deno.test("manifest() has bundlers keep what is imported for what it does", () => {
  const kept = manifest()["sideEffects"] as string[];
  for (const module of ["scheduler/isolate", "scheduler/multi_thread/thread_main"]) {
    assert(kept.includes(`./esm/${module}.js`), `${kept}`);
  }
});

Deno.test("startedModules() finds what threads begin with", () => {
  const modules = startedModules();
  assertEquals(modules, ["ffi/elsewhere_main.ts", "scheduler/multi_thread/thread_main.ts"]);
});

Deno.test("no module of the library names another one by an address that ends in .ts", async () => {
  for (const module of libraryModules()) {
    const source = await Deno.readTextFile(new URL(module, ROOT));
    const fixed = source.match(/new URL\(\s*"[^"]*\.ts"/g) ?? [];
    assertEquals(fixed, [], `${module}: use moduleBeside()`);
  }
});

const dnt = await loadDnt();

Deno.test({
  name: "dnt and TypeScript's compiler make the same package" +
    (dnt instanceof Error ? " (ignored: dnt is on JSR, which cannot be reached)" : ""),
  ignore: dnt instanceof Error,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "edo-npm-" });
    try {
      assertEquals(await buildNpm(`${folder}/dnt`, "dnt"), "dnt");
      assertEquals(await buildNpm(`${folder}/tsc`, "tsc"), "tsc");
      assertEquals(await shape(`${folder}/dnt`), await shape(`${folder}/tsc`));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The files of a package, its `exports`, and the names that each entry point has. */
async function shape(folder: string): Promise<unknown> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  const names: Record<string, string[]> = {};
  for (const [subpath, target] of Object.entries<Export | string>(exports)) {
    if (typeof target === "string") continue;
    names[subpath] = await namesIn(`${folder}/${target.types}`);
  }
  return { files: (await filesIn(folder)).sort(), exports, names };
}

async function filesIn(folder: string, within = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${within}`)) {
    const path = `${within}${name}`;
    if (isDirectory) found.push(...await filesIn(folder, `${path}/`));
    else found.push(path);
  }
  return found;
}

/** What a file of declarations re-exports, without the text around it. */
async function namesIn(declarations: string): Promise<string[]> {
  const source = await Deno.readTextFile(declarations);
  const lists = source.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [...lists].flatMap(([, list]) => list!.split(",").map((name) => name.trim())).sort();
}
