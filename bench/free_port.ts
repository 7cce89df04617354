/**
 * A port to give to a program that cannot say which one it got.
 *
 * @module
 */

/** A port of loopback on which nothing listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
