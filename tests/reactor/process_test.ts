/**
 * A whole process: when it ends, what its idle costs, and that the host goes on beside it.
 *
 * @module
 */

import { assert, assertEquals, assertLess } from "@std/assert";
import { program, start } from "../helpers/program.ts";
import { needs } from "../helpers/needs.ts";

/** Pipes and signals that the host opens with the first child process stay open. */
const options = needs("sockets", "proc");

function processTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...options, name, fn });
}

const HEAD = `
  import { join, pending, run, sleep, spawn, yieldNow } from "./mod.ts";
  import { TcpListener, TcpStream, UdpSocket } from "./net/mod.ts";
  // Of all threads, in milliseconds with fractions.
  const cpuMs = () => {
    let ns = 0;
    for (const { name } of Deno.readDirSync("/proc/self/task")) {
      ns += Number(Deno.readTextFileSync("/proc/self/task/" + name + "/schedstat").split(" ")[0]);
    }
    return ns / 1e6;
  };
`;

processTest("a process that only imports edo ends by itself", async () => {
  const { code, output } = await program(`${HEAD} console.log("done");`);
  assertEquals([code, output], [0, "done\n"]);
});

processTest("a process ends by itself when its tasks have ended", async () => {
  const { code, output, errors } = await program(`${HEAD}
    using listener = await TcpListener.bind("127.0.0.1:0");
    spawn(async () => {
      const [stream] = await listener.accept();
      using _stream = stream;
      await sleep(2);
      console.log("served");
    });
    using client = await TcpStream.connect(listener.localAddr());
    await client.read(new Uint8Array(1));
    console.log("closed");
  `);
  assertEquals([code, output, errors], [0, "served\nclosed\n", ""]);
});

processTest("a process ends although a socket is open, if nobody waits on it", async () => {
  const { code, output } = await program(`${HEAD}
    const socket = await UdpSocket.bind("127.0.0.1:0");
    const receive = socket.recv(new Uint8Array(1));
    receive.poll({ waker: { wake() {} } });
    await sleep(5);
    receive[Symbol.dispose]();
    console.log("nobody waits");
  `);
  assertEquals([code, output], [0, "nobody waits\n"]);
});

processTest("a process ends although a task waits for ever on nothing", async () => {
  const { code, output } = await program(`${HEAD} spawn(pending()); console.log("main");`);
  assertEquals([code, output], [0, "main\n"]);
});

processTest("a process with a dropped sleep does not wait for it", async () => {
  const start = performance.now();
  const { code } = await program(`${HEAD}
    const slept = sleep(60_000);
    slept.poll({ waker: { wake() {} } });
    await sleep(2);
    slept[Symbol.dispose]();
  `);
  assertEquals(code, 0);
  assertLess(performance.now() - start, 30_000);
});

processTest("run() ends its process although tasks were left behind", async () => {
  const { code, output } = await program(`${HEAD}
    await run(function* () {
      spawn(async () => {
        try {
          await sleep(60_000);
        } finally {
          console.log("cleaned up");
        }
      });
      yield* yieldNow();
      yield* yieldNow();
    });
  `);
  assertEquals([code, output], [0, "cleaned up\n"]);
});

processTest("a process stays alive while a future waits for an event or a timer", async () => {
  for (
    const wait of [
      `await (await UdpSocket.bind("127.0.0.1:0")).recv(buffer)`,
      "await sleep(60_000)",
    ]
  ) {
    const source = `${HEAD}
      const buffer = new Uint8Array(1);
      setTimeout(() => console.log("still there"), 50);
      ${wait};
    `;
    const stop = new AbortController();
    await using child = start(source, stop.signal);
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, "still there\n", await Promise.race([errors, ""]));
    const ended = child.status.then(() => "ended");
    const stays = new Promise((resolve) => setTimeout(resolve, 100, "stays"));
    assertEquals(await Promise.race([ended, stays]), "stays", wait);
    stop.abort();
    await Promise.all([reader.read(), errors, child.status]);
  }
});

processTest("an idle process that waits for a connection uses no processor time", async () => {
  const { code, output } = await program(`${HEAD}
    using listener = await TcpListener.bind("127.0.0.1:0");
    const accepting = listener.accept();
    using timer = sleep(60_000);
    join(accepting, timer).then(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    // The host's own compiler and collector may be busy in one of the windows, not in all.
    const used = [];
    for (let i = 0; i < 3; i++) {
      const before = cpuMs();
      await new Promise((resolve) => setTimeout(resolve, 350));
      used.push(cpuMs() - before);
    }
    console.log(Math.min(...used));
    Deno.exit();
  `);
  assertEquals(code, 0);
  assertLess(Number(output), 7, `${output.trim()} ms in 350 ms`);
});

processTest("setTimeout and fetch go on while tasks keep the scheduler busy", async () => {
  const { code, output, errors } = await program(`${HEAD}
    let isDone = false;
    let rounds = 0;
    const busy = [0, 1, 2].map((i) =>
      spawn(i === 0
        ? async () => {
          while (!isDone) {
            await yieldNow();
            rounds++;
          }
        }
        : function* () {
          while (!isDone) {
            yield* yieldNow();
            rounds++;
          }
        })
    );
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () =>
      new Response("hello"));
    let timers = 0;
    const counting = setInterval(() => timers++, 5);
    const start = performance.now();
    const text = await (await fetch("http://127.0.0.1:" + server.addr.port)).text();
    const took = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 100));
    clearInterval(counting);
    isDone = true;
    for (const task of busy) await task;
    await server.shutdown();
    console.log(JSON.stringify({ text, took, timers, rounds }));
  `);
  assertEquals([code, errors], [0, ""]);
  const { text, took, timers, rounds } = JSON.parse(output);
  assertEquals(text, "hello");
  assertLess(took, 2000);
  assert(timers >= 5, `${timers} timers in 100 ms`);
  assert(rounds > 100, `${rounds} rounds`);
});

processTest("a timer that is nearer than a park shortens it", async () => {
  const { output } = await program(`${HEAD}
    const socket = await UdpSocket.bind("127.0.0.1:0");
    const receive = socket.recv(new Uint8Array(1));
    spawn(receive);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await sleep(5);
    console.log(performance.now() - start);
    Deno.exit();
  `);
  const took = Number(output);
  assert(took >= 5 && took < 1000, `${took} ms`);
});
