/**
 * From what a user names to the addresses it stands for.
 *
 * @module
 */

import { backend } from "../ffi/choose.ts";
import { type OsError, osError } from "../ffi/os_error.ts";
import { Future, type Steps } from "../future/future.ts";
import { fromPromise } from "../future/from_promise.ts";
import { ready } from "../future/ready.ts";
import { requireNet, requireNotDenied } from "../host/permissions.ts";
import { parseIp } from "./ip.ts";
import { checkPort, SocketAddr, splitHostPort } from "./socket_addr.ts";

/** Where to bind or to connect: an address, or a name that the system's resolver knows. */
export type ToSocketAddrs =
  | string
  | SocketAddr
  | { readonly hostname?: string; readonly port: number };

/** What an address says, checked but not resolved. */
export interface Target {
  /** The host name or IP address. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
  /** The address, where no resolver is needed. */
  readonly address: SocketAddr | undefined;
}

/** Where to listen when no host is given: on all IPv4 interfaces. */
export const EVERYWHERE = "0.0.0.0";

/** Where to connect to when no host is given: this machine. */
const HERE = "127.0.0.1";

/**
 * Reads what a user gave as an address.
 *
 * @param source What the user gave.
 * @param host The host if only a port was given.
 * @throws {TypeError} When it has a wrong form.
 * @throws {RangeError} When its port is out of range.
 */
export function parseTarget(source: ToSocketAddrs, host: string = HERE): Target {
  if (source instanceof SocketAddr) {
    return { hostname: source.ip, port: source.port, address: source };
  }
  const { hostname, port } = typeof source === "string"
    ? splitHostPort(source)
    : parts(source, host);
  if (hostname.includes("\0")) {
    throw new TypeError(`Cannot use ${JSON.stringify(hostname)} as a host: it has a NUL`);
  }
  const isIp = parseIp(hostname) !== undefined;
  return { hostname, port, address: isIp ? new SocketAddr(hostname, port) : undefined };
}

function parts(source: { readonly hostname?: string; readonly port: number }, host: string): {
  hostname: string;
  port: number;
} {
  if (typeof source !== "object" || source === null) {
    throw new TypeError(
      `Cannot use a value of type ${typeof source} as an address: ` +
        'give "host:port", { hostname, port } or a SocketAddr',
    );
  }
  const { hostname = host, port } = source;
  if (typeof hostname !== "string" || hostname === "") {
    throw new TypeError(
      `Cannot use "${hostname}" as a host: it must be a string that is not empty`,
    );
  }
  checkPort(port);
  return { hostname, port };
}

/** The addresses of a target, in the order to try them. Asks for the permission to use it first. */
export function addressesOf(target: Target): Future<SocketAddr[]> {
  return new Lookup(target);
}

/** What `attempt` makes of the first address of `target` for which it does not throw. */
export function* firstThat<T>(target: Target, attempt: (address: SocketAddr) => T): Steps<T> {
  let failure: unknown = unresolved(target);
  for (const address of yield* addressesOf(target)) {
    try {
      return attempt(address);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The failure of a name for which the resolver has an empty list. */
export function unresolved({ hostname }: Target): OsError {
  const failure = { code: "ENOTFOUND", errno: 0, syscall: "getaddrinfo" };
  return osError(`Cannot resolve "${hostname}"`, failure, hostname);
}

/**
 * Resolves a host name through the system's resolver, on another thread.
 *
 * **Cancel safety:** dropping it stops waiting; the resolver goes on unseen.
 *
 * @param source `"host:port"`, `{ hostname, port }` or a `SocketAddr`.
 * @returns The addresses in the order that the system prefers, at least one.
 * @throws {TypeError} At the call, when the address has a wrong form.
 * @throws {OsError} With code `"ENOTFOUND"` when the name is unknown.
 *
 * @example
 * ```ts
 * import { lookupHost } from "@edo/runtime/net";
 * import { assert } from "@std/assert";
 *
 * const addresses = await lookupHost("localhost:80");
 * assert(addresses.some((address) => address.ip === "127.0.0.1" || address.ip === "::1"));
 * ```
 */
export function lookupHost(source: ToSocketAddrs): Future<SocketAddr[]> {
  return addressesOf(parseTarget(source, EVERYWHERE));
}

/** Resolves when it is first polled. */
class Lookup extends Future<SocketAddr[]> {
  readonly #target: Target;
  #inner: Future<SocketAddr[]> | undefined = undefined;

  constructor(target: Target) {
    super();
    this.#target = target;
  }

  poll(cx: Parameters<Future<SocketAddr[]>["poll"]>[0]): ReturnType<Future<SocketAddr[]>["poll"]> {
    return (this.#inner ??= this.#begin()).poll(cx);
  }

  override [Symbol.dispose](): void {
    this.#inner?.[Symbol.dispose]();
  }

  #begin(): Future<SocketAddr[]> {
    const { hostname, port, address } = this.#target;
    requireNet(hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`);
    if (address !== undefined) return ready([address]);
    const endpoints = backend().resolver.resolve(hostname, port);
    return fromPromise(endpoints.then((list) =>
      list.map((endpoint) => {
        const found = new SocketAddr(endpoint);
        requireNotDenied(`${found}`);
        return found;
      })
    ));
  }
}
