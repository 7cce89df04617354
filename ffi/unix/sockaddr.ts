/**
 * `struct sockaddr_in` and `sockaddr_in6`, written and read.
 *
 * They begin with 16 bits: on Linux the family, on BSD and macOS the length and then the family.
 *
 * @module
 */

import type { Endpoint, Family } from "../backend.ts";
import type { UnixConstants, UnixLayouts } from "./abi.ts";

/** Enough for an internet address of either family. */
export const SOCKADDR_BYTES = 28;

/** What it has to know of a system; Windows keeps addresses as Linux does. */
interface SockAddrAbi {
  readonly layouts: Pick<UnixLayouts, "sockaddr_in" | "sockaddr_in6">;
  readonly constants: Pick<UnixConstants, "AF_INET" | "AF_INET6">;
}

/** Writes and reads socket addresses in one block of memory. */
export class SockAddr {
  readonly #view: DataView;
  readonly #v4: UnixLayouts["sockaddr_in"];
  readonly #v6: UnixLayouts["sockaddr_in6"];
  /** The first 16 bits of each. */
  readonly #head4: number;
  readonly #head6: number;
  /** Where the family begins in them. */
  readonly #shift: number;
  readonly #inet: number;
  readonly #inet6: number;

  constructor(memory: ArrayBuffer, { layouts, constants }: SockAddrAbi) {
    this.#view = new DataView(memory);
    this.#v4 = layouts.sockaddr_in;
    this.#v6 = layouts.sockaddr_in6;
    this.#shift = layouts.sockaddr_in.sin_len === undefined ? 0 : 8;
    this.#inet = constants.AF_INET;
    this.#inet6 = constants.AF_INET6;
    this.#head4 = this.#head(this.#v4.size, constants.AF_INET);
    this.#head6 = this.#head(this.#v6.size, constants.AF_INET6);
  }

  /** Writes `endpoint` and answers with the length of the address. */
  write(endpoint: Endpoint): number {
    const view = this.#view;
    if (endpoint.family === 4) {
      const at = this.#v4;
      view.setUint16(0, this.#head4, true);
      view.setUint16(at.sin_port, endpoint.port);
      view.setUint32(at.sin_addr, endpoint.word0);
      return at.size;
    }
    const at = this.#v6;
    view.setUint16(0, this.#head6, true);
    view.setUint16(at.sin6_port, endpoint.port);
    view.setUint32(at.sin6_flowinfo, endpoint.flowInfo);
    view.setUint32(at.sin6_addr, endpoint.word0);
    view.setUint32(at.sin6_addr + 4, endpoint.word1);
    view.setUint32(at.sin6_addr + 8, endpoint.word2);
    view.setUint32(at.sin6_addr + 12, endpoint.word3);
    view.setUint32(at.sin6_scope_id, endpoint.scopeId, true);
    return at.size;
  }

  /** The version of the protocol, `undefined` if it is another one. */
  family(): Family | undefined {
    const family = this.#view.getUint16(0, true) >> this.#shift;
    if (family === this.#inet) return 4;
    return family === this.#inet6 ? 6 : undefined;
  }

  /** Reads the address that is there. */
  read(): Endpoint {
    const view = this.#view;
    if (view.getUint16(0, true) >> this.#shift === this.#inet) {
      return {
        family: 4,
        port: view.getUint16(this.#v4.sin_port),
        word0: view.getUint32(this.#v4.sin_addr),
        word1: 0,
        word2: 0,
        word3: 0,
        flowInfo: 0,
        scopeId: 0,
      };
    }
    const at = this.#v6;
    return {
      family: 6,
      port: view.getUint16(at.sin6_port),
      word0: view.getUint32(at.sin6_addr),
      word1: view.getUint32(at.sin6_addr + 4),
      word2: view.getUint32(at.sin6_addr + 8),
      word3: view.getUint32(at.sin6_addr + 12),
      flowInfo: view.getUint32(at.sin6_flowinfo),
      scopeId: view.getUint32(at.sin6_scope_id, true),
    };
  }

  #head(length: number, family: number): number {
    return this.#shift === 0 ? family : family << this.#shift | length;
  }
}
