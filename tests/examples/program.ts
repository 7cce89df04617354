/**
 * Examples as their users run them: processes of their own, spoken to in lines.
 *
 * @module
 */

/** Splits a stream of text into lines, one at a time. */
export class LineReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(bytes: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next line; `undefined` at the end. A last line without its end is dropped. */
  async next(): Promise<string | undefined> {
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** All lines to the end. */
  async rest(): Promise<string[]> {
    const lines = [];
    for (let line; (line = await this.next()) !== undefined;) lines.push(line);
    return lines;
  }

  /** Wants no more. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** How to run an example. */
export interface ProgramOptions {
  /** How many descriptors it may have; needs a shell. */
  readonly descriptors?: number;
  /** What it reads; nothing by default. */
  readonly input?: string;
}

/** A running example. Disposing it ends the process, if it has not ended by itself. */
export class Program implements AsyncDisposable {
  /** What it prints. */
  readonly out: LineReader;
  /** What it says about trouble. */
  readonly err: LineReader;
  readonly #process: Deno.ChildProcess;
  readonly #fed: Promise<void>;

  /** Starts `examples/<script>`. */
  constructor(script: string, args: readonly string[], options: ProgramOptions = {}) {
    const { href } = new URL(`../../examples/${script}`, import.meta.url);
    const run = ["run", "--no-prompt", "-A", href, ...args];
    const limited = ["-c", `ulimit -n ${options.descriptors}; exec "$@"`, "sh", Deno.execPath()];
    const isFree = options.descriptors === undefined;
    this.#process = new Deno.Command(isFree ? Deno.execPath() : "sh", {
      args: isFree ? run : [...limited, ...run],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.out = new LineReader(this.#process.stdout);
    this.err = new LineReader(this.#process.stderr);
    this.#fed = this.#feed(options.input ?? "");
  }

  /** The port in the line that a server prints first. */
  async port(): Promise<number> {
    const line = await this.out.next();
    const port = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line ?? "")?.[1];
    if (port !== undefined) return Number(port);
    throw new Error(`Cannot find the port in ${line}: ${(await this.err.rest()).join("\n")}`);
  }

  /** The exit code, once it has ended by itself. */
  async code(): Promise<number> {
    return (await this.#process.status).code;
  }

  /** Ends the process. What it has said until then can still be read. */
  async end(): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
    await this.#process.status;
    await this.#fed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.out.cancel();
    await this.err.cancel();
  }

  async #feed(input: string): Promise<void> {
    try {
      await new Blob([input]).stream().pipeTo(this.#process.stdin);
    } catch {
      // it did not want all of it
    }
  }
}

/** A TCP client that owes nothing to edo. */
export class Client implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #buffer = new Uint8Array(64 * 1024);
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<Client> {
    return new Client(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends all of `data`. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Ends the writing side. */
  async finish(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** The next piece of what arrives, as it comes; `null` at the end. */
  async read(): Promise<Uint8Array | null> {
    const count = await this.#connection.read(this.#buffer);
    return count === null ? null : this.#buffer.slice(0, count);
  }

  /** The next line; `undefined` at the end. */
  async line(): Promise<string | undefined> {
    while (!this.#text.includes("\n")) {
      const bytes = await this.read();
      if (bytes === null) return undefined;
      this.#text += this.#decoder.decode(bytes, { stream: true });
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** Sends a line and answers with the next one that arrives. */
  async ask(line: string): Promise<string | undefined> {
    await this.send(line + "\n");
    return await this.line();
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
