/**
 * The system's resolver, on a thread of the host's pool.
 *
 * @see GetAddrInfoW
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import type { Endpoint, Resolver } from "../backend.ts";
import { pointerAt, pointerIn, view } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import { osError } from "../os_error.ts";
import { SockAddr } from "../unix/sockaddr.ts";
import { ABI, CONSTANTS, LAYOUTS } from "./abi.ts";
import { failureOf, type System } from "./system.ts";

const C = CONSTANTS;
const ENTRY = LAYOUTS.ADDRINFOW;

/** The request in native memory: the result's place, the hints, the name. */
const HINTS_AT = 8;
const NAME_AT = HINTS_AT + ENTRY.size;

/** {@linkcode Resolver} by `GetAddrInfoW`, which answers with its error. */
export class WindowsResolver implements Resolver {
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  async resolve(name: string, port: number): Promise<Endpoint[]> {
    const { winsock } = this.#system;
    const memory = this.#request(name);
    try {
      const { pointer, buffer } = memory;
      const [node, hints] = [pointerAt(pointer, NAME_AT), pointerAt(pointer, HINTS_AT)];
      const errno = await winsock.GetAddrInfoW(node, null, hints, pointer);
      if (errno !== 0) {
        const failure = failureOf(errno, "getaddrinfo");
        throw osError(`Cannot resolve "${name}"`, failure, name);
      }
      const first = pointerIn(buffer, 0);
      const endpoints = list(first, port);
      winsock.FreeAddrInfoW(first);
      return endpoints;
    } finally {
      memory.free();
    }
  }

  #request(name: string): NativeMemory {
    const memory = this.#system.allocate(NAME_AT + 2 * (name.length + 1));
    const hints = new DataView(memory.buffer, HINTS_AT);
    hints.setInt32(ENTRY.ai_family, C.AF_UNSPEC, true);
    hints.setInt32(ENTRY.ai_socktype, C.SOCK_STREAM, true);
    const text = new Uint16Array(memory.buffer, NAME_AT);
    for (let i = 0; i < name.length; i++) text[i] = name.charCodeAt(i);
    return memory;
  }
}

function list(first: Pointer, port: number): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (let entry = first; entry !== null;) {
    const fields = view(entry, ENTRY.size);
    const length = new DataView(fields).getUint32(ENTRY.ai_addrlen, true);
    const address = new SockAddr(view(pointerIn(fields, ENTRY.ai_addr), length), ABI);
    if (address.family() !== undefined) endpoints.push({ ...address.read(), port });
    entry = pointerIn(fields, ENTRY.ai_next);
  }
  return endpoints;
}
