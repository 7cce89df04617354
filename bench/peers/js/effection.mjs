/**
 * The rows that Effection has a primitive for. A batch is an operation that is run.
 *
 * @module
 */

import { deadline, measureRow, sleepTime, sumOf } from "./work.mjs";

const { all, createChannel, createQueue, race, run, sleep, spawn, until, withResolvers } =
  await import("effection");

function* unbounded(n, senders) {
  const queue = createQueue();
  // deno-lint-ignore require-yield -- it sends without waiting, and is a task all the same
  const send = function* () {
    for (let i = 0; i < n / senders; i++) queue.add(i);
  };
  for (let sender = 0; sender < senders; sender++) yield* spawn(send);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* queue.next()).value;
  return sum;
}

function* oneshot(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const { operation, resolve } = withResolvers();
    resolve(i);
    sum += yield* operation;
  }
  return sum;
}

function* requestReply(n) {
  const requests = createQueue();
  yield* spawn(function* () {
    for (let count = 1; count <= n; count++) {
      const { value: reply } = yield* requests.next();
      reply(count);
    }
  });
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const { operation, resolve } = withResolvers();
    requests.add(resolve);
    sum += yield* operation;
  }
  return sum;
}

/** Who has got the message counts down; the last one lets the sender go on. */
class Acks {
  #missing = 0;
  #complete;

  expect(receivers) {
    this.#missing = receivers;
    this.#complete = withResolvers();
  }

  ack() {
    this.#missing -= 1;
    if (this.#missing === 0) this.#complete.resolve();
  }

  wait() {
    return this.#complete.operation;
  }
}

function* broadcast(n, receivers) {
  const sends = n / receivers;
  const channel = createChannel();
  const acks = new Acks();
  acks.expect(receivers);
  const receive = function* () {
    const subscription = yield* channel;
    acks.ack(); // it is subscribed
    let sum = 0;
    for (let i = 0; i < sends; i++) {
      sum += (yield* subscription.next()).value;
      acks.ack();
    }
    return sum;
  };
  const tasks = [];
  for (let i = 0; i < receivers; i++) tasks.push(yield* spawn(receive));
  yield* acks.wait();
  for (let i = 1; i <= sends; i++) {
    acks.expect(receivers);
    yield* channel.send(i);
    yield* acks.wait();
  }
  return sumOf(yield* all(tasks));
}

function* spawnJoin(n) {
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => ready(i)));
  let sum = 0;
  for (const task of tasks) sum += yield* task;
  return sum;
}

function* answer(ping, pong) {
  yield* ping.operation;
  pong.resolve();
}

function* pingPong(n) {
  let count = 0;
  const exchange = function* () {
    const ping = withResolvers();
    const pong = withResolvers();
    yield* spawn(() => answer(ping, pong));
    ping.resolve();
    yield* pong.operation;
    count += 1;
  };
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(exchange));
  yield* all(tasks);
  return count;
}

function* select(n) {
  const queue = createQueue();
  const shutdown = withResolvers();
  let sum = 0;
  for (let i = 0; i < n; i++) {
    queue.add(i);
    sum += (yield* race([shutdown.operation, queue.next()])).value;
  }
  return sum;
}

/** Counts who has begun to sleep, and who has slept enough. */
class Sleepers {
  begun = 0;
  ended = 0;

  *sleep(milliseconds) {
    this.begun += 1;
    yield* sleep(milliseconds);
    this.ended += 1;
  }
}

function* sleeps(n) {
  const sleepers = new Sleepers();
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => sleepers.sleep(sleepTime(i))));
  for (const task of tasks) yield* task;
  return sleepers.ended;
}

/** Lets what was spawned run until it waits. */
function begin() {
  return until(Promise.resolve());
}

function* cancel(n) {
  const sleepers = new Sleepers();
  for (let i = 0; i < n; i++) {
    const task = yield* spawn(() => sleepers.sleep(deadline(i)));
    yield* begin();
    yield* task.halt();
  }
  return sleepers.begun - sleepers.ended;
}

function* cancelLive(n) {
  const sleepers = new Sleepers();
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => sleepers.sleep(deadline(i))));
  yield* begin();
  for (const task of tasks) yield* task.halt();
  return sleepers.begun - sleepers.ended;
}

// deno-lint-ignore require-yield -- it has nothing to wait for
function* ready(value) {
  return value;
}

function* after(milliseconds) {
  yield* sleep(milliseconds);
  throw new Error("Elapsed");
}

function* timeout(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* race([ready(i), after(1000)]);
  return sum;
}

const ROWS = {
  "mpsc/1-inf": (n) => unbounded(n, 1),
  "mpsc/5-inf": (n) => unbounded(n, 5),
  "channels/oneshot": oneshot,
  "channels/request-reply": requestReply,
  "channels/broadcast-10": (n) => broadcast(n, 10),
  "channels/broadcast-100": (n) => broadcast(n, 100),
  "tasks/spawn-join": spawnJoin,
  "tasks/ping-pong": pingPong,
  "tasks/select": select,
  "time/sleeps": sleeps,
  "time/cancel": cancel,
  "time/cancel-live": cancelLive,
  "time/timeout": timeout,
};

const batches = Object.entries(ROWS).map(([name, row]) => [name, (n) => run(() => row(n))]);
await measureRow(Object.fromEntries(batches));
