/**
 * A call of a portable function that may block, from the side of its caller.
 *
 * @module
 */

import type { Context } from "../../../future/context.ts";
import type { Poll } from "../../../future/poll.ts";
import { isolate } from "../../isolate.ts";
import { RemoteCall } from "../remote_call.ts";

/** As a {@linkcode RemoteCall}; until it has ended a paused clock does not move by itself. */
export class BlockingCall extends RemoteCall<unknown> {
  #holds = false;

  override poll(cx: Context): Poll<unknown> {
    const answer = super.poll(cx);
    if (this.isSent && !this.#holds) {
      this.#holds = true;
      isolate.driver.hold();
    }
    return answer;
  }

  override ended(): void {
    super.ended();
    if (this.#holds) isolate.driver.release();
    this.#holds = false;
  }
}
