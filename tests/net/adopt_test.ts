/**
 * Descriptors that are given away and taken over.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { TcpListener, TcpStream, UdpSocket } from "../../net/mod.ts";
import { test } from "../helpers/leak_guard.ts";
import { assertOsError, assertPending, bytes, connection, readExactly, text } from "./_net.ts";

test("TcpStream.intoFd() gives the descriptor away, and fromFd() takes it over", async () => {
  using both = await connection();
  const { fd } = both.client;
  const [local, peer] = [`${both.client.localAddr()}`, `${both.client.peerAddr()}`];
  assertEquals(both.client.intoFd(), fd);
  both.client.close(); // closes nothing any more
  await assertOsError(() => both.client.read(new Uint8Array(1)), "EBADF");
  using taken = TcpStream.fromFd(fd);
  assertEquals([taken.fd, `${taken.localAddr()}`, `${taken.peerAddr()}`], [fd, local, peer]);
  await taken.writeAll(bytes("ping"));
  assertEquals(text(await readExactly(both.server, 4)), "ping");
  using read = taken.read(new Uint8Array(1));
  assertPending(read);
  await both.server.writeAll(bytes("x"));
  assertEquals(await read, 1);
});

test("TcpStream.intoFd() leaves data in the socket", async () => {
  using both = await connection();
  await both.server.writeAll(bytes("waiting"));
  using taken = TcpStream.fromFd(both.client.intoFd());
  assertEquals(text(await readExactly(taken, 7)), "waiting");
});

test("TcpStream.intoFd() fails those who wait", async () => {
  using both = await connection();
  const read = both.client.read(new Uint8Array(1));
  assertPending(read);
  using _taken = TcpStream.fromFd(both.client.intoFd());
  await assertOsError(() => read, "EBADF", Deno.errors.BadResource);
});

test("TcpStream.fromFd() makes the descriptor non-blocking", async () => {
  using both = await connection();
  const fd = both.client.intoFd();
  setBlocking(fd);
  using taken = TcpStream.fromFd(fd);
  assertEquals(taken.tryRead(new Uint8Array(1)), undefined);
}, { ignore: Deno.build.os !== "linux" });

test("UdpSocket.intoFd() gives the descriptor away, and fromFd() takes it over", async () => {
  const given = await UdpSocket.bind("127.0.0.1:0");
  const address = `${given.localAddr()}`;
  const fd = given.intoFd();
  given.close();
  await assertOsError(() => given.recv(new Uint8Array(1)), "EBADF");
  using taken = UdpSocket.fromFd(fd);
  assertEquals([taken.fd, `${taken.localAddr()}`], [fd, address]);
  await taken.sendTo(bytes("ping"), taken.localAddr());
  assertEquals(await taken.recv(new Uint8Array(8)), 4);
});

const kinds = [["TcpStream", TcpStream], ["TcpListener", TcpListener], ["UdpSocket", UdpSocket]];

for (const [name, Class] of kinds as [string, typeof TcpStream][]) {
  test(`${name}.fromFd() refuses other kinds of sockets and leaves them open`, async () => {
    using listener = await TcpListener.bind("127.0.0.1:0");
    using stream = await TcpStream.connect(listener.localAddr());
    using udp = await UdpSocket.bind("127.0.0.1:0");
    for (const other of [listener, stream, udp]) {
      if (other instanceof Class) continue;
      const message = `Cannot use descriptor ${other.fd} as a `;
      assertThrows(() => Class.fromFd(other.fd), TypeError, message);
      assert(other.localAddr().port > 0);
    }
  });

  test(`${name}.fromFd() refuses what is no socket and no descriptor`, () => {
    assertThrows(() => Class.fromFd(0), TypeError, "Cannot use descriptor 0 as a ");
    assertThrows(() => Class.fromFd(1_000_000), TypeError);
    for (const fd of [-1, 1.5, NaN, Infinity]) {
      assertThrows(() => Class.fromFd(fd), RangeError, `Cannot use ${fd} as a descriptor`);
    }
    assertThrows(() => Class.fromFd("1" as unknown as number), RangeError);
  });
}

test("TcpStream.fromFd() refuses a descriptor that another handle watches", async () => {
  using both = await connection();
  await assertOsError(() => TcpStream.fromFd(both.client.fd), "EEXIST");
  // It was not taken over, so it is still the other one's.
  await both.client.writeAll(bytes("mine"));
  assertEquals(text(await readExactly(both.server, 4)), "mine");
});

/** Lets a descriptor block again, as one from another program would. */
function setBlocking(fd: number): void {
  const [getFlags, setFlags, nonBlocking] = [3, 4, 0x800];
  // FFI: int fcntl(int fd, int cmd, int arg)
  // Fails with -1 and errno. Any thread. No buffer.
  const fcntl = { parameters: ["i32", "i32", "i32"], result: "i32" } as const;
  const libc = Deno.dlopen("libc.so.6", { fcntl });
  const flags = libc.symbols.fcntl(fd, getFlags, 0);
  assertEquals(flags & nonBlocking, nonBlocking);
  assertEquals(libc.symbols.fcntl(fd, setFlags, flags & ~nonBlocking), 0);
  libc.close();
}
