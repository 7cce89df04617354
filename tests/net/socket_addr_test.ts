/**
 * Socket addresses.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { SocketAddr, splitHostPort } from "../../net/socket_addr.ts";

Deno.test("SocketAddr has ip, port and family", () => {
  const v4 = new SocketAddr("127.0.0.1", 8080);
  assertEquals([v4.ip, v4.port, v4.family], ["127.0.0.1", 8080, 4]);
  const v6 = new SocketAddr("2001:DB8:0::1", 65535);
  assertEquals([v6.ip, v6.port, v6.family], ["2001:db8::1", 65535, 6]);
});

Deno.test("SocketAddr.parse() reads what SocketAddr.toString() writes", () => {
  for (const text of ["127.0.0.1:80", "0.0.0.0:0", "[::1]:65535", "[fe80::1%3]:1"]) {
    assertEquals(`${SocketAddr.parse(text)}`, text);
  }
  assertEquals(`${SocketAddr.parse("[0:0::0001]:0080")}`, "[::1]:80");
  assertEquals(`${SocketAddr.parse("[::ffff:7f00:1]:1")}`, "[::ffff:127.0.0.1]:1");
});

Deno.test("SocketAddr.parse() refuses names, missing ports and bare IPv6", () => {
  for (
    const text of [
      "localhost:80",
      "127.0.0.1",
      "::1",
      "::1:80",
      "[::1]",
      "[127.0.0.1]:80",
      "",
      ":80",
    ]
  ) assertThrows(() => SocketAddr.parse(text), TypeError, undefined, text);
});

Deno.test("SocketAddr() refuses what is no IP address, with the text in the message", () => {
  for (const ip of ["", "localhost", "1.2.3", "[::1]", "::1%eth0"]) {
    assertThrows(() => new SocketAddr(ip, 80), TypeError, `Cannot use "${ip}" as an IP address`);
  }
});

Deno.test("SocketAddr() refuses ports out of range, with the port in the message", () => {
  for (const port of [-1, 65536, 1.5, NaN, Infinity]) {
    assertThrows(() => new SocketAddr("127.0.0.1", port), RangeError, `Cannot use port ${port}`);
  }
  // @ts-expect-error a text is no port, and no address has none
  assertThrows(() => new SocketAddr("127.0.0.1", "80"), RangeError);
  assertThrows(() => Reflect.construct(SocketAddr, ["127.0.0.1"]), RangeError);
});

Deno.test("SocketAddr.equals() compares address, scope and port", () => {
  const address = new SocketAddr("fe80::1%2", 80);
  assert(address.equals(SocketAddr.parse("[fe80:0::1%2]:80")));
  for (const other of ["[fe80::1%2]:81", "[fe80::2%2]:80", "[fe80::1%3]:80", "127.0.0.1:80"]) {
    assertFalse(address.equals(SocketAddr.parse(other)), other);
  }
  assertFalse(SocketAddr.parse("0.0.0.0:1").equals(SocketAddr.parse("[::]:1")));
  assertFalse(SocketAddr.parse("0.0.0.1:1").equals(SocketAddr.parse("[0:1::]:1")));
});

Deno.test("SocketAddr is text in templates, in JSON and for the inspector", () => {
  const address = new SocketAddr("::1", 80);
  assertEquals(`${address}`, "[::1]:80");
  assertEquals(JSON.stringify({ address }), '{"address":"[::1]:80"}');
  assertEquals(Deno.inspect(address), "SocketAddr([::1]:80)");
});

Deno.test("splitHostPort() splits names, IPv4 and IPv6", () => {
  assertEquals(splitHostPort("localhost:80"), { hostname: "localhost", port: 80 });
  assertEquals(splitHostPort("1.2.3.4:0"), { hostname: "1.2.3.4", port: 0 });
  assertEquals(splitHostPort("[::1]:65535"), { hostname: "::1", port: 65535 });
  assertEquals(splitHostPort("a-b.example.:1"), { hostname: "a-b.example.", port: 1 });
});

const WRONG: [text: string, message: string][] = [
  ["", 'Cannot read address "": use "host:port" or "[IPv6]:port"'],
  ["localhost", 'Cannot read address "localhost": use'],
  ["localhost:", 'Cannot read address "localhost:": use'],
  ["localhost:http", 'Cannot read address "localhost:http": use'],
  ["localhost:-1", "Cannot read address"],
  ["localhost:1.5", "Cannot read address"],
  ["localhost:80 ", "Cannot read address"],
  ["localhost:1e3", "Cannot read address"],
  ["http://localhost:80", "Cannot read address"],
  ["::1:80", "Cannot read address"],
  ["[::1]", "Cannot read address"],
  ["[::1]80", "Cannot read address"],
  ["[]:80", "Cannot read address"],
  ["x[::1]:80", "Cannot read address"],
  ["[::1]x:80", "Cannot read address"],
  [":80", 'Cannot read address ":80": the host is missing'],
  ["[localhost]:80", 'Cannot read address "[localhost]:80": "localhost" is no IPv6 address'],
  ["[127.0.0.1]:80", '"127.0.0.1" is no IPv6 address'],
];

for (const [text, message] of WRONG) {
  Deno.test(`splitHostPort() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => splitHostPort(text), TypeError, message);
  });
}

Deno.test("splitHostPort() refuses ports above 65535", () => {
  assertThrows(() => splitHostPort("localhost:65536"), RangeError, "Cannot use port 65536");
  assertThrows(() => splitHostPort("[::1]:9999999999"), RangeError);
});
