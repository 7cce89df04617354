/**
 * The shared memory of a process, seen from isolates that are all in this thread. Schedules of
 * several threads are in `tests/model/`.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Domain, MAX_ISOLATES } from "../../../scheduler/multi_thread/domain.ts";

Deno.test("isolates that enter a domain get the lowest numbers that are free", () => {
  const first = new Domain();
  const second = new Domain(first.buffer);
  const third = new Domain(first.buffer);
  assertEquals([first.self, second.self, third.self], [0, 1, 2]);
  second.leave();
  assertEquals(new Domain(first.buffer).self, 1);
  assertEquals(new Domain(first.buffer).self, 3);
});

Deno.test("a domain takes 256 isolates", () => {
  const { buffer } = new Domain();
  const others = Array.from({ length: MAX_ISOLATES - 1 }, () => new Domain(buffer));
  assertEquals(others.at(-1)!.self, MAX_ISOLATES - 1);
  assertThrows(() => new Domain(buffer), RangeError, "there are 256 already");
  others[5]!.leave();
  assertEquals(new Domain(buffer).self, 6);
});

Deno.test("the words of isolates are all different", () => {
  const domain = new Domain();
  const seen = new Set<number>();
  for (let isolate = 0; isolate < MAX_ISOLATES; isolate++) {
    for (const word of ["parked", "waker", "ended", "woken", "aborts"] as const) {
      seen.add(domain[word](isolate));
    }
  }
  assertEquals(seen.size, 5 * MAX_ISOLATES);
});

Deno.test("Domain.leave() leaves the next isolate of the number awake, with the same waker", () => {
  const domain = new Domain();
  domain.words[domain.parked(0)] = 1;
  domain.words[domain.waker(0)] = 9;
  domain.leave();
  const next = new Domain(domain.buffer);
  assertEquals(next.self, 0);
  assertEquals([next.words[next.parked(0)], next.words[next.waker(0)]], [0, 9]);
});

Deno.test("isolates of a domain see each other's records and names", () => {
  const first = new Domain();
  const second = new Domain(first.buffer);
  const task = first.records.take(first.functions.numberOf("a"), first.self);
  assertEquals(second.functions.nameOf(second.records.functionOf(task)), "a");
  assertEquals(second.records.spawnerOf(task), 0);
});
