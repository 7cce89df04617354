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
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
`;

/** The name of a compiler that can be run on this machine and makes programs for Linux. */
export async function findCompiler(name: string): Promise<string | undefined> {
  if (!has("libc")) return undefined;
  try {
    const found = await new Deno.Command(name, { args: ["--version"], stdout: "null" }).output();
    return found.success ? name : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Compiles `source` and answers with what the compiler said. */
export async function compile(
  compiler: string,
  source: string,
  args: string[],
): Promise<{ success: boolean; text: string }> {
  const child = new Deno.Command(compiler, {
    args: ["-std=gnu11", "-x", "c", ...args, "-"],
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
