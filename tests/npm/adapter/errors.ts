/**
 * `Deno.errors`, where there are no such classes: an error belongs to the one that Deno would have
 * thrown, by its code.
 *
 * @module
 */

const CODES: Record<string, readonly string[]> = {
  AddrInUse: ["EADDRINUSE"],
  AddrNotAvailable: ["EADDRNOTAVAIL"],
  AlreadyExists: ["EEXIST"],
  BadResource: ["EBADF"],
  BrokenPipe: ["EPIPE"],
  ConnectionAborted: ["ECONNABORTED"],
  ConnectionRefused: ["ECONNREFUSED"],
  ConnectionReset: ["ECONNRESET", "ENETRESET"],
  Interrupted: ["EINTR"],
  InvalidData: ["EINVAL"],
  NetworkUnreachable: ["ENETUNREACH"],
  NotConnected: ["ENOTCONN"],
  NotFound: ["ENOENT", "ENOTFOUND"],
  NotSupported: ["EPROTONOSUPPORT", "EOPNOTSUPP", "EAFNOSUPPORT"],
  PermissionDenied: ["EPERM", "EACCES"],
  TimedOut: ["ETIMEDOUT"],
};

/** Classes that are told apart by the `code` of an error. */
export const errors: Record<string, new (message?: string) => Error> = Object.fromEntries(
  Object.entries(CODES).map(([name, codes]) => {
    const named = {
      [name]: class extends Error {
        readonly code = codes[0];

        static override [Symbol.hasInstance](value: unknown): boolean {
          return value instanceof Error && codes.includes(`${(value as { code?: unknown }).code}`);
        }
      },
    };
    return [name, named[name]!];
  }),
);
