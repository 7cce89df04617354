/**
 * Overlapped operations: rules O1 to O4 of `ffi/windows/overlapped.ts`, on pipes.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { backend } from "../../../ffi/mod.ts";
import type { Overlapped } from "../../../ffi/windows/overlapped.ts";
import type { WindowsSelector } from "../../../ffi/windows/selector.ts";
import { needs } from "../../helpers/needs.ts";
import { openPipes } from "./_pipes.ts";

const ERROR_BROKEN_PIPE = 109;
const ERROR_OPERATION_ABORTED = 995;

/** A pipe with an operation that reads from it. */
function makeWorld() {
  const pipes = openPipes();
  const selector = backend().createSelector() as WindowsSelector;
  const { operations } = selector;
  const [near, far] = pipes.pair();
  assert(operations.attach(near));
  let ends = 0;
  const reading = operations.create(near, 16, () => ends++);
  const open = new Set([near, far]);
  return {
    ...pipes,
    selector,
    operations,
    near,
    far,
    reading,
    ends: () => ends,
    begin: (operation: Overlapped = reading) =>
      operation.begin((at) => pipes.kernel.ReadFile(near, operation.dataAt, 16, null, at)),
    /** Polls until nothing is in flight. */
    settle() {
      for (let i = 0; i < 100 && operations.inFlight > 0; i++) selector.poll(50);
      assertEquals(operations.inFlight, 0);
    },
    close(handle: number) {
      open.delete(handle);
      pipes.close(handle);
    },
    [Symbol.dispose]() {
      reading[Symbol.dispose]();
      for (const handle of open) pipes.close(handle);
      selector.close();
      assertEquals(operations.inFlight, 0);
    },
  };
}

const bytes = (operation: Overlapped) => [...operation.data.subarray(0, operation.transferred)];

function test(name: string, fn: (world: ReturnType<typeof makeWorld>) => void | Promise<void>) {
  // Libraries stay open for as long as the process runs.
  Deno.test(name, { ...needs("windows"), sanitizeResources: false }, async () => {
    using world = makeWorld();
    await fn(world);
  });
}

test("Overlapped.begin() has its end reported, with the data, again and again", (world) => {
  const { reading } = world;
  for (let round = 1; round <= 3; round++) {
    assertEquals(world.begin(), 0);
    assert(reading.isPending);
    world.write(world.far, [round, 2, 3]);
    world.settle();
    assertEquals([reading.error, bytes(reading), world.ends()], [0, [round, 2, 3], round]);
  }
});

test("the end of an operation counts as an event that belongs to no source", (world) => {
  world.begin();
  world.write(world.far, [1]);
  let events = 0;
  for (let i = 0; i < 100 && events === 0; i++) events = world.selector.poll(50);
  assertEquals([events, world.selector.index(0)], [1, -1]);
});

test("O3 an operation that succeeds at once is reported all the same", (world) => {
  world.write(world.far, [7, 8]);
  assertEquals(world.begin(), 0);
  world.settle();
  assertEquals([bytes(world.reading), world.ends()], [[7, 8], 1]);
});

test("O3 a call that fails at once gives its error and leaves nothing in flight", (world) => {
  world.close(world.far);
  assertEquals(world.begin(), ERROR_BROKEN_PIPE);
  assertEquals([world.reading.isPending, world.operations.inFlight], [false, 0]);
  assertEquals([world.selector.poll(10), world.ends()], [0, 0]);
});

test("Overlapped.begin() refuses memory that the kernel has, or that was given back", (world) => {
  world.begin();
  assertThrows(() => world.begin(), TypeError, "its memory is not free");
  const other = world.operations.create(world.near, 16, () => {});
  other[Symbol.dispose]();
  other[Symbol.dispose]();
  assertThrows(() => world.begin(other), TypeError, "its memory is not free");
});

test("O2 an operation that was given up ends unseen, and takes no data with it", (world) => {
  const { reading, operations } = world;
  world.begin();
  reading[Symbol.dispose]();
  assertEquals([operations.inFlight, reading.isPending], [1, true]);
  world.settle();
  assertEquals(world.ends(), 0);
  world.write(world.far, [5]);
  const next = operations.create(world.near, 16, () => {});
  assertEquals(world.begin(next), 0);
  world.settle();
  assertEquals(bytes(next), [5]);
  next[Symbol.dispose]();
});

test("O2 cancelling what completes at the same time ends it once, and loses nothing", (world) => {
  const { reading } = world;
  const got: number[] = [];
  let begun = 0;
  const read = () => {
    assertEquals(world.begin(), 0);
    begun += 1;
  };
  for (let i = 0; i < 60; i++) {
    read();
    if (i % 3 === 0) reading.cancel();
    world.write(world.far, [i]);
    if (i % 3 === 1) reading.cancel();
    if (i % 3 === 2) world.selector.poll(0);
    reading.cancel();
    world.settle();
    assertEquals(world.ends(), begun);
    if (reading.error === 0) {
      got.push(...bytes(reading));
    } else {
      assertEquals(reading.error, ERROR_OPERATION_ABORTED);
      read();
      world.settle();
      got.push(...bytes(reading));
    }
  }
  assertEquals(got, Array.from({ length: 60 }, (_, i) => i));
});

test("O2 closing the handle ends what is in flight", (world) => {
  world.begin();
  world.operations.detach(world.near);
  world.close(world.near);
  world.settle();
  assertEquals([world.ends(), world.reading.isPending], [1, false]);
  assert(world.reading.error !== 0);
});

test("the other end that goes away ends what is in flight", (world) => {
  world.begin();
  world.close(world.far);
  world.settle();
  assertEquals([world.ends(), world.reading.error], [1, ERROR_BROKEN_PIPE]);
});

test("O1 the operation does not depend on the memory of JavaScript", async (world) => {
  world.begin();
  // The view can be taken away; what the kernel writes to is still there.
  const taken = structuredClone(world.reading.data.buffer, {
    transfer: [world.reading.data.buffer],
  });
  assertEquals(world.reading.data.length, 0);
  const rubbish: Uint8Array[] = [];
  for (let i = 0; i < 200; i++) rubbish.push(new Uint8Array(50_000).fill(9));
  await new Promise((resolve) => setTimeout(resolve, 0));
  world.write(world.far, [1, 2, 3, 4]);
  world.settle();
  assertEquals([world.reading.error, world.reading.transferred], [0, 4]);
  assert(rubbish.every((block) => block.every((byte) => byte === 9)));
  assertEquals(taken.byteLength, 16);
});

test("O4 a selector that is closed waits for what it has cancelled", (world) => {
  const others = Array.from(
    { length: 20 },
    () => world.operations.create(world.near, 16, () => {}),
  );
  for (const other of [world.reading, ...others]) assertEquals(world.begin(other), 0);
  assertEquals(world.operations.inFlight, 21);
});

test("an attached handle can be registered and withdrawn, and has no events of its own", (world) => {
  const { selector, near } = world;
  assertEquals(selector.add(near, 3, 0), 0);
  selector.arm(near, 3, 0, 1);
  world.write(world.far, [1]);
  assertEquals(selector.poll(5), 0);
  selector.remove(near, 3);
  assert(!world.operations.has(near));
});
