/**
 * Sends a text, or the lines of stdin, over TCP and prints what comes back.
 *
 * ```sh
 * deno run --allow-net --allow-ffi examples/echo_client.ts 127.0.0.1:8080 "hello"
 * deno run --allow-net --allow-ffi examples/echo_client.ts 127.0.0.1:8080 < notes.txt
 * ```
 *
 * @module
 */

import { fromPromise, run, spawn, type Steps, TcpStream } from "../mod.ts";
import { isHangup, warn } from "./cli.ts";

/** Sends everything and ends the writing side, so that the server knows that no more will come. */
function* send(stream: TcpStream, text: string | undefined): Steps<void> {
  try {
    if (text !== undefined) yield* stream.writeAll(new TextEncoder().encode(text + "\n"));
    else yield* sendInput(stream);
    yield* stream.shutdown();
  } catch (error) {
    if (!isHangup(error)) throw error; // `receive` sees the end too
  }
}

/** Sends stdin as it comes. Reading it is the host's business, so its promise is wrapped. */
function* sendInput(stream: TcpStream): Steps<void> {
  const buffer = new Uint8Array(64 * 1024);
  while (true) {
    const count = yield* fromPromise(Deno.stdin.read(buffer));
    if (count === null) return;
    yield* stream.writeAll(buffer, count);
  }
}

/** Prints what comes until the other end closes. */
function* receive(stream: TcpStream): Steps<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let count; (count = yield* stream.read(buffer)) > 0;) {
    for (let rest = buffer.subarray(0, count); rest.length > 0;) {
      rest = rest.subarray(Deno.stdout.writeSync(rest));
    }
  }
}

function* main(address: string, text: string | undefined): Steps<void> {
  using stream = yield* TcpStream.connect(address);
  // Both directions at once: a server that echoes would fill both buffers otherwise.
  spawn(() => send(stream, text));
  yield* receive(stream);
}

if (import.meta.main) {
  const [address, ...words] = Deno.args;
  if (address === undefined) {
    warn("usage: echo_client.ts ADDRESS [TEXT]");
    Deno.exit(2);
  }
  try {
    await run(() => main(address, words.length > 0 ? words.join(" ") : undefined));
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
  Deno.exit(0); // a read of stdin may still wait, for input that nobody needs any more
}
