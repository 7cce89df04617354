/**
 * Takes the place of `host/test_runner.ts` in a page.
 *
 * @module
 */

import type { Declaration } from "../../host/test_runner.ts";
import { Deno } from "./page.ts";

/** Collects a test that was declared by the public `test()`. */
export function declareTest({ name, ignore, fn }: Declaration): void {
  Deno.test({ name, ignore, fn });
}
