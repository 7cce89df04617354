/**
 * The libraries of Windows with what every caller of them needs: the last error of this thread, and
 * memory outside of V8's heap.
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import {
  FfiUnavailableError,
  openLibrary,
  pointerAt,
  pointerIn,
  pointerTo,
  view,
} from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import type { Bound, SymbolTable } from "../native.ts";
import type { Failure } from "../os_error.ts";
import { CONSTANTS, LAYOUTS, PRIVATE_LAYOUTS } from "./abi.ts";
import { errorCode } from "./errors.ts";
import { KERNEL32, NTDLL } from "./kernel.ts";
import { WINSOCK } from "./winsock.ts";

/** What stands for "this thread". */
const THIS_THREAD = 2n ** 64n - 2n;

/** Winsock 2.2. */
const VERSION = 0x0202;

/** The libraries, the last error, and memory. */
export class System {
  /** kernel32.dll. */
  readonly kernel: Bound<typeof KERNEL32>;
  /** ntdll.dll. */
  readonly nt: Bound<typeof NTDLL>;
  /** ws2_32.dll. */
  readonly winsock: Bound<typeof WINSOCK>;
  /** What functions take for "this thread". */
  readonly thisThread: Pointer;
  readonly #heap: Pointer;
  readonly #lastError: Uint32Array;

  /**
   * Opens the libraries and starts Winsock.
   *
   * @throws {FfiUnavailableError} When one or a symbol of it is missing, or Winsock does not start.
   */
  constructor() {
    this.kernel = open("kernel32.dll", KERNEL32);
    this.nt = open("ntdll.dll", NTDLL);
    this.winsock = open("ws2_32.dll", WINSOCK);
    this.thisThread = pointerTo(THIS_THREAD);
    this.#heap = this.kernel.GetProcessHeap();
    this.#lastError = this.#lastErrorCell();
    this.#startWinsock();
  }

  /** The error number of the last failed call, to be read before any other call. */
  lastError(): number {
    return this.#lastError[0]!;
  }

  /** {@linkcode System.lastError} as a failure of `syscall`. */
  lastFailure(syscall: string): Failure {
    return failureOf(this.lastError(), syscall);
  }

  /** A status of ntdll as a failure of `syscall`. */
  failureOfStatus(status: number, syscall: string): Failure {
    return failureOf(this.nt.RtlNtStatusToDosError(status), syscall);
  }

  /** Allocates zeroed native memory that lives until it is freed, aligned to 16 bytes. */
  allocate(bytes: number): NativeMemory {
    const pointer = this.kernel.HeapAlloc(this.#heap, CONSTANTS.HEAP_ZERO_MEMORY, bytes);
    if (pointer === null) throw new RangeError(`Cannot allocate ${bytes} bytes: out of memory`);
    const free = () => void this.kernel.HeapFree(this.#heap, 0, pointer);
    return { pointer, buffer: view(pointer, bytes), free };
  }

  /** Where this thread keeps its last error: a call that asks for it could find it changed. */
  #lastErrorCell(): Uint32Array {
    const { size, TebBaseAddress } = PRIVATE_LAYOUTS.THREAD_BASIC_INFORMATION;
    const memory = this.allocate(size);
    const { pointer, buffer } = memory;
    const status = this.nt.NtQueryInformationThread(this.thisThread, 0, pointer, size, null);
    const block = pointerIn(buffer, TebBaseAddress);
    memory.free();
    if (status < 0 || block === null) throw unavailable("NtQueryInformationThread", status);
    return new Uint32Array(view(pointerAt(block, PRIVATE_LAYOUTS.TEB.LastErrorValue), 4));
  }

  /** The library counts the starts of a process, which ends them all. */
  #startWinsock(): void {
    const data = this.allocate(LAYOUTS.WSADATA.size);
    const error = this.winsock.WSAStartup(VERSION, data.pointer);
    data.free();
    if (error !== 0) throw unavailable("WSAStartup", error);
  }
}

function open<T extends SymbolTable>(library: string, table: T): Bound<T> {
  try {
    return openLibrary([library], table);
  } catch (error) {
    if (!(error instanceof FfiUnavailableError)) throw error;
    throw new FfiUnavailableError(`${error.message}; every symbol is needed on windows`, {
      cause: error,
    });
  }
}

/** The failure that a number of Windows stands for. */
export function failureOf(errno: number, syscall: string): Failure {
  return { code: errorCode(errno), errno, syscall };
}

/** A part of Windows that edo cannot do without does not work. */
export function unavailable(what: string, status: number): FfiUnavailableError {
  return new FfiUnavailableError(
    `Cannot call the operating system: ${what} failed on windows with ${hex(status)}`,
  );
}

/** As Windows' documentation writes a status. */
function hex(status: number): string {
  return `0x${(status >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
}
