/**
 * The library on Node and Bun, from its sources: sockets, waiting, names, threads, and the end of
 * the process.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";

/** Where a program did not end by itself. */
const PATIENCE_MS = 60_000;

/** A host under test. */
interface Host {
  readonly name: string;
  readonly command: string;
  readonly flags: readonly string[];
  /** Why it cannot be tested. */
  readonly missing?: string;
}

/** How a program ended. */
interface Ended {
  readonly code: number;
  readonly result: unknown;
  readonly stderr: string;
}

const program = new URL("fixtures/on_host.ts", import.meta.url).pathname;

async function outputOf(command: string, args: readonly string[]): Promise<Ended> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const { code, stdout, stderr } = await child.output();
  const printed = new TextDecoder().decode(stdout).trim();
  let result: unknown = printed;
  try {
    result = JSON.parse(printed);
  } catch {
    // It is text.
  }
  return { code, result, stderr: new TextDecoder().decode(stderr) };
}

/** Node reads TypeScript and has an FFI of its own since 26.9. */
async function findHost(name: "node" | "bun"): Promise<Host> {
  const command = Deno.env.get(`EDO_${name.toUpperCase()}`) ?? name;
  const flags = name === "node" ? ["--no-warnings"] : [];
  const host = { name, command, flags };
  try {
    const { result } = await outputOf(command, ["--version"]);
    const [major = 0, minor = 0] = String(result).replace("v", "").split(".").map(Number);
    if (name === "bun" || major > 26 || major === 26 && minor >= 9) return host;
    return { ...host, missing: `it is ${result}, tested is 26.9 or later; see $EDO_NODE` };
  } catch {
    return { ...host, missing: `there is no ${name} on PATH or at $EDO_${name.toUpperCase()}` };
  }
}

async function run(host: Host, what: string): Promise<Ended> {
  const ended = await outputOf(host.command, [...host.flags, program, what]);
  return ended;
}

async function expect(host: Host, what: string, result: unknown, code = 0): Promise<void> {
  const ended = await run(host, what);
  assertEquals(ended.result, result, ended.stderr);
  assertEquals(ended.code, code, ended.stderr);
}

for (const host of [await findHost("node"), await findHost("bun")]) {
  const on = (sentence: string, fn: () => Promise<void>) =>
    Deno.test({
      name: `on ${host.name} ${sentence}` + (host.missing ? ` (ignored: ${host.missing})` : ""),
      ignore: host.missing !== undefined || Deno.build.os !== "linux",
      fn,
    });

  on("the system and the processor are called as Deno calls them", () => {
    const { os, arch } = Deno.build;
    return expect(host, "adapter", { os, arch, callsElsewhere: false });
  });

  on(
    "a stream carries what is written, also after a park, and the process ends by itself",
    () => expect(host, "echo", ["ONCE", "AGAIN", "true"]),
  );

  on(
    "lookupHost() asks the resolver of the host",
    () => expect(host, "lookup", { found: true, missing: "ENOTFOUND getaddrinfo" }),
  );

  on(
    "TcpStream.connect() to a closed port fails with the name of the error",
    () => expect(host, "refused", "ECONNREFUSED"),
  );

  on("timeout() ends a wait that is parked", () => expect(host, "timeout", "elapsed"));

  on(
    "process.exit() ends the process while a future waits",
    () => expect(host, "exit", "exits", 7),
  );

  on("portable tasks run in threads, and what they throw comes back", async () => {
    const { result, code, stderr } = await run(host, "threads");
    const { failed, ...found } = result as { failed: string };
    assertEquals(found, { squares: [4, 9, 16], blocked: 25, sum: 360 } as unknown, stderr);
    assert(failed.endsWith("as told"), failed);
    assertEquals(code, 0);
  });

  on(
    "process.exit() ends the process while threads wait",
    () => expect(host, "exit with threads", 9, 7),
  );

  on("a thread may be terminated while it waits", () => expect(host, "terminate", "terminated"));
}
