/**
 * Errors as items: `attempts`.
 *
 * @module
 */

import type { Context } from "../../future/context.ts";
import { type End, isItem } from "../../future/end.ts";
import type { Poll } from "../../future/poll.ts";
import { Adapter } from "./adapter.ts";

/** An item, or the error that came in place of one. */
export type Attempt<T, E = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Gives what the source throws in place of an item as an item. */
export class AttemptSource<T, E> extends Adapter<T, Attempt<T, E>> {
  pollNext(cx: Context): Poll<Attempt<T, E> | End> {
    let item;
    try {
      item = this.source.pollNext(cx);
    } catch (error) {
      return { ok: false, error: error as E };
    }
    return isItem(item) ? { ok: true, value: item } : item;
  }
}
