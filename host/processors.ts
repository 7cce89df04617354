/**
 * How many processors this process may run on.
 *
 * @module
 */

import { host } from "./global.ts";

/** The number of processors the process may use, affinity included; 1 where the host cannot tell. */
export function processors(): number {
  return host.navigator?.hardwareConcurrency ?? 1;
}
