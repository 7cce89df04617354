/**
 * From what a user names to addresses.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { backend } from "../../ffi/mod.ts";
import { lookupHost, SocketAddr, TcpListener, TcpStream } from "../../net/mod.ts";
import { parseTarget, type ToSocketAddrs } from "../../net/lookup.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertOsError, assertPending } from "./_net.ts";

/** What every method that takes an address has to refuse at the call. */
const WRONG: [address: unknown, Class: new (message: string) => Error][] = [
  [undefined, TypeError],
  [null, TypeError],
  [80, TypeError],
  ["", TypeError],
  ["localhost", TypeError],
  ["::1:80", TypeError],
  ["localhost:65536", RangeError],
  [{}, RangeError],
  [{ port: "80" }, RangeError],
  [{ port: -1 }, RangeError],
  [{ port: 1.5 }, RangeError],
  [{ hostname: "", port: 80 }, TypeError],
  [{ hostname: 1, port: 80 }, TypeError],
  [{ hostname: null, port: 80 }, TypeError],
  [{ hostname: "localhost" }, RangeError],
];

for (const [address, Class] of WRONG) {
  test(`lookupHost() refuses ${Deno.inspect(address)} at the call`, () => {
    assertThrows(() => lookupHost(address as ToSocketAddrs), Class, "Cannot ");
  });
}

test("lookupHost() gives back an address that needs no resolver", async () => {
  using resolve = stub(backend().resolver, "resolve", () => Promise.resolve([]));
  const address = new SocketAddr("127.0.0.1", 80);
  assertEquals(await lookupHost(address), [address]);
  assertEquals(String(await lookupHost("127.0.0.1:80")), "127.0.0.1:80");
  assertEquals(String(await lookupHost("[::1]:80")), "[::1]:80");
  assertEquals(String(await lookupHost({ hostname: "::1", port: 80 })), "[::1]:80");
  assertEquals(String(await lookupHost({ hostname: "fe80::1%7", port: 1 })), "[fe80::1%7]:1");
  assertEquals(resolve.calls.length, 0);
});

test("lookupHost() of a port alone means all IPv4 interfaces", async () => {
  assertEquals(String(await lookupHost({ port: 80 })), "0.0.0.0:80");
});

test("lookupHost() resolves this machine's name, with the port", async () => {
  const found = await lookupHost("localhost:8080");
  assert(found.length > 0);
  for (const address of found) {
    assertInstanceOf(address, SocketAddr);
    assertEquals(address.port, 8080);
    assert(["127.0.0.1", "::1"].includes(address.ip), address.ip);
  }
});

test("lookupHost() keeps the order of the system", async () => {
  const texts = ["[::1]:9", "127.0.0.1:9", "127.0.0.2:9"];
  const endpoints = texts.map((text) => SocketAddr.parse(text).endpoint);
  using resolve = stub(backend().resolver, "resolve", () => Promise.resolve(endpoints));
  assertEquals((await lookupHost("some.name:9")).map(String), texts);
  assertEquals(resolve.calls[0]?.args, ["some.name", 9]);
});

test("lookupHost() of an unknown name fails with ENOTFOUND and the name", async () => {
  const attempt = () => lookupHost("edo..missing:80");
  const error = await assertOsError(attempt, "ENOTFOUND", Deno.errors.NotFound);
  assertEquals([error.syscall, error.address], ["getaddrinfo", "edo..missing"]);
});

test("lookupHost() refuses a name with a NUL, which C would cut off", async () => {
  const address = { hostname: "localhost\0.example", port: 80 };
  await assertRejects(async () => await lookupHost(address), TypeError);
});

test("lookupHost() asks nobody before it is polled", async () => {
  using resolve = stub(backend().resolver, "resolve", () => Promise.resolve([]));
  using _unpolled = lookupHost("localhost:80");
  await Promise.resolve();
  assertEquals(resolve.calls.length, 0);
});

test("lookupHost() that is dropped waits no longer", async () => {
  const answer = Promise.withResolvers<never[]>();
  using _resolve = stub(backend().resolver, "resolve", () => answer.promise);
  const lookup = lookupHost("localhost:80");
  assertPending(lookup);
  lookup[Symbol.dispose]();
  answer.resolve([]);
  await answer.promise;
  assertThrows(() => assertPending(lookup), TypeError, "Cannot poll a future again");
});

Deno.test("parseTarget() tells names from addresses", () => {
  assertEquals(parseTarget("localhost:80").address, undefined);
  assertEquals(String(parseTarget("1.2.3.4:80").address), "1.2.3.4:80");
  // A number that C reads as an address is a name here: the permission was asked for it.
  assertEquals(parseTarget("127.1:80").address, undefined);
});

test("an address without a host is this machine to connect to, and every interface to bind to", async () => {
  using listener = await TcpListener.bind({ port: 0 });
  assertEquals(listener.localAddr().ip, "0.0.0.0");
  const { port } = listener.localAddr();
  using stream = await TcpStream.connect({ port });
  assertEquals(`${stream.peerAddr()}`, `127.0.0.1:${port}`);
});
