/**
 * Reckoning with size hints.
 *
 * @module
 */

import type { SizeHint } from "../future/source.ts";

/** Nothing comes any more. */
export const NOTHING: SizeHint = [0, 0];

/** How many come from two sources together. What is too large for an exact number is not known. */
export function add([a, mostA]: SizeHint, [b, mostB]: SizeHint): SizeHint {
  const least = a + b > Number.MAX_SAFE_INTEGER ? Infinity : a + b;
  if (mostA === undefined || mostB === undefined) return [least, undefined];
  return [least, mostA + mostB > Number.MAX_SAFE_INTEGER ? undefined : mostA + mostB];
}

/** As many as come at the most, and maybe none. */
export function noneOf([, most]: SizeHint): SizeHint {
  return [0, most];
}

/** As many as `hint` says, and a few that are in hand. */
export function plus(hint: SizeHint, count: number): SizeHint {
  return add(hint, [count, count]);
}

/** As many as `hint` says, without the first `count`. */
export function minus([least, most]: SizeHint, count: number): SizeHint {
  return [Math.max(0, least - count), most === undefined ? undefined : Math.max(0, most - count)];
}

/** As many as `hint` says, and no more than `count`. */
export function atMost([least, most]: SizeHint, count: number): SizeHint {
  return [Math.min(least, count), Math.min(most ?? count, count)];
}

/** As many as both give. */
export function smaller([a, mostA]: SizeHint, [b, mostB]: SizeHint): SizeHint {
  const most = Math.min(mostA ?? Infinity, mostB ?? Infinity);
  return [Math.min(a, b), most === Infinity ? undefined : most];
}
