/**
 * `struct sockaddr_in` and `sockaddr_in6`, written and read.
 *
 * @module
 */

import type { Endpoint } from "../backend.ts";
import { CONSTANTS, type Layouts } from "./abi.ts";

/** Enough for an internet address of either family. */
export const SOCKADDR_BYTES = 28;

/** Writes and reads socket addresses in one block of memory. */
export class SockAddr {
  readonly #view: DataView;
  readonly #v4: Layouts["sockaddr_in"];
  readonly #v6: Layouts["sockaddr_in6"];

  constructor(memory: ArrayBuffer, layouts: Layouts) {
    this.#view = new DataView(memory);
    this.#v4 = layouts.sockaddr_in;
    this.#v6 = layouts.sockaddr_in6;
  }

  /** Writes `endpoint` and answers with the length of the address. */
  write(endpoint: Endpoint): number {
    const view = this.#view;
    if (endpoint.family === 4) {
      const at = this.#v4;
      view.setUint16(at.sin_family, CONSTANTS.AF_INET, true);
      view.setUint16(at.sin_port, endpoint.port);
      view.setUint32(at.sin_addr, endpoint.word0);
      return at.size;
    }
    const at = this.#v6;
    view.setUint16(at.sin6_family, CONSTANTS.AF_INET6, true);
    view.setUint16(at.sin6_port, endpoint.port);
    view.setUint32(at.sin6_flowinfo, endpoint.flowInfo);
    view.setUint32(at.sin6_addr, endpoint.word0);
    view.setUint32(at.sin6_addr + 4, endpoint.word1);
    view.setUint32(at.sin6_addr + 8, endpoint.word2);
    view.setUint32(at.sin6_addr + 12, endpoint.word3);
    view.setUint32(at.sin6_scope_id, endpoint.scopeId, true);
    return at.size;
  }

  /** Reads the address that is there. */
  read(): Endpoint {
    const view = this.#view;
    if (view.getUint16(this.#v4.sin_family, true) === CONSTANTS.AF_INET) {
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
}
