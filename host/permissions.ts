/**
 * The host's permission sandbox. A system call made through FFI would pass it by unseen, so edo
 * asks first, and fails as the host's own API would.
 *
 * @module
 */

import { host } from "./global.ts";

/**
 * Asks for permission to reach `address` over the network, as `Deno.connect` and `Deno.listen` do.
 *
 * Hosts without a sandbox grant everything.
 *
 * @param address `"host:port"`, or a host alone for a name that is only looked up.
 * @throws `Deno.errors.NotCapable` when the permission is not granted.
 */
export function requireNet(address: string): void {
  const deno = host.Deno;
  if (deno === undefined) return;
  const everywhere = deno.permissions.querySync(EVERYWHERE);
  if (everywhere.state === "granted" && !everywhere.partial) return;
  const request = { name: "net", host: address } as const;
  if (deno.permissions.querySync(request).state === "granted") return;
  if (deno.permissions.requestSync(request).state === "granted") return;
  const NotCapable = deno.errors["NotCapable"] ?? Error;
  throw new NotCapable(
    `Requires net access to "${address}", run again with the --allow-net flag`,
  );
}

const EVERYWHERE = { name: "net" } as const;
