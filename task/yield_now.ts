/**
 * Letting others run.
 *
 * @module
 */

import { type Context, currentContext } from "../future/context.ts";
import { executor } from "../future/executor.ts";
import { Future, polledAfterEnd, stepOf, type Wait } from "../future/future.ts";
import { Pending, type Poll } from "../future/poll.ts";
import "../scheduler/isolate.ts";

/**
 * Waits until every task that is ready had its turn and the driver was polled for events.
 *
 * **Cancel safety:** nothing is lost.
 *
 * @example
 * ```ts
 * import { spawn, yieldNow } from "@edo/runtime/task";
 * import { assertEquals } from "@std/assert";
 *
 * const order: string[] = [];
 * const other = spawn(function* () {
 *   order.push("other");
 * });
 * await yieldNow();
 * order.push("this");
 * await other;
 * assertEquals(order, ["other", "this"]);
 * ```
 */
export function yieldNow(): Future<void> {
  return new YieldNow();
}

const NEW = 0;
const YIELDED = 1;
const ENDED = 2;

class YieldNow extends Future<void> {
  // A plain property set by the constructor, as in `Acquire`.
  declare private state: typeof NEW | typeof YIELDED | typeof ENDED;

  constructor() {
    super();
    this.state = NEW;
  }

  poll(cx: Context): Poll<void> {
    if (this.state === NEW) {
      this.state = YIELDED;
      executor().defer(cx.waker);
      return Pending;
    }
    if (this.state === ENDED) throw polledAfterEnd();
    this.state = ENDED;
  }

  override next(): IteratorResult<Wait, void> {
    const cx = currentContext();
    return cx === undefined ? super.next() : stepOf(this.poll(cx));
  }

  override [Symbol.dispose](): void {
    this.state = ENDED;
  }
}
