/**
 * Urgent data, which TCP calls out of band.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Interest } from "../../reactor/mod.ts";
import { timeout } from "../../time/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { needs } from "../helpers/needs.ts";
import { bytes, connection, readExactly, text } from "./_net.ts";

const { ignore } = needs("urgentData");
const MSG_OOB = 1;

/** Sends one urgent byte. */
function sendUrgent(fd: number, data: Uint8Array<ArrayBuffer>): void {
  // FFI: ssize_t send(int fd, const void *buf, size_t len, int flags)
  // Fails with -1 and errno. Any thread. The buffer is read before it returns.
  const send = { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" } as const;
  const libc = Deno.dlopen("libc.so.6", { send });
  assertEquals(libc.symbols.send(fd, data, data.length, MSG_OOB), data.length);
  libc.close();
}

test("TcpStream.ready() tells of urgent data", async () => {
  using both = await connection();
  sendUrgent(both.client.fd, bytes("!"));
  assert((await both.server.ready(Interest.PRIORITY)).isPriority());
}, { ignore });

test("TcpStream.read() goes on behind urgent data without waiting for more", async () => {
  using both = await connection();
  await both.client.writeAll(bytes("abc"));
  sendUrgent(both.client.fd, bytes("!"));
  await both.client.writeAll(bytes("def"));
  // The system gives what is before the mark and what is behind it by two calls.
  await both.server.ready(Interest.PRIORITY);
  const all = await timeout(1000, readExactly(both.server, 6));
  assertEquals(text(all), "abcdef");
}, { ignore });
