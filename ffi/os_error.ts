/**
 * Failures of the operating system as errors that the host's users already catch.
 *
 * @module
 */

import { host } from "../host/global.ts";

/** What the system said of a call that failed. */
export interface Failure {
  /** The name of the error, as `"ECONNREFUSED"`. */
  readonly code: string;
  /** Its number on this system. */
  readonly errno: number;
  /** The system call that failed, as `"connect"`. */
  readonly syscall: string;
}

/**
 * A failure of the operating system.
 *
 * On Deno it is also an instance of the class that Deno itself throws, as
 * `Deno.errors.ConnectionRefused`; elsewhere it is an `Error` with Node's properties.
 */
export interface OsError extends Error, Failure {
  /** The address that the operation was about, as `"127.0.0.1:80"`. */
  readonly address?: string;
}

/**
 * Whether `error` came from the operating system through edo.
 *
 * @example
 * ```ts
 * import { isOsError } from "@edo/runtime/net";
 * import { assert } from "@std/assert";
 *
 * assert(!isOsError(new Error("something else")));
 * ```
 */
export function isOsError(error: unknown): error is OsError {
  return error instanceof Error && typeof (error as OsError).code === "string" &&
    typeof (error as OsError).errno === "number" &&
    typeof (error as OsError).syscall === "string";
}

/**
 * Makes the error for a failed operation.
 *
 * @param action What was attempted, as `"Cannot connect"`.
 * @param failure What the system said.
 * @param address The address it was about.
 */
export function osError(action: string, failure: Failure, address?: string): OsError {
  const [text, deno] = MEANINGS[failure.code] ?? ["the system call failed", undefined];
  const Class = deno !== undefined && host.Deno?.errors[deno] || Error;
  const error = new Class(`${action}: ${text} (${failure.code})`) as Error;
  const { code, errno, syscall } = failure;
  return Object.assign(error, { code, errno, syscall, ...(address !== undefined && { address }) });
}

/** The error of an operation on a handle that its owner has closed. */
export function closedError(): OsError {
  const failure = { code: "EBADF", errno: 9, syscall: "none" };
  return osError("Cannot use the handle", failure);
}

/** For each code: the words, and the class of `Deno.errors`. */
const MEANINGS: Readonly<Record<string, readonly [text: string, deno?: string]>> = {
  EPERM: ["operation not permitted", "PermissionDenied"],
  ENOENT: ["no such file or directory", "NotFound"],
  EINTR: ["interrupted", "Interrupted"],
  EBADF: ["it is closed", "BadResource"],
  EACCES: ["permission denied", "PermissionDenied"],
  EEXIST: ["it exists already", "AlreadyExists"],
  EINVAL: ["invalid argument", "InvalidData"],
  ENFILE: ["the system is out of descriptors"],
  EMFILE: ["the process is out of descriptors"],
  ENOMEM: ["out of memory"],
  ENOBUFS: ["no buffer space available"],
  EPIPE: ["broken pipe", "BrokenPipe"],
  EBUSY: ["it is in use", "Busy"],
  ECANCELED: ["it was cancelled", "Interrupted"],
  ENOTSOCK: ["the descriptor is not a socket"],
  EDESTADDRREQ: ["the socket is not connected to a destination"],
  EMSGSIZE: ["the message is too long"],
  ENOPROTOOPT: ["the option is not available", "NotSupported"],
  EPROTONOSUPPORT: ["the protocol is not supported", "NotSupported"],
  EOPNOTSUPP: ["the operation is not supported", "NotSupported"],
  EAFNOSUPPORT: ["the address family is not supported", "NotSupported"],
  EADDRINUSE: ["address in use", "AddrInUse"],
  EADDRNOTAVAIL: ["address not available", "AddrNotAvailable"],
  ENETDOWN: ["the network is down"],
  ENETUNREACH: ["network unreachable", "NetworkUnreachable"],
  ENETRESET: ["the network dropped the connection", "ConnectionReset"],
  ECONNABORTED: ["connection aborted", "ConnectionAborted"],
  ECONNRESET: ["connection reset by peer", "ConnectionReset"],
  EISCONN: ["the socket is connected already"],
  ENOTCONN: ["it is not connected", "NotConnected"],
  ETIMEDOUT: ["timed out", "TimedOut"],
  ECONNREFUSED: ["connection refused", "ConnectionRefused"],
  EHOSTUNREACH: ["host unreachable"],
  ENOTFOUND: ["no address is known for the name", "NotFound"],
  EAI_AGAIN: ["the resolver failed for now, try again"],
  EAI_FAIL: ["the resolver failed"],
};
