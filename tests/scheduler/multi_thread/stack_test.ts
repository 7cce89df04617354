/**
 * The lists through which isolates tell each other of things, used by one thread. Schedules of
 * several are in `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { push, takeAll } from "../../../scheduler/multi_thread/stack.ts";
import { linksAt } from "../../model/names.ts";

function list() {
  const words = new Int32Array(16);
  const links = linksAt(words, 1);
  const take = (each = (_record: number) => {}) => {
    const records: number[] = [];
    takeAll(words, 0, links, (record) => {
      records.push(record);
      each(record);
    });
    return records;
  };
  return { push: (record: number) => push(words, 0, links, record), take };
}

Deno.test("stack.push() says whether the list was empty", () => {
  const { push, take } = list();
  assert(push(4));
  assertFalse(push(0));
  take();
  assert(push(0));
});

Deno.test("stack.takeAll() gives the records in the order in which they were added", () => {
  const { push, take } = list();
  assertEquals(take(), []);
  for (const record of [4, 0, 2]) push(record);
  assertEquals(take(), [4, 0, 2]);
  assertEquals(take(), []);
});

Deno.test("stack.takeAll() lets a record that it has given be added again at once", () => {
  const { push, take } = list();
  for (const record of [0, 1, 2]) push(record);
  assertEquals(take((record) => void push(record)), [0, 1, 2]);
  assertEquals(take(), [0, 1, 2]);
});
