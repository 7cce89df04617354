/**
 * The client's end of a named pipe.
 *
 * @module
 */

import type { PipeOpening } from "../../ffi/named_pipes.ts";
import { NamedPipe, type PipeMode } from "./named_pipe.ts";
import { isMessage } from "./named_pipe_server.ts";
import { openPipe } from "./pipe_source.ts";

/** The server learns who the client is, and cannot act in its name. */
const SECURITY_IDENTIFICATION = 0x10000;

/**
 * The number that an error of {@linkcode ClientOptions.open} has as its `errno` while all servers of
 * the name are taken. Its `code` is `"EBUSY"`. Try again a little later.
 */
export const ERROR_PIPE_BUSY: number = 231;

/**
 * The client's end of a named pipe. Made by {@linkcode ClientOptions.open}. Windows only.
 *
 * Follows Tokio's `net::windows::named_pipe::NamedPipeClient`.
 *
 * @example
 * ```ts
 * import { isOsError } from "@edo/runtime/net";
 * import {
 *   ClientOptions,
 *   ERROR_PIPE_BUSY,
 *   type NamedPipeClient,
 *   ServerOptions,
 * } from "@edo/runtime/net/windows";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * async function open(name: string): Promise<NamedPipeClient> {
 *   for (;;) {
 *     try {
 *       return new ClientOptions().open(name);
 *     } catch (error) {
 *       if (!isOsError(error) || error.errno !== ERROR_PIPE_BUSY) throw error;
 *     }
 *     await sleep(50);
 *   }
 * }
 *
 * if (Deno.build.os === "windows") {
 *   using _server = new ServerOptions().create("\\\\.\\pipe\\edo-example-client");
 *   using client = await open("\\\\.\\pipe\\edo-example-client");
 *   assertEquals(client.info().end, "client");
 * }
 * ```
 */
export class NamedPipeClient extends NamedPipe {}

/**
 * How to open a named pipe. Each method changes one setting and answers with the options.
 *
 * Follows Tokio's `net::windows::named_pipe::ClientOptions`.
 *
 * @example
 * ```ts
 * import { ClientOptions, ServerOptions } from "@edo/runtime/net/windows";
 * import { assertEquals } from "@std/assert";
 *
 * if (Deno.build.os === "windows") {
 *   const name = "\\\\.\\pipe\\edo-example-one-way";
 *   using server = new ServerOptions().accessInbound(false).create(name);
 *   using client = new ClientOptions().write(false).open(name);
 *   await server.connect();
 *   await server.writeAll(Uint8Array.of(1, 2, 3));
 *   assertEquals(await client.read(new Uint8Array(8)), 3);
 * }
 * ```
 */
export class ClientOptions {
  #settings: PipeOpening = {
    messages: false,
    read: true,
    write: true,
    securityQos: SECURITY_IDENTIFICATION,
  };

  /** Whether the client reads; the server has to allow it. Default `true`. */
  read(allowed: boolean): this {
    return this.#set({ read: allowed });
  }

  /** Whether the client writes; the server has to allow it. Default `true`. */
  write(allowed: boolean): this {
    return this.#set({ write: allowed });
  }

  /**
   * How the client reads: `"message"` needs a pipe that keeps messages apart. Default `"byte"`.
   *
   * @throws {TypeError} When it is neither `"byte"` nor `"message"`.
   */
  pipeMode(mode: PipeMode): this {
    return this.#set({ messages: isMessage(mode) });
  }

  /**
   * What the server may do in the client's name: flags of `CreateFileW` that begin with `SECURITY_`.
   * Default `SECURITY_IDENTIFICATION`: the server learns who the client is, and no more. Whoever
   * makes a pipe of the name first gets what is allowed here.
   *
   * @throws {RangeError} When it is no integer of 0 to 2³² - 1.
   */
  securityQosFlags(flags: number): this {
    if (!Number.isInteger(flags) || flags < 0 || flags > 2 ** 32 - 1) {
      throw new RangeError(`Cannot use ${flags} as flags: it must be an integer of 32 bits`);
    }
    return this.#set({ securityQos: flags });
  }

  /**
   * Opens the pipe.
   *
   * @param name `\\.\pipe\<name>`, or `\\<machine>\pipe\<name>`.
   * @throws {TypeError} When the name is no string or has a zero in it.
   * @throws {OsError} `ENOENT` when nobody serves it, `EBUSY` ({@linkcode ERROR_PIPE_BUSY}) when all
   * servers are taken, `EACCES` when it may not be opened so, and others.
   * @throws {FfiUnavailableError} When this is not Windows, or there is no FFI.
   */
  open(name: string): NamedPipeClient {
    const settings = this.#settings;
    return new NamedPipeClient(openPipe("open", name, (pipes) => pipes.open(name, settings)));
  }

  #set(settings: Partial<PipeOpening>): this {
    this.#settings = { ...this.#settings, ...settings };
    return this;
  }
}
