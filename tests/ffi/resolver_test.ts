/**
 * The system's resolver. All names are answered by the machine itself.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { backend } from "../../ffi/mod.ts";
import { isOsError } from "../../ffi/os_error.ts";
import { SocketAddr } from "../../net/socket_addr.ts";
import { needs } from "../helpers/needs.ts";

const options = { ...needs("sockets"), sanitizeResources: false };

async function resolve(name: string, port = 80): Promise<string[]> {
  const endpoints = await backend().resolver.resolve(name, port);
  return endpoints.map((endpoint) => `${new SocketAddr(endpoint)}`);
}

Deno.test("Resolver.resolve() finds this machine by its name", options, async () => {
  const found = await resolve("localhost");
  assert(found.length > 0);
  for (const address of found) assert(["127.0.0.1:80", "[::1]:80"].includes(address), address);
});

Deno.test("Resolver.resolve() gives each address once", options, async () => {
  const found = await resolve("localhost");
  assertEquals(new Set(found).size, found.length);
});

Deno.test("Resolver.resolve() reads addresses too", options, async () => {
  assertEquals(await resolve("127.0.0.2", 65535), ["127.0.0.2:65535"]);
  assertEquals(await resolve("::1", 1), ["[::1]:1"]);
});

Deno.test("Resolver.resolve() of an unknown name fails with ENOTFOUND", options, async () => {
  // Two dots in a row make a name that no resolver sends anywhere.
  const error = await assertRejects(() => resolve("edo..missing"), Error);
  assert(isOsError(error));
  assertInstanceOf(error, Deno.errors.NotFound);
  assertEquals([error.code, error.syscall], ["ENOTFOUND", "getaddrinfo"]);
  assertEquals(error.address, "edo..missing");
  assertEquals(
    error.message,
    'Cannot resolve "edo..missing": no address is known for the name (ENOTFOUND)',
  );
});

Deno.test("Resolver.resolve() of many names at once keeps them apart", options, async () => {
  const names = Array.from({ length: 50 }, (_, i) => `127.0.0.${i + 1}`);
  const found = await Promise.all(names.map((name, i) => resolve(name, i)));
  assertEquals(found, names.map((name, i) => [`${name}:${i}`]));
});

Deno.test("Resolver.resolve() does not hold the thread up", options, async () => {
  const order: string[] = [];
  const found = resolve("localhost").then(() => order.push("resolved"));
  order.push("going on");
  await found;
  assertEquals(order, ["going on", "resolved"]);
});
