/**
 * UDP echo: the same questions as TCP echo, for datagrams. The kernel does less per message here,
 * so a runtime's own cost shows more.
 *
 * @module
 */

import { measureEcho } from "./harness.ts";
import type { Options } from "./options.ts";
import type { Report } from "./report.ts";

const CASES = ["1x64", "50x64"];

/** Measures the UDP echo servers. */
export function run(options: Options): Promise<Report> {
  return measureEcho({ bench: "udp", transport: "udp", cases: CASES }, options);
}
