/**
 * Counting what waits inside of edo, and what is open.
 *
 * @module
 */

import { openDescriptors } from "../host/descriptors.ts";
import { threadsStarted } from "../host/thread.ts";
import { isolate } from "../scheduler/isolate.ts";
import { currentRuntime, type Runtime } from "../scheduler/runtime.ts";

/** What exists at one moment. */
export interface Census {
  /** Open descriptors by number, where the system tells: what each stands for. */
  readonly descriptors: ReadonlyMap<string, string>;
  /** Whether the reactor has been opened, with the descriptors of its own. */
  readonly hasReactor: boolean;
  /** How many threads were started: each opens descriptors, and closes them some time after its end. */
  readonly threads: number;
  /** Sources that the reactor watches. */
  readonly registrations: number;
  /** Futures that wait for events. */
  readonly waiters: number;
  /** Parks on another thread, which end a little after the last wait has. */
  readonly parks: number;
  /** Timers in the wheel. */
  readonly timers: number;
  /** Tasks that have not ended. */
  readonly tasks: number;
  /** The runtime that is current; another one afterwards means that a guard was not disposed. */
  readonly runtime: Runtime;
}

/** What a reactor opens for itself and keeps. */
const OWN = ["anon_inode:[eventpoll]", "anon_inode:[eventfd]"];

/**
 * Counts.
 *
 * @param extra A runtime whose tasks count besides those of the current one.
 */
export function census(extra: Runtime | undefined): Census {
  const { driver } = isolate;
  const runtime = currentRuntime();
  return {
    descriptors: openDescriptors(),
    hasReactor: driver.isOpen,
    threads: threadsStarted(),
    registrations: driver.registrations,
    waiters: driver.waiters,
    parks: driver.isParked ? 1 : 0,
    timers: driver.timers,
    tasks: runtime.aliveTasks + (extra?.aliveTasks ?? 0),
    runtime,
  };
}

/** What there is more of afterwards, in words. */
export function compare(before: Census, after: Census): string[] {
  const leaks: string[] = [];
  const more = (what: string, count: number) => {
    if (count > 0) leaks.push(`${count} more ${what}`);
  };
  more("registrations", after.registrations - before.registrations);
  more("futures that wait for events", after.waiters - before.waiters);
  more("parks that have not ended", after.parks - before.parks);
  more("timers", after.timers - before.timers);
  if (after.runtime !== before.runtime) leaks.push("a runtime that is still entered");
  else more("tasks", after.tasks - before.tasks);
  const opened = openedBetween(before, after);
  if (opened.length > 0) leaks.push(`descriptors ${opened.join(", ")}`);
  return leaks;
}

function openedBetween(before: Census, after: Census): string[] {
  if (after.threads > before.threads) return [];
  const isOwn = (what: string) =>
    !before.hasReactor && after.hasReactor && OWN.some((own) => what === own);
  const added = [...after.descriptors].filter(([fd, what]) => before.descriptors.get(fd) !== what);
  const opened = added.filter(([, what]) => !isOwn(what));
  const own = added.length - opened.length;
  if (after.descriptors.size - own <= before.descriptors.size) return [];
  return opened.map(([fd, what]) => `${fd} (${what})`);
}
