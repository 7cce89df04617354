/**
 * Pipes, which have operations and no readiness, and the number of handles of this process.
 *
 * @module
 */

import { openLibrary, pointerAt } from "../../../ffi/library.ts";
import type { SymbolTable } from "../../../ffi/native.ts";
import { System } from "../../../ffi/windows/system.ts";

const TABLE = {
  // FFI: HANDLE CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances, DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  CreateNamedPipeW: {
    parameters: ["pointer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
    result: "i32",
  },

  // FFI: HANDLE CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode, LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  CreateFileW: {
    parameters: ["pointer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "i32",
  },

  // FFI: BOOL ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error. Any thread. The buffers are in use until the completion.
  ReadFile: { parameters: ["u32", "pointer", "u32", "pointer", "pointer"], result: "i32" },

  // FFI: BOOL WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error. Any thread. The buffers are in use until the completion.
  WriteFile: { parameters: ["u32", "pointer", "u32", "pointer", "pointer"], result: "i32" },

  // FFI: BOOL GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
  // Fails with 0 and the last error. Any thread. The buffer is written before it returns.
  GetHandleInformation: { parameters: ["u32", "buffer"], result: "i32" },
} as const satisfies SymbolTable;

/** Handles are small multiples of four. */
const MOST_HANDLES = 0x6000;

/** What the tests of `ffi/windows/` call. */
export function openPipes() {
  const kernel = openLibrary(["kernel32.dll"], TABLE);
  const system = new System();
  let count = 0;
  return {
    system,
    kernel,
    /** Both ends of a pipe; only the first is for overlapped operations. */
    pair(): [overlapped: number, plain: number] {
      const name = `\\\\.\\pipe\\edo-test-${Deno.pid}-${performance.now()}-${count++}\0`;
      const text = system.allocate(2 * name.length);
      new Uint16Array(text.buffer).set([...name].map((letter) => letter.charCodeAt(0)));
      const [duplexOverlapped, bytes, openExisting] = [0x40000003, 0, 3];
      const server = kernel.CreateNamedPipeW(
        ...[text.pointer, duplexOverlapped, bytes, 1] as const,
        ...[4096, 4096, 0, null] as const,
      );
      const client = kernel.CreateFileW(text.pointer, 0xc0000000, 0, null, openExisting, 0, null);
      text.free();
      if (server === -1 || client === -1) throw new Error(`No pipe: ${system.lastError()}`);
      return [server, client];
    },
    /** Writes at the plain end. */
    write(handle: number, data: number[]): void {
      const memory = system.allocate(data.length + 4);
      new Uint8Array(memory.buffer).set(data, 4);
      const at = pointerAt(memory.pointer, 4);
      if (kernel.WriteFile(handle, at, data.length, memory.pointer, null) === 0) {
        throw new Error(`Cannot write: ${system.lastError()}`);
      }
      memory.free();
    },
    close: (handle: number) => void system.kernel.CloseHandle(handle),
    /** How many handles this process has: Wine does not count them, so each number is tried. */
    handles(): number {
      const flags = new Uint32Array(1);
      let count = 0;
      for (let handle = 4; handle < MOST_HANDLES; handle += 4) {
        if (kernel.GetHandleInformation(handle, flags) !== 0) count += 1;
      }
      return count;
    },
  };
}
