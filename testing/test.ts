/**
 * Tests in a runtime of their own.
 *
 * @module
 */

import { declareTest } from "../host/test_runner.ts";
import type { Steps } from "../future/future.ts";
import { isolate } from "../scheduler/isolate.ts";
import type { RuntimeBuilder } from "../scheduler/builder.ts";
import type { RuntimeFlavor } from "../scheduler/handle.ts";
import { type Main, Runtime } from "../scheduler/runtime.ts";
import { watchLeaks } from "./leaks.ts";

/** How a {@linkcode test} runs. */
export interface TestOptions {
  /**
   * The kind of runtime: whether portable tasks run on workers. Default `"currentThread"`, or
   * `"multiThread"` if a number of workers is given.
   */
  readonly flavor?: RuntimeFlavor;
  /** How many workers, 1 to 128. Default: as many as the machine can run at once. */
  readonly workerThreads?: number;
  /** Whether the clock is paused from the beginning, see `pause` of `time`. Default `false`. */
  readonly startPaused?: boolean;
  /** Whether what the test leaves behind makes it fail. Default `true`. */
  readonly leaks?: boolean;
  /** Whether it is left out. Default `false`. */
  readonly ignore?: boolean;
  /** Whether only this test runs, and others that say so. Default `false`. */
  readonly only?: boolean;
}

/** What a test does: an async or plain function, or a generator function. */
export type TestBody = Main<void>;

/**
 * Declares a test, with the test runner of Deno or with `node:test`, which Node and Bun have.
 *
 * The body runs as a task in a {@linkcode Runtime} of its own, which is shut down afterwards. The
 * test fails if the body throws, and if it leaves anything behind, see {@linkcode leakGuard}: tasks
 * that have not ended too, so end them. The clock that the body has paused goes on afterwards.
 *
 * Follows the attribute `#[tokio::test]`.
 *
 * @param name What the test shows.
 * @param options How it runs.
 * @param body The test.
 * @throws {RangeError} When it asks for an impossible number of workers, or for workers in a
 * current-thread runtime.
 * @throws {TypeError} When the host has no test runner, or `body` is not a function.
 *
 * @example
 * ```ts ignore
 * import { test } from "@edo/runtime/testing";
 * import { Instant, sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * test("an hour is over at once", { startPaused: true }, function* () {
 *   const start = Instant.now();
 *   yield* sleep({ hours: 1 });
 *   assertEquals(start.elapsed(), 3_600_000);
 * });
 * ```
 */
export function test(name: string, options: TestOptions, body: () => Steps<void>): void;
/** Declares a test of an async or plain function. */
export function test(name: string, options: TestOptions, body: TestBody): void;
/** Declares a test of a generator function, without options. */
export function test(name: string, body: () => Steps<void>): void;
/** Declares a test of an async or plain function, without options. */
export function test(name: string, body: TestBody): void;
export function test(
  name: string,
  optionsOrBody: TestOptions | TestBody,
  body?: TestBody,
): void {
  const options = typeof optionsOrBody === "function" ? {} : optionsOrBody;
  const run = typeof optionsOrBody === "function" ? optionsOrBody : body;
  if (typeof run !== "function") {
    throw new TypeError(`Cannot test "${name}": expected a function, found ${typeof run}`);
  }
  if (options.flavor === "currentThread" && options.workerThreads !== undefined) {
    throw new RangeError(`Cannot test "${name}": a "currentThread" runtime has no workers`);
  }
  builderOf(options);
  const { ignore = false, only = false } = options;
  declareTest({ name, ignore, only, fn: () => runTest(name, options, run) });
}

/** Runs the body of a test. */
export async function runTest(name: string, options: TestOptions, body: TestBody): Promise<void> {
  const { driver } = isolate;
  const wasPaused = driver.isPaused;
  await using runtime = builderOf(options).build();
  const guard = options.leaks === false ? undefined : watchLeaks(name, runtime);
  try {
    if (options.startPaused && !wasPaused) driver.pause();
    await runtime.run(body);
  } finally {
    if (driver.isPaused && !wasPaused) driver.resume();
  }
  await guard?.[Symbol.asyncDispose]();
}

function builderOf({ flavor, workerThreads }: TestOptions): RuntimeBuilder {
  const builder = Runtime.builder();
  if (workerThreads !== undefined) return builder.multiThread().workerThreads(workerThreads);
  return flavor === "multiThread" ? builder.multiThread() : builder.currentThread();
}
