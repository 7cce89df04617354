/**
 * Payloads that lie in shared memory until somebody takes them.
 *
 * @module
 */

import type { Arena } from "../../scheduler/multi_thread/arena.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { sharedMemory } from "../../scheduler/multi_thread/membership.ts";
import type { Missing } from "../../scheduler/multi_thread/wire.ts";

/** The most values for which channels have room: they take 128 bytes each from the beginning. */
const MOST_VALUES = 2 ** 16;

/**
 * Checks for how many values a channel is to have room.
 *
 * @throws {RangeError} When that is not a whole number from 1 to 65,536.
 */
export function checkCapacity(capacity: number): void {
  if (Number.isSafeInteger(capacity) && capacity >= 1 && capacity <= MOST_VALUES) return;
  throw new RangeError(
    `Cannot make a channel with room for ${capacity}: a whole number from 1 to ${MOST_VALUES} is ` +
      "wanted",
  );
}

/**
 * Finds memory for a value that has no room where it belongs.
 *
 * @param room For how many bytes there is room.
 * @param action What is done with the value.
 * @returns Where, in bytes; 0 if there is room.
 * @throws {RangeError} When there is none left.
 */
export function placeFor(arena: Arena, bytes: number, room: number, action = "send"): number {
  if (bytes <= room) return 0;
  const place = arena.allocate(bytes);
  if (place !== 0) return place;
  throw new RangeError(`Cannot ${action} a value of ${bytes} bytes: the shared memory is full`);
}

/** Disposes of the handles in a payload that nobody will take. */
export function discard(
  { decoder, domain: { words } }: Link,
  index: number,
  bytes: number,
): void {
  const missing = decoder.missing(words, index, bytes);
  if (missing === undefined) return decoder.drop(words, index);
  const copy = words.slice(index, index + bytes / 4);
  // What cannot even be loaded nobody can dispose of.
  bring(missing).then(() => decoder.drop(copy, 0)).catch(() => {});
}

/** Loads what a payload needs. */
export async function bring({ modules, attachments }: Missing): Promise<void> {
  for (const url of modules) await import(url);
  for (const id of attachments) await sharedMemory.arrival(id);
}
