/**
 * The functions of kernel32 and ntdll that edo calls.
 *
 * A HANDLE is 64 bits wide, but only the lower 32 bits of one count, so handles go as `u32`: the
 * upper half of a register is cleared by a 32-bit move. The pseudo-handles for "this process" and
 * "this thread" are negative and go by `pointer`. `SIZE_T` lengths are below 2³¹ and go as `u32`
 * too. The functions of ntdll answer with their error, which makes them usable from other threads;
 * those of kernel32 leave it to the thread.
 *
 * @module
 */

import type { SymbolTable } from "../native.ts";

/** kernel32.dll. */
export const KERNEL32 = {
  // FFI: HANDLE GetProcessHeap(void)
  // Fails: never. Any thread. No buffer.
  GetProcessHeap: { parameters: [], result: "pointer" },

  // FFI: LPVOID HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
  // Fails with NULL. Any thread. The buffer it makes lives until HeapFree().
  HeapAlloc: { parameters: ["pointer", "u32", "u32"], result: "pointer" },

  // FFI: BOOL HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
  // Fails with 0 and the last error. Any thread. The buffer must not be in use by the kernel.
  HeapFree: { parameters: ["pointer", "u32", "pointer"], result: "i32" },

  // FFI: BOOL CloseHandle(HANDLE hObject)
  // Fails with 0 and the last error. Any thread. No buffer.
  CloseHandle: { parameters: ["u32"], result: "i32" },

  // FFI: BOOL SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
  // Fails with 0 and the last error. Any thread. No buffer.
  SetHandleInformation: { parameters: ["u32", "u32", "u32"], result: "i32" },

  // FFI: HANDLE CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey, DWORD NumberOfConcurrentThreads)
  // Fails with NULL and the last error. Any thread. No buffer. The file handle is -1 for a new port.
  CreateIoCompletionPort: { parameters: ["i64", "u32", "u32", "u32"], result: "i32" },

  // FFI: BOOL SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
  // Fails with 0 and the last error. Any thread. No buffer.
  SetFileCompletionNotificationModes: { parameters: ["u32", "u32"], result: "i32" },

  // FFI: BOOL CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
  // Fails with 0 and the last error, also where the operation has completed. Any thread. The buffer
  // names an operation and stays in use until its completion is dequeued.
  CancelIoEx: { parameters: ["u32", "pointer"], result: "i32" },

  // FFI: BOOL QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount)
  // Fails: never. Any thread. The buffer is written before it returns.
  QueryPerformanceCounter: { parameters: ["pointer"], result: "i32" },

  // FFI: BOOL QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency)
  // Fails: never. Any thread. The buffer is written before it returns.
  QueryPerformanceFrequency: { parameters: ["pointer"], result: "i32" },

  // FFI: BOOL GetThreadTimes(HANDLE hThread, LPFILETIME lpCreationTime, LPFILETIME lpExitTime, LPFILETIME lpKernelTime, LPFILETIME lpUserTime)
  // Fails with 0 and the last error. Any thread. The buffers are written before it returns.
  GetThreadTimes: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },

  // FFI: DWORD GetCurrentProcessId(void)
  // Fails: never. Any thread. No buffer.
  GetCurrentProcessId: { parameters: [], result: "u32" },

  // FFI: HANDLE CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCWSTR lpName)
  // Fails with NULL and the last error. Any thread. No buffer but constants. The file handle is -1
  // for memory of the system's.
  CreateFileMappingW: {
    parameters: ["i64", "pointer", "u32", "u32", "u32", "pointer"],
    result: "i32",
  },

  // FFI: LPVOID MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap)
  // Fails with NULL and the last error. Any thread. The buffer it makes lives until the process ends.
  // The last argument is on the stack, where nothing clears an upper half.
  MapViewOfFile: { parameters: ["u32", "u32", "u32", "u32", "u64"], result: "pointer" },
} as const satisfies SymbolTable;

/** ntdll.dll. */
export const NTDLL = {
  // FFI: NTSTATUS NtQueryInformationThread(HANDLE ThreadHandle, THREADINFOCLASS ThreadInformationClass, PVOID ThreadInformation, ULONG ThreadInformationLength, PULONG ReturnLength)
  // Fails with a negative status. Any thread. The buffer is written before it returns.
  NtQueryInformationThread: {
    parameters: ["pointer", "i32", "pointer", "u32", "pointer"],
    result: "i32",
  },

  // FFI: ULONG RtlNtStatusToDosError(NTSTATUS Status)
  // Fails: never. Any thread. No buffer.
  RtlNtStatusToDosError: { parameters: ["i32"], result: "u32" },

  // FFI: NTSTATUS NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock, PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess, ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
  // Fails with a negative status. Any thread. The buffers are read and written before it returns.
  NtCreateFile: {
    // deno-fmt-ignore
    parameters: [
      "pointer", "u32", "pointer", "pointer", "pointer", "u32",
      "u32", "u32", "u32", "pointer", "u32",
    ],
    result: "i32",
  },

  // FFI: NTSTATUS NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG IoControlCode, PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer, ULONG OutputBufferLength)
  // Fails with a negative status; 0x103 goes on. A thread that lives on. The buffers are in use
  // until the completion is dequeued. The context is a number here, which comes back.
  NtDeviceIoControlFile: {
    // deno-fmt-ignore
    parameters: [
      "u32", "pointer", "pointer", "u32", "pointer",
      "u32", "pointer", "u32", "pointer", "u32",
    ],
    result: "i32",
  },

  // FFI: NTSTATUS NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel, PIO_STATUS_BLOCK IoStatusBlock)
  // Fails with a negative status where there is nothing to cancel. Any thread. The last buffer is
  // written before it returns; the first names an operation, whose completion is still to come.
  NtCancelIoFileEx: { parameters: ["u32", "pointer", "pointer"], result: "i32" },

  // FFI: NTSTATUS NtSetIoCompletion(HANDLE IoCompletionHandle, PVOID KeyContext, PVOID ApcContext, NTSTATUS IoStatus, ULONG_PTR IoStatusInformation)
  // Fails with a negative status. Any thread. No buffer. The contexts are numbers here.
  NtSetIoCompletion: { parameters: ["u32", "u32", "u32", "i32", "u32"], result: "i32" },

  // FFI: NTSTATUS NtRemoveIoCompletionEx(HANDLE IoCompletionHandle, PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation, ULONG Count, PULONG NumEntriesRemoved, PLARGE_INTEGER Timeout, BOOLEAN Alertable)
  // Fails with a status that is not 0; 0x102 is the timeout. Any thread. The buffers are written
  // before it returns.
  NtRemoveIoCompletionEx: {
    parameters: ["u32", "pointer", "u32", "pointer", "pointer", "u32"],
    result: "i32",
  },

  // FFI: NTSTATUS NtRemoveIoCompletionEx(HANDLE IoCompletionHandle, PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation, ULONG Count, PULONG NumEntriesRemoved, PLARGE_INTEGER Timeout, BOOLEAN Alertable)
  // Fails with a status that is not 0; 0x102 is the timeout. Runs on a thread of the host's pool.
  // The buffers are native memory that must live until the promise has settled.
  removeElsewhere: {
    name: "NtRemoveIoCompletionEx",
    parameters: ["u32", "pointer", "u32", "pointer", "pointer", "u32"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies SymbolTable;
