/**
 * What runs in the page: a `Deno.test` that collects, and a runner that reports to the server.
 *
 * @module
 */

import type { Outcome } from "./server.ts";

/** The parts of a page that are used here. */
declare const document: {
  readonly body: { append(frame: Frame): void };
  createElement(name: "iframe"): Frame;
};
declare const parent: { postMessage(message: unknown): void };
interface Frame {
  src: string;
  remove(): void;
}

/** The forms of `Deno.test` that the tests use. */
interface Definition {
  readonly name: string;
  readonly fn: () => unknown;
  readonly ignore?: boolean;
}

const TIMEOUT_MS = 60_000;

const MAY_NOT_BLOCK = "the host does not let this thread block";

const collected: Definition[] = [];

/** What the test files take for Deno's namespace. */
export const Deno = {
  /** Which system the tests believe to run on. */
  build: { os: "browser", arch: "browser" },

  /** Shows a value in a failure. */
  inspect: (value: unknown): string => {
    try {
      return JSON.stringify(value, undefined, 2) ?? String(value);
    } catch {
      return String(value);
    }
  },

  /** Collects a test. */
  test(first: string | Definition, second?: Definition["fn"] | object, third?: Definition["fn"]) {
    const named = typeof first === "string" ? { name: first } : first;
    const options = typeof second === "object" ? second : {};
    const fn = third ?? (typeof second === "function" ? second as Definition["fn"] : undefined);
    collected.push({ ...named, ...options, ...(fn && { fn }) } as Definition);
  },
};

/**
 * Runs the tests of the files, one file after the other, and reports. Each has a frame of its own,
 * as it has an isolate of its own in Deno.
 */
export async function runFiles(files: readonly string[]): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const file of files) outcomes.push(...await runInFrame(file));
  await post("/report", outcomes);
}

function runInFrame(file: string): Promise<Outcome[]> {
  const frame = document.createElement("iframe");
  frame.src = `/frame?${file}`;
  return new Promise((resolve) => {
    addEventListener("message", (event) => {
      frame.remove();
      resolve((event as MessageEvent<Outcome[]>).data);
    }, { once: true });
    document.body.append(frame);
  });
}

/** Runs the tests of one file, and tells the page around. */
export async function runFile(file: string): Promise<void> {
  const outcomes: Outcome[] = [];
  try {
    await import(`/${file}`);
  } catch (error) {
    outcomes.push({ file, name: "(the module itself)", error: describe(error) });
  }
  for (const definition of collected) outcomes.push(await runOne(file, definition));
  parent.postMessage(outcomes);
}

async function post(path: string, body: unknown): Promise<void> {
  await fetch(path, { method: "POST", body: JSON.stringify(body) });
}

async function runOne(file: string, { name, fn, ignore }: Definition): Promise<Outcome> {
  if (ignore) return { file, name, ignored: true };
  await post("/running", `${file}: ${name}`);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([fn(), late]);
    return { file, name };
  } catch (error) {
    // The thread of a page may not block, and what would says so: `cases/isolated.ts` shows it.
    if (String(error).includes(MAY_NOT_BLOCK)) return { file, name, ignored: true };
    return { file, name, error: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.stack ?? error}` : String(error);
}
