/**
 * Clocks of Windows.
 *
 * @module
 */

import { pointerAt } from "../library.ts";
import type { System } from "./system.ts";

/** Reads the performance counter, which never goes back and ticks ten million times a second. */
export function monotonicClock(system: System): () => number {
  const { pointer, buffer } = system.allocate(8);
  const words = new Uint32Array(buffer);
  const read = () => words[0]! + words[1]! * 2 ** 32;
  system.kernel.QueryPerformanceFrequency(pointer);
  const perMs = read() / 1000;
  const query = system.kernel.QueryPerformanceCounter;
  return () => {
    query(pointer);
    return read() / perMs;
  };
}

/** Reads the processor time of this thread, which Windows counts in steps of about 15.6 ms. */
export function threadClock(system: System): () => number {
  const { pointer, buffer } = system.allocate(32);
  // Four times in units of 100 ns: begin, end, in the kernel, in the program.
  const words = new Uint32Array(buffer);
  const [begin, end, kernel, user] = [0, 8, 16, 24].map((at) => pointerAt(pointer, at));
  const query = system.kernel.GetThreadTimes;
  return () => {
    query(system.thisThread, begin!, end!, kernel!, user!);
    return (words[4]! + words[6]! + (words[5]! + words[7]!) * 2 ** 32) / 10_000;
  };
}
