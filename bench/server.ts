/**
 * A server under test: started, found to be listening, stopped.
 *
 * @module
 */

import type { Peer } from "./peers.ts";
import { family } from "./process_figures.ts";
import { pinned } from "./processors.ts";

const START_TIMEOUT_MS = 15_000;

const running = new Set<Deno.ChildProcess>();

/**
 * A running server. Disposing it ends the process and waits until it has gone.
 *
 * - **Nothing is left behind:** when the benchmark itself is interrupted, its servers end too.
 */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts a server on these processors and waits for the line that says where it listens. */
  static async start(peer: Peer, processors: string): Promise<Server> {
    const [command, ...args] = pinned(processors, peer.command, [...peer.args, "--port", "0"]);
    const child = new Deno.Command(command!, {
      args,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    running.add(child);
    const trouble = lastText(child.stderr);
    const line = await firstLine(child);
    const port = Number(line?.match(/^listening on 127\.0\.0\.1:(\d+)$/)?.[1] ?? 0);
    if (port > 0) return new Server(child, port);
    await end(child);
    const said = (await trouble).trim() || (line === undefined ? "nothing" : `"${line}"`);
    throw new Error(`Cannot start ${peer.command}: it said ${said}`);
  }

  /** The processes whose CPU time and memory are counted: those that there are by now. */
  pids(): Promise<number[]> {
    return family(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child);
  }
}

/** A running program that says nothing but trouble. Disposing it ends it. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  constructor(command: string, args: readonly string[]) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    running.add(this.#child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child);
  }
}

/** Ends every server at once, without waiting: for when the benchmark is interrupted. */
export function endAllServers(): void {
  for (const child of running) kill(child);
}

/** The servers keep nothing, so the plainest signal is the right one. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // it has ended by itself
  }
}

async function end(child: Deno.ChildProcess): Promise<void> {
  kill(child);
  await child.status;
  running.delete(child);
}

/** The first line on stdout, or nothing if the output ends or the time is up before it. */
async function firstLine(child: Deno.ChildProcess): Promise<string | undefined> {
  const timer = setTimeout(() => kill(child), START_TIMEOUT_MS);
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  clearTimeout(timer);
  reader.releaseLock();
  lastText(child.stdout); // whatever else it prints must not fill the pipe
  return text.includes("\n") ? text.slice(0, text.indexOf("\n")) : undefined;
}

/** Reads a stream to its end and keeps its last part. */
async function lastText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  return text;
}
