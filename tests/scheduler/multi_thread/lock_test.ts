/**
 * The lock, used by one thread. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { acquire, release } from "../../../scheduler/multi_thread/lock.ts";

Deno.test("a lock is held between acquire() and release(), and only its word changes", () => {
  const words = new Int32Array(new SharedArrayBuffer(12));
  acquire(words, 1);
  assertEquals([...words], [0, 1, 0]);
  release(words, 1);
  assertEquals([...words], [0, 0, 0]);
});

Deno.test("release() opens a lock that somebody seems to sleep for", () => {
  const words = new Int32Array(new SharedArrayBuffer(4));
  words[0] = 2;
  release(words, 0);
  assertEquals(words[0], 0);
  acquire(words, 0);
  assertEquals(words[0], 1);
});
