/**
 * `Deno.Command` by `node:child_process`. A program for `deno run` runs on the host that asks: its
 * flags are left out, and its modules are the compiled ones.
 *
 * @module
 */

import { builtin, process } from "./node.ts";
import { compiledProgram } from "./program.ts";

const { spawn } = builtin("child_process");
const { Readable } = builtin("stream");

/** The options that the tests give. */
interface Options {
  readonly args?: readonly string[];
  readonly cwd?: string | URL;
  readonly env?: Record<string, string>;
  readonly stdin?: "null" | "piped" | "inherit";
  readonly stdout?: "null" | "piped" | "inherit";
  readonly stderr?: "null" | "piped" | "inherit";
  readonly signal?: AbortSignal;
}

/** How a process ended. */
interface Status {
  readonly success: boolean;
  readonly code: number;
  /** The signal that has ended it. */
  readonly signal: string | null;
}

/** A process that runs. */
interface Running {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly status: Promise<Status>;
  /** Rejects when there is no such program. */
  readonly begun: Promise<void>;
  kill(signal?: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

const MODES = { null: "ignore", piped: "pipe", inherit: "inherit" } as const;

/** A command, which is started as often as wanted. */
export class Command {
  readonly #command: string;
  readonly #options: Options;

  constructor(command: string, options: Options = {}) {
    this.#command = command;
    this.#options = options;
  }

  spawn(): Running {
    const { args = [], cwd, env, stdin, stdout, stderr, signal } = this.#options;
    const own = args.indexOf(process.execPath);
    const translated = this.#command === process.execPath
      ? onThisHost(args)
      : own < 0
      ? args
      : [...args.slice(0, own + 1), ...onThisHost(args.slice(own + 1))];
    const child = spawn(this.#command, translated, {
      ...cwd !== undefined && { cwd },
      env: { ...process.env, ...env },
      stdio: [MODES[stdin ?? "null"], MODES[stdout ?? "inherit"], MODES[stderr ?? "inherit"]],
      ...signal !== undefined && { signal, killSignal: "SIGTERM" },
    });
    return running(child);
  }

  async output(): Promise<Status & { readonly stdout: Uint8Array; readonly stderr: Uint8Array }> {
    const { stdout = "piped", stderr = "piped" } = this.#options;
    const child = new Command(this.#command, { ...this.#options, stdout, stderr }).spawn();
    await child.begun;
    const [out, err, status] = await Promise.all([
      stdout === "piped" ? bytes(child.stdout) : new Uint8Array(),
      stderr === "piped" ? bytes(child.stderr) : new Uint8Array(),
      child.status,
    ]);
    return { ...status, stdout: out, stderr: err };
  }
}

/** The part of Node's child process that is used. */
interface Child {
  readonly pid?: number;
  readonly stdout: object | null;
  readonly stderr: object | null;
  once(event: "exit", listener: (code: number | null, signal: string | null) => void): void;
  once(event: "spawn", listener: () => void): void;
  once(event: "error", listener: (error: Error) => void): void;
  kill(signal?: string): void;
}

function running(child: Child): Running {
  const status = new Promise<Status>((resolve, reject) => {
    child.once("exit", (code, signal) => {
      resolve({ success: code === 0, code: code ?? 143, signal });
    });
    child.once("error", (error) => {
      if (error.name !== "AbortError") reject(error);
    });
  });
  const begun = new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  // Who asks for one of them does not ask for the other.
  begun.catch(() => {});
  status.catch(() => {});
  const stream = (from: object | null): ReadableStream<Uint8Array> =>
    Readable.toWeb(from ?? Readable.from([]));
  const { stdout, stderr } = child;
  let out: ReadableStream<Uint8Array> | undefined;
  let err: ReadableStream<Uint8Array> | undefined;
  return {
    pid: child.pid ?? -1,
    // Made when they are asked for: what could not be started has none that could be read.
    get stdout() {
      return out ??= stream(stdout);
    },
    get stderr() {
      return err ??= stream(stderr);
    },
    status,
    begun,
    kill: (signal = "SIGTERM") => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill();
      await status;
    },
  };
}

async function bytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Arguments of `deno run`, without its flags and with compiled modules. */
function onThisHost(args: readonly string[]): readonly string[] {
  if (args[0] !== "run") return args;
  const at = args.findIndex((arg, index) => index > 0 && !arg.startsWith("-"));
  return [compiledProgram(args[at]!), ...args.slice(at + 1)];
}
