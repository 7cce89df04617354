/**
 * The system's resolver, on a thread of the host's pool.
 *
 * @see getaddrinfo(3)
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { Endpoint, Resolver } from "../backend.ts";
import { pointerAt, pointerIn, view } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import { osError } from "../os_error.ts";
import type { UnixAbi } from "./abi.ts";
import { SockAddr } from "./sockaddr.ts";
import type { System } from "./system.ts";

/** {@linkcode Resolver} by `getaddrinfo`. */
export class UnixResolver implements Resolver {
  readonly #system: System;
  readonly #abi: UnixAbi;

  constructor(system: System, abi: UnixAbi) {
    this.#system = system;
    this.#abi = abi;
  }

  async resolve(name: string, port: number): Promise<Endpoint[]> {
    const { libc } = this.#system;
    const hints = 8;
    const text = hints + this.#abi.layouts.addrinfo.size;
    const memory = this.#request(name, hints, text);
    try {
      const status = await libc.getaddrinfo(
        pointerAt(memory.pointer, text),
        null,
        pointerAt(memory.pointer, hints),
        memory.pointer,
      );
      if (status !== 0) throw this.#failure(name, status);
      const first = pointerIn(memory.buffer, 0);
      const endpoints = this.#list(first, port);
      libc.freeaddrinfo(first);
      return endpoints;
    } finally {
      memory.free();
    }
  }

  /** Native memory: the result's place, the hints, the name. */
  #request(name: string, hints: number, text: number): NativeMemory {
    const bytes = new TextEncoder().encode(name);
    const memory = this.#system.allocate(text + bytes.length + 1);
    const fields = new DataView(memory.buffer, hints);
    const { constants, layouts } = this.#abi;
    fields.setInt32(layouts.addrinfo.ai_family, constants.AF_UNSPEC, true);
    fields.setInt32(layouts.addrinfo.ai_socktype, constants.SOCK_STREAM, true);
    new Uint8Array(memory.buffer).set(bytes, text);
    return memory;
  }

  #list(first: Pointer, port: number): Endpoint[] {
    const { AF_INET, AF_INET6 } = this.#abi.constants;
    const layout = this.#abi.layouts.addrinfo;
    const endpoints: Endpoint[] = [];
    for (let entry = first; entry !== null;) {
      const fields = view(entry, layout.size);
      const family = new DataView(fields).getInt32(layout.ai_family, true);
      if (family === AF_INET || family === AF_INET6) {
        const length = new DataView(fields).getUint32(layout.ai_addrlen, true);
        const address = view(pointerIn(fields, layout.ai_addr), length);
        endpoints.push({ ...new SockAddr(address, this.#abi).read(), port });
      }
      entry = pointerIn(fields, layout.ai_next);
    }
    return endpoints;
  }

  /** errno of a failure with EAI_SYSTEM belongs to the other thread, so the code has to do. */
  #failure(name: string, status: number): Error {
    const code = this.#abi.resolverCodes[status] ?? `EAI_${Math.abs(status)}`;
    const failure = { code, errno: status, syscall: "getaddrinfo" };
    return osError(`Cannot resolve "${name}"`, failure, name);
  }
}
