/**
 * The processes of the demonstration.
 *
 * @module
 */

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

const running = new Set<Deno.ChildProcess>();

/** A script in a process of its own, spoken to in lines. Disposing it ends the process. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #text = "";

  /**
   * Starts a script of this folder or above. What it says on stderr is seen.
   *
   * @param script As `"./load.ts"`.
   * @param processor The only processor that it may run on; any, if there is none.
   */
  constructor(script: string, args: readonly string[], processor: number | undefined) {
    const path = decodeURIComponent(new URL(script, import.meta.url).pathname);
    const command = [Deno.execPath(), "run", "--allow-net", "--allow-ffi", path, ...args];
    if (processor !== undefined) command.unshift("taskset", "-c", String(processor));
    this.#process = new Deno.Command(command[0]!, {
      args: command.slice(1),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    running.add(this.#process);
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Sends a line. */
  async tell(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(line + "\n"));
  }

  /** The next line that it says. */
  async line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#output.read();
      if (done) throw new Error("Cannot go on: a process of the demonstration has ended");
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** The processor time that it has used, all its threads, in milliseconds; measured on Linux only. */
  async processorMs(): Promise<number | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    const stat = await Deno.readTextFile(`/proc/${this.#process.pid}/stat`);
    // The name of the program is in brackets and may have blanks; the rest begins with field 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#process);
    await this.#process.status;
    running.delete(this.#process);
    await this.#input.abort().catch(() => {});
    await this.#output.cancel().catch(() => {});
  }
}

/** An echo server, and where it listens. */
export interface Server {
  readonly child: Child;
  readonly port: number;
}

/** Waits until a server says where it listens. */
export async function listening(child: Child): Promise<Server> {
  const line = await child.line();
  const port = Number(/^listening on 127\.0\.0\.1:(\d+)$/.exec(line)?.[1]);
  if (port > 0) return { child, port };
  throw new Error(`Cannot start a server: it said "${line}"`);
}

/** Ends all processes at once, for when the demonstration is interrupted. */
export function killAll(): void {
  running.forEach(kill);
}

function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // it has ended by itself
  }
}
