/**
 * TCP echo: how many messages per second, how late, at what cost.
 *
 * @module
 */

import { measureEcho } from "./harness.ts";
import type { Options } from "./options.ts";
import type { Report } from "./report.ts";

/** One connection shows latency, 50 the rate, 500 and 2,000 the fairness, 16 KiB the copying. */
const CASES = ["1x64", "50x64", "500x64", "2000x64", "50x16384"];

/** Measures the TCP echo servers. */
export function run(options: Options): Promise<Report> {
  return measureEcho({ bench: "echo", transport: "tcp", cases: CASES }, options);
}
