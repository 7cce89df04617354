/**
 * `examples/echo_client.ts` against servers of Deno's own.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Program } from "./program.ts";

/** Echoes one connection. */
async function echoOnce(listener: Deno.TcpListener): Promise<void> {
  using connection = await listener.accept();
  const buffer = new Uint8Array(4096);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    for (let rest = buffer.subarray(0, count); rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
  }
}

function listen(): { listener: Deno.TcpListener; address: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { listener, address: `127.0.0.1:${listener.addr.port}` };
}

Deno.test("echo_client sends its arguments and prints the answer", async () => {
  const { listener, address } = listen();
  using _listener = listener;
  const server = echoOnce(listener);
  await using client = new Program("echo_client.ts", [address, "hello", "there"]);
  assertEquals(await client.out.rest(), ["hello there"]);
  assertEquals(await client.code(), 0);
  await server;
});

Deno.test("echo_client sends more of stdin than the buffers between can hold", async () => {
  const { listener, address } = listen();
  using _listener = listener;
  const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i} of a text that is long`);
  const server = echoOnce(listener);
  await using client = new Program("echo_client.ts", [address], {
    input: lines.join("\n") + "\n",
  });
  assertEquals(await client.out.rest(), lines);
  assertEquals(await client.code(), 0);
  await server;
});

Deno.test("echo_client says in one line that nobody listens", async () => {
  const { listener, address } = listen();
  listener.close();
  await using client = new Program("echo_client.ts", [address, "hello"]);
  assertEquals(await client.code(), 1);
  const said = await client.err.rest();
  assertEquals(said.length, 1);
  assertMatch(said[0]!, /^Cannot connect .*: connection refused \(ECONNREFUSED\)$/);
});

Deno.test("echo_client asks for an address", async () => {
  await using client = new Program("echo_client.ts", []);
  assertEquals(await client.code(), 2);
  assertMatch((await client.err.next())!, /^usage: /);
});
