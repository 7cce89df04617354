/**
 * The host's permission sandbox. A system call made through FFI would pass it by unseen, so edo
 * asks first, and fails as the host's own API would.
 *
 * @module
 */

import { type DenoHost, host } from "./global.ts";

/**
 * Asks for permission to reach `address` over the network, as `Deno.connect` and `Deno.listen` do.
 *
 * Hosts without a sandbox grant everything.
 *
 * @param address `"host:port"`.
 * @throws `Deno.errors.NotCapable` when the permission is not granted.
 */
export function requireNet(address: string): void {
  const deno = host.Deno;
  if (deno === undefined || isUnlimited(deno)) return;
  const request = { name: "net", host: address } as const;
  if (deno.permissions.querySync(request).state === "granted") return;
  if (deno.permissions.requestSync(request).state === "granted") return;
  throw refusal(deno, address);
}

/**
 * Checks that nothing speaks against an address to which a name leads that is permitted.
 *
 * @param address `"host:port"`, with an IP address as the host.
 * @throws `Deno.errors.NotCapable` when the address is denied.
 */
export function requireNotDenied(address: string): void {
  const deno = host.Deno;
  if (deno === undefined || isUnlimited(deno)) return;
  if (deno.permissions.querySync({ name: "net", host: address }).state !== "denied") return;
  throw refusal(deno, address);
}

/** Whether every address is granted, without an exception. */
function isUnlimited(deno: DenoHost): boolean {
  const { state, partial } = deno.permissions.querySync(EVERYWHERE);
  return state === "granted" && !partial;
}

function refusal(deno: DenoHost, address: string): Error {
  const NotCapable = deno.errors["NotCapable"] ?? Error;
  return new NotCapable(
    `Requires net access to "${address}", run again with the --allow-net flag`,
  );
}

const EVERYWHERE = { name: "net" } as const;
