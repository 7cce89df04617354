/**
 * Schedules of a whole runtime: an isolate that spawns tasks, workers that run them, and the end.
 *
 * The workers are real but for the function that they call, which would have to be loaded first.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { isolate as scheduler } from "../../scheduler/isolate.ts";
import { IDLE_WORDS } from "../../scheduler/multi_thread/idle.ts";
import type { Link } from "../../scheduler/multi_thread/link.ts";
import { Queues } from "../../scheduler/multi_thread/queues.ts";
import { CANCELLED, DONE } from "../../scheduler/multi_thread/records.ts";
import { RemoteCall } from "../../scheduler/multi_thread/remote_call.ts";
import { type Runner, Worker } from "../../scheduler/multi_thread/worker.ts";
import { lostNotify, splitCompareExchange, splitExchange } from "./bugs.ts";
import { model } from "./model.ts";
import { injectorNames, ringNames, wordNames } from "./names.ts";
import { Isolate, memories as link, names as linkNames } from "./shared_link.ts";

const lines = (words: number) => Math.ceil(words / 16) * 16;
const INJECTOR_AT = 16 + lines(IDLE_WORDS);
const ISOLATES_AT = INJECTOR_AT + 16;
const RING_WORDS = lines(258);
const RINGS_AT = (workers: number) => ISOLATES_AT + 16 + workers * 16;
const memoriesFor = (workers: number) => [link[0]!, RINGS_AT(workers) + workers * RING_WORDS];

const namesFor = (workers: number) => [linkNames[0]!, {
  0: "state",
  ...wordNames("idle", 16, "counts", "sleepers"),
  ...injectorNames("injector", INJECTOR_AT),
  ...wordNames("worker", ISOLATES_AT, "0", "1"),
  ...ringNames("ring 0", RINGS_AT(workers), 4),
  ...ringNames("ring 1", RINGS_AT(workers) + RING_WORDS, 4),
}];

/** Queues whose workers have begun: worker n in isolate n + 1. */
const setup = (workers: number) => (words: Int32Array, queueWords: Int32Array) => {
  const queues = queuesOf(new Isolate(words, 0).link, queueWords, workers);
  queues.idle.begin();
  for (let worker = 0; worker < workers; worker++) queues.setIsolate(worker, worker + 1);
};

model(import.meta, {
  title: "a task that is spawned is run by a worker of another isolate, and its result comes back",
  rules: "J1 D2 R4 S1",
  memories: memoriesFor(1),
  names: namesFor(1),
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1),
  threads: [(words, queueWords) => {
    const isolate = new Isolate(words, 0);
    const queues = queuesOf(isolate.link, queueWords!, 1);
    const result = isolate.complete(send(isolate, queues, 41));
    stop(isolate.link, queues);
    return result;
  }, (words, queueWords) => work(words!, queueWords!, 1, 0)],
  check: ([result, ran]) => assertEquals([result, ran], [[42], [1, 0]]),
  bugs: [splitCompareExchange, splitExchange, lostNotify],
});

model(import.meta, {
  title: "two workers run each of two tasks once",
  rules: "J1 D2 D3 Q2 R4",
  memories: memoriesFor(2),
  names: namesFor(2),
  preemptions: 0,
  longPreemptions: 1,
  setup: setup(2),
  threads: [
    (words, queueWords) => {
      const isolate = new Isolate(words, 0);
      const queues = queuesOf(isolate.link, queueWords!, 2);
      isolate.run(send(isolate, queues, 1), send(isolate, queues, 2));
      stop(isolate.link, queues);
    },
    (words, queueWords) => work(words, queueWords!, 2, 0),
    (words, queueWords) => work(words, queueWords!, 2, 1),
  ],
  check: ([_, first, second]) =>
    assertEquals([first![0]! + second![0]!, first![1]! + second![1]!], [2, 0]),
  bugs: [lostNotify],
});

model(import.meta, {
  title: "a task that is spawned before the end of the runtime ends: it was run, or is cancelled",
  rules: "J2 R2 R4 S1",
  memories: memoriesFor(1),
  names: namesFor(1),
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1),
  threads: [(words, queueWords) => {
    const isolate = new Isolate(words, 0);
    const queues = queuesOf(isolate.link, queueWords!, 1);
    const call = send(isolate, queues, 41);
    stop(isolate.link, queues);
    try {
      return isolate.complete(call);
    } catch {
      return 0;
    }
  }, (words, queueWords) => work(words, queueWords!, 1, 0)],
  check: ([result, worker]) => {
    const [ran, refused] = worker!;
    assertEquals(result, [ran === 1 ? 42 : 0]);
    assert(ran! + refused! === 1);
  },
  bugs: [lostNotify, splitExchange],
});

model(import.meta, {
  title: "a task that is aborted meanwhile is run or cancelled, and its spawner learns which",
  rules: "R2 R4",
  memories: memoriesFor(1),
  names: namesFor(1),
  preemptions: 2,
  longPreemptions: 3,
  setup: setup(1),
  threads: [(words, queueWords) => {
    const isolate = new Isolate(words, 0);
    const queues = queuesOf(isolate.link, queueWords!, 1);
    const call = send(isolate, queues, 41);
    let result = 0;
    try {
      if (!isolate.interrupt(call)) result = isolate.complete(call);
    } catch {
      // It was cancelled.
    }
    stop(isolate.link, queues);
    return result;
  }, (words, queueWords) => work(words, queueWords!, 1, 0)],
  check: ([result, worker]) => {
    const [ran, refused] = worker!;
    assertEquals(result, [ran === 1 ? 42 : 0]);
    assert(ran! + refused! === 1);
  },
  bugs: [lostNotify, splitCompareExchange],
});

function queuesOf({ domain: { records } }: Link, words: Int32Array, workers: number): Queues {
  return Queues.attach(words.buffer as SharedArrayBuffer, workers, records);
}

/** Spawns a task, and hands it to the workers. */
function send(isolate: Isolate, queues: Queues, argument: number): RemoteCall<number> {
  const { link } = isolate;
  const call = new RemoteCall<number>(link, link.prepare(0, [argument]), queues);
  isolate.poll(call);
  isolate.turn();
  return call;
}

/** Ends the workers. */
function stop(link: Link, queues: Queues): void {
  queues.stop();
  for (let worker = 0; worker < queues.workers; worker++) link.unpark(queues.isolateOf(worker));
}

/** A worker until its runtime ends. Answers with how many tasks it has run and has refused. */
function work(words: Int32Array, queueWords: Int32Array, workers: number, self: number): number[] {
  // What a schedule does must not depend on how long that takes.
  Object.assign(scheduler.driver, { elapsed: () => 0 });
  const isolate = new Isolate(words, self + 1);
  const { link } = isolate;
  const queues = queuesOf(link, queueWords, workers);
  const runner = new AddOne(link);
  const worker = new Worker(link, queues, self, runner);
  let hasEnded = false;
  worker.onStop = () => void (hasEnded = true);
  link.crew = worker;
  isolate.runUntil(() => hasEnded);
  return [runner.ran, runner.refused];
}

/** Runs tasks that add 1 to their argument. */
class AddOne implements Runner {
  readonly #link: Link;
  readonly isBusy = false;
  readonly hasReady = false;
  readonly waitsForHost = false;
  ran = 0;
  refused = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  run(record: number): boolean {
    const link = this.#link;
    const { domain: { records, self, words }, decoder, encoder } = link;
    if (!records.begin(record, self)) {
      this.#cancel(record);
      return true;
    }
    const [argument] = decoder.decode(words, link.indexOf(record));
    const bytes = encoder.encode([argument as number + 1], "result");
    link.placeResult(record, bytes);
    encoder.copyTo(words, link.indexOf(record));
    encoder.sent();
    this.ran += 1;
    records.end(record, DONE);
    link.end(record);
    return true;
  }

  runReady(): void {}

  putBackOthers(): number {
    return 0;
  }

  refuse(record: number): void {
    const { records, self } = this.#link.domain;
    records.begin(record, self);
    this.#cancel(record);
  }

  refuseReady(): number {
    return 0;
  }

  abortTasks(): void {}

  #cancel(record: number): void {
    const link = this.#link;
    this.refused += 1;
    link.decoder.drop(link.domain.words, link.indexOf(record));
    link.domain.records.end(record, CANCELLED);
    link.end(record);
  }
}
