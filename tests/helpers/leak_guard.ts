/**
 * Tests that must leave the process as they found it.
 *
 * @module
 */

import { UdpSocket } from "../../net/udp_socket.ts";
import * as leaks from "../../testing/leaks.ts";
import { useLibkqueue } from "./libkqueue.ts";
import { has } from "./needs.ts";

useLibkqueue();
// The first socket of a process opens the libraries, the selector and their memory. They stay, so
// they are opened before the first test.
if (has("sockets")) (await UdpSocket.bind("127.0.0.1:0"))[Symbol.dispose]();

/**
 * Declares a test that fails if it leaves descriptors, registrations, waits, timers or tasks behind.
 *
 * @param name What the test shows.
 * @param fn The test.
 * @param options As of `Deno.test`.
 */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  options: Omit<Deno.TestDefinition, "name" | "fn"> = {},
): void {
  Deno.test({ ...options, name, fn: () => leakGuard(name, fn) });
}

/**
 * Runs `fn` and throws if it left something behind. A failure of `fn` itself goes first.
 *
 * @param name Who is to blame.
 * @param fn What to watch.
 */
export async function leakGuard(name: string, fn: () => void | Promise<void>): Promise<void> {
  await leaks.leakGuard(fn, name);
}
