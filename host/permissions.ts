/**
 * The host's permission sandbox. A system call made through FFI would pass it by unseen, so edo
 * asks first, and fails as the host's own API would.
 *
 * @module
 */

import { type DenoHost, host, type HostGlobal, type ProcessHost } from "./global.ts";
import { nodeProcess } from "./kind.ts";

/**
 * Asks for permission to reach `address` over the network, as `Deno.connect` and `Deno.listen` do,
 * or those of Node's `net`.
 *
 * Hosts without a sandbox grant everything, and so does Node without `--permission`, or before it
 * had `--allow-net`.
 *
 * @param address `"host:port"`.
 * @param surroundings Who is asked.
 * @throws `Deno.errors.NotCapable` when the permission is not granted, on Node an `Error` with the
 * code `"ERR_ACCESS_DENIED"`.
 */
export function requireNet(address: string, surroundings: HostGlobal = host): void {
  const deno = surroundings.Deno;
  if (deno === undefined) return requireNetOfNode(address, surroundings);
  if (isUnlimited(deno)) return;
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

/** Asked once: Node takes permissions away, but gives none. */
const nodePermission = permissionOf(nodeProcess());

/** Node's permission model, if it is on and knows about networks. */
function permissionOf(node: ProcessHost | undefined): ProcessHost["permission"] {
  if (node?.permission === undefined) return undefined;
  return node.allowedNodeEnvironmentFlags?.has("--allow-net") ? node.permission : undefined;
}

function requireNetOfNode(address: string, surroundings: HostGlobal): void {
  const permission = surroundings === host
    ? nodePermission
    : permissionOf(nodeProcess(surroundings));
  if (permission === undefined || permission.has("net")) return;
  const error = new Error(
    "Access to this API has been restricted. Use --allow-net to manage permissions",
  );
  throw Object.assign(error, { code: "ERR_ACCESS_DENIED", permission: "Net", resource: address });
}

/**
 * Asks for permission to read or write a file, or what has a path as files do.
 *
 * @throws `Deno.errors.NotCapable` when the permission is not granted.
 */
export function requireFile(name: "read" | "write", path: string): void {
  const deno = host.Deno;
  if (deno === undefined) return;
  const request = { name, path };
  if (deno.permissions.querySync(request).state === "granted") return;
  if (deno.permissions.requestSync(request).state === "granted") return;
  const NotCapable = deno.errors["NotCapable"] ?? Error;
  throw new NotCapable(
    `Requires ${name} access to "${path}", run again with the --allow-${name} flag`,
  );
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
