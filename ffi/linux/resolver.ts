/**
 * The system's resolver, on a thread of the host's pool.
 *
 * @see getaddrinfo(3)
 * @module
 */

import { host, type Pointer } from "../../host/global.ts";
import type { Endpoint, Resolver } from "../backend.ts";
import { osError } from "../os_error.ts";
import { CONSTANTS, type Layouts } from "./abi.ts";
import { type NativeMemory, pointerAt, type System, view } from "./libc.ts";
import { SockAddr } from "./sockaddr.ts";

const C = CONSTANTS;

/** Names of the resolver's failures, as Node has them. */
const CODES: Readonly<Record<number, string>> = {
  [C.EAI_NONAME]: "ENOTFOUND",
  [C.EAI_NODATA]: "ENOTFOUND",
  [C.EAI_AGAIN]: "EAI_AGAIN",
  [C.EAI_FAIL]: "EAI_FAIL",
  [C.EAI_MEMORY]: "ENOMEM",
  [C.EAI_SYSTEM]: "EAI_SYSTEM",
};

/** {@linkcode Resolver} by `getaddrinfo`. */
export class LinuxResolver implements Resolver {
  readonly #system: System;
  readonly #layouts: Layouts;

  constructor(system: System, layouts: Layouts) {
    this.#system = system;
    this.#layouts = layouts;
  }

  async resolve(name: string, port: number): Promise<Endpoint[]> {
    const { libc } = this.#system;
    const hints = 8;
    const text = hints + this.#layouts.addrinfo.size;
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
    fields.setInt32(this.#layouts.addrinfo.ai_family, C.AF_UNSPEC, true);
    fields.setInt32(this.#layouts.addrinfo.ai_socktype, C.SOCK_STREAM, true);
    new Uint8Array(memory.buffer).set(bytes, text);
    return memory;
  }

  #list(first: Pointer, port: number): Endpoint[] {
    const layout = this.#layouts.addrinfo;
    const endpoints: Endpoint[] = [];
    for (let entry = first; entry !== null;) {
      const fields = view(entry, layout.size);
      const family = new DataView(fields).getInt32(layout.ai_family, true);
      if (family === C.AF_INET || family === C.AF_INET6) {
        const length = new DataView(fields).getUint32(layout.ai_addrlen, true);
        const address = view(pointerIn(fields, layout.ai_addr), length);
        endpoints.push({ ...new SockAddr(address, this.#layouts).read(), port });
      }
      entry = pointerIn(fields, layout.ai_next);
    }
    return endpoints;
  }

  /** errno of a failure with EAI_SYSTEM belongs to the other thread, so the code has to do. */
  #failure(name: string, status: number): Error {
    const code = CODES[status] ?? `EAI_${-status}`;
    const failure = { code, errno: status, syscall: "getaddrinfo" };
    return osError(`Cannot resolve "${name}"`, failure, name);
  }
}

/** The pointer that is stored at `offset`. */
function pointerIn(buffer: ArrayBuffer, offset: number): Pointer {
  return host.Deno!.UnsafePointer.create(new DataView(buffer).getBigUint64(offset, true));
}
