/**
 * Tasks that are joined in the order in which they were spawned.
 *
 * @module
 */

import { JoinSet } from "./join_set.ts";

/**
 * A {@linkcode JoinSet} that answers in the order of spawning: a task that has ended waits in it until
 * those before it were joined.
 *
 * Follows tokio-util's `task::JoinQueue`.
 *
 * @example
 * ```ts
 * import { JoinQueue } from "@edo/runtime/task";
 * import { sleep } from "@edo/runtime/time";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new JoinQueue<string>();
 * queue.spawn(() => sleep(5).then(() => "first"));
 * queue.spawn(() => "second");
 * assertEquals(await queue.joinAll(), ["first", "second"]);
 * ```
 */
export class JoinQueue<T> extends JoinSet<T> {
  /** Always. */
  protected override get answersInOrder(): boolean {
    return true;
  }
}
