/**
 * What needs no operating system runs in a browser too: the tests of those folders, in headless
 * Chromium.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { modulesIn, type Outcome, Pages } from "./server.ts";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"];

/** Folders of tests whose modules need no operating system. */
const FOLDERS = ["tests/future", "tests/stream", "tests/sync", "tests/task", "tests/time"];

const TIMEOUT_MS = 180_000;

const browser = await findBrowser();

Deno.test({
  name: "everything without the operating system passes its tests in Chromium" +
    (browser === undefined ? " (ignored: there is no Chromium)" : ""),
  ignore: browser === undefined,
  async fn() {
    const files = FOLDERS.flatMap(modulesIn).filter(runsInBrowser);
    await using pages = await Pages.serve(files);
    await using profile = await temporaryDirectory();
    await using _chromium = start(browser!, profile.path, pages.url);
    const outcomes = await within(TIMEOUT_MS, pages);
    assertEquals([...pages.missing].filter((path) => path.endsWith(".ts")), []);
    const failures = outcomes.filter(({ error }) => error !== undefined);
    assertEquals(failures.map(({ file, name, error }) => `${file}: ${name}: ${error}`), []);
    assert(outcomes.length > 1000, `only ${outcomes.length} tests ran`);
  },
});

/** What tests name that look at the machine, or need threads that share memory. */
const NEEDS_MORE = [
  /\bDeno\.(?!test\b)/,
  /"node:|net\/|\/ffi\/|\/program\.ts/,
  /\bspawnBlocking\b|\bmultiThread\b/,
];

function runsInBrowser(file: string): boolean {
  if (file.startsWith("tests/sync/shared/")) return false;
  const source = Deno.readTextFileSync(new URL(`../../${file}`, import.meta.url));
  return file.endsWith("_test.ts") && !NEEDS_MORE.some((pattern) => pattern.test(source));
}

async function findBrowser(): Promise<string | undefined> {
  for (const name of CHROMIUM) {
    try {
      const { success } = await new Deno.Command(name, { args: ["--version"] }).output();
      if (success) return name;
    } catch {
      // Not installed under this name.
    }
  }
}

function start(name: string, profile: string, url: string): AsyncDisposable {
  const child = new Deno.Command(name, {
    args: [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      ...["--no-first-run", `--user-data-dir=${profile}`, url],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "edo-chromium-" });
  return {
    path,
    async [Symbol.asyncDispose]() {
      // Chromium's children write a moment longer than it lives.
      for (let left = 20; left > 0; left--) {
        try {
          return await Deno.remove(path, { recursive: true });
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
  };
}

async function within(ms: number, pages: Pages): Promise<readonly Outcome[]> {
  let timer;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The page was not done in ${ms} ms; it ran ${pages.running}`));
    }, ms);
  });
  try {
    return await Promise.race([pages.report, late]);
  } finally {
    clearTimeout(timer);
  }
}
