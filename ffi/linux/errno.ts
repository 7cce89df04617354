/**
 * Names of Linux's error numbers.
 *
 * @module
 */

import { ERRNO } from "./abi.ts";

const NAMES = new Map<number, string>(Object.entries(ERRNO).map(([name, errno]) => [errno, name]));

/** The name of an error number, as `"ECONNREFUSED"`; unknown ones are `"E" + errno`. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `E${errno}`;
}
