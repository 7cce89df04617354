/**
 * The server's end of a named pipe.
 *
 * @module
 */

import { READABLE, WRITABLE } from "../../ffi/backend.ts";
import type { PipeCreation } from "../../ffi/named_pipes.ts";
import type { Future } from "../../future/future.ts";
import { NamedPipe, type PipeMode } from "./named_pipe.ts";
import { PipeOperation, tryConnect } from "./pipe_ops.ts";
import { openPipe, type PipeSource } from "./pipe_source.ts";

/** The system's name for "no limit" is the first number that is none. */
const MOST_INSTANCES = 254;
const MOST_BYTES = 2 ** 32 - 1;

/**
 * The server's end of a named pipe: one instance, which serves one client at a time. Made by
 * {@linkcode ServerOptions.create}. Windows only.
 *
 * Follows Tokio's `net::windows::named_pipe::NamedPipeServer`.
 *
 * @example
 * ```ts
 * import { ClientOptions, ServerOptions } from "@edo/runtime/net/windows";
 *
 * const NAME = "\\\\.\\pipe\\edo-example-server";
 *
 * if (Deno.build.os === "windows") {
 *   // The next instance is made before this one is served, so that clients always find one.
 *   let server = new ServerOptions().firstPipeInstance(true).create(NAME);
 *   for (let i = 0; i < 2; i++) {
 *     using _client = new ClientOptions().open(NAME);
 *     await server.connect();
 *     const next = new ServerOptions().create(NAME);
 *     server.close();
 *     server = next;
 *   }
 *   server.close();
 * }
 * ```
 */
export class NamedPipeServer extends NamedPipe {
  readonly #source: PipeSource;

  /** Wraps a registered end; see {@linkcode ServerOptions.create}. */
  constructor(source: PipeSource) {
    super(source);
    this.#source = source;
  }

  /**
   * Waits for a client. A client that has come already is found at once, also one that has gone again
   * since: its data can be read.
   *
   * **Cancel safety:** when it is dropped, a client that comes meanwhile is found by the next call.
   *
   * @throws {OsError} When the system refuses.
   */
  connect(): Future<void> {
    const connected = () => tryConnect(this.#source) === null ? null : undefined;
    return new PipeOperation<void>(this.#source, WRITABLE, connected);
  }

  /**
   * Sends the client away. Another may come once {@linkcode NamedPipeServer.connect} waits for it;
   * until then clients find the pipe busy.
   *
   * What the client has not read is lost, and so is what was not read here: flush, and wait for the
   * client's end, where that matters.
   *
   * @throws {OsError} When the system refuses.
   */
  disconnect(): void {
    this.#source.check();
    if (this.#source.calls.disconnect() !== 0) throw this.#source.failure("disconnect");
    // Those who wait for this client see its end.
    this.#source.dispatch(READABLE | WRITABLE);
  }
}

/**
 * How to make the server's end of a named pipe. Each method changes one setting and answers with the
 * options.
 *
 * Follows Tokio's `net::windows::named_pipe::ServerOptions`. Who may open the pipe is what Windows
 * says by default: the account that makes it, administrators and the system may do everything,
 * everybody else may read.
 *
 * @example
 * ```ts
 * import { ServerOptions } from "@edo/runtime/net/windows";
 * import { assertEquals } from "@std/assert";
 *
 * const options = new ServerOptions().pipeMode("message").maxInstances(4);
 * if (Deno.build.os === "windows") {
 *   using server = options.create("\\\\.\\pipe\\edo-example-options");
 *   assertEquals(server.info().mode, "message");
 *   assertEquals(server.info().maxInstances, 4);
 * }
 * ```
 */
export class ServerOptions {
  #settings: PipeCreation = {
    messages: false,
    inbound: true,
    outbound: true,
    first: false,
    rejectRemote: true,
    maxInstances: undefined,
    outBufferSize: 65_536,
    inBufferSize: 65_536,
  };

  /**
   * How writes are treated. All instances of a name must agree. Default `"byte"`.
   *
   * @throws {TypeError} When it is neither `"byte"` nor `"message"`.
   */
  pipeMode(mode: PipeMode): this {
    return this.#set({ messages: isMessage(mode) });
  }

  /** Whether clients may write, and the server read. Default `true`. */
  accessInbound(allowed: boolean): this {
    return this.#set({ inbound: allowed });
  }

  /** Whether the server may write, and clients read. Default `true`. */
  accessOutbound(allowed: boolean): this {
    return this.#set({ outbound: allowed });
  }

  /**
   * Whether this has to be the first instance of its name, so that it is certain that no one else
   * serves it; otherwise `create` fails with `EACCES`. Default `false`.
   */
  firstPipeInstance(first: boolean): this {
    return this.#set({ first });
  }

  /** Whether clients of other machines are refused. Default `true`. */
  rejectRemoteClients(reject: boolean): this {
    return this.#set({ rejectRemote: reject });
  }

  /**
   * How many instances of the name there may be at once; the first one decides. Default: no limit.
   *
   * @param instances 1 to 254.
   * @throws {RangeError} When it is out of range.
   */
  maxInstances(instances: number): this {
    checkRange("instances", instances, 1, MOST_INSTANCES);
    return this.#set({ maxInstances: instances });
  }

  /**
   * How many bytes the system sets apart for what the server writes. Advice only. Default 65536.
   *
   * @throws {RangeError} When it is no integer of 0 to 2³² - 1.
   */
  outBufferSize(bytes: number): this {
    checkRange("bytes", bytes, 0, MOST_BYTES);
    return this.#set({ outBufferSize: bytes });
  }

  /**
   * How many bytes the system sets apart for what clients write. Advice only. Default 65536.
   *
   * @throws {RangeError} When it is no integer of 0 to 2³² - 1.
   */
  inBufferSize(bytes: number): this {
    checkRange("bytes", bytes, 0, MOST_BYTES);
    return this.#set({ inBufferSize: bytes });
  }

  /**
   * Makes an instance, which clients can open from now on.
   *
   * @param name `\\.\pipe\<name>`, of at most 256 characters.
   * @throws {TypeError} When the name is no string or has a zero in it, and when neither side may
   * write.
   * @throws {OsError} `EACCES` when it is not the first instance but has to be, `EBUSY` when there are
   * as many as may be, and others.
   * @throws {FfiUnavailableError} When this is not Windows, or there is no FFI.
   */
  create(name: string): NamedPipeServer {
    const settings = this.#settings;
    if (!settings.inbound && !settings.outbound) {
      throw new TypeError("Cannot create named pipe: one side has to be allowed to write");
    }
    return new NamedPipeServer(openPipe("create", name, (pipes) => pipes.create(name, settings)));
  }

  #set(settings: Partial<PipeCreation>): this {
    this.#settings = { ...this.#settings, ...settings };
    return this;
  }
}

/** @throws {TypeError} When `mode` is none. */
export function isMessage(mode: PipeMode): boolean {
  if (mode === "message" || mode === "byte") return mode === "message";
  throw new TypeError(`Cannot use "${mode}" as a mode of pipes: give "byte" or "message"`);
}

function checkRange(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot use ${value} as a number of ${what}: it must be an integer from ${least} to ${most}`,
  );
}
