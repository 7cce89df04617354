/**
 * An echo server in three styles, for TCP and for UDP.
 *
 * ```sh
 * deno task echo --port 8080 --style yield
 * deno task echo --port 8080 --udp
 * ```
 *
 * @module
 */

import {
  type Context,
  Future,
  Pending,
  type Poll,
  run,
  spawn,
  type Steps,
  TcpListener,
  type TcpStream,
} from "../mod.ts";

const BUFFER = 16 * 1024;

/** A connection, written with `await`. */
async function echoAwait(stream: TcpStream): Promise<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  for (let count; (count = await stream.read(buffer)) > 0;) {
    await stream.writeAll(buffer.subarray(0, count));
  }
}

/** The same connection, written with `yield*`. */
function* echoYield(stream: TcpStream): Steps<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  for (let count; (count = yield* stream.read(buffer)) > 0;) {
    yield* stream.writeAll(buffer.subarray(0, count));
  }
}

/** And once more as a future written by hand. */
class EchoPoll extends Future<void> {
  readonly #stream: TcpStream;
  readonly #buffer = new Uint8Array(BUFFER);
  #step: { readonly reading: Future<number> } | { readonly writing: Future<void> };

  constructor(stream: TcpStream) {
    super();
    this.#stream = stream;
    this.#step = { reading: stream.read(this.#buffer) };
  }

  poll(cx: Context): Poll<void> {
    try {
      return this.#pollSteps(cx);
    } catch (error) {
      this.#stream.close();
      throw error;
    }
  }

  override [Symbol.dispose](): void {
    this.#stream.close();
  }

  #pollSteps(cx: Context): Poll<void> {
    while (true) {
      const step = this.#step;
      if ("reading" in step) {
        const count = step.reading.poll(cx);
        if (count === Pending) return Pending;
        if (count === 0) return this.#stream.close();
        this.#step = { writing: this.#stream.writeAll(this.#buffer.subarray(0, count)) };
      } else {
        if (step.writing.poll(cx) === Pending) return Pending;
        this.#step = { reading: this.#stream.read(this.#buffer) };
      }
    }
  }
}

/** What a connection runs in a style of writing. */
const STYLES: Record<string, (stream: TcpStream) => void> = {
  await: (stream) => void spawn(() => echoAwait(stream)),
  yield: (stream) => void spawn(() => echoYield(stream)),
  poll: (stream) => void spawn(new EchoPoll(stream)),
};

function option(name: string, fallback: string): string {
  const index = Deno.args.indexOf(`--${name}`);
  return index < 0 ? fallback : Deno.args[index + 1] ?? fallback;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

if (import.meta.main) {
  const style = option("style", "await");
  const serve = STYLES[style];
  if (serve === undefined) {
    throw new TypeError(`Cannot echo in style "${style}": await, yield or poll`);
  }
  await run(async () => {
    using listener = await TcpListener.bind(`127.0.0.1:${option("port", "0")}`);
    say(`listening on ${listener.localAddr()}`);
    for await (const stream of listener) {
      stream.setNodelay(true);
      serve(stream);
    }
  });
}
