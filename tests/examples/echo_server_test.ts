/**
 * `examples/echo_server.ts`, driven by sockets of Deno's own, and of edo where Deno has none.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SocketAddr, TcpStream, timeout, UdpSocket } from "../../mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { Client, Program } from "./program.ts";
import { needs } from "../helpers/needs.ts";

const STYLES = ["await", "yield", "poll"];

/** Bytes that tell where they belong. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

async function readAll(client: Client): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let piece; (piece = await client.read()) !== null;) pieces.push(new Uint8Array(piece));
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function receive(socket: UdpSocket): Promise<Uint8Array> {
  const buffer = new Uint8Array(65536);
  const [count] = await timeout({ seconds: 10 }, socket.recvFrom(buffer));
  return buffer.slice(0, count);
}

for (const style of STYLES) {
  test(`echo_server in the style ${style} returns a megabyte, then the end`, async () => {
    await using server = new Program("echo_server.ts", ["--style", style]);
    using client = await Client.connect(await server.port());
    const data = pattern(1 << 20);
    const received = readAll(client);
    await client.send(data);
    await client.finish();
    assertEquals(await received, data);
  });

  test(`echo_server in the style ${style} with --threads returns what it is sent`, async () => {
    await using server = new Program("echo_server.ts", ["--style", style, "--threads", "2"]);
    const port = await server.port();
    const clients: Client[] = [];
    using _clients = new DisposableStack();
    for (let i = 0; i < 8; i++) clients.push(_clients.use(await Client.connect(port)));
    const data = clients.map((_, i) => pattern(100_000 + i));
    const received = clients.map(readAll);
    for (const [i, client] of clients.entries()) await client.send(data[i]!);
    for (const client of clients) await client.finish();
    assertEquals(await Promise.all(received), data);
    await server.end();
    assertEquals(await server.err.rest(), []);
  });

  test(`echo_server in the style ${style} says nothing of a reset and goes on`, async () => {
    await using server = new Program("echo_server.ts", ["--style", style]);
    const port = await server.port();
    for (let i = 0; i < 10; i++) {
      using rude = await TcpStream.connect(`127.0.0.1:${port}`);
      await rude.writeAll(pattern(1 << 16));
      rude.setLinger(0); // the close resets the connection
    }
    using client = await Client.connect(port);
    assertEquals(await client.ask("still there?"), "still there?");
    await server.end();
    assertEquals(await server.err.rest(), []);
  });

  test(`echo_server in the style ${style} returns datagrams to their senders`, async () => {
    await using server = new Program("echo_server.ts", ["--style", style, "--udp"]);
    const address = new SocketAddr("127.0.0.1", await server.port());
    using one = await UdpSocket.bind("127.0.0.1:0");
    using two = await UdpSocket.bind("127.0.0.1:0");
    for (const size of [0, 1, 1400, 65507]) {
      await one.sendTo(pattern(size), address);
      await two.sendTo(pattern(size).reverse(), address);
      assertEquals(await receive(one), pattern(size));
      assertEquals(await receive(two), pattern(size).reverse());
    }
  });
}

test("echo_server survives a want of descriptors and serves who waited", async () => {
  await using server = new Program("echo_server.ts", [], { descriptors: 40 });
  const port = await server.port();
  const clients: Client[] = [];
  using _clients = new DisposableStack();
  for (let i = 0; i < 40; i++) clients.push(_clients.use(await Client.connect(port)));
  assertMatch((await server.err.next())!, /^Cannot accept on TCP listener: .*\(EMFILE\)$/);
  const last = clients.pop()!;
  for (const client of clients) await client.finish(); // the server closes these
  assertEquals(await last.ask("my turn"), "my turn");
}, needs("shell"));

test("echo_server with --threads says nothing of a reset and goes on", async () => {
  await using server = new Program("echo_server.ts", ["--threads", "2"]);
  const port = await server.port();
  for (let i = 0; i < 10; i++) {
    using rude = await TcpStream.connect(`127.0.0.1:${port}`);
    await rude.writeAll(pattern(1 << 16));
    rude.setLinger(0);
  }
  using client = await Client.connect(port);
  assertEquals(await client.ask("still there?"), "still there?");
  await server.end();
  assertEquals(await server.err.rest(), []);
});

test("echo_server refuses a style that there is not", async () => {
  await using server = new Program("echo_server.ts", ["--style", "guess"]);
  assertEquals(await server.code(), 1);
  assertStringIncludes((await server.err.rest()).join("\n"), 'Cannot echo in style "guess"');
});
