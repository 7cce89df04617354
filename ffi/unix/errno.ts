/**
 * Names of a system's error numbers.
 *
 * @module
 */

/** Makes the function that names error numbers, as `"ECONNREFUSED"`; unknown ones are `"E" + errno`. */
export function errnoNames(numbers: Readonly<Record<string, number>>): (errno: number) => string {
  const names = new Map<number, string>();
  // Of two names for one number the first in the table counts.
  for (const [name, errno] of Object.entries(numbers)) {
    if (!names.has(errno)) names.set(errno, name);
  }
  return (errno) => names.get(errno) ?? `E${errno}`;
}
