/**
 * The error of a host that cannot call the operating system.
 *
 * @module
 */

/**
 * The operating system cannot be called: the host has no FFI, does not allow it, or a library is
 * missing. The message says which, and what to do.
 *
 * @example
 * ```ts
 * import { FfiUnavailableError } from "@edo/runtime/ffi";
 * import { TcpListener } from "@edo/runtime/net";
 *
 * try {
 *   using listener = await TcpListener.bind("127.0.0.1:0");
 *   listener.localAddr();
 * } catch (error) {
 *   if (!(error instanceof FfiUnavailableError)) throw error;
 *   // Go on without a server.
 * }
 * ```
 */
export class FfiUnavailableError extends Error {
  /** Always `"FfiUnavailableError"`. */
  override readonly name = "FfiUnavailableError";
}
