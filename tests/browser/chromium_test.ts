/**
 * What needs no operating system runs in a browser too: the tests of those folders, in headless
 * Chromium. Where pages may share memory, in one that is isolated from others, threads work as well.
 *
 * @module
 */

import { assert } from "@std/assert";
import { needsChromium, passesInChromium } from "./chromium.ts";
import { modulesIn } from "../../scripts/npm/layout.ts";
import { Pages } from "./server.ts";

const { ignore, suffix } = needsChromium;

/** Folders of tests whose modules need no operating system. */
const FOLDERS = ["tests/future", "tests/stream", "tests/sync", "tests/task", "tests/time"];

/** Those whose tests share memory, or most of them. */
const SHARING = ["tests/scheduler/multi_thread", "tests/sync/shared"];

Deno.test({
  name: `everything without the operating system passes its tests in Chromium${suffix}`,
  ignore,
  async fn() {
    const files = FOLDERS.flatMap(modulesIn).filter((file) => runsInBrowser(file) && !shares(file));
    await using pages = await Pages.serve([...files, "tests/browser/cases/not_isolated.ts"]);
    const outcomes = await passesInChromium(pages);
    assert(outcomes.length > 1000, `only ${outcomes.length} tests ran`);
  },
});

Deno.test({
  name: `threads that share memory pass their tests in an isolated page of Chromium${suffix}`,
  ignore,
  async fn() {
    const files = [...FOLDERS, "tests/scheduler"].flatMap(modulesIn);
    await using pages = await Pages.serve(
      files.filter((file) => runsInBrowser(file) && shares(file))
        .concat("tests/browser/cases/isolated.ts"),
      { isolated: true },
    );
    const outcomes = await passesInChromium(pages);
    assert(outcomes.length > 250, `only ${outcomes.length} tests ran`);
  },
});

/** What tests name that look at the machine. */
const NEEDS_MORE = [
  // Those that are guarded by `needs("proc")` are ignored there.
  /\bDeno\.(?!test\b|DirEntry\b|readDirSync\b|readLinkSync\b)/,
  /"node:|net\/|\/ffi\/|\/program\.ts/,
];

const LEFT_OUT = [
  // A page spins for a lock that others hold, which takes long where there are few processors.
  "tests/sync/shared/locks_workers_test.ts",
  // Async functions are told apart by `AsyncLocalStorage`, which browsers do not have.
  "tests/task/task_local_workers_test.ts",
];

function runsInBrowser(file: string): boolean {
  if (LEFT_OUT.includes(file)) return false;
  return file.endsWith("_test.ts") && !NEEDS_MORE.some((pattern) => pattern.test(sourceOf(file)));
}

/** Whether the tests of a file need threads that share memory. */
function shares(file: string): boolean {
  return SHARING.some((folder) => file.startsWith(`${folder}/`)) ||
    /\bspawnBlocking\b|\bmultiThread\b/.test(sourceOf(file));
}

function sourceOf(file: string): string {
  return Deno.readTextFileSync(new URL(`../../${file}`, import.meta.url));
}
