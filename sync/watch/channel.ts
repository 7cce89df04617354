/**
 * Making watch channels.
 *
 * @module
 */

import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { Shared, View } from "./shared.ts";

/**
 * Makes a channel that keeps one value, the newest: any number of receivers see it, and learn when
 * it changes. It suits configuration, state and progress.
 *
 * Follows Tokio's `sync::watch::channel`.
 *
 * @param value The value to begin with. It counts as seen by the receiver.
 *
 * @example
 * ```ts
 * import { watch } from "@edo/runtime/sync";
 * import { spawn } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const [tx, rx] = watch.channel("starting");
 * spawn(() => tx.send("running"));
 * await rx.changed();
 * assertEquals(rx.borrow(), "running");
 * ```
 */
export function channel<T>(value: T): [tx: Sender<T>, rx: Receiver<T>] {
  const shared = new Shared(value);
  return [new Sender(shared), new Receiver(new View(shared, shared.version, true))];
}
