/**
 * Headless Chromium, in which a page runs test files.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Outcome, Pages } from "./server.ts";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"];

const TIMEOUT_MS = 300_000;

const browser = await findBrowser();

/** What a test's name ends with, and its option, where there is no Chromium. */
export const needsChromium: { readonly ignore: boolean; readonly suffix: string } = {
  ignore: browser === undefined,
  suffix: browser === undefined ? " (ignored: there is no Chromium)" : "",
};

/** Has a page run its tests, all of which pass. Answers with what it has run. */
export async function passesInChromium(pages: Pages): Promise<readonly Outcome[]> {
  await using profile = await temporaryDirectory();
  await using _chromium = start(browser!, profile.path, pages.url);
  const outcomes = await within(TIMEOUT_MS, pages);
  assertEquals([...pages.missing].filter((path) => path.endsWith(".ts")), []);
  const failures = outcomes.filter(({ error }) => error !== undefined);
  assertEquals(failures.map(({ file, name, error }) => `${file}: ${name}: ${error}`), []);
  return outcomes.filter(({ ignored }) => ignored !== true);
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
