/**
 * Internet socket addresses.
 *
 * @module
 */

import type { Endpoint } from "../ffi/backend.ts";
import { registerHandle, toWire, type WireForm } from "../scheduler/multi_thread/handle.ts";
import { formatV4, formatV6, parseIp } from "./ip.ts";

/**
 * An IP address and a port. Immutable.
 *
 * @example
 * ```ts
 * import { SocketAddr } from "@edo/runtime/net";
 * import { assertEquals } from "@std/assert";
 *
 * const address = SocketAddr.parse("[::1]:8080");
 * assertEquals([address.ip, address.port, address.family], ["::1", 8080, 6]);
 * assertEquals(String(new SocketAddr("127.0.0.1", 80)), "127.0.0.1:80");
 * ```
 */
export class SocketAddr {
  readonly #endpoint: Endpoint;

  /**
   * Makes an address.
   *
   * @param ip An IPv4 or IPv6 address; IPv6 may have a numeric scope, as `"fe80::1%2"`.
   * @param port 0 to 65535.
   * @throws {TypeError} When `ip` is no IP address.
   * @throws {RangeError} When `port` is no integer in its range.
   */
  constructor(ip: string, port: number);
  /** Wraps numbers of a backend. */
  constructor(endpoint: Endpoint);
  constructor(ip: string | Endpoint, port?: number) {
    this.#endpoint = typeof ip === "string" ? endpointOf(ip, port!) : ip;
  }

  /**
   * Reads `"127.0.0.1:80"` or `"[::1]:80"`.
   *
   * @throws {TypeError} When `text` has another form.
   * @throws {RangeError} When the port is above 65535.
   */
  static parse(text: string): SocketAddr {
    const { hostname, port } = splitHostPort(text);
    return new SocketAddr(hostname, port);
  }

  /** The IP address, as `"127.0.0.1"` or `"::1"`. */
  get ip(): string {
    const { family, word0, word1, word2, word3, scopeId } = this.#endpoint;
    return family === 4 ? formatV4(word0) : formatV6([word0, word1, word2, word3], scopeId);
  }

  /** The port, 0 to 65535. */
  get port(): number {
    return this.#endpoint.port;
  }

  /** 4 for IPv4, 6 for IPv6. */
  get family(): 4 | 6 {
    return this.#endpoint.family;
  }

  /** The address in the numbers that a backend takes. */
  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Whether both have the same address, scope and port. */
  equals(other: SocketAddr): boolean {
    const [a, b] = [this.#endpoint, other.#endpoint];
    return a.family === b.family && a.port === b.port && a.word0 === b.word0 &&
      a.word1 === b.word1 && a.word2 === b.word2 && a.word3 === b.word3 &&
      a.scopeId === b.scopeId;
  }

  /** As `"127.0.0.1:80"` or `"[::1]:80"`. */
  toString(): string {
    return this.family === 4 ? `${this.ip}:${this.port}` : `[${this.ip}]:${this.port}`;
  }

  /** The same as {@linkcode SocketAddr.toString}, for JSON. */
  toJSON(): string {
    return this.toString();
  }

  /** Travels to other isolates as a copy. */
  [toWire](): WireForm {
    return { kind, data: [this.#endpoint] };
  }

  /** Shows the address in Deno's inspector. */
  [Symbol.for("Deno.customInspect")](): string {
    return `SocketAddr(${this})`;
  }

  /** Shows the address in the inspector of Node and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `SocketAddr(${this})`;
  }
}

const kind = registerHandle(import.meta, "SocketAddr", {
  decode: (endpoint: Endpoint) => new SocketAddr(endpoint),
});

function endpointOf(ip: string, port: number): Endpoint {
  const parsed = parseIp(ip);
  if (parsed === undefined) throw new TypeError(`Cannot use "${ip}" as an IP address`);
  checkPort(port);
  const [word0 = 0, word1 = 0, word2 = 0, word3 = 0] = parsed.words;
  const { family, scopeId } = parsed;
  return { family, port, word0, word1, word2, word3, flowInfo: 0, scopeId };
}

/**
 * Splits `"host:port"`, `"1.2.3.4:port"` and `"[v6]:port"`.
 *
 * @throws {TypeError} When `text` has another form.
 * @throws {RangeError} When the port is above 65535.
 */
export function splitHostPort(text: string): { hostname: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,10})$/.exec(text);
  if (match === null) {
    throw new TypeError(`Cannot read address "${text}": use "host:port" or "[IPv6]:port"`);
  }
  const hostname = match[1] ?? match[2]!;
  if (hostname === "") throw new TypeError(`Cannot read address "${text}": the host is missing`);
  if (match[1] !== undefined && parseIp(hostname)?.family !== 6) {
    throw new TypeError(`Cannot read address "${text}": "${hostname}" is no IPv6 address`);
  }
  const port = Number(match[3]);
  checkPort(port);
  return { hostname, port };
}

/** @throws {RangeError} When `port` is no integer from 0 to 65535. */
export function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return;
  throw new RangeError(`Cannot use port ${port}: it must be an integer from 0 to 65535`);
}
