/**
 * The rows that plain JavaScript has an idiom for: promises, async functions, `setTimeout`.
 *
 * @module
 */

import { deadline, isOdd, measureRow, sleepTime, stretch, sumOf, upTo, YIELDERS } from "./work.mjs";

/** A mutex made of a chain of promises: each holder begins when the one before has ended. */
class Chain {
  #last = Promise.resolve();

  run(work) {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

async function mutex(n) {
  const chain = new Chain();
  let count = 0;
  const increment = () => {
    count += 1;
  };
  for (let i = 0; i < n; i++) await chain.run(increment);
  return count;
}

async function notify(n) {
  let ping = Promise.withResolvers();
  let pong = Promise.withResolvers();
  const other = async () => {
    let count = 0;
    while (count < n) {
      await ping.promise;
      ping = Promise.withResolvers();
      count += 1;
      pong.resolve();
    }
    return count;
  };
  const counted = other();
  for (let i = 0; i < n; i++) {
    ping.resolve();
    await pong.promise;
    pong = Promise.withResolvers();
  }
  return await counted;
}

/** A queue that a receiver waits on by a promise. */
class AsyncQueue {
  #items = [];
  #first = 0; // `shift` of a long array moves all of it
  #waiting = undefined;

  push(item) {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    if (resolve === undefined) this.#items.push(item);
    else resolve(item);
  }

  next() {
    if (this.#items.length === 0) {
      return new Promise((resolve) => {
        this.#waiting = resolve;
      });
    }
    const item = this.#items[this.#first++];
    if (this.#first === this.#items.length) {
      this.#items = [];
      this.#first = 0;
    }
    return Promise.resolve(item);
  }

  async nextMany() {
    const items = this.#items;
    if (items.length === 0) return [await this.next()];
    this.#items = [];
    return items;
  }
}

function startSenders(queue, n, senders) {
  const send = async () => {
    await null;
    for (let i = 0; i < n / senders; i++) queue.push(i);
  };
  for (let sender = 0; sender < senders; sender++) send();
}

async function unbounded(n, senders) {
  const queue = new AsyncQueue();
  startSenders(queue, n, senders);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await queue.next();
  return sum;
}

async function unboundedMany(n, senders) {
  const queue = new AsyncQueue();
  startSenders(queue, n, senders);
  let sum = 0;
  for (let received = 0; received < n;) {
    const items = await queue.nextMany();
    sum += sumOf(items);
    received += items.length;
  }
  return sum;
}

async function oneshot(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const { promise, resolve } = Promise.withResolvers();
    resolve(i);
    sum += await promise;
  }
  return sum;
}

async function requestReply(n) {
  const requests = new AsyncQueue();
  const serve = async () => {
    for (let count = 1; count <= n; count++) {
      const reply = await requests.next();
      reply(count);
    }
  };
  serve();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const { promise, resolve } = Promise.withResolvers();
    requests.push(resolve);
    sum += await promise;
  }
  return sum;
}

async function spawnJoin(n) {
  const work = async (i) => {
    await null; // a task does not run before its spawner goes on
    return i;
  };
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(work(i));
  return sumOf(await Promise.all(tasks));
}

async function pingPong(n) {
  let count = 0;
  const exchange = async () => {
    const ping = Promise.withResolvers();
    const pong = Promise.withResolvers();
    const peer = async () => {
      await ping.promise;
      pong.resolve();
    };
    peer();
    ping.resolve();
    await pong.promise;
    count += 1;
  };
  await Promise.all(Array.from({ length: n }, exchange));
  return count;
}

/** `await null` lets the other async functions go on, not the host. */
async function yields(n) {
  const work = async () => {
    let count = 0;
    for (; count < n / YIELDERS; count++) await null;
    return count;
  };
  return sumOf(await Promise.all(Array.from({ length: YIELDERS }, work)));
}

async function select(n) {
  const queue = new AsyncQueue();
  const shutdown = new Promise(() => {});
  let sum = 0;
  for (let i = 0; i < n; i++) {
    queue.push(i);
    sum += await Promise.race([shutdown, queue.next()]);
  }
  return sum;
}

async function later(value) {
  await null;
  return value;
}

async function join(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const values = await Promise.all([
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
    ]);
    sum += sumOf(values);
  }
  return sum;
}

async function* map(items, change) {
  for await (const item of items) yield change(item);
}

async function* filter(items, keep) {
  for await (const item of items) {
    if (keep(item)) yield item;
  }
}

async function stream(n) {
  let sum = 0;
  for await (const i of filter(map(upTo(n), stretch), isOdd)) sum += i;
  return sum;
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The host may end a timer a fraction of a millisecond early; what is asked for is counted. */
async function sleeps(n) {
  const work = async (i) => {
    await sleep(sleepTime(i));
    return 1;
  };
  return sumOf(await Promise.all(Array.from({ length: n }, (_, i) => work(i))));
}

function cancel(n) {
  let ended = 0;
  for (let i = 0; i < n; i++) {
    const timer = setTimeout(() => {
      ended += 1;
    }, deadline(i));
    clearTimeout(timer);
  }
  return n - ended;
}

function cancelLive(n) {
  let ended = 0;
  const timers = [];
  for (let i = 0; i < n; i++) {
    timers.push(setTimeout(() => {
      ended += 1;
    }, deadline(i)));
  }
  for (const timer of timers) clearTimeout(timer);
  return n - ended;
}

async function withTimeout(milliseconds, promise) {
  let timer;
  const elapsed = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("Elapsed")), milliseconds);
  });
  try {
    return await Promise.race([promise, elapsed]);
  } finally {
    clearTimeout(timer);
  }
}

async function timeout(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await withTimeout(1000, Promise.resolve(i));
  return sum;
}

await measureRow({
  "locks/mutex": mutex,
  "locks/notify": notify,
  "mpsc/1-inf": (n) => unbounded(n, 1),
  "mpsc/1-inf-many": (n) => unboundedMany(n, 1),
  "mpsc/5-inf": (n) => unbounded(n, 5),
  "mpsc/5-inf-many": (n) => unboundedMany(n, 5),
  "channels/oneshot": oneshot,
  "channels/request-reply": requestReply,
  "tasks/spawn-join": spawnJoin,
  "tasks/ping-pong": pingPong,
  "tasks/yield": yields,
  "tasks/select": select,
  "tasks/join": join,
  "tasks/stream": stream,
  "time/sleeps": sleeps,
  "time/cancel": cancel,
  "time/cancel-live": cancelLive,
  "time/timeout": timeout,
});
