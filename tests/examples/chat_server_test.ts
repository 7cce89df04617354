/**
 * `examples/chat_server.ts`, with people of Deno's own sockets.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Client, Program } from "./program.ts";

/** Enters the room, and reads what a newcomer is told. */
async function enter(port: number, name: string): Promise<{ client: Client; welcome: string }> {
  const client = await Client.connect(port);
  assertEquals(await client.line(), "Your name?");
  const welcome = (await client.ask(name))!;
  assertMatch((await client.line())!, /\/quit/);
  return { client, welcome };
}

/** Two who are there, and know of each other. */
async function annAndBob(port: number): Promise<{ ann: Client; bob: Client }> {
  const { client: ann } = await enter(port, "ann");
  const { client: bob } = await enter(port, "bob");
  assertEquals(await ann.line(), "* bob has joined");
  return { ann, bob };
}

Deno.test("chat_server tells everybody else what one says, and who comes and goes", async () => {
  await using server = new Program("chat_server.ts", []);
  const port = await server.port();
  const { client: ann, welcome } = await enter(port, "ann");
  using _ann = ann;
  assertEquals(welcome, "* Welcome, ann. Here: ann");
  const { client: bob, welcome: second } = await enter(port, "bob");
  using _bob = bob;
  assertEquals(second, "* Welcome, bob. Here: ann, bob");
  assertEquals(await ann.line(), "* bob has joined");
  const { client: cid } = await enter(port, "cid");
  using _cid = cid;
  assertEquals([await ann.line(), await bob.line()], Array(2).fill("* cid has joined"));

  await bob.send("good morning\r\n");
  assertEquals([await ann.line(), await cid.line()], Array(2).fill("<bob> good morning"));
  assertEquals(await cid.ask("/who"), "* Here: ann, bob, cid");
  assertEquals(await bob.ask("/quit"), "* Goodbye");
  assertEquals(await bob.line(), undefined);
  assertEquals([await ann.line(), await cid.line()], Array(2).fill("* bob has left"));
  await cid.finish();
  assertEquals([await cid.line(), await cid.line()], ["* Goodbye", undefined]);
  assertEquals(await ann.line(), "* cid has left");
});

Deno.test("chat_server asks again for a name that is taken or none", async () => {
  await using server = new Program("chat_server.ts", []);
  const port = await server.port();
  const { client: ann } = await enter(port, "ann");
  using _ann = ann;
  using other = await Client.connect(port);
  assertEquals(await other.line(), "Your name?");
  assertEquals(await other.ask("Ann"), '"Ann" is here already. Your name?');
  assertMatch((await other.ask("two words"))!, /^A name has 1 to 20 letters/);
  assertMatch((await other.ask(""))!, /^A name has 1 to 20 letters/);
  assertEquals(await other.ask("Ánna"), "* Welcome, Ánna. Here: ann, Ánna");
});

Deno.test("chat_server puts lines together from pieces and takes control characters out", async () => {
  await using server = new Program("chat_server.ts", []);
  const { ann, bob } = await annAndBob(await server.port());
  using _ann = ann;
  using _bob = bob;
  const bytes = new TextEncoder().encode("one\ntwo \x1b[2J ü\n\nthr");
  for (const byte of bytes) await bob.send(Uint8Array.of(byte));
  await bob.send("ee\n");
  assertEquals(
    [await ann.line(), await ann.line(), await ann.line()],
    ["<bob> one", "<bob> two [2J ü", "<bob> three"],
  );
});

Deno.test("chat_server disconnects a member who does not read, and nobody else", async () => {
  await using server = new Program("chat_server.ts", ["--queue", "65536"]);
  const port = await server.port();
  const { client: ann } = await enter(port, "ann");
  using _ann = ann;
  const { client: slow } = await enter(port, "slow");
  using _slow = slow;
  const { client: bob } = await enter(port, "bob");
  using _bob = bob;
  assertEquals([await ann.line(), await ann.line()], ["* slow has joined", "* bob has joined"]);

  const line = "x".repeat(1000);
  let isGone = false;
  for (let batch = 0; !isGone; batch++) {
    if (batch === 4000) throw new Error("Cannot go on: 64 MB have not filled the buffers of slow");
    // Bob waits for ann, so that she is never far behind.
    await bob.send(`${line}\n`.repeat(16));
    for (let heard = 0; heard < 16;) {
      const said = await ann.line();
      if (said === `<bob> ${line}`) heard += 1;
      else assertEquals(said, "* slow has left (too slow)");
      isGone ||= said === "* slow has left (too slow)";
    }
  }
  assertEquals(await ann.ask("/who"), "* Here: ann, bob");
});

Deno.test("chat_server ends a line that has no end, with its sender", async () => {
  await using server = new Program("chat_server.ts", []);
  const { ann, bob } = await annAndBob(await server.port());
  using _ann = ann;
  using _bob = bob;
  await bob.send("x".repeat(1024));
  assertEquals(await ann.line(), "* bob has left (line too long)");
});

Deno.test("chat_server closes on who tells no name in time", async () => {
  await using server = new Program("chat_server.ts", ["--name-timeout", "20"]);
  using client = await Client.connect(await server.port());
  assertEquals([await client.line(), await client.line()], ["Your name?", undefined]);
});

Deno.test("chat_server shows the silent the door", async () => {
  await using server = new Program("chat_server.ts", ["--silence", "300"]);
  const { ann, bob } = await annAndBob(await server.port());
  using _ann = ann;
  using _bob = bob;
  const talking = setInterval(() => void ann.send("I am here\n"), 30);
  while (await bob.line() === "<ann> I am here");
  clearInterval(talking);
  assertEquals(await ann.line(), "* bob has left (silent)");
});
