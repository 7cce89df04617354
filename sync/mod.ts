/**
 * Synchronisation between the tasks of one isolate: locks, signals and channels.
 *
 * @module
 */

export { AcquireError } from "./errors.ts";
export { type ExclusiveWork, Mutex } from "./mutex.ts";
export { MappedMutexGuard, MutexGuard } from "./mutex_guard.ts";
export { RwLock, type RwLockOptions } from "./rwlock.ts";
export { RwLockReadGuard } from "./rwlock_read_guard.ts";
export { RwLockMappedWriteGuard, RwLockWriteGuard } from "./rwlock_write_guard.ts";
export { Semaphore, SemaphorePermit } from "./semaphore.ts";
export { type Notified, Notify } from "./notify.ts";
export { Barrier, type BarrierWaitResult } from "./barrier.ts";
export { SetOnce, SetOnceError } from "./set_once.ts";
export { type Initializer, OnceCell, SetError } from "./once_cell.ts";
export * as broadcast from "./broadcast/mod.ts";
export * as mpsc from "./mpsc/mod.ts";
export * as oneshot from "./oneshot/mod.ts";
export * as watch from "./watch/mod.ts";
