/**
 * What tests of named pipes have in common.
 *
 * @module
 */

import {
  ClientOptions,
  type NamedPipeClient,
  type NamedPipeServer,
  type PipeMode,
  ServerOptions,
} from "../../../net/windows/mod.ts";

let names = 0;

/** A name that nobody else has. */
export function pipeName(): string {
  return `\\\\.\\pipe\\edo-test-${Deno.pid}-${names++}`;
}

/** Both ends of a pipe. */
export interface PipePair extends Disposable {
  readonly name: string;
  readonly server: NamedPipeServer;
  readonly client: NamedPipeClient;
}

/** Opens both ends of a pipe. */
export async function pipe(mode: PipeMode = "byte", bufferSize = 65_536): Promise<PipePair> {
  const name = pipeName();
  const options = new ServerOptions().pipeMode(mode);
  const server = options.outBufferSize(bufferSize).inBufferSize(bufferSize).create(name);
  const client = new ClientOptions().pipeMode(mode).open(name);
  await server.connect();
  return {
    name,
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
    },
  };
}
