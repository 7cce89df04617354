/**
 * libc with what every caller of it needs: errno of this thread, and memory outside of V8's heap.
 *
 * @module
 */

import type { Pointer } from "../../host/global.ts";
import { FfiUnavailableError, openLibrary, view } from "../library.ts";
import type { NativeMemory } from "../memory.ts";
import type { Bound, SymbolTable } from "../native.ts";
import type { UnixAbi } from "./abi.ts";
import { errnoNames } from "./errno.ts";
import type { Libc } from "./libc.ts";

/** libc with the cell that has errno. */
export type LibcWithErrno = Libc & { errno_cell(): Pointer };

/**
 * Opens the libc of a system.
 *
 * @throws {FfiUnavailableError} When it cannot be opened or lacks a symbol; it names both.
 */
export function openLibc<T extends SymbolTable>(
  abi: Pick<UnixAbi, "os" | "libraries">,
  table: T,
): Bound<T> {
  try {
    return openLibrary(abi.libraries, table);
  } catch (error) {
    if (!(error instanceof FfiUnavailableError)) throw error;
    throw new FfiUnavailableError(`${error.message}; every symbol is needed on ${abi.os}`, {
      cause: error,
    });
  }
}

/** libc, errno and memory. */
export class System<L extends LibcWithErrno = LibcWithErrno> {
  /** The functions. */
  readonly libc: L;
  /** Names error numbers. */
  readonly errnoName: (errno: number) => string;
  readonly #errno: Int32Array;

  /** Takes what {@linkcode openLibc} has opened. */
  constructor(libc: L, abi: Pick<UnixAbi, "errno">) {
    this.libc = libc;
    this.errnoName = errnoNames(abi.errno);
    this.#errno = new Int32Array(view(libc.errno_cell(), 4));
  }

  /** The error number of the last failed call, to be read before any other call. */
  errno(): number {
    return this.#errno[0]!;
  }

  /** Allocates zeroed native memory that lives until it is freed. */
  allocate(bytes: number): NativeMemory {
    const pointer = this.libc.malloc(bytes);
    if (pointer === null) throw new RangeError(`Cannot allocate ${bytes} bytes: out of memory`);
    const buffer = view(pointer, bytes);
    new Uint8Array(buffer).fill(0);
    return { pointer, buffer, free: () => this.libc.free(pointer) };
  }
}
