/**
 * The records of tasks, used by one isolate. Schedules of several are in `tests/model/`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import {
  CANCELLED,
  DONE,
  FAILED,
  INLINE_BYTES,
  QUEUED,
  RECORD_WORDS,
  Records,
  RUNNING,
} from "../../../scheduler/multi_thread/records.ts";

function memory(count = 128) {
  const words = new Int32Array(2 + count * RECORD_WORDS);
  return () => new Records(words, 2, count, { words, index: 0, left: 1 });
}

Deno.test("Records.take() gives a record with its function and its spawner", () => {
  const records = memory()();
  const task = records.take(7, 3);
  assertEquals(records.functionOf(task), 7);
  assertEquals(records.spawnerOf(task), 3);
  assertEquals(records.phase(task), QUEUED);
  assertFalse(records.isAborted(task));
  assertNotEquals(records.take(7, 3), task);
});

Deno.test("Records.take() answers with -1 when all records are in use", () => {
  const isolate = memory();
  const [first, second, third] = [isolate(), isolate(), isolate()];
  const taken = Array.from({ length: 64 }, () => [first.take(1, 0), second.take(1, 1)]).flat();
  assertEquals(new Set(taken).size, 128);
  assertFalse(taken.includes(-1));
  assertEquals([first.take(1, 0), second.take(1, 1), third.take(1, 2)], [-1, -1, -1]);
  first.giveBack(taken[0]!);
  assertEquals(first.take(1, 0), taken[0]);
});

Deno.test("a task goes from the queue through a worker to its end", () => {
  for (const ending of [DONE, FAILED, CANCELLED] as const) {
    const records = memory()();
    const task = records.take(1, 0);
    assert(records.begin(task, 5));
    assertEquals(records.phase(task), RUNNING);
    records.end(task, ending);
    assertEquals(records.phase(task), ending);
  }
});

Deno.test("Records.end() keeps the generation of a task that was aborted before it began", () => {
  const records = memory()();
  const first = records.take(1, 0);
  assert(records.begin(first, 5));
  records.end(first, DONE);
  records.giveBack(first);
  const second = records.take(1, 0);
  assertEquals(second, first);
  const generation = records.generationOf(second);
  records.abort(second, generation);
  assertFalse(records.begin(second, 5));
  records.end(second, CANCELLED);
  assertEquals(records.generationOf(second), generation);
});

Deno.test("Records.abort() keeps a task in a queue from being run", () => {
  const records = memory()();
  const task = records.take(1, 0);
  assertEquals(records.abort(task, records.generationOf(task)), -1);
  assert(records.isAborted(task));
  assertFalse(records.begin(task, 5));
});

Deno.test("Records.abort() names the worker that runs the task, once", () => {
  for (const runner of [0, 1, 127, 4095]) {
    const records = memory()();
    const task = records.take(1, 0);
    records.begin(task, runner);
    assertEquals(records.abort(task, records.generationOf(task)), runner);
    assertEquals(records.abort(task, records.generationOf(task)), -1);
    assert(records.isAborted(task));
    records.end(task, CANCELLED);
    assertFalse(records.isAborted(task));
  }
});

Deno.test("Records.abort() does nothing to a task that has ended, nor to its successor", () => {
  const records = memory()();
  const task = records.take(1, 0);
  const generation = records.generationOf(task);
  records.begin(task, 5);
  records.end(task, DONE);
  assertEquals(records.abort(task, generation), -1);
  assertEquals(records.phase(task), DONE);
  records.giveBack(task);
  assertEquals(records.take(1, 0), task);
  assertEquals(records.abort(task, generation), -1);
  assertFalse(records.isAborted(task));
});

Deno.test("the generation of a record wraps around after 65536 tasks", () => {
  const records = memory()();
  const first = records.take(1, 0);
  const seen = new Set([records.generationOf(first)]);
  for (let i = 1; i < 0x10000; i++) {
    assert(records.begin(first, 4095));
    records.end(first, CANCELLED);
    records.giveBack(first);
    assertEquals(records.take(1, 0), first);
    seen.add(records.generationOf(first));
  }
  assertEquals(seen.size, 0x10000);
  assertEquals(records.phase(first), QUEUED);
  const generation = records.generationOf(first);
  records.abort(first, generation);
  assert(records.isAborted(first));
});

Deno.test("a record has room for its payload, and says where a longer one is", () => {
  const records = memory()();
  const [a, b] = [records.take(1, 0), records.take(2, 0)];
  records.setPayload(a, 0, INLINE_BYTES);
  records.setPayload(b, 4096, 1000);
  records.words.fill(-1, records.inlineAt(a), records.inlineAt(a) + INLINE_BYTES / 4);
  records.setNext(a, 9);
  assertEquals([records.placeOf(a), records.lengthOf(a), records.next(a)], [0, INLINE_BYTES, 9]);
  assertEquals([records.placeOf(b), records.lengthOf(b), records.next(b)], [4096, 1000, 0]);
  assertEquals([records.functionOf(a), records.functionOf(b)], [1, 2]);
  assertEquals([records.phase(a), records.phase(b)], [QUEUED, QUEUED]);
});

Deno.test("Records.leave() leaves the free records to others, and not those in use", () => {
  const isolate = memory(64);
  const [first, second] = [isolate(), isolate()];
  const taken = Array.from({ length: 3 }, () => first.take(0, 0));
  assertEquals(second.take(0, 1), -1);
  first.giveBack(taken[1]!);
  first.leave();
  const found = new Set<number>();
  for (let record; (record = second.take(0, 1)) >= 0;) found.add(record);
  assertEquals(found.size, 62);
  assert(found.has(taken[1]!) && !found.has(taken[0]!) && !found.has(taken[2]!));
});
