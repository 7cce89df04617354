/**
 * A paused clock and I/O: what is under way inside of the process arrives before the clock moves.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { TcpListener } from "../../net/tcp_listener.ts";
import { TcpStream } from "../../net/tcp_stream.ts";
import { UdpSocket } from "../../net/udp_socket.ts";
import { spawn } from "../../scheduler/runtime.ts";
import { test } from "../../testing/mod.ts";
import { Instant } from "../../time/instant.ts";
import { resume } from "../../time/pause.ts";
import { sleep } from "../../time/sleep.ts";
import { ElapsedError, timeout } from "../../time/timeout.ts";
import { has, needs } from "../helpers/needs.ts";

const PAUSED = { startPaused: true, ...needs("sockets") };

// What the first socket of a process opens stays.
if (has("sockets")) (await UdpSocket.bind("127.0.0.1:0"))[Symbol.dispose]();

test("a paused clock waits for a peer in the same isolate", PAUSED, async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const start = Instant.now();
  const server = spawn(function* () {
    const [stream] = yield* listener.accept();
    using _ = stream;
    const buffer = new Uint8Array(8);
    for (let i = 0; i < 50; i++) {
      const length = yield* timeout(1000, stream.read(buffer));
      yield* timeout(1000, stream.writeAll(buffer, length));
    }
  });
  using stream = await timeout(1000, TcpStream.connect(listener.localAddr()));
  const buffer = new Uint8Array(8);
  for (let i = 0; i < 50; i++) {
    await timeout(1000, stream.writeAll(Uint8Array.of(i)));
    assertEquals(await timeout(1000, stream.read(buffer)), 1);
    assertEquals(buffer[0], i);
  }
  await server;
  assertEquals(start.elapsed(), 0);
});

test("a paused clock waits for a socket of the host in the same isolate", PAUSED, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = Instant.now();
  using stream = await timeout(1000, TcpStream.connect(listener.addr as Deno.NetAddr));
  using peer = await listener.accept();
  listener.close();
  const buffer = new Uint8Array(8);
  for (let i = 0; i < 20; i++) {
    const written = peer.write(Uint8Array.of(i));
    assertEquals(await timeout(1000, stream.read(buffer)), 1);
    await written;
  }
  assertEquals(start.elapsed(), 0);
});

test("a paused clock lets a timeout of I/O elapse to which nothing comes", PAUSED, async () => {
  using socket = await UdpSocket.bind("127.0.0.1:0");
  const start = Instant.now();
  const nothing = timeout({ minutes: 1 }, socket.recvFrom(new Uint8Array(1)));
  await assertRejects(async () => await nothing, ElapsedError);
  assertEquals(start.elapsed(), 60_000);
});

test("resume() while a future waits for I/O lets timers run in real time", PAUSED, async () => {
  using socket = await UdpSocket.bind("127.0.0.1:0");
  const receiving = spawn(socket.recvFrom(new Uint8Array(1)));
  await sleep(60_000);
  resume();
  const start = performance.now();
  await sleep(5);
  assertEquals(performance.now() - start >= 5, true);
  receiving.abort();
  await assertRejects(async () => await receiving);
});
