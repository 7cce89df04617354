/**
 * Host names by `node:dns`, on hosts whose FFI makes no calls on other threads.
 *
 * `dns.lookup` is `getaddrinfo` on a thread of the host's pool, which is what edo's own resolver is
 * too, and it spares a thread of edo's, which is a whole isolate elsewhere than in Deno.
 *
 * @module
 */

import type { NameAddress, NodeNames } from "../host/global.ts";
import { bunProcess, nodeProcess } from "../host/kind.ts";
import { parseIp } from "../net/ip.ts";
import type { Endpoint, Resolver } from "./backend.ts";
import { osError } from "./os_error.ts";

/** The host's resolver, or `undefined` where edo's own is better: in Deno. */
export function hostResolver(): Resolver | undefined {
  const names = (nodeProcess() ?? bunProcess())?.getBuiltinModule?.("node:dns");
  return names && { resolve: (name, port) => lookup(names, name, port) };
}

/**
 * Resolves a name.
 *
 * @param names The module `node:dns`.
 * @param name The name.
 * @param port The port of every endpoint.
 * @throws {OsError} With the code that `node:dns` gives.
 */
export function lookup(names: NodeNames, name: string, port: number): Promise<Endpoint[]> {
  return new Promise((resolve, reject) => {
    names.lookup(name, { all: true, verbatim: true }, (error, addresses) => {
      const found = addresses?.flatMap((address) => endpoints(address, port)) ?? [];
      if (found.length > 0) resolve(found);
      else reject(failure(name, error ?? { code: "ENOTFOUND" }));
    });
  });
}

function failure(
  name: string,
  { code = "EAI_FAIL", errno = 0 }: { readonly code?: string; readonly errno?: number },
): Error {
  return osError(`Cannot resolve "${name}"`, { code, errno, syscall: "getaddrinfo" }, name);
}

/** An endpoint, if the text is an address: a scope may be a name, which edo has no number for. */
function endpoints({ address }: NameAddress, port: number): Endpoint[] {
  const ip = parseIp(address);
  if (ip === undefined) return [];
  const { family, words: [word0 = 0, word1 = 0, word2 = 0, word3 = 0], scopeId } = ip;
  return [{ family, port, word0, word1, word2, word3, flowInfo: 0, scopeId }];
}
