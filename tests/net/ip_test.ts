/**
 * IP addresses as text.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { formatV4, formatV6, parseIp } from "../../net/ip.ts";

/** IPv4 addresses with their word. */
const V4: [text: string, word: number][] = [
  ["0.0.0.0", 0],
  ["127.0.0.1", 0x7f000001],
  ["128.0.0.0", 0x80000000],
  ["1.2.3.4", 0x01020304],
  ["255.255.255.255", 0xffffffff],
];

/** IPv6 addresses: what is read, the words, and the shortest form. */
const V6: [text: string, words: number[], shortest: string][] = [
  ["::", [0, 0, 0, 0], "::"],
  ["::1", [0, 0, 0, 1], "::1"],
  ["1::", [0x10000, 0, 0, 0], "1::"],
  ["2001:db8::1", [0x20010db8, 0, 0, 1], "2001:db8::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", [0x20010db8, 0, 0, 1], "2001:db8::1"],
  // RFC 5952, 4.1: leading zeros go.
  ["2001:0db8::0001", [0x20010db8, 0, 0, 1], "2001:db8::1"],
  // 4.2.1: shorten as far as possible.
  ["2001:db8::0:1", [0x20010db8, 0, 0, 1], "2001:db8::1"],
  // 4.2.2: one group of zeros alone is written out.
  ["2001:db8::1:1:1:1:1", [0x20010db8, 0x00000001, 0x00010001, 0x00010001], "2001:db8:0:1:1:1:1:1"],
  ["1:2:3:4:5:6:7:0", [0x10002, 0x30004, 0x50006, 0x70000], "1:2:3:4:5:6:7:0"],
  // 4.2.3: the longest run; of equals the first.
  ["2001:0:0:1:0:0:0:1", [0x20010000, 1, 0, 1], "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", [0x20010db8, 0, 0x10000, 1], "2001:db8::1:0:0:1"],
  ["0:0:1:0:0:0:1:0", [0, 0x10000, 0, 0x10000], "0:0:1::1:0"],
  ["0:0:1:1:0:0:1:1", [0, 0x10001, 0, 0x10001], "::1:1:0:0:1:1"],
  // 4.3: lower case.
  ["2001:DB8::ABCD", [0x20010db8, 0, 0, 0xabcd], "2001:db8::abcd"],
  ["1:2:3:4:5:6:7:8", [0x10002, 0x30004, 0x50006, 0x70008], "1:2:3:4:5:6:7:8"],
  ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", [~0 >>> 0, ~0 >>> 0, ~0 >>> 0, ~0 >>> 0], ""],
  // 5: IPv4 inside of IPv6.
  ["::ffff:1.2.3.4", [0, 0, 0xffff, 0x01020304], "::ffff:1.2.3.4"],
  ["::ffff:102:304", [0, 0, 0xffff, 0x01020304], "::ffff:1.2.3.4"],
  ["0:0:0:0:0:ffff:255.255.255.255", [0, 0, 0xffff, 0xffffffff], "::ffff:255.255.255.255"],
  ["64:ff9b::192.0.2.33", [0x0064ff9b, 0, 0, 0xc0000221], "64:ff9b::c000:221"],
  ["1:2:3:4:5:6:1.2.3.4", [0x10002, 0x30004, 0x50006, 0x01020304], "1:2:3:4:5:6:102:304"],
  ["::1.2.3.4", [0, 0, 0, 0x01020304], "::102:304"],
];

const BAD = [
  "",
  " ",
  "localhost",
  "1",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "1.2.3.-4",
  "1.2.3.4 ",
  " 1.2.3.4",
  "1.2.3.4\n",
  "01.2.3.4",
  "1.2.3.00",
  "0x7f.0.0.1",
  "1.2.3.４",
  "1..2.3",
  ":",
  ":::",
  "::1::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "::1:2:3:4:5:6:7:8",
  ":1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:",
  ":1::2",
  "1::2:",
  "12345::",
  "g::1",
  "::1 ",
  "::1\n",
  "::-1",
  "::1.2.3",
  "::1.2.3.256",
  "::1.2.3.4:1",
  "1.2.3.4::",
  "1:2:3:4:5:6:7:1.2.3.4",
  "[::1]",
  "::1%",
  "::1%eth0",
  "::1%1%2",
  "::1%-1",
  "::1%4294967296",
  "127.0.0.1%1",
];

Deno.test("parseIp() reads IPv4 addresses", () => {
  for (const [text, word] of V4) {
    assertEquals(parseIp(text), { family: 4, words: [word], scopeId: 0 }, text);
  }
});

Deno.test("formatV4() writes what parseIp() reads", () => {
  for (const [text, word] of V4) assertEquals(formatV4(word), text);
});

Deno.test("parseIp() reads IPv6 addresses", () => {
  for (const [text, words] of V6) {
    assertEquals(parseIp(text), { family: 6, words, scopeId: 0 }, text);
  }
});

Deno.test("formatV6() writes the shortest form of RFC 5952", () => {
  for (const [text, words, shortest] of V6) {
    assertEquals(formatV6(words, 0), shortest || text, text);
  }
});

Deno.test("formatV6() writes what parseIp() reads, wherever zeros are", () => {
  for (let bits = 0; bits < 256; bits++) {
    const group = (i: number) => (bits >> i) & 1 ? 0xa0 + i : 0;
    const words = [0, 2, 4, 6].map((i) => group(i) * 0x10000 + group(i + 1));
    const text = formatV6(words, 0);
    assertEquals(parseIp(text)?.words, words, text);
    assert(!/(^|:)0(:0)+(:|$)/.test(text.includes("::") ? "" : text), text);
  }
});

Deno.test("parseIp() and formatV6() keep the scope", () => {
  assertEquals(parseIp("fe80::1%2"), { family: 6, words: [0xfe800000, 0, 0, 1], scopeId: 2 });
  assertEquals(formatV6([0xfe800000, 0, 0, 1], 2), "fe80::1%2");
  assertEquals(parseIp("fe80::1%4294967295")?.scopeId, 4294967295);
  assertEquals(parseIp("fe80::1%0")?.scopeId, 0);
});

for (const text of BAD) {
  Deno.test(`parseIp() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseIp(text), undefined);
  });
}
