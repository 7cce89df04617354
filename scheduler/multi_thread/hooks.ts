/**
 * What threads do when they begin and when they end, besides their work.
 *
 * @module
 */

import { host } from "../../host/global.ts";
import type { ParkHooks } from "../current_thread.ts";
import { load, type PortableFunction } from "./portable.ts";

/** The keys of portable tasks that a thread runs at certain times. */
export interface ThreadHooks {
  /** When it begins, before its first task. */
  readonly onThreadStart?: string | undefined;
  /** When it ends, after its last task. */
  readonly onThreadStop?: string | undefined;
  /** When a worker has nothing to do. */
  readonly onThreadPark?: string | undefined;
  /** When it goes on. */
  readonly onThreadUnpark?: string | undefined;
}

/** A hook. It does not fail: what the function throws is reported. */
export type Hook = () => Promise<void>;

/** The hooks of this thread. */
export function hooksOf(hooks: ThreadHooks): { readonly onStart: Hook; readonly onStop: Hook } {
  return { onStart: hook(hooks.onThreadStart), onStop: hook(hooks.onThreadStop) };
}

/** Loads the hooks of this thread's rests, if there are any. */
export async function parkHooksOf(
  { onThreadPark, onThreadUnpark }: ThreadHooks,
): Promise<ParkHooks | undefined> {
  if (onThreadPark === undefined && onThreadUnpark === undefined) return undefined;
  return { onPark: await loadNow(onThreadPark), onUnpark: await loadNow(onThreadUnpark) };
}

function hook(key: string | undefined): Hook {
  return async () => {
    if (key === undefined) return;
    try {
      await (await load(key)).fn();
    } catch (error) {
      report(key, error);
    }
  };
}

async function loadNow(key: string | undefined): Promise<() => void> {
  if (key === undefined) return () => {};
  try {
    const { fn } = await load(key);
    return () => callNow(key, fn);
  } catch (error) {
    report(key, error);
    return () => {};
  }
}

function callNow(key: string, fn: PortableFunction): void {
  try {
    const answer = fn();
    if (answer instanceof Promise) answer.catch((error) => report(key, error));
  } catch (error) {
    report(key, error);
  }
}

function report(key: string, error: unknown): void {
  host.console?.error(`The hook "${key.slice(key.lastIndexOf("#") + 1)}" has failed:`, error);
}
