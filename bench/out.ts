/**
 * The benchmarks' two voices: results go to stdout, progress and trouble to stderr.
 *
 * @module
 */

const encoder = new TextEncoder();

function writeLine(to: typeof Deno.stdout, line: string): void {
  let bytes = encoder.encode(line + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
}

/** Writes one line (or several) of the result. */
export function out(line: string): void {
  writeLine(Deno.stdout, line);
}

/** Writes one line about how it is going. */
export function err(line: string): void {
  writeLine(Deno.stderr, line);
}
