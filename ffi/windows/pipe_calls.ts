/**
 * The functions of kernel32 for named pipes. Handles go as `u32`, as `kernel.ts` tells.
 *
 * @module
 */

import type { SymbolTable } from "../native.ts";

/** kernel32.dll, as far as it is about pipes. */
export const PIPE_CALLS = {
  // FFI: HANDLE CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode, DWORD nMaxInstances, DWORD nOutBufferSize, DWORD nInBufferSize, DWORD nDefaultTimeOut, LPSECURITY_ATTRIBUTES lpSecurityAttributes)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  CreateNamedPipeW: {
    parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
    result: "i32",
  },

  // FFI: HANDLE CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode, LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
  // Fails with -1 and the last error. Any thread. The buffer is read before it returns.
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "i32",
  },

  // FFI: BOOL ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error; ERROR_IO_PENDING goes on. A thread that lives on. The buffer is
  // in use until the completion is dequeued.
  ConnectNamedPipe: { parameters: ["u32", "pointer"], result: "i32" },

  // FFI: BOOL DisconnectNamedPipe(HANDLE hNamedPipe)
  // Fails with 0 and the last error. Any thread. No buffer.
  DisconnectNamedPipe: { parameters: ["u32"], result: "i32" },

  // FFI: BOOL ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error; ERROR_IO_PENDING goes on. A thread that lives on. The buffers
  // are in use until the completion is dequeued.
  ReadFile: { parameters: ["u32", "pointer", "u32", "pointer", "pointer"], result: "i32" },

  // FFI: BOOL WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error; ERROR_IO_PENDING goes on. A thread that lives on. The buffers
  // are in use until the completion is dequeued.
  WriteFile: { parameters: ["u32", "pointer", "u32", "pointer", "pointer"], result: "i32" },

  // FFI: BOOL SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode, LPDWORD lpMaxCollectionCount, LPDWORD lpCollectDataTimeout)
  // Fails with 0 and the last error. Any thread. The buffer is read before it returns.
  SetNamedPipeHandleState: { parameters: ["u32", "buffer", "pointer", "pointer"], result: "i32" },

  // FFI: BOOL GetNamedPipeInfo(HANDLE hNamedPipe, LPDWORD lpFlags, LPDWORD lpOutBufferSize, LPDWORD lpInBufferSize, LPDWORD lpMaxInstances)
  // Fails with 0 and the last error. Any thread. The buffers are written before it returns.
  GetNamedPipeInfo: { parameters: ["u32", "buffer", "buffer", "buffer", "buffer"], result: "i32" },
} as const satisfies SymbolTable;
