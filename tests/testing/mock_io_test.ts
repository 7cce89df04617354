/**
 * Scripted connections.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { spawn } from "../../scheduler/runtime.ts";
import {
  AssertionError,
  assertPending,
  assertReadyEq,
  type MockIo,
  mockIo,
  taskSpawn,
  test,
} from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function read(stream: MockIo, size = 256): Promise<string> {
  const buffer = new Uint8Array(size);
  const length = await stream.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, length));
}

test("MockIo.read() gives what the script says, step by step, then the end", async () => {
  using stream = mockIo().read("hello ").read(bytes("world!")).build();
  assertEquals(await read(stream), "hello ");
  assertEquals(await read(stream), "world!");
  assertEquals(await read(stream), "");
  assertEquals(await read(stream), "");
});

test("MockIo.read() into a small buffer takes a step in pieces", async () => {
  using stream = mockIo().read("hello").build();
  assertEquals(await stream.read(new Uint8Array(0)), 0);
  assertEquals([await read(stream, 3), await read(stream, 3)], ["hel", "lo"]);
});

test("MockIo.read() fails where the script says so", async () => {
  using stream = mockIo().read("hello ").readError(new Error("cruel")).read("world!").build();
  assertEquals(await read(stream), "hello ");
  await assertRejects(() => read(stream), Error, "cruel");
  assertEquals(await read(stream), "world!");
});

test("MockIo.write() takes what the script expects", async () => {
  using stream = mockIo().write("hello ").write("world!").build();
  await stream.writeAll(bytes("hello "));
  await stream.writeAll(bytes("world!"));
  await stream.shutdown();
});

test("MockIo.write() takes pieces of a step, and several steps at once", async () => {
  using stream = mockIo().write("hello").write("world").build();
  assertEquals(await stream.write(bytes("he...."), 2), 2);
  assertEquals(await stream.write(bytes("llowor")), 6);
  assertEquals(await stream.write(bytes("ld")), 2);
});

test("MockIo.write() fails where the script says so", async () => {
  using stream = mockIo().write("hello ").writeError(new Error("cruel")).write("world!").build();
  await stream.writeAll(bytes("hello "));
  await assertRejects(async () => await stream.writeAll(bytes("whoa")), Error, "cruel");
  await stream.writeAll(bytes("world!"));
});

test("MockIo.write() throws for what the script does not expect", async () => {
  using stream = mockIo().name("peer").write("yes").build();
  await assertRejects(
    async () => await stream.write(bytes("no!")),
    AssertionError,
    `The script of "peer" expected "yes", found "no!"`,
  );
  // The script has failed already, so that what is left of it is no news.
});

test("MockIo.write() throws after the end of the script", async () => {
  using stream = mockIo().write("hello").build();
  await assertRejects(
    async () => await stream.writeAll(bytes("hello world")),
    AssertionError,
    `The script expected nothing to be written, found " world"`,
  );
});

test("MockIo.write() passes by steps that read, and reads wait for steps that write", async () => {
  using stream = mockIo().read("a").write("b").read("c").build();
  await stream.writeAll(bytes("b"));
  assertEquals([await read(stream), await read(stream)], ["a", "c"]);

  using other = mockIo().write("ping").read("pong").build();
  const buffer = new Uint8Array(4);
  using reading = taskSpawn(other.read(buffer));
  assertPending(reading.poll());
  await other.writeAll(bytes("pin"));
  assert(!reading.isWoken());
  await other.writeAll(bytes("g"));
  assert(reading.isWoken());
  assertReadyEq(reading.poll(), 4);
});

test("MockIo.write() waits for the reader of an error before the next step that writes", async () => {
  using stream = mockIo().read("a").writeError(new Error("full")).build();
  using writing = taskSpawn(stream.write(bytes("x")));
  assertPending(writing.poll());
  assertEquals(await read(stream), "a");
  assert(writing.isWoken());
  assertThrows(() => writing.poll(), Error, "full");
});

test("MockIoHandle.write() adds to the script of a connection that is in use", async () => {
  const [stream, handle] = mockIo().buildWithHandle();
  handle.write("hello ").write("world!");
  await stream.writeAll(bytes("hello "));
  await stream.writeAll(bytes("world!"));
  stream[Symbol.dispose]();
});

test("MockIoHandle.read() adds to the script, and wakes who reads", async () => {
  const [stream, handle] = mockIo().buildWithHandle();
  const reading = spawn(() => read(stream));
  using _waiting = taskSpawn(stream.read(new Uint8Array(1)));
  handle.read("hello ").read("world!").readError(new Error("cruel"));
  assertEquals(await reading, "hello ");
  assertEquals(await read(stream), "world!");
  await assertRejects(() => read(stream), Error, "cruel");
  stream[Symbol.dispose]();
});

test("MockIoHandle.close() lets reads come to the end, and refuses more steps", () => {
  const [stream, handle] = mockIo().buildWithHandle();
  using reading = taskSpawn(stream.read(new Uint8Array(1)));
  assertPending(reading.poll());
  handle[Symbol.dispose]();
  assert(reading.isWoken());
  assertReadyEq(reading.poll(), 0);
  assertThrows(() => handle.read("x"), TypeError, "Cannot add to a script: it has been closed");
  stream[Symbol.dispose]();
});

for (const kind of ["read", "write"] as const) {
  test(`MockIo that is disposed throws when there is something left to ${kind}`, () => {
    const stream = mockIo()[kind]("data").build();
    assertThrows(
      () => stream[Symbol.dispose](),
      AssertionError,
      `The script expected the script to be finished, found ${kind} of "data" and 0 more steps left`,
    );
    stream[Symbol.dispose]();
  });
}

test("MockIo that is disposed throws for an error that nobody saw", () => {
  const stream = mockIo().name("peer").readError(new Error("x")).build();
  assertThrows(() => stream[Symbol.dispose](), AssertionError, `"peer"`);
});

test("MockIo that is disposed does not hide why the test fails", () => {
  const error = assertThrows(() => {
    using _stream = mockIo().read("data").build();
    throw new RangeError("own");
  }, SuppressedError);
  assertEquals(String((error as SuppressedError).suppressed), "RangeError: own");
});

test("MockIo waits where the script says so", { startPaused: true }, async () => {
  using stream = mockIo().wait({ seconds: 1 }).read("hello ").read("world!").build();
  const start = Instant.now();
  assertEquals(await read(stream), "hello ");
  assertEquals(start.elapsed(), 1000);
  assertEquals(await read(stream), "world!");
  assertEquals(start.elapsed(), 1000);
});

test("MockIo waits several times", { startPaused: true }, async () => {
  using stream = mockIo().wait(1000).read("hello ").wait(1000).read("world!").build();
  const start = Instant.now();
  assertEquals(await read(stream), "hello ");
  assertEquals(await read(stream), "world!");
  assertEquals(start.elapsed(), 2000);
});

test(
  "MockIo waits for a millisecond at least, readers and writers",
  { startPaused: true },
  async () => {
    using stream = mockIo().wait(0).write("a").build();
    const start = Instant.now();
    await stream.writeAll(bytes("a"));
    assertEquals(start.elapsed(), 1);
  },
);

test("MockIo that is disposed while it waits stops its timer", { startPaused: true }, () => {
  const stream = mockIo().wait(1000).build();
  using reading = taskSpawn(stream.read(new Uint8Array(1)));
  assertPending(reading.poll());
  stream[Symbol.dispose]();
});

test("MockIoBuilder can build several connections of one script", async () => {
  const builder = mockIo().read("a");
  for (let i = 0; i < 2; i++) {
    using stream = builder.build();
    assertEquals(await read(stream), "a");
  }
});
