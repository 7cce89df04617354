/**
 * What threads do when they begin and when they end, besides their work.
 *
 * @module
 */

import { host } from "../../host/global.ts";
import { load } from "./portable.ts";

/** The keys of portable tasks that a thread runs at certain times. */
export interface ThreadHooks {
  /** When it begins, before its first task. */
  readonly onThreadStart?: string | undefined;
  /** When it ends, after its last task. */
  readonly onThreadStop?: string | undefined;
}

/** A hook. It does not fail: what the function throws is reported. */
export type Hook = () => Promise<void>;

/** The hooks of this thread. */
export function hooksOf(hooks: ThreadHooks): { readonly onStart: Hook; readonly onStop: Hook } {
  return { onStart: hook(hooks.onThreadStart), onStop: hook(hooks.onThreadStop) };
}

function hook(key: string | undefined): Hook {
  return async () => {
    if (key === undefined) return;
    try {
      await (await load(key)).fn();
    } catch (error) {
      host.console?.error(`The hook "${key.slice(key.lastIndexOf("#") + 1)}" has failed:`, error);
    }
  };
}
