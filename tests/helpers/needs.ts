/**
 * What tests need besides the language, and where it is. The one place that knows which systems skip
 * which tests, and why.
 *
 * @module
 */

// It says what is skipped, where the runner only says that something is.
// deno-lint-ignore-file no-console

import { libkqueue } from "./libkqueue.ts";
import { isWine } from "./wine.ts";

const { os } = Deno.build;
const isEpoll = os === "linux" && libkqueue === undefined;

/** For each need: why a test is skipped without it, and whether it is here. */
const NEEDS = {
  sockets: [
    "a backend for the operating system",
    ["linux", "darwin", "freebsd", "windows"].includes(os),
  ],
  proc: [
    "the folder /proc, which tells what a process has open, and all permissions to read it",
    os === "linux" && mayReadProc(),
  ],
  libc: ["the C library of Linux", os === "linux"],
  linuxSockets: ["options and errors that only sockets of Linux have", os === "linux"],
  windows: ["Windows", os === "windows"],
  otherThanWindows: ["a system without named pipes", os !== "windows"],
  reusePort: ["sockets that share a port by an option", os !== "windows"],
  firstPipeInstance: ["FILE_FLAG_FIRST_PIPE_INSTANCE, which Wine 8 does not keep", !isWine],
  checkedHandles: ["SIO_BASE_HANDLE to look at the handle, which Wine does not", !isWine],
  timeWait: ["old connections to keep an address, as on Unix", os !== "windows"],
  refusedDatagrams: ["refused datagrams to be told to a connected socket", os !== "windows"],
  acceptedResets: ["connections that were reset to be accepted, as on Unix", os !== "windows"],
  hangUps: ["an event for what nobody waits for, as of epoll", isEpoll],
  storedResets: ["SO_ERROR to tell of a reset, as on Unix", os !== "windows"],
  keptResets: ["a reset to wait for the next call, where Wine takes it away", !isWine],
  keepAliveTimes: ["the times of keep-alive, which Wine 8 does not have", !isWine],
  trafficClass: ["the traffic class of IPv6, which Wine 8 does not have", !isWine],
  orders: [
    "all orders of threads explored, which are the same on every system and take Wine minutes",
    !isWine,
  ],
  suddenEnds: [
    "processes that end while their threads are busy, which Wine 8 may leave hanging",
    !isWine,
  ],
  urgentData: ["a selector that tells of urgent data", isEpoll],
  libkqueue: ["EDO_LIBKQUEUE, which says where libkqueue.so is", libkqueue !== undefined],
  shell: ["a POSIX shell, to set the limits of a process", os !== "windows"],
} as const satisfies Readonly<Record<string, readonly [reason: string, isHere: boolean]>>;

/** Something that tests need. */
export type Need = keyof typeof NEEDS;

/** Deno keeps it from a program that lacks any permission, also one that has nothing to do with it. */
function mayReadProc(): boolean {
  try {
    Deno.readDirSync("/proc/self/fd");
    return true;
  } catch {
    return false;
  }
}

const told = new Set<Need>();

/**
 * Options of a test that is skipped where one of `needs` is missing. The first time in a file, the
 * reason is printed.
 */
export function needs(...needs: readonly Need[]): { readonly ignore: boolean } {
  const missing = needs.filter((need) => !NEEDS[need][1]);
  for (const need of missing) {
    if (!told.has(need)) console.info(`SKIPS what needs ${NEEDS[need][0]}, in ${caller()}`);
    told.add(need);
  }
  return { ignore: missing.length > 0 };
}

/** Whether something that tests need is here, for what is no test. */
export function has(need: Need): boolean {
  return NEEDS[need][1];
}

/** The test file that has asked. */
function caller(): string {
  const files = new Error().stack!.matchAll(/\/(tests\/[\w/.]+\.ts):/g);
  return [...files].map(([, file]) => file!).find((file) => !import.meta.url.endsWith(file)) ?? "?";
}
