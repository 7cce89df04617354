/**
 * The rows of the benchmark `primitives` in edo's style of generators and `yield*`.
 *
 * What is started again and again is a generator function that is declared once: one that is written
 * inside of the loop is a new function each time, and its first call takes the engine microseconds.
 *
 * @module
 */

import { type Future, future, join, ready, select, type Steps } from "../../../future/mod.ts";
import { Mutex, Notify, RwLock, Semaphore } from "../../../sync/mod.ts";
import { broadcast, mpsc, oneshot, watch } from "../../../sync/mod.ts";
import { Stream } from "../../../stream/mod.ts";
import { type JoinHandle, spawn, yieldNow } from "../../../task/mod.ts";
import { Instant, type Sleep, sleep, timeout } from "../../../time/mod.ts";
import {
  CONTENDED_PERMITS,
  CONTENDERS,
  Holders,
  isOdd,
  MANY,
  measureRow,
  sleepTime,
  stretch,
  sumOf,
  upTo,
  YIELDERS,
} from "../js/work.mjs";
import { Acks } from "./acks.ts";
import { dropAll, start } from "./sleeps.ts";

type Row = (n: number) => Steps<number>;

function* mutex(n: number): Steps<number> {
  const mutex = new Mutex(0);
  for (let i = 0; i < n; i++) {
    const guard = yield* mutex.lock();
    guard.value += 1;
    guard.release();
  }
  return mutex.intoInner();
}

function* semaphore(n: number): Steps<number> {
  const semaphore = new Semaphore(10);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const permit = yield* semaphore.acquire();
    count += 1;
    permit.release();
  }
  if (semaphore.availablePermits() !== 10) throw new Error("A permit was lost");
  return count;
}

function* contended(n: number): Steps<number> {
  const semaphore = new Semaphore(CONTENDED_PERMITS);
  const holders = new Holders();
  const work = function* () {
    for (let i = 0; i < n / CONTENDERS; i++) {
      const permit = yield* semaphore.acquire();
      holders.enter();
      yield* yieldNow();
      holders.leave();
      permit.release();
    }
  };
  yield* joinAll(Array.from({ length: CONTENDERS }, () => spawn(work)));
  if (semaphore.availablePermits() !== CONTENDED_PERMITS) throw new Error("A permit was lost");
  return holders.count;
}

function* rwlockRead(n: number): Steps<number> {
  const lock = new RwLock(1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const guard = yield* lock.read();
    sum += guard.value;
    guard.release();
  }
  return sum;
}

function* notify(n: number): Steps<number> {
  const [ping, pong] = [new Notify(), new Notify()];
  const other = spawn(function* () {
    let count = 0;
    for (; count < n; count++) {
      yield* ping.notified();
      pong.notifyOne();
    }
    return count;
  });
  for (let i = 0; i < n; i++) {
    ping.notifyOne();
    yield* pong.notified();
  }
  return yield* other;
}

function bounded(n: number, senders: number, capacity: number): mpsc.Receiver<number> {
  const [tx, rx] = mpsc.channel<number>(capacity);
  for (let sender = 0; sender < senders; sender++) {
    const own = tx.clone();
    spawn(function* () {
      for (let i = 0; i < n / senders; i++) yield* own.send(i);
      own.close();
    });
  }
  tx.close();
  return rx;
}

function unbounded(n: number, senders: number): mpsc.UnboundedReceiver<number> {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  for (let sender = 0; sender < senders; sender++) {
    const own = tx.clone();
    // deno-lint-ignore require-yield -- it sends without waiting, and is a task all the same
    spawn(function* () {
      for (let i = 0; i < n / senders; i++) own.send(i);
      own.close();
    });
  }
  tx.close();
  return rx;
}

function* receive(rx: mpsc.AnyReceiver<number>): Steps<number> {
  let sum = 0;
  while (true) {
    const i = yield* rx.recv();
    if (i === undefined) return sum;
    sum += i;
  }
}

function* receiveMany(rx: mpsc.AnyReceiver<number>): Steps<number> {
  let sum = 0;
  const buffer: number[] = [];
  while (true) {
    yield* rx.recvMany(MANY, buffer);
    if (buffer.length === 0) return sum;
    sum += sumOf(buffer);
    buffer.length = 0;
  }
}

function* oneshots(n: number): Steps<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [tx, rx] = oneshot.channel<number>();
    tx.send(i);
    sum += yield* rx;
  }
  return sum;
}

function* requestReply(n: number): Steps<number> {
  const [requests, incoming] = mpsc.channel<oneshot.Sender<number>>(10);
  spawn(function* () {
    for (let count = 1;; count++) {
      const reply = yield* incoming.recv();
      if (reply === undefined) return;
      reply.send(count);
    }
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [tx, rx] = oneshot.channel<number>();
    yield* requests.send(tx);
    sum += yield* rx;
  }
  requests.close();
  return sum;
}

function* broadcasts(n: number, receivers: number): Steps<number> {
  const sends = n / receivers;
  const [tx, rx] = broadcast.channel<number>(1000);
  const acks = new Acks();
  const tasks = Array.from({ length: receivers }, () => {
    const own = tx.subscribe();
    return spawn(function* () {
      let sum = 0;
      for (let i = 0; i < sends; i++) {
        sum += yield* own.recv();
        acks.ack();
      }
      own.close();
      return sum;
    });
  });
  rx.close();
  for (let i = 1; i <= sends; i++) {
    acks.expect(receivers);
    tx.send(i);
    yield* acks.complete.notified();
  }
  return sumOf(yield* joinAll(tasks));
}

function* watches(n: number, receivers: number): Steps<number> {
  const sends = n / receivers;
  const [tx, rx] = watch.channel(0);
  const acks = new Acks();
  const tasks = Array.from({ length: receivers }, () => {
    const own = rx.clone();
    return spawn(function* () {
      let sum = 0;
      for (let i = 0; i < sends; i++) {
        yield* own.changed();
        sum += own.borrowAndUpdate();
        acks.ack();
      }
      own.close();
      return sum;
    });
  });
  for (let i = 1; i <= sends; i++) {
    acks.expect(receivers);
    tx.send(i);
    yield* acks.complete.notified();
  }
  return sumOf(yield* joinAll(tasks));
}

function* joinAll<T>(tasks: readonly JoinHandle<T>[]): Steps<T[]> {
  const values: T[] = [];
  for (const task of tasks) values.push(yield* task);
  return values;
}

// deno-lint-ignore require-yield -- the task has nothing to wait for
function* valueOf(i: number): Steps<number> {
  return i;
}

function* spawnJoin(n: number): Steps<number> {
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(spawn(future(() => valueOf(i))));
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

function* answer(pinged: oneshot.Receiver<void>, pong: oneshot.Sender<void>): Steps<void> {
  yield* pinged;
  pong.send();
}

function* pingPong(n: number): Steps<number> {
  let left = n;
  const done = new Notify();
  const exchange = function* () {
    const [ping, pinged] = oneshot.channel<void>();
    const [pong, ponged] = oneshot.channel<void>();
    spawn(future(() => answer(pinged, pong)));
    ping.send();
    yield* ponged;
    left -= 1;
    if (left === 0) done.notifyOne();
  };
  for (let i = 0; i < n; i++) spawn(exchange);
  yield* done.notified();
  return n - left;
}

function* yields(n: number): Steps<number> {
  const work = function* () {
    let count = 0;
    for (; count < n / YIELDERS; count++) yield* yieldNow();
    return count;
  };
  return sumOf(yield* joinAll(Array.from({ length: YIELDERS }, () => spawn(work))));
}

function* selects(n: number): Steps<number> {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const shutdown = new Notify();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    tx.send(i);
    const branches = { shutdown: shutdown.notified(), message: rx.recv() };
    const selected = yield* select(branches, { biased: true });
    if (selected.branch === "message") sum += selected.value!;
  }
  return sum;
}

function* yieldOnce(value: number): Steps<number> {
  yield* yieldNow();
  return value;
}

function later(value: number): Future<number> {
  return future(() => yieldOnce(value));
}

function* joins(n: number): Steps<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const values = yield* join(
      later(0),
      later(1),
      later(2),
      later(3),
      later(4),
      later(5),
      later(6),
      later(7),
      later(8),
      later(9),
    );
    sum += sumOf(values);
  }
  return sum;
}

function* stream(n: number): Steps<number> {
  const odd = Stream.from(upTo(n)).map(stretch).filter(isOdd);
  return yield* odd.fold(0, (sum, i) => sum + i);
}

/** Answers with 1 when it ends in time, not early. */
function* sleepOnce(milliseconds: number): Steps<number> {
  const began = Instant.now();
  yield* sleep(milliseconds);
  return began.elapsed() >= milliseconds ? 1 : 0;
}

function* sleeps(n: number): Steps<number> {
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(spawn(future(() => sleepOnce(sleepTime(i)))));
  let inTime = 0;
  for (const task of tasks) inTime += yield* task;
  return inTime;
}

// deno-lint-ignore require-yield -- the sleeps are polled by hand, as those of Tokio are
function* cancel(n: number): Steps<number> {
  let pending = 0;
  for (let i = 0; i < n; i++) {
    const timer = start(i);
    pending += 1;
    timer[Symbol.dispose]();
  }
  return pending;
}

// deno-lint-ignore require-yield -- the sleeps are polled by hand, as those of Tokio are
function* cancelLive(n: number): Steps<number> {
  const timers: Sleep[] = [];
  for (let i = 0; i < n; i++) timers.push(start(i));
  return dropAll(timers);
}

function* timeouts(n: number): Steps<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* timeout(1000, ready(i));
  return sum;
}

const ROWS: Record<string, Row> = {
  "locks/mutex": mutex,
  "locks/semaphore": semaphore,
  "locks/contended": contended,
  "locks/rwlock-read": rwlockRead,
  "locks/notify": notify,
  "mpsc/1-100": (n) => receive(bounded(n, 1, 100)),
  "mpsc/1-100-many": (n) => receiveMany(bounded(n, 1, 100)),
  "mpsc/1-1m": (n) => receive(bounded(n, 1, 1_000_000)),
  "mpsc/1-1m-many": (n) => receiveMany(bounded(n, 1, 1_000_000)),
  "mpsc/1-inf": (n) => receive(unbounded(n, 1)),
  "mpsc/1-inf-many": (n) => receiveMany(unbounded(n, 1)),
  "mpsc/5-100": (n) => receive(bounded(n, 5, 100)),
  "mpsc/5-100-many": (n) => receiveMany(bounded(n, 5, 100)),
  "mpsc/5-1m": (n) => receive(bounded(n, 5, 1_000_000)),
  "mpsc/5-1m-many": (n) => receiveMany(bounded(n, 5, 1_000_000)),
  "mpsc/5-inf": (n) => receive(unbounded(n, 5)),
  "mpsc/5-inf-many": (n) => receiveMany(unbounded(n, 5)),
  "channels/oneshot": oneshots,
  "channels/request-reply": requestReply,
  "channels/broadcast-10": (n) => broadcasts(n, 10),
  "channels/broadcast-100": (n) => broadcasts(n, 100),
  "channels/watch-10": (n) => watches(n, 10),
  "channels/watch-100": (n) => watches(n, 100),
  "tasks/spawn-join": spawnJoin,
  "tasks/ping-pong": pingPong,
  "tasks/yield": yields,
  "tasks/select": selects,
  "tasks/join": joins,
  "tasks/stream": stream,
  "time/sleeps": sleeps,
  "time/cancel": cancel,
  "time/cancel-live": cancelLive,
  "time/timeout": timeouts,
};

const batches = Object.entries(ROWS).map(([name, row]) => {
  return [name, (n: number) => spawn(() => row(n))] as const;
});
await measureRow(Object.fromEntries(batches));
