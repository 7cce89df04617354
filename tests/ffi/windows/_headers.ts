/**
 * The headers of Windows, as far as a compiler for it is installed here.
 *
 * @module
 */

import { compile, findCompiler } from "../_compiler.ts";

const HEADERS = `#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <windows.h>
#include <winternl.h>
#include <stddef.h>
`;

/** A compiler that makes programs for Windows on x86-64. */
export const compiler: string | undefined = await findCompiler("x86_64-w64-mingw32-gcc");

/** What to add to the name of a test that is ignored without one. */
export const noCompiler: string = compiler ? "" : " (ignored: no x86_64-w64-mingw32-gcc)";

/** Whether the headers accept some declarations. */
export function accepts(declarations: string): Promise<{ success: boolean; text: string }> {
  return compile(compiler!, `${HEADERS}\n${declarations}\n`, ["-fsyntax-only", "-w"]);
}
