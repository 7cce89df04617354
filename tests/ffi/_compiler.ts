/**
 * C compilers for tests.
 *
 * @module
 */

import { has } from "../helpers/needs.ts";

/** What `ffi/linux/` takes from C. */
export const cHeaders = `#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
`;

/** What `ffi/darwin/`, `ffi/freebsd/` and `ffi/kqueue/` take from C. */
export const bsdHeaders = `#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#if __has_include(<netinet/tcp_fsm.h>)
#include <netinet/tcp_fsm.h>
#else /* zig leaves it out */
#define TCPS_LISTEN 1
#endif
#include <stddef.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
`;

/** A compiler with the headers of another system. */
export interface CrossCompiler {
  /** The command. */
  readonly command: string;
  /** What goes before all other arguments. */
  readonly args: readonly string[];
}

/** The compiler of this machine, if it is that system, else zig, which brings headers of all. */
export async function findCrossCompiler(
  os: string,
  target: string,
): Promise<CrossCompiler | undefined> {
  if (os === Deno.build.os && await runs("cc", "--version")) return { command: "cc", args: [] };
  if (await runs("zig", "version")) return { command: "zig", args: ["cc", "-target", target] };
  return undefined;
}

/** Checks a source that is to be compiled and not to be run. */
export async function compiles(
  { command, args }: CrossCompiler,
  source: string,
): Promise<{ success: boolean; text: string }> {
  const object = await Deno.makeTempFile({ suffix: ".o" });
  try {
    return await compile(command, source, ["-c", "-o", object], args);
  } finally {
    await Deno.remove(object);
  }
}

/** The name of a compiler that can be run on this machine and makes programs for Linux. */
export async function findCompiler(name: string): Promise<string | undefined> {
  return has("libc") && await runs(name, "--version") ? name : undefined;
}

async function runs(command: string, question: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: [question], stdout: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Compiles `source` and answers with what the compiler said. */
export async function compile(
  compiler: string,
  source: string,
  args: string[],
  first: readonly string[] = [],
): Promise<{ success: boolean; text: string }> {
  const child = new Deno.Command(compiler, {
    args: [...first, "-std=gnu11", "-x", "c", ...args, "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stderr } = await child.output();
  return { success, text: new TextDecoder().decode(stderr) };
}
