/**
 * What is spawned before that is loaded which workers need. A process has that once, so each test is
 * a program of its own.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../helpers/leak_guard.ts";
import { program } from "../helpers/program.ts";

const IMPORTS = `
import { Runtime } from "./scheduler/mod.ts";
import { threads } from "./scheduler/threads.ts";
import { CancellationToken, JoinError, spawn, spawnBlocking, task } from "./task/mod.ts";
import * as tasks from "./tests/scheduler/multi_thread/fixtures/tasks.ts";
`;

/** Runs a program, and answers with the lines that it has written. */
async function linesOf(source: string): Promise<string[]> {
  const { code, output, errors } = await program(IMPORTS + source, AbortSignal.timeout(50_000));
  assertEquals(errors, "");
  assertEquals(code, 0);
  return output.trimEnd().split("\n");
}

/** The modules that are loaded with an entry point, whoever is called. */
async function modulesOf(entry: string): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
    stdout: "piped",
  }).output();
  interface Dependency {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: readonly { specifier: string; dependencies?: readonly Dependency[] }[];
  };
  const found = new Set([new URL(entry, root).href]);
  for (const specifier of found) {
    const module = modules.find((module) => module.specifier === specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) found.add(code.specifier);
    }
  }
  return [...found].map((specifier) => specifier.slice(root.href.length));
}

test("the root and task/ load nothing that only workers need", async () => {
  for (const entry of ["mod.ts", "task/mod.ts", "sync/mod.ts", "net/mod.ts"]) {
    const modules = await modulesOf(entry);
    assert(modules.length > 20, "found no modules");
    const workers =
      /multi_thread\/(domain|arena|link|pool|member|worker\.|thread_main|begin_|queues|blocking)|sync\/shared/;
    assertEquals(modules.filter((module) => workers.test(module)), [], entry);
  }
});

test("spawn() right after a multi-thread runtime was built", async () => {
  const lines = await linesOf(`
    await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
    const list = [1, 2, 3];
    const sum = runtime.spawn(tasks.echo, list);
    list[0] = 100;
    console.log(threads() === undefined, runtime.workers);
    console.log(JSON.stringify(await sum), threads() !== undefined);
    console.log(await runtime.spawn(tasks.whichThread) !== tasks.whichThread());
  `);
  assertEquals(lines, ["true 1", "[1,2,3] true", "true"]);
});

test("spawn() refuses at the call what cannot travel, also before workers", async () => {
  const lines = await linesOf(`
    await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
    try {
      runtime.spawn(tasks.echo, { inner: [() => 1] } as never);
    } catch (error) {
      console.log((error as Error).name, (error as Error).message);
    }
  `);
  assertStringIncludes(
    lines[0]!,
    "DataCloneError Cannot send arguments[0].inner[0]: found a function",
  );
});

test("a socket leaves its sender at the call, also before workers", async () => {
  const lines = await linesOf(`
    import { TcpListener, TcpStream } from "./net/mod.ts";
    import { greet } from "./tests/net/fixtures/move_tasks.ts";
    using listener = await TcpListener.bind("127.0.0.1:0");
    using client = await TcpStream.connect(listener.localAddr());
    await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
    {
      using stream = (await listener.accept())[0];
      runtime.spawn(greet, stream);
    }
    console.log(threads() === undefined);
    const buffer = new Uint8Array(5);
    console.log(await client.read(buffer), new TextDecoder().decode(buffer));
  `);
  assertEquals(lines, ["true", "5 hello"]);
});

test("a socket that was given away to nobody is closed", async () => {
  const lines = await linesOf(`
    import { TcpListener, TcpStream } from "./net/mod.ts";
    import { greet } from "./tests/net/fixtures/move_tasks.ts";
    using listener = await TcpListener.bind("127.0.0.1:0");
    using client = await TcpStream.connect(listener.localAddr());
    const [stream] = await listener.accept();
    await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
    runtime.spawn(greet, stream).abort();
    console.log(await client.read(new Uint8Array(5)), threads() === undefined);
  `);
  assertEquals(lines, ["0 true"]);
});

test("a token that was given away is still cancelled from here", async () => {
  const lines = await linesOf(`
    import { hasBegun, waitFor } from "./tests/task/fixtures/travel_tasks.ts";
    await using runtime = Runtime.builder().multiThread().workerThreads(1).build();
    const token = new CancellationToken();
    const log = new SharedArrayBuffer(4);
    const waiting = runtime.spawn(waitFor, token, log);
    console.log(threads() === undefined);
    await hasBegun(log);
    token.cancel("enough");
    console.log(await waiting);
  `);
  assertEquals(lines, ["true", "enough"]);
});

test("spawnBlocking() in the default runtime, and an abort of it at once", async () => {
  const lines = await linesOf(`
    const aborted = spawnBlocking(tasks.whichThread);
    aborted.abort();
    const other = spawnBlocking(tasks.whichThread);
    console.log(threads() === undefined);
    console.log(await aborted.then(() => "ran", (error) => (error as JoinError).isCancelled()));
    console.log(await other !== tasks.whichThread());
  `);
  assertEquals(lines, ["true", "true", "true"]);
});

test("Runtime.shutdown() right after a spawn ends the task", async () => {
  const lines = await linesOf(`
    const runtime = Runtime.builder().multiThread().workerThreads(1).build();
    const task = runtime.spawn(tasks.echo, 1);
    await runtime.shutdown();
    console.log(await task.then(() => "ran", (error) => (error as JoinError).isCancelled()));
    const late = runtime.spawn(tasks.echo, 1);
    console.log(await late.then(() => "ran", (error) => (error as JoinError).isCancelled()));
  `);
  assertEquals(lines, ["true", "true"]);
});

test("a sender that waits in a call ends with the call's task", async () => {
  assertEquals(
    await linesOf(`
      import { mpsc } from "./sync/shared/mod.ts";
      import { produce } from "./tests/sync/shared/fixtures/channels.ts";
      const runtime = Runtime.builder().multiThread().workerThreads(1).build();
      const [tx, rx] = mpsc.channel(16);
      console.log(threads() === undefined);
      const handle = runtime.spawn(produce, tx, 0, 3);
      tx.close();
      const counts = [];
      for await (const { count } of rx) counts.push(count);
      console.log(counts.join());
      await handle;
      await runtime.shutdown();
    `),
    ["true", "0,1,2"],
  );
});
