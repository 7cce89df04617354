/**
 * The kqueue backend on Linux: its selector by libkqueue, everything else by Linux's libc. Sockets
 * are made and datagrams received in the way of macOS, so that this runs too.
 *
 * libkqueue is another implementation of the interface, not the kernel of a BSD. What it does in its
 * own way is made up for here, so that the library has nothing that only libkqueue needs:
 *
 * - An event with `EV_EOF` takes the pending error away from the socket, and has it in its flags. The
 *   kernels leave it there, for the next call.
 *
 * @module
 */

import { type Backend, FAILED, type Sockets } from "../../ffi/backend.ts";
import type { Failure } from "../../ffi/os_error.ts";
import { backend, replaceBackend } from "../../ffi/choose.ts";
import { CONSTANTS as KQ, type KqueueAbi } from "../../ffi/kqueue/abi.ts";
import { kqueueBackend } from "../../ffi/kqueue/backend.ts";
import { KeventList } from "../../ffi/kqueue/events.ts";
import { KQUEUE, type KqueueLibc } from "../../ffi/kqueue/libc.ts";
import { openLibrary, view } from "../../ffi/library.ts";
import { CONSTANTS as C, ERRNO, linuxAbi } from "../../ffi/linux/abi.ts";
import { LINUX } from "../../ffi/linux/libc.ts";
import type { SymbolTable } from "../../ffi/native.ts";
import { descriptorsBySteps } from "../../ffi/unix/descriptors.ts";
import { errnoNames } from "../../ffi/unix/errno.ts";
import { openLibc, System } from "../../ffi/unix/system.ts";
import { RECVMSG, WholeDatagrams } from "../../ffi/unix/whole_datagrams.ts";
import type { Pointer } from "../../host/global.ts";

/**
 * Where libkqueue is, if tests are to run on it. The one place that reads the variable; in a browser
 * there is none.
 */
export const libkqueue: string | undefined = Deno.env?.get("EDO_LIBKQUEUE") || undefined;

/** libkqueue takes the numbers of FreeBSD and the records of macOS. */
export const LIBKQUEUE: KqueueAbi = {
  kevent: { size: 32, ident: 0, filter: 8, flags: 10, fflags: 12, data: 16, udata: 24 },
  EVFILT_USER: -11,
  urgent: undefined,
};

/** `struct msghdr` of Linux, which the library itself does not need. */
const LAYOUTS = {
  msghdr: {
    size: 56,
    msg_name: 0,
    msg_namelen: 8,
    msg_iov: 16,
    msg_iovlen: 24,
    msg_control: 32,
    msg_controllen: 40,
    msg_flags: 48,
  },
};

const SYMBOLS = {
  ...LINUX,
  ...RECVMSG,

  // FFI: int accept(int fd, struct sockaddr *addr, socklen_t *len)
  // Fails with -1 and errno. Any thread. The buffers are written before it returns.
  accept: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
} as const satisfies SymbolTable;

/** Makes the backend with the library at `path`. */
export function libkqueueBackend(path: string): Backend {
  const abi = linuxAbi(Deno.build.arch);
  const libc = openLibc(abi, SYMBOLS);
  const system = new System(libc, abi);
  const errors = new Map<number, number>();
  const made = kqueueBackend({
    system,
    abi,
    descriptors: descriptorsBySteps(libc, { ...C, F_SETFD: 2, FD_CLOEXEC: 1 }, (fd) => {
      errors.delete(fd);
      return fd;
    }),
    whole: new WholeDatagrams(system, libc, { ...abi.layouts, ...LAYOUTS }),
    clocks: { monotonic: C.CLOCK_MONOTONIC, threadTime: C.CLOCK_THREAD_CPUTIME_ID },
    kqueue: {
      libc: remembering(openLibrary([path], KQUEUE), errors),
      abi: LIBKQUEUE,
      probe: (fd) => libc.fcntl(fd, C.F_GETFL, 0),
    },
  });
  giveBack(made.sockets, errors);
  return made;
}

let replaced: Backend | undefined;

/** Has this isolate and its workers run on libkqueue, if the variable names it. */
export function useLibkqueue(): void {
  if (libkqueue === undefined || replaced !== undefined) return;
  replaced = backend();
  replaceBackend(libkqueueBackend(libkqueue));
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const first = new URL("libkqueue_worker.ts", import.meta.url);
      const code = `for (const url of ${JSON.stringify([first, url])}) await import(url);`;
      super(`data:text/javascript,${encodeURIComponent(code)}`, options);
    }
  };
}

/** The backend of the system itself, whichever the tests run on. */
export function systemBackend(): Backend {
  return replaced ?? backend();
}

/** Notes the errors that events have taken away from sockets. */
function remembering(libc: KqueueLibc, errors: Map<number, number>): KqueueLibc {
  const look = (events: Pointer, count: number): number => {
    if (events === null || count <= 0) return count;
    const list = new KeventList(view(events, count * LIBKQUEUE.kevent.size), LIBKQUEUE);
    for (let i = 0; i < count; i++) {
      if (list.flags(i) & KQ.EV_EOF && list.fflags(i) !== 0) {
        errors.set(list.ident(i), list.fflags(i));
      }
    }
    return count;
  };
  return {
    kqueue: libc.kqueue,
    kevent: (kq, changes, pending, events, room, time) =>
      look(events, libc.kevent(kq, changes, pending, events, room, time)),
    kevent_elsewhere: async (kq, changes, pending, events, room, time) =>
      look(events, await libc.kevent_elsewhere(kq, changes, pending, events, room, time)),
  };
}

/** The calls that give the pending error of a socket, with the names of their system calls. */
const CALLS = {
  receive: "recv",
  peek: "recv",
  receiveVectored: "readv",
  receiveFrom: "recvmsg",
  send: "send",
  sendVectored: "writev",
  sendTo: "sendto",
} as const;

/** Has the next call on a socket fail with the error that was noted for it. */
function giveBack(sockets: Sockets, errors: Map<number, number>): void {
  const nameOf = errnoNames(ERRNO);
  let noted: Failure | undefined;
  const take = (fd: number, syscall: string): Failure | undefined => {
    const errno = errors.get(fd);
    errors.delete(fd);
    return noted = errno === undefined ? undefined : { code: nameOf(errno), errno, syscall };
  };
  const { lastFailure, takeError } = sockets;
  sockets.lastFailure = () => {
    const failure = noted ?? lastFailure.call(sockets);
    noted = undefined;
    return failure;
  };
  sockets.takeError = (fd) => {
    const failure = takeError.call(sockets, fd) ?? take(fd, "connect");
    noted = undefined;
    return failure;
  };
  for (const [name, syscall] of Object.entries(CALLS)) {
    const key = name as keyof typeof CALLS;
    const call = sockets[key] as (fd: number, ...others: unknown[]) => number;
    const failing = (fd: number, ...others: unknown[]) =>
      take(fd, syscall) === undefined ? call.call(sockets, fd, ...others) : FAILED;
    Object.assign(sockets, { [key]: failing });
  }
}
