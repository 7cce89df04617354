/**
 * Refusing numbers that make no sense.
 *
 * @module
 */

/**
 * Requires a number of items.
 *
 * @param what What the number is for, as in "Cannot take".
 * @param count The number.
 * @param least The smallest that will do.
 * @throws {RangeError} When it is less, or not whole; `Infinity` will do.
 */
export function checkCount(what: string, count: number, least: 0 | 1): void {
  if (count >= least && (Number.isInteger(count) || count === Infinity)) return;
  throw new RangeError(`Cannot ${what} ${count} items: use a whole number from ${least}`);
}
