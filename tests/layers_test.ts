/**
 * The order of the layers: a module imports only from layers below its own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };

/** From the lowest to the highest; folders of one layer do not know each other. */
const LAYERS = [
  ["host"],
  ["ffi"],
  ["future"],
  ["reactor"],
  ["scheduler"],
  ["time"],
  ["sync"],
  ["task"],
  ["net", "stream"],
  ["testing"],
];
const FOLDERS = LAYERS.flat();

/** Paths of modules, from the root of the library, each with the modules it imports. */
type Imports = Map<string, string[]>;

/**
 * The imports that lead to the side or upwards. A module that imports nothing itself may be used
 * from anywhere.
 */
function violations(modules: Imports): string[] {
  const found: string[] = [];
  for (const [module, targets] of modules) {
    const own = module.split("/")[0]!;
    for (const target of targets) {
      const other = target.split("/")[0]!;
      const below = other === own || layerOf(other) < layerOf(own);
      if (!below && modules.get(target)?.length !== 0) found.push(`${module} -> ${target}`);
    }
  }
  return found;
}

/** The place of a folder from below; the root module stands above all. */
function layerOf(folder: string): number {
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  return layer < 0 ? LAYERS.length : layer;
}

/** The modules that the source text of one imports at run time, `import type` left out. */
function importsOf(module: string, source: string): string[] {
  const pattern =
    /^(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?"([^"]+)"|^[^/*]*\bimport\("([^"]+)"\)/gm;
  return [...source.matchAll(pattern)].map(([, fixed, dynamic]) =>
    new URL((fixed ?? dynamic)!, `file:///${module}`).pathname.slice(1)
  );
}

async function readLibrary(): Promise<Imports> {
  const modules: Imports = new Map();
  const read = async (path: string) => {
    const source = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    modules.set(path, importsOf(path, source));
  };
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(new URL(`../${folder}`, import.meta.url))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(path);
      else if (path.endsWith(".ts")) await read(path);
    }
  };
  await read("mod.ts");
  for (const folder of FOLDERS) await walk(folder);
  return modules;
}

Deno.test("every module of the library imports only from layers below its own", async () => {
  assertEquals(violations(await readLibrary()), []);
});

Deno.test("every entry point of the library is a layer", () => {
  const entries = Object.values(config.exports).map((path) => path.split("/")[1]!);
  assertEquals(entries.filter((entry) => entry !== "mod.ts" && !FOLDERS.includes(entry)), []);
});

Deno.test("violations() accepts imports downwards, within a folder and of leaves", () => {
  const modules: Imports = new Map([
    ["mod.ts", ["net/mod.ts"]],
    ["net/mod.ts", ["net/tcp.ts", "ffi/mod.ts"]],
    ["net/tcp.ts", ["time/sleep.ts"]],
    ["time/sleep.ts", ["task/leaf.ts", "future/future.ts"]],
    ["future/future.ts", ["net/leaf.ts"]],
    ["ffi/mod.ts", ["host/mod.ts"]],
    ["host/mod.ts", []],
    ["net/leaf.ts", []],
    ["task/leaf.ts", []],
  ]);
  assertEquals(violations(modules), []);
});

Deno.test("violations() names imports upwards, sideways and of the root", () => {
  const modules: Imports = new Map([
    ["mod.ts", ["net/mod.ts"]],
    ["net/mod.ts", ["mod.ts"]],
    ["stream/mod.ts", ["net/mod.ts"]],
    ["time/mod.ts", ["future/mod.ts"]],
    ["future/mod.ts", ["reactor/mod.ts"]],
    ["reactor/mod.ts", ["ffi/mod.ts"]],
    ["ffi/mod.ts", ["host/mod.ts", "future/missing.ts"]],
    ["host/mod.ts", []],
  ]);
  assertEquals(violations(modules), [
    "net/mod.ts -> mod.ts",
    "stream/mod.ts -> net/mod.ts",
    "future/mod.ts -> reactor/mod.ts",
    "ffi/mod.ts -> future/missing.ts",
  ]);
});

Deno.test("importsOf() reads every form of import but those of types", () => {
  const source = `
/**
 * import { a } from "./documentation.ts";
 */
import { a } from "./a.ts";
import {
  b,
  c,
} from "../b.ts";
import "./c.ts";
import type { D } from "./d.ts";
export type { E } from "./e.ts";
export * from "./f.ts";
export { g } from "./g.ts";
const h = await import("./h.ts");
// await import("./i.ts");
export const word = "from";
`;
  assertEquals(importsOf("net/mod.ts", source), [
    "net/a.ts",
    "b.ts",
    "net/c.ts",
    "net/f.ts",
    "net/g.ts",
    "net/h.ts",
  ]);
});
