/**
 * edo's sockets at one end, the host's own at the other.
 *
 * @module
 */

import { assertEquals, assertInstanceOf } from "@std/assert";
import { TcpListener, TcpStream } from "../../net/mod.ts";
import { spawn } from "../../task/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { bytes, closedAddress, noise, readToEnd } from "./_net.ts";

test("TcpListener serves Deno.connect()", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const { ip, port } = listener.localAddr();
  const served = spawn(async () => {
    using server = (await listener.accept())[0];
    const data = await readToEnd(server);
    await server.writeAll(data);
  });
  using client = await Deno.connect({ hostname: ip, port });
  const data = noise(100_000);
  const writer = client.writable.getWriter();
  await writer.write(data);
  await client.closeWrite();
  const answer = new Uint8Array(await new Response(client.readable).arrayBuffer());
  assertEquals(answer, data);
  await served;
  await writer.close().catch(() => {});
});

test("TcpStream talks to Deno.listen()", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const served = listener.accept().then(async (server) => {
    await server.readable.pipeTo(server.writable);
  });
  using client = await TcpStream.connect({ hostname: "127.0.0.1", port });
  const data = noise(100_000);
  const answer = spawn(() => readToEnd(client));
  await client.writeAll(data);
  await client.shutdown();
  assertEquals(await answer, data);
  await served;
});

test("TcpListener serves fetch() while the runtime waits", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const served = spawn(async () => {
    using server = (await listener.accept())[0];
    await server.read(new Uint8Array(4096));
    await server.writeAll(
      bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"),
    );
  });
  using client = Deno.createHttpClient({});
  const response = await fetch(`http://${listener.localAddr()}/`, { client });
  assertEquals([response.status, await response.text()], [200, "hello"]);
  await served;
});

test("TcpStream.connect() fails with the class that Deno.connect() fails with", async () => {
  const address = await closedAddress();
  const [hostname, port] = address.split(":") as [string, string];
  const failures = await Promise.allSettled([
    Deno.connect({ hostname, port: Number(port) }),
    Promise.resolve(TcpStream.connect(address)),
  ]);
  for (const failure of failures) {
    assertInstanceOf((failure as PromiseRejectedResult).reason, Deno.errors.ConnectionRefused);
  }
});
