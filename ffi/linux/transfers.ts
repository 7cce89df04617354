/**
 * Sending and receiving by the kernel's own numbers.
 *
 * `recv` and `send` of libc are points where a thread may be cancelled: in a process of several
 * threads each of them notes so with an atomic operation before the system call and another one
 * after it. `syscall` does without, which saves about a twentieth of an echo (docs/performance.md).
 *
 * @see syscall(2), pthreads(7)
 * @module
 */

import type { Transfers } from "../unix/sockets.ts";
import { SYSCALLS } from "./abi.ts";
import type { LinuxLibc } from "./libc.ts";

/** `recv` and `send` of a processor, or `undefined` if its numbers are not known. */
export function transfers({ syscall }: LinuxLibc, arch: string): Transfers | undefined {
  const numbers = SYSCALLS[arch];
  if (numbers === undefined) return undefined;
  const { SYS_recvfrom, SYS_sendto } = numbers;
  return {
    recv: (fd, buffer, length, flags) => syscall(SYS_recvfrom, fd, buffer, length, flags, 0, 0),
    send: (fd, buffer, length, flags) => syscall(SYS_sendto, fd, buffer, length, flags, 0, 0),
  };
}
