/**
 * The rows of the benchmark `primitives` in edo's style of async functions and `await`.
 *
 * @module
 */

import { join, ready, select } from "../../../future/mod.ts";
import { Mutex, Notify, RwLock, Semaphore } from "../../../sync/mod.ts";
import { broadcast, mpsc, oneshot, watch } from "../../../sync/mod.ts";
import { Stream } from "../../../stream/mod.ts";
import { type JoinHandle, spawn, yieldNow } from "../../../task/mod.ts";
import { Instant, sleep, timeout } from "../../../time/mod.ts";
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

type Row = (n: number) => Promise<number>;

async function mutex(n: number): Promise<number> {
  const mutex = new Mutex(0);
  for (let i = 0; i < n; i++) {
    const guard = await mutex.lock();
    guard.value += 1;
    guard.release();
  }
  return mutex.intoInner();
}

async function semaphore(n: number): Promise<number> {
  const semaphore = new Semaphore(10);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const permit = await semaphore.acquire();
    count += 1;
    permit.release();
  }
  if (semaphore.availablePermits() !== 10) throw new Error("A permit was lost");
  return count;
}

async function contended(n: number): Promise<number> {
  const semaphore = new Semaphore(CONTENDED_PERMITS);
  const holders = new Holders();
  const work = async () => {
    for (let i = 0; i < n / CONTENDERS; i++) {
      const permit = await semaphore.acquire();
      holders.enter();
      await yieldNow();
      holders.leave();
      permit.release();
    }
  };
  await joinAll(Array.from({ length: CONTENDERS }, () => spawn(work)));
  if (semaphore.availablePermits() !== CONTENDED_PERMITS) throw new Error("A permit was lost");
  return holders.count;
}

async function rwlockRead(n: number): Promise<number> {
  const lock = new RwLock(1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const guard = await lock.read();
    sum += guard.value;
    guard.release();
  }
  return sum;
}

async function notify(n: number): Promise<number> {
  const [ping, pong] = [new Notify(), new Notify()];
  const other = spawn(async () => {
    let count = 0;
    for (; count < n; count++) {
      await ping.notified();
      pong.notifyOne();
    }
    return count;
  });
  for (let i = 0; i < n; i++) {
    ping.notifyOne();
    await pong.notified();
  }
  return await other;
}

function bounded(n: number, senders: number, capacity: number): mpsc.Receiver<number> {
  const [tx, rx] = mpsc.channel<number>(capacity);
  for (let sender = 0; sender < senders; sender++) {
    const own = tx.clone();
    spawn(async () => {
      for (let i = 0; i < n / senders; i++) await own.send(i);
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
    spawn(() => {
      for (let i = 0; i < n / senders; i++) own.send(i);
      own.close();
    });
  }
  tx.close();
  return rx;
}

async function receive(rx: mpsc.AnyReceiver<number>): Promise<number> {
  let sum = 0;
  while (true) {
    const i = await rx.recv();
    if (i === undefined) return sum;
    sum += i;
  }
}

async function receiveMany(rx: mpsc.AnyReceiver<number>): Promise<number> {
  let sum = 0;
  const buffer: number[] = [];
  while (true) {
    await rx.recvMany(MANY, buffer);
    if (buffer.length === 0) return sum;
    sum += sumOf(buffer);
    buffer.length = 0;
  }
}

async function oneshots(n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [tx, rx] = oneshot.channel<number>();
    tx.send(i);
    sum += await rx;
  }
  return sum;
}

async function requestReply(n: number): Promise<number> {
  const [requests, incoming] = mpsc.channel<oneshot.Sender<number>>(10);
  spawn(async () => {
    for (let count = 1;; count++) {
      const reply = await incoming.recv();
      if (reply === undefined) return;
      reply.send(count);
    }
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const [tx, rx] = oneshot.channel<number>();
    await requests.send(tx);
    sum += await rx;
  }
  requests.close();
  return sum;
}

async function broadcasts(n: number, receivers: number): Promise<number> {
  const sends = n / receivers;
  const [tx, rx] = broadcast.channel<number>(1000);
  const acks = new Acks();
  const tasks = Array.from({ length: receivers }, () => {
    const own = tx.subscribe();
    return spawn(async () => {
      let sum = 0;
      for (let i = 0; i < sends; i++) {
        sum += await own.recv();
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
    await acks.complete.notified();
  }
  return sumOf(await joinAll(tasks));
}

async function watches(n: number, receivers: number): Promise<number> {
  const sends = n / receivers;
  const [tx, rx] = watch.channel(0);
  const acks = new Acks();
  const tasks = Array.from({ length: receivers }, () => {
    const own = rx.clone();
    return spawn(async () => {
      let sum = 0;
      for (let i = 0; i < sends; i++) {
        await own.changed();
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
    await acks.complete.notified();
  }
  return sumOf(await joinAll(tasks));
}

async function joinAll<T>(tasks: readonly JoinHandle<T>[]): Promise<T[]> {
  const values: T[] = [];
  for (const task of tasks) values.push(await task);
  return values;
}

async function spawnJoin(n: number): Promise<number> {
  const tasks: JoinHandle<number>[] = [];
  for (let i = 0; i < n; i++) tasks.push(spawn(() => Promise.resolve(i)));
  let sum = 0;
  for (const task of tasks) sum += await task;
  return sum;
}

async function pingPong(n: number): Promise<number> {
  let left = n;
  const done = new Notify();
  const exchange = async () => {
    const [ping, pinged] = oneshot.channel<void>();
    const [pong, ponged] = oneshot.channel<void>();
    spawn(async () => {
      await pinged;
      pong.send();
    });
    ping.send();
    await ponged;
    left -= 1;
    if (left === 0) done.notifyOne();
  };
  for (let i = 0; i < n; i++) spawn(exchange);
  await done.notified();
  return n - left;
}

async function yields(n: number): Promise<number> {
  const work = async () => {
    let count = 0;
    for (; count < n / YIELDERS; count++) await yieldNow();
    return count;
  };
  return sumOf(await joinAll(Array.from({ length: YIELDERS }, () => spawn(work))));
}

async function selects(n: number): Promise<number> {
  const [tx, rx] = mpsc.unboundedChannel<number>();
  const shutdown = new Notify();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    tx.send(i);
    const branches = { shutdown: shutdown.notified(), message: rx.recv() };
    const selected = await select(branches, { biased: true });
    if (selected.branch === "message") sum += selected.value!;
  }
  return sum;
}

async function later(value: number): Promise<number> {
  await yieldNow();
  return value;
}

async function joins(n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const values = await join(
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

async function stream(n: number): Promise<number> {
  let sum = 0;
  for await (const i of Stream.from(upTo(n)).map(stretch).filter(isOdd)) sum += i;
  return sum;
}

async function sleeps(n: number): Promise<number> {
  /** Answers with 1 when it ends in time, not early. */
  const work = async (milliseconds: number) => {
    const began = Instant.now();
    await sleep(milliseconds);
    return began.elapsed() >= milliseconds ? 1 : 0;
  };
  const tasks: JoinHandle<number>[] = [];
  for (let i = 0; i < n; i++) tasks.push(spawn(() => work(sleepTime(i))));
  let inTime = 0;
  for (const task of tasks) inTime += await task;
  return inTime;
}

async function timeouts(n: number): Promise<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await timeout(1000, ready(i));
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
  "time/timeout": timeouts,
};

const batches = Object.entries(ROWS).map(([name, row]) => {
  return [name, (n: number) => spawn(() => row(n))] as const;
});
await measureRow(Object.fromEntries(batches));
