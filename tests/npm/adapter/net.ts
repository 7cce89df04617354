/**
 * `Deno.listen` and `Deno.connect` by `node:net`, as far as the tests use them.
 *
 * @module
 */

import { builtin } from "./node.ts";

const { createServer, Socket } = builtin("net");

/** The part of Node's socket that is used. */
interface Socket extends AsyncIterable<Uint8Array> {
  write(bytes: Uint8Array, done: (error?: Error) => void): void;
  end(done: () => void): void;
  destroy(): void;
}

/** Where to listen or connect to. */
interface Options {
  readonly hostname?: string;
  readonly port: number;
}

/** One end of a connection. */
export class Connection {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return null;
      this.#rest = value;
    }
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Connects. */
export function connect({ hostname = "127.0.0.1", port }: Options): Promise<Connection> {
  const socket = new Socket();
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, hostname, () => resolve(new Connection(socket)));
  });
}

/** What listens. */
export interface Listener extends Disposable {
  readonly addr: { readonly hostname: string; readonly port: number };
  accept(): Promise<Connection>;
  close(): void;
}

/** Listens; unlike Deno's the port is known only after a turn, so it is asked for first. */
export function listen({ hostname = "127.0.0.1", port }: Options): Listener {
  const waiting: ((connection: Connection) => void)[] = [];
  const arrived: Connection[] = [];
  const server = createServer((socket: Socket) => {
    const connection = new Connection(socket);
    const next = waiting.shift();
    if (next === undefined) arrived.push(connection);
    else next(connection);
  });
  server.listen(port, hostname);
  const close = () => void server.close();
  return {
    get addr() {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("No address is bound");
      return { hostname: address.address, port: address.port };
    },
    accept: () => {
      const connection = arrived.shift();
      if (connection !== undefined) return Promise.resolve(connection);
      return new Promise((resolve) => waiting.push(resolve));
    },
    close,
    [Symbol.dispose]: close,
  };
}
