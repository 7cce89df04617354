/**
 * What the examples share: a small command line, and a voice.
 *
 * @module
 */

import { type Failure, isOsError } from "../mod.ts";

const encoder = new TextEncoder();

/** The value after `--name`, or `fallback`. */
export function option(name: string, fallback: string): string {
  const index = Deno.args.indexOf(`--${name}`);
  return index < 0 ? fallback : Deno.args[index + 1] ?? fallback;
}

/** The number after `--name`, or `fallback`. */
export function numberOption(name: string, fallback: number): number {
  const text = option(name, String(fallback));
  const value = Number(text);
  if (value >= 0) return value;
  throw new RangeError(`Cannot use --${name} "${text}": give a number of 0 or more`);
}

/** Whether `--name` is there. */
export function flag(name: string): boolean {
  return Deno.args.includes(`--${name}`);
}

/** Writes a line of output. */
export function say(line: string): void {
  write(Deno.stdout, encoder.encode(line + "\n"));
}

/** Writes a line about trouble. */
export function warn(line: string): void {
  write(Deno.stderr, encoder.encode(line + "\n"));
}

function write(to: typeof Deno.stdout, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
}

/** Whether `error` says no more than that the other end has gone. */
export function isHangup(error: unknown): boolean {
  return isOsError(error) && HANGUPS.includes(error.code);
}

const HANGUPS: readonly Failure["code"][] = ["ECONNRESET", "EPIPE", "ETIMEDOUT"];
