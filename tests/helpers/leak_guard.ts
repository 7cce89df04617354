/**
 * Tests that must leave the process as they found it.
 *
 * Deno's sanitizers see neither a descriptor that was opened through FFI nor what waits inside of
 * edo. This guard counts both before and after each test, and fails the test that left something
 * behind.
 *
 * @module
 */

import type { Selector } from "../../ffi/backend.ts";
import { UdpSocket } from "../../net/udp_socket.ts";
import { isolate } from "../../scheduler/isolate.ts";
import { currentRuntime } from "../../scheduler/runtime.ts";

/** What exists at one moment. */
interface Census {
  /** Open descriptors by number, where the system tells: what each stands for. */
  readonly descriptors: ReadonlyMap<string, string>;
  /** Sources that the reactor watches. */
  readonly registrations: number;
  /** Futures that wait for events. */
  readonly waiters: number;
  /** Parks on another thread, which end a little after the last wait has. */
  readonly parks: number;
  /** Timers in the wheel. */
  readonly timers: number;
  /** Tasks of the runtime that tests spawn into. */
  readonly tasks: number;
  /** The runtime that is current; another one afterwards means that a guard was not disposed. */
  readonly runtime: unknown;
}

/** Turns of the host's loop in which what a test has dropped may still go. */
const TURNS = 20;

/** After these, waits of a millisecond: descriptors of the host are closed on other threads. */
const WAITS = 50;

const PROC = "/proc/self/fd";

/** Whether the system has a backend, so that there is a reactor to count in. */
const hasReactor = Deno.build.os === "linux";

// The first socket of a process opens the libraries, the selector and their memory. They stay, so
// they are opened before the first test.
if (hasReactor) (await UdpSocket.bind("127.0.0.1:0"))[Symbol.dispose]();

let parks = 0;
if (hasReactor) countParks(isolate.driver.reactor.selector);

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
  const before = census();
  await fn();
  let leaks = compare(before, census());
  for (let i = 0; leaks.length > 0 && i < TURNS + WAITS; i++) {
    await new Promise<void>((resolve) => {
      if (i < TURNS) setImmediate(resolve);
      else setTimeout(resolve, 1);
    });
    leaks = compare(before, census());
  }
  if (leaks.length > 0) throw new Error(`Leaks of "${name}": ${leaks.join("; ")}`);
}

function census(): Census {
  const reactor = hasReactor ? isolate.driver.reactor : undefined;
  const runtime = currentRuntime();
  return {
    descriptors: descriptors(),
    registrations: reactor?.registrations ?? 0,
    waiters: reactor?.waiters ?? 0,
    parks,
    timers: isolate.driver.timers,
    tasks: runtime.aliveTasks,
    runtime,
  };
}

function compare(before: Census, after: Census): string[] {
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
  if (after.descriptors.size > before.descriptors.size) {
    const opened = [...after.descriptors].filter(([fd, what]) =>
      before.descriptors.get(fd) !== what
    );
    leaks.push(`descriptors ${opened.map(([fd, what]) => `${fd} (${what})`).join(", ")}`);
  }
  return leaks;
}

function countParks(selector: Selector): void {
  const park = selector.park.bind(selector);
  selector.park = (timeoutMs, done) => {
    parks += 1;
    park(timeoutMs, (events) => {
      parks -= 1;
      done(events);
    });
  };
}

/** What is open. The descriptor that reads the directory is gone when its link is looked at. */
function descriptors(): Map<string, string> {
  const found = new Map<string, string>();
  let entries;
  try {
    entries = [...Deno.readDirSync(PROC)];
  } catch {
    return found;
  }
  for (const { name } of entries) {
    try {
      found.set(name, Deno.readLinkSync(`${PROC}/${name}`));
    } catch {
      // It was closed since, as the one of the directory itself.
    }
  }
  return found;
}
