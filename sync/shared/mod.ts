/**
 * Synchronisation between the isolates of a process: what is here may be sent to other isolates, and
 * is the same thing there.
 *
 * @module
 */

export { BrokenPipeError, byteChannel, ByteReader, ByteWriter } from "./byte_channel.ts";
export * as mpsc from "./mpsc.ts";
export * as mpmc from "./mpmc.ts";
export * as oneshot from "./oneshot.ts";
export { type SharedExclusiveWork, SharedMutex, SharedMutexGuard } from "./mutex.ts";
export { SharedRwLock } from "./rwlock.ts";
export { SharedRwLockReadGuard, SharedRwLockWriteGuard } from "./rwlock_guards.ts";
export { SharedSemaphore, SharedSemaphorePermit } from "./semaphore.ts";
export { SharedNotify } from "./notify.ts";
export { SharedBarrier } from "./barrier.ts";
export { SharedOnce } from "./once.ts";
export * as watch from "./watch.ts";
export * as broadcast from "./broadcast.ts";
