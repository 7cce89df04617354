/**
 * Named pipes: who meets whom, and what gets through.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FfiUnavailableError } from "../../../ffi/mod.ts";
import { Pending } from "../../../future/mod.ts";
import { isOsError } from "../../../net/mod.ts";
import {
  ClientOptions,
  ERROR_PIPE_BUSY,
  type NamedPipe,
  type NamedPipeClient,
  ServerOptions,
} from "../../../net/windows/mod.ts";
import { Interest } from "../../../reactor/mod.ts";
import { oneshot } from "../../../sync/mod.ts";
import { spawn } from "../../../task/mod.ts";
import { sleep } from "../../../time/mod.ts";
import { test } from "../../helpers/leak_guard.ts";
import { needs } from "../../helpers/needs.ts";
import { assertOsError, bytes, noise, pollOnce, readExactly, readToEnd, text } from "../_net.ts";
import { pipe, pipeName } from "./_pipe.ts";

const onWindows = needs("windows");

/** Opens a pipe as soon as a server has time. */
async function openWhenFree(name: string): Promise<NamedPipeClient> {
  for (;;) {
    try {
      return new ClientOptions().open(name);
    } catch (error) {
      if (!isOsError(error)) throw error;
      if (error.errno !== ERROR_PIPE_BUSY && error.code !== "ENOENT") throw error;
    }
    await sleep(5);
  }
}

test("NamedPipeServer.write() fails with EPIPE when the client has gone", async () => {
  using both = await pipe();
  both.client.close();
  const error = await assertOsError(
    () => both.server.writeAll(bytes("ping")),
    "EPIPE",
    Deno.errors.BrokenPipe,
  );
  assertEquals(error.errno, 232); // ERROR_NO_DATA
  assertEquals(error.address, both.name);
}, onWindows);

test("a named pipe carries data both ways, and ends when one end is closed", async () => {
  const name = pipeName();
  const created = new ServerOptions().create(name);
  const serving = spawn(async () => {
    using server = created;
    await server.connect();
    const question = text(await readExactly(server, 5));
    await server.writeAll(bytes("pong\n"));
    return question;
  });
  using client = new ClientOptions().open(name);
  await client.writeAll(bytes("ping\n"));
  assertEquals(text(await readToEnd(client)), "pong\n");
  assertEquals(await serving, "ping\n");
}, onWindows);

test("a named pipe serves many clients by one instance for each", async () => {
  const name = pipeName();
  const count = 10;
  const first = new ServerOptions().create(name);
  const serving = spawn(async () => {
    let server = first;
    const served = [];
    for (let i = 0; i < count; i++) {
      await server.connect();
      const current = server;
      server = new ServerOptions().create(name);
      served.push(spawn(async () => {
        using own = current;
        await own.writeAll(await readExactly(own, 2));
      }));
    }
    server.close();
    await Promise.all(served);
  });
  const clients = Array.from({ length: count }, (_, i) =>
    spawn(async () => {
      using client = await openWhenFree(name);
      await client.writeAll(bytes(`#${i}`));
      return text(await readExactly(client, 2));
    }));
  assertEquals(await Promise.all(clients), Array.from({ length: count }, (_, i) => `#${i}`));
  await serving;
}, onWindows);

test("a named pipe is used by readiness: ready(), tryRead() and tryWrite()", async () => {
  using both = await pipe();
  const serving = spawn(async () => {
    const question = await readByTrying(both.server, 5);
    await both.server.writable();
    assertEquals(both.server.tryWrite(bytes("pong\n")), 5);
    return question;
  });
  const { client } = both;
  let isWritten = false;
  let answer = "";
  const buffer = new Uint8Array(16);
  while (answer.length < 5) {
    const interest = Interest.READABLE | (isWritten ? 0 : Interest.WRITABLE);
    const ready = await client.ready(interest);
    if (ready.isReadable()) {
      const count = client.tryRead(buffer);
      if (count !== undefined) answer += text(buffer.subarray(0, count));
    }
    if (ready.isWritable()) isWritten ||= client.tryWrite(bytes("ping\n")) === 5;
  }
  assertEquals([await serving, answer], ["ping\n", "pong\n"]);
}, onWindows);

async function readByTrying(end: NamedPipe, length: number): Promise<string> {
  const buffer = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    await end.readable();
    filled += end.tryRead(buffer.subarray(filled)) ?? 0;
  }
  return text(buffer);
}

test("a pipe of messages keeps writes apart, a pipe of bytes does not", async () => {
  for (const mode of ["message", "byte"] as const) {
    using both = await pipe(mode);
    for (let i = 0; i < 10; i++) {
      await both.client.writeAll(bytes("hello"));
      await both.server.writeAll(bytes("world"));
    }
    await both.client.flush();
    await both.server.flush();
    const buffer = new Uint8Array(64);
    const counts = [await both.server.read(buffer), await both.client.read(buffer)];
    assertEquals(counts, mode === "message" ? [5, 5] : [50, 50]);
  }
}, onWindows);

test("a message that is longer than the buffer comes in pieces, before the next", async () => {
  using both = await pipe("message");
  const long = noise(100_000);
  const writing = spawn(async () => {
    await both.client.writeAll(long);
    await both.client.writeAll(bytes("short"));
    await both.client.flush();
  });
  assertEquals(await readExactly(both.server, 50_000), long.subarray(0, 50_000));
  assertEquals(await readExactly(both.server, 50_000), long.subarray(50_000));
  assertEquals(await both.server.read(new Uint8Array(64)), 5);
  await writing;
}, onWindows);

test("NamedPipeServer.connect() waits for a client, whatever the client may do", async () => {
  const name = pipeName();
  for (const [inbound, outbound] of [[true, true], [true, false], [false, true]] as const) {
    const [tx, rx] = oneshot.channel<void>();
    const serving = spawn(async () => {
      using server = new ServerOptions().accessInbound(inbound).accessOutbound(outbound).create(
        name,
      );
      const connected = server.connect();
      assertEquals(pollOnce(connected), Pending);
      tx.send();
      await connected;
    });
    await rx;
    using _client = new ClientOptions().read(outbound).write(inbound).open(name);
    await serving;
  }
}, onWindows);

test("ClientOptions.open() fails with EACCES when the server does not allow to write", async () => {
  const name = pipeName();
  using _server = new ServerOptions().accessInbound(false).create(name);
  await assertOsError(() => new ClientOptions().open(name), "EACCES", Deno.errors.PermissionDenied);
}, onWindows);

test("ClientOptions.open() fails with ENOENT when nobody serves the name", async () => {
  const name = pipeName();
  const error = await assertOsError(() => new ClientOptions().open(name), "ENOENT");
  assertEquals(
    error.message,
    `Cannot open named pipe "${name}": no such file or directory (ENOENT)`,
  );
}, onWindows);

test("ClientOptions.open() fails with EBUSY when all servers are taken", async () => {
  using both = await pipe();
  const error = await assertOsError(() => new ClientOptions().open(both.name), "EBUSY");
  assertEquals(error.errno, ERROR_PIPE_BUSY);
}, onWindows);

test("ServerOptions.firstPipeInstance() refuses a name that is served", async () => {
  const name = pipeName();
  using _first = new ServerOptions().firstPipeInstance(true).create(name);
  await assertOsError(
    () => new ServerOptions().firstPipeInstance(true).create(name),
    "EACCES",
    Deno.errors.PermissionDenied,
  );
  using _second = new ServerOptions().create(name);
}, needs("windows", "firstPipeInstance"));

test("ServerOptions.maxInstances() limits how many there are", async () => {
  const name = pipeName();
  using first = new ServerOptions().maxInstances(2).create(name);
  using _second = new ServerOptions().maxInstances(2).create(name);
  assertEquals(first.info().maxInstances, 2);
  await assertOsError(() => new ServerOptions().maxInstances(2).create(name), "EBUSY");
}, onWindows);

test("NamedPipe.info() tells how the pipe was made", async () => {
  const name = pipeName();
  const options = new ServerOptions().pipeMode("message").inBufferSize(4096).outBufferSize(8192);
  using server = options.create(name);
  using client = new ClientOptions().open(name);
  await server.connect();
  const common = { mode: "message", maxInstances: undefined } as const;
  assertEquals(server.info(), {
    ...common,
    end: "server",
    outBufferSize: 8192,
    inBufferSize: 4096,
  });
  const { mode, end } = client.info();
  assertEquals([mode, end], ["message", "client"]);
}, onWindows);

test("NamedPipeServer.disconnect() sends the client away, and the next one may come", async () => {
  const name = pipeName();
  using server = new ServerOptions().create(name);
  for (const word of ["one", "two", "three"]) {
    const connected = server.connect();
    assertEquals(pollOnce(connected), Pending);
    using client = new ClientOptions().open(name);
    await connected;
    await client.writeAll(bytes(`${word}, which is not all`));
    assertEquals(text(await readExactly(server, word.length)), word);
    await client.writeAll(bytes("not read"));
    await client.flush();
    server.disconnect();
    assertEquals(await client.read(new Uint8Array(8)), 0);
  }
}, onWindows);

test("NamedPipeServer.disconnect() ends a read that waits", async () => {
  using both = await pipe();
  const reading = spawn(both.server.read(new Uint8Array(8)));
  await sleep(1);
  both.server.disconnect();
  assertEquals(await reading, 0);
}, onWindows);

test("NamedPipeServer.read() waits for a client that has not come yet", async () => {
  const name = pipeName();
  using server = new ServerOptions().create(name);
  const reading = readExactly(server, 5);
  const connecting = spawn(server.connect());
  await sleep(1);
  using client = new ClientOptions().open(name);
  await connecting;
  await client.writeAll(bytes("early"));
  assertEquals(text(await reading), "early");
}, onWindows);

test("NamedPipeServer.write() fails with ENOTCONN before a client has come", async () => {
  using server = new ServerOptions().create(pipeName());
  await assertOsError(
    () => server.writeAll(bytes("early")),
    "ENOTCONN",
    Deno.errors.NotConnected,
  );
}, onWindows);

test("a named pipe carries a megabyte both ways at the same time", async () => {
  using both = await pipe("byte", 4096);
  const there = noise(1 << 20, 3);
  const back = noise(1 << 20, 5);
  const chunks = async (end: NamedPipe, data: Uint8Array) => {
    for (let at = 0; at < data.length; at += 10_000) {
      await end.writeAll(data.subarray(at, at + 10_000));
    }
  };
  const writing = [chunks(both.client, there), chunks(both.server, back)];
  const reading = [
    readExactly(both.server, there.length),
    readExactly(both.client, back.length),
  ];
  const [arrived, returned] = await Promise.all(reading);
  assert(arrived!.every((byte, i) => byte === there[i]));
  assert(returned!.every((byte, i) => byte === back[i]));
  await Promise.all(writing);
}, onWindows);

test("elsewhere named pipes fail with an error that says what they need", async () => {
  for (
    const open of [
      () => new ServerOptions().create("\\\\.\\pipe\\edo"),
      () => new ClientOptions().open("\\\\.\\pipe\\edo"),
    ]
  ) {
    const message = await failure(open);
    assertStringIncludes(message, `named pipe "\\\\.\\pipe\\edo": named pipes need Windows`);
  }
}, needs("otherThanWindows"));

async function failure(open: () => unknown): Promise<string> {
  try {
    await open();
  } catch (error) {
    if (error instanceof FfiUnavailableError) return error.message;
    throw error;
  }
  throw new Error("it has to fail");
}
