/**
 * The rows that Effect has a primitive for. A batch is an effect that is run.
 *
 * @module
 */

import {
  CONTENDED_PERMITS,
  CONTENDERS,
  deadline,
  Holders,
  isOdd,
  measureRow,
  sleepTime,
  stretch,
  sumOf,
  YIELDERS,
} from "./work.mjs";

// One by one: all of Effect takes longer to load than a row to measure.
const Deferred = await import("effect/Deferred");
const Effect = await import("effect/Effect");
const Fiber = await import("effect/Fiber");
const Latch = await import("effect/Latch");
const PubSub = await import("effect/PubSub");
const Queue = await import("effect/Queue");
const Semaphore = await import("effect/Semaphore");
const Stream = await import("effect/Stream");
const SubscriptionRef = await import("effect/SubscriptionRef");
const TxReentrantLock = await import("effect/TxReentrantLock");

const UNBOUNDED = { concurrency: "unbounded", discard: true };

function* guarded(n, permits) {
  const semaphore = yield* Semaphore.make(permits);
  let count = 0;
  const increment = semaphore.withPermits(1)(Effect.sync(() => {
    count += 1;
  }));
  for (let i = 0; i < n; i++) yield* increment;
  return count;
}

function* contended(n) {
  const semaphore = yield* Semaphore.make(CONTENDED_PERMITS);
  const holders = new Holders();
  const hold = semaphore.withPermits(1)(Effect.gen(function* () {
    holders.enter();
    yield* Effect.yieldNow;
    holders.leave();
  }));
  const work = Effect.gen(function* () {
    for (let i = 0; i < n / CONTENDERS; i++) yield* hold;
  });
  yield* Effect.all(Array.from({ length: CONTENDERS }, () => work), UNBOUNDED);
  return holders.count;
}

function* rwlockRead(n) {
  const lock = yield* TxReentrantLock.make();
  let sum = 0;
  const read = TxReentrantLock.withReadLock(
    lock,
    Effect.sync(() => {
      sum += 1;
    }),
  );
  for (let i = 0; i < n; i++) yield* read;
  return sum;
}

/** A latch that is closed again by whoever has come through it. */
function* notify(n) {
  const ping = yield* Latch.make();
  const pong = yield* Latch.make();
  const other = yield* Effect.forkChild(Effect.gen(function* () {
    let count = 0;
    while (count < n) {
      yield* ping.await;
      yield* ping.close;
      count += 1;
      yield* pong.open;
    }
    return count;
  }));
  for (let i = 0; i < n; i++) {
    yield* ping.open;
    yield* pong.await;
    yield* pong.close;
  }
  return yield* Fiber.join(other);
}

function* startSenders(queue, n, senders) {
  const send = Effect.gen(function* () {
    for (let i = 0; i < n / senders; i++) yield* Queue.offer(queue, i);
  });
  for (let sender = 0; sender < senders; sender++) yield* Effect.forkChild(send);
}

function queueOf(capacity) {
  return capacity === Infinity ? Queue.unbounded() : Queue.bounded(capacity);
}

function* mpsc(n, senders, capacity) {
  const queue = yield* queueOf(capacity);
  yield* startSenders(queue, n, senders);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* Queue.take(queue);
  return sum;
}

function* mpscMany(n, senders, capacity) {
  const queue = yield* queueOf(capacity);
  yield* startSenders(queue, n, senders);
  let sum = 0;
  for (let received = 0; received < n;) {
    const items = yield* Queue.takeAll(queue);
    sum += sumOf(items);
    received += items.length;
  }
  return sum;
}

function* oneshot(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const deferred = yield* Deferred.make();
    yield* Deferred.succeed(deferred, i);
    sum += yield* Deferred.await(deferred);
  }
  return sum;
}

function* requestReply(n) {
  const requests = yield* Queue.bounded(10);
  yield* Effect.forkChild(Effect.gen(function* () {
    for (let count = 1; count <= n; count++) {
      const reply = yield* Queue.take(requests);
      yield* Deferred.succeed(reply, count);
    }
  }));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const reply = yield* Deferred.make();
    yield* Queue.offer(requests, reply);
    sum += yield* Deferred.await(reply);
  }
  return sum;
}

/** Who has got the message counts down; the last one lets the sender go on. */
class Acks {
  missing = 0;
  complete = Latch.makeUnsafe();
  ack = Effect.suspend(() => {
    this.missing -= 1;
    return this.missing === 0 ? this.complete.open : Effect.void;
  });

  *wait() {
    yield* this.complete.await;
    yield* this.complete.close;
  }
}

function* broadcast(n, receivers) {
  const sends = n / receivers;
  const pubsub = yield* PubSub.bounded(1000);
  const acks = new Acks();
  acks.missing = receivers;
  const receive = Effect.scoped(Effect.gen(function* () {
    const subscription = yield* PubSub.subscribe(pubsub);
    yield* acks.ack; // it is subscribed
    let sum = 0;
    for (let i = 0; i < sends; i++) {
      sum += yield* PubSub.take(subscription);
      yield* acks.ack;
    }
    return sum;
  }));
  const fibers = [];
  for (let i = 0; i < receivers; i++) fibers.push(yield* Effect.forkChild(receive));
  yield* acks.wait();
  for (let i = 1; i <= sends; i++) {
    acks.missing = receivers;
    yield* PubSub.publish(pubsub, i);
    yield* acks.wait();
  }
  return sumOf(yield* Fiber.joinAll(fibers));
}

/** The changes of a `SubscriptionRef` begin with the value that it has. */
function* watch(n, receivers) {
  const sends = n / receivers;
  const ref = yield* SubscriptionRef.make(0);
  const acks = new Acks();
  acks.missing = receivers;
  const receive = Effect.gen(function* () {
    let sum = 0;
    const changes = Stream.take(SubscriptionRef.changes(ref), sends + 1);
    yield* Stream.runForEach(changes, (value) => {
      sum += value;
      return acks.ack;
    });
    return sum;
  });
  const fibers = [];
  for (let i = 0; i < receivers; i++) fibers.push(yield* Effect.forkChild(receive));
  yield* acks.wait();
  for (let i = 1; i <= sends; i++) {
    acks.missing = receivers;
    yield* SubscriptionRef.set(ref, i);
    yield* acks.wait();
  }
  return sumOf(yield* Fiber.joinAll(fibers));
}

function* spawnJoin(n) {
  const fibers = [];
  for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(Effect.succeed(i)));
  let sum = 0;
  for (const fiber of fibers) sum += yield* Fiber.join(fiber);
  return sum;
}

function* answer(ping, pong) {
  yield* Deferred.await(ping);
  yield* Deferred.succeed(pong, undefined);
}

function* pingPong(n) {
  let count = 0;
  const exchange = Effect.gen(function* () {
    const ping = yield* Deferred.make();
    const pong = yield* Deferred.make();
    yield* Effect.forkChild(Effect.gen(() => answer(ping, pong)));
    yield* Deferred.succeed(ping, undefined);
    yield* Deferred.await(pong);
    count += 1;
  });
  yield* Effect.all(Array.from({ length: n }, () => exchange), UNBOUNDED);
  return count;
}

function* yields(n) {
  let count = 0;
  const work = Effect.gen(function* () {
    for (let i = 0; i < n / YIELDERS; i++) {
      yield* Effect.yieldNow;
      count += 1;
    }
  });
  yield* Effect.all(Array.from({ length: YIELDERS }, () => work), UNBOUNDED);
  return count;
}

function* select(n) {
  const queue = yield* Queue.unbounded();
  const shutdown = yield* Deferred.make();
  const next = Effect.raceFirst(Deferred.await(shutdown), Queue.take(queue));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* Queue.offer(queue, i);
    sum += yield* next;
  }
  return sum;
}

function later(value) {
  return Effect.as(Effect.yieldNow, value);
}

function* join(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const values = yield* Effect.all([
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
    ], { concurrency: "unbounded" });
    sum += sumOf(values);
  }
  return sum;
}

function* stream(n) {
  const odd = Stream.filter(Stream.map(Stream.range(0, n - 1), stretch), isOdd);
  return yield* Stream.runFold(odd, () => 0, (sum, i) => sum + i);
}

function* sleeps(n) {
  let count = 0;
  const work = (i) =>
    Effect.andThen(
      Effect.sleep(sleepTime(i)),
      Effect.sync(() => {
        count += 1;
      }),
    );
  yield* Effect.all(Array.from({ length: n }, (_, i) => work(i)), UNBOUNDED);
  return count;
}

const AT_ONCE = { startImmediately: true };

function* cancel(n) {
  let ended = 0;
  const end = Effect.sync(() => {
    ended += 1;
  });
  for (let i = 0; i < n; i++) {
    const sleep = Effect.andThen(Effect.sleep(deadline(i)), end);
    const fiber = yield* Effect.forkChild(sleep, AT_ONCE);
    yield* Fiber.interrupt(fiber);
  }
  return n - ended;
}

function* cancelLive(n) {
  let ended = 0;
  const end = Effect.sync(() => {
    ended += 1;
  });
  const fibers = [];
  for (let i = 0; i < n; i++) {
    const sleep = Effect.andThen(Effect.sleep(deadline(i)), end);
    fibers.push(yield* Effect.forkChild(sleep, AT_ONCE));
  }
  yield* Fiber.interruptAll(fibers);
  return n - ended;
}

function* timeout(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* Effect.timeout(Effect.succeed(i), 1000);
  return sum;
}

const ROWS = {
  "locks/mutex": (n) => guarded(n, 1),
  "locks/semaphore": (n) => guarded(n, 10),
  "locks/contended": contended,
  "locks/rwlock-read": rwlockRead,
  "locks/notify": notify,
  "mpsc/1-100": (n) => mpsc(n, 1, 100),
  "mpsc/1-100-many": (n) => mpscMany(n, 1, 100),
  "mpsc/1-1m": (n) => mpsc(n, 1, 1_000_000),
  "mpsc/1-1m-many": (n) => mpscMany(n, 1, 1_000_000),
  "mpsc/1-inf": (n) => mpsc(n, 1, Infinity),
  "mpsc/1-inf-many": (n) => mpscMany(n, 1, Infinity),
  "mpsc/5-100": (n) => mpsc(n, 5, 100),
  "mpsc/5-100-many": (n) => mpscMany(n, 5, 100),
  "mpsc/5-1m": (n) => mpsc(n, 5, 1_000_000),
  "mpsc/5-1m-many": (n) => mpscMany(n, 5, 1_000_000),
  "mpsc/5-inf": (n) => mpsc(n, 5, Infinity),
  "mpsc/5-inf-many": (n) => mpscMany(n, 5, Infinity),
  "channels/oneshot": oneshot,
  "channels/request-reply": requestReply,
  "channels/broadcast-10": (n) => broadcast(n, 10),
  "channels/broadcast-100": (n) => broadcast(n, 100),
  "channels/watch-10": (n) => watch(n, 10),
  "channels/watch-100": (n) => watch(n, 100),
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
};

const batches = Object.entries(ROWS).map(([name, row]) => [
  name,
  (n) => Effect.runPromise(Effect.gen(() => row(n))),
]);
await measureRow(Object.fromEntries(batches));
