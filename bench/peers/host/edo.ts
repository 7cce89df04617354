/**
 * A TCP echo server on edo beside the host's own timers, `fetch` and `Deno.serve`, in one isolate.
 *
 * `--style await` or `--style yield`.
 *
 * @module
 */

import { run, spawn, type Steps, TcpListener, type TcpStream } from "../../../mod.ts";
import { isOsError } from "../../../net/mod.ts";
import { portFromArgs, sayWhere } from "../deno/listening.ts";
import { serveMeasurements } from "./serve.ts";

const BUFFER = 16 * 1024;

async function echoAwait(stream: TcpStream): Promise<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = await stream.read(buffer)) > 0;) {
      await stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isOsError(error)) throw error; // a load that has ended
  }
}

function* echoYield(stream: TcpStream): Steps<void> {
  using _stream = stream;
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = yield* stream.read(buffer)) > 0;) {
      yield* stream.writeAll(buffer, count);
    }
  } catch (error) {
    if (!isOsError(error)) throw error;
  }
}

async function serve(yields: boolean): Promise<void> {
  using listener = await TcpListener.bind(`127.0.0.1:${portFromArgs()}`);
  sayWhere(listener.localAddr().port);
  for await (const stream of listener) {
    stream.setNodelay(true);
    if (yields) spawn(() => echoYield(stream));
    else spawn(() => echoAwait(stream));
  }
}

serveMeasurements();
await run(() => serve(Deno.args.includes("yield")));
