/**
 * How values and differences are printed in a failure.
 *
 * @module
 */

/** What follows the statement of a failure: the caller's own words, or a full stop. */
export function suffix(message: string | undefined): string {
  return message ? `: ${message}` : ".";
}

/** One value, in full and with its keys in a fixed order. */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    compact: false,
    depth: Infinity,
    getters: true,
    iterableLimit: Infinity,
    sorted: true,
    strAbbreviateSize: Infinity,
    trailingComma: true,
  });
}

/** Two values line by line: what they share at both ends is indented, the rest marked. */
export function difference(actual: unknown, expected: unknown): string {
  const left = lines(actual, expected);
  const right = lines(expected, actual);
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  return [
    "\n    [Diff] Actual / Expected\n",
    ...left.slice(0, head).map((line) => `    ${line}`),
    ...left.slice(head, left.length - tail).map((line) => `-   ${line}`),
    ...right.slice(head, right.length - tail).map((line) => `+   ${line}`),
    ...left.slice(left.length - tail).map((line) => `    ${line}`),
  ].join("\n") + "\n";
}

/** Two texts are shown as they are, anything else the way the inspector prints it. */
function lines(value: unknown, other: unknown): string[] {
  const plain = typeof value === "string" && typeof other === "string" &&
    (value.includes("\n") || other.includes("\n"));
  return (plain ? value : format(value)).split("\n");
}
