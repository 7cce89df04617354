/**
 * Named pipes: what is kept when somebody gives up, closes, or asks for the impossible.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { ReadBuf } from "../../../net/mod.ts";
import { ClientOptions, type PipeMode, ServerOptions } from "../../../net/windows/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { sleep, timeout } from "../../../time/mod.ts";
import { program } from "../../helpers/program.ts";
import { test } from "../../helpers/leak_guard.ts";
import { needs } from "../../helpers/needs.ts";
import { assertOsError, assertPending, bytes, noise, readExactly, text } from "../_net.ts";
import { pipe, pipeName } from "./_pipe.ts";

const onWindows = needs("windows");

test("a read that is dropped loses nothing: what arrives is there for the next", async () => {
  using both = await pipe();
  const lost = new Uint8Array(8);
  const read = both.server.read(lost);
  assertPending(read);
  read[Symbol.dispose]();
  await both.client.writeAll(bytes("kept"));
  await both.client.flush();
  await sleep(1);
  assertEquals(text(await readExactly(both.server, 4)), "kept");
  assertEquals(lost, new Uint8Array(8));
}, onWindows);

test("reads that time out over and over lose nothing", async () => {
  using both = await pipe();
  const data = noise(2000);
  const writing = spawn(async () => {
    for (let at = 0; at < data.length; at += 100) {
      await both.client.writeAll(data.subarray(at, at + 100));
      await sleep(1);
    }
  });
  const arrived = new ReadBuf(new Uint8Array(data.length));
  while (arrived.remaining > 0) {
    await timeout(0.2, both.server.readBuf(arrived)).then(() => {}, () => {});
  }
  assertEquals(arrived.filled, data);
  await writing;
}, onWindows);

test("a buffer may be transferred while a read waits for it, which then fails", async () => {
  using both = await pipe();
  const buffer = new Uint8Array(8);
  const reading = spawn(both.server.read(buffer));
  await sleep(1);
  const moved = buffer.buffer.transfer();
  await both.client.writeAll(bytes("data"));
  await assertRejects(() => Promise.resolve(reading));
  assertEquals(new Uint8Array(moved), new Uint8Array(8));
  assertEquals(text(await readExactly(both.server, 4)), "data");
}, onWindows);

test("a write has its own copy of the data", async () => {
  using both = await pipe("byte", 16);
  const data = new Uint8Array(40_000).fill(1);
  await both.client.writeAll(data);
  data.fill(2);
  assertEquals(await readExactly(both.server, 40_000), new Uint8Array(40_000).fill(1));
}, onWindows);

test("a write that is dropped while another is under way writes nothing", async () => {
  using both = await pipe("byte", 16);
  const size = 200_000;
  await both.client.writeAll(new Uint8Array(size).fill(1));
  const second = both.client.write(bytes("never"));
  assertPending(second);
  assertEquals(both.client.tryWrite(bytes("neither")), undefined);
  second[Symbol.dispose]();
  assertEquals(await readExactly(both.server, size), new Uint8Array(size).fill(1));
  await both.client.writeAll(bytes("third"));
  assertEquals(text(await readExactly(both.server, 5)), "third");
}, onWindows);

test("NamedPipe.flush() waits until the other end has taken what does not fit", async () => {
  using both = await pipe("byte", 16);
  await both.client.writeAll(new Uint8Array(200_000));
  const flushed = both.client.flush();
  assertPending(flushed);
  await readExactly(both.server, 200_000);
  await flushed;
}, onWindows);

test("NamedPipe.close() delivers what was written before", async () => {
  using both = await pipe("byte", 16);
  const data = noise(200_000);
  await both.client.writeAll(data);
  both.client.close();
  both.client.close();
  assertEquals(await readExactly(both.server, data.length), data);
  assertEquals(await both.server.read(new Uint8Array(8)), 0);
}, onWindows);

test("a write that nobody takes ends when the other end is closed", async () => {
  using both = await pipe("byte", 16);
  await both.client.writeAll(new Uint8Array(200_000));
  both.client.close();
  await sleep(1);
  both.server.close();
}, onWindows);

test("NamedPipeServer.connect() that is dropped leaves the client to the next call", async () => {
  const name = pipeName();
  using server = new ServerOptions().create(name);
  const connected = server.connect();
  assertPending(connected);
  connected[Symbol.dispose]();
  using client = new ClientOptions().open(name);
  await client.writeAll(bytes("here"));
  await server.connect();
  assertEquals(text(await readExactly(server, 4)), "here");
}, onWindows);

test("NamedPipeServer.connect() finds a client that has come and gone", async () => {
  const name = pipeName();
  using server = new ServerOptions().create(name);
  using client = new ClientOptions().open(name);
  client.close();
  await server.connect();
  assertEquals(await server.read(new Uint8Array(8)), 0);
}, onWindows);

test("NamedPipe.close() fails those who wait, and all later calls", async () => {
  using both = await pipe();
  const reading = Promise.resolve(both.server.read(new Uint8Array(8)));
  await sleep(1);
  both.server.close();
  await assertOsError(() => reading, "EBADF", Deno.errors.BadResource);
  await assertOsError(() => both.server.read(new Uint8Array(8)), "EBADF");
  await assertOsError(() => both.server.writeAll(bytes("x")), "EBADF");
  await assertOsError(() => both.server.tryRead(new Uint8Array(8)), "EBADF");
  await assertOsError(() => both.server.info(), "EBADF");
  await assertOsError(() => both.server.disconnect(), "EBADF");
}, onWindows);

test("a server that waits for nobody any more can be closed, and its name is free", async () => {
  const name = pipeName();
  const server = new ServerOptions().firstPipeInstance(true).create(name);
  const connecting = Promise.resolve(server.connect());
  await sleep(1);
  server.close();
  await assertOsError(() => connecting, "EBADF");
  using _again = new ServerOptions().firstPipeInstance(true).create(name);
}, onWindows);

test("a process whose pipes are idle ends", async () => {
  const { code, output, errors } = await program(`
    import { ClientOptions, ServerOptions } from "./net/windows/mod.ts";
    const server = new ServerOptions().create(String.raw\`${pipeName()}\`);
    const read = server.read(new Uint8Array(8));
    read.poll({ waker: { wake() {} } });
    read[Symbol.dispose]();
    console.log("done");
  `);
  assertEquals([code, output.trim(), errors], [0, "done", ""]);
}, onWindows);

test("named pipes refuse what cannot be meant", () => {
  const options = () => new ServerOptions();
  assertThrows(() => options().pipeMode("lines" as PipeMode), TypeError, '"lines"');
  assertThrows(() => new ClientOptions().pipeMode("lines" as PipeMode), TypeError, '"lines"');
  for (const instances of [0, 255, 1.5]) {
    assertThrows(() => options().maxInstances(instances), RangeError, "from 1 to 254");
  }
  assertThrows(() => options().inBufferSize(-1), RangeError);
  assertThrows(() => options().outBufferSize(2 ** 32), RangeError);
  assertThrows(() => new ClientOptions().securityQosFlags(0.5), RangeError);
  assertThrows(() => options().create("a\0b"), TypeError, "without zeros");
  assertThrows(() => new ClientOptions().open(1 as never), TypeError, "must be a string");
  const nobody = options().accessInbound(false).accessOutbound(false);
  assertThrows(() => nobody.create(pipeName()), TypeError, "allowed to write");
});

Deno.test({
  name: "without the permission to read it a named pipe cannot be opened",
  permissions: { ffi: true, net: true, read: false, write: true },
  ...onWindows,
  fn() {
    const error = assertThrows(() => new ClientOptions().open(pipeName()));
    assertInstanceOf(error, Deno.errors.NotCapable);
  },
});
