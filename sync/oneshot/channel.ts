/**
 * Making oneshot channels.
 *
 * @module
 */

import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { Shared } from "./shared.ts";

/**
 * Makes a channel for a single value, such as the answer to a request. The receiver is a future of
 * the value.
 *
 * Follows Tokio's `sync::oneshot::channel`.
 *
 * @example
 * ```ts
 * import { oneshot } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = oneshot.channel<number>();
 * spawn(() => tx.send(6 * 7));
 * assertEquals(await rx, 42);
 * ```
 */
export function channel<T>(): [tx: Sender<T>, rx: Receiver<T>] {
  const shared = new Shared<T>();
  return [new Sender(shared), new Receiver(shared)];
}
