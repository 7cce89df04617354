/**
 * What the type checker knows of locks, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import { ready } from "../../future/ready.ts";
import { Mutex } from "../../sync/mutex.ts";
import type { MappedMutexGuard, MutexGuard } from "../../sync/mutex_guard.ts";
import { RwLock } from "../../sync/rwlock.ts";
import type { RwLockReadGuard } from "../../sync/rwlock_read_guard.ts";
import type { RwLockMappedWriteGuard, RwLockWriteGuard } from "../../sync/rwlock_write_guard.ts";
import { Semaphore, type SemaphorePermit } from "../../sync/semaphore.ts";
import { yieldNow } from "../../task/yield_now.ts";

interface State {
  users: string[];
  visits: number;
}

const state: State = { users: [], visits: 0 };

/**
 * Never called: only its types count. Each `@ts-expect-error` is an error of the check by itself
 * when the line below it compiles.
 */
export const locks = {
  async semaphores() {
    const semaphore = new Semaphore(1);
    const permit = await semaphore.acquire();
    assertType<IsExact<typeof permit, SemaphorePermit>>(true);
    const tried = semaphore.tryAcquire();
    assertType<IsExact<typeof tried, SemaphorePermit | undefined>>(true);
    // @ts-expect-error A permit that was tried for may not be there.
    tried.release();
    // @ts-expect-error A semaphore knows how many permits it has.
    new Semaphore();
    // @ts-expect-error The number of permits is the permit's to change.
    permit.numPermits = 2;
    // @ts-expect-error A bigint is no count.
    semaphore.acquire(1n);
  },

  makeMutexes<T>(value: T) {
    const counter = new Mutex(0);
    assertType<IsExact<typeof counter, Mutex<number>>>(true);
    const bare = new Mutex();
    assertType<IsExact<typeof bare, Mutex<void>>>(true);
    const generic = new Mutex(value);
    assertType<IsExact<typeof generic, Mutex<T>>>(true);
    const list: Mutex<string[]> = new Mutex([]);
    const optional = new Mutex<string | undefined>();
    // @ts-expect-error A mutex of a number has one from the beginning.
    new Mutex<number>();
    // @ts-expect-error There is one value.
    new Mutex(1, 2);
    return { list, optional };
  },

  async mutexes() {
    const mutex = new Mutex(state);
    const guard = await mutex.lock();
    assertType<IsExact<typeof guard, MutexGuard<State>>>(true);
    assertType<IsExact<ReturnType<typeof mutex.tryLock>, MutexGuard<State> | undefined>>(true);
    guard.value = { users: ["ada"], visits: 1 };
    const users = guard.map((value) => value.users);
    assertType<IsExact<typeof users, MappedMutexGuard<string[]>>>(true);
    const first = users.tryMap((names) => names.at(0));
    assertType<IsExact<typeof first, MappedMutexGuard<string> | undefined>>(true);
    // @ts-expect-error What stands in the place of a part is not the part's to change.
    users.value = [];
    // @ts-expect-error The value is reached through a guard.
    mutex.value;
    // @ts-expect-error A future is no guard.
    mutex.lock().value;
    future(function* () {
      const yielded = yield* mutex.lock();
      assertType<IsExact<typeof yielded, MutexGuard<State>>>(true);
    });
  },

  exclusive() {
    const mutex = new Mutex(1);
    const plain = mutex.runExclusive((guard) => `${guard.value}`);
    assertType<IsExact<typeof plain, Future<string>>>(true);
    const asynchronous = mutex.runExclusive(async (guard) => await guard.value);
    assertType<IsExact<typeof asynchronous, Future<number>>>(true);
    const generator = mutex.runExclusive(function* (guard) {
      yield* yieldNow();
      return guard.value;
    });
    assertType<IsExact<typeof generator, Future<number>>>(true);
    const waiting = mutex.runExclusive(() => ready(true));
    assertType<IsExact<typeof waiting, Future<boolean>>>(true);
    // @ts-expect-error The work is a function, which begins when the lock is there.
    mutex.runExclusive(Promise.resolve(1));
    // @ts-expect-error A promise is yielded instead of a future waited for.
    mutex.runExclusive(function* () {
      yield Promise.resolve(1);
    });
  },

  async rwlocks() {
    const lock = new RwLock(state);
    const reading = await lock.read();
    assertType<IsExact<typeof reading, RwLockReadGuard<State, State>>>(true);
    const visits: RwLockReadGuard<number> = reading.map((value) => value.visits);
    // @ts-expect-error A reader does not change the value.
    reading.value = state;
    // @ts-expect-error Only a writer can be downgraded.
    reading.downgrade();
    const writing = await lock.write();
    assertType<IsExact<typeof writing, RwLockWriteGuard<State>>>(true);
    writing.value = state;
    const mapped = writing.map((value) => value.users);
    assertType<IsExact<typeof mapped, RwLockMappedWriteGuard<string[], State>>>(true);
    // @ts-expect-error A part cannot be downgraded: the whole is still written.
    mapped.downgrade();
    const downgraded = writing.downgradeMap((value) => value.users);
    assertType<IsExact<typeof downgraded, RwLockReadGuard<string[], State>>>(true);
    const tried = writing.tryDowngradeMap((value) => value.users.at(0));
    assertType<IsExact<typeof tried, RwLockReadGuard<string, State> | undefined>>(true);
    // @ts-expect-error A lock has a value from the beginning.
    new RwLock();
    // @ts-expect-error The option is a number.
    new RwLock(1, { maxReaders: "4" });
    return visits;
  },

  async frozen() {
    const lock = new RwLock<Readonly<State>>(state);
    const reading = await lock.read();
    // @ts-expect-error Readonly keeps readers from changing the inside.
    reading.value.visits += 1;
  },
};

Deno.test("the types of locks are as this module states, or it does not compile", () => {});
