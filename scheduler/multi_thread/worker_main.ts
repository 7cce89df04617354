/**
 * The module that a worker's thread runs.
 *
 * @module
 */

import { nextTurn } from "../../host/next_turn.ts";
import { outliveErrors, ownThread } from "../../host/thread.ts";
import { isolate } from "../isolate.ts";
import { Runtime } from "../runtime.ts";
import { joinDomain, sharedMemory } from "./membership.ts";
import { Colleagues, type Orders, type WorkerNews } from "./pool.ts";
import { Queues, STOPPING } from "./queues.ts";
import type { Carrier } from "./shared_memory.ts";
import { TaskRunner } from "./task_runner.ts";
import { Worker } from "./worker.ts";

const thread = ownThread();

function tell(news: WorkerNews): void {
  thread.post(news);
}

function begin(orders: Orders): void {
  const link = joinDomain(orders.domain);
  const { domain } = link;
  const queues = Queues.attach(orders.queues, orders.workerThreads, domain.records);
  const crew = new Colleagues(link, queues);
  const runtime = new Runtime({
    knobs: orders.eventInterval === undefined ? {} : { eventInterval: orders.eventInterval },
    crew,
  });
  runtime.enter();
  const runner = new TaskRunner(link, runtime);
  const worker = new Worker(link, queues, orders.worker, runner, orders.globalQueueInterval);
  link.crew = worker;
  const reactor = isolate.driver.isOpen ? isolate.driver.reactor : undefined;
  reactor?.expect();
  sharedMemory.announce(tell);
  queues.setIsolate(orders.worker, domain.self);
  worker.onStop = async () => {
    while (runner.isPreparing) await new Promise<void>(nextTurn);
    runner.abortAll();
    await runtime.shutdown();
    link.crew = undefined;
    isolate.accompany(undefined);
    queues.setIsolate(orders.worker, -1);
    reactor?.done();
    isolate.driver.close();
    // A park that is under way releases the selector when it ends.
    while (isolate.driver.isParked) await new Promise<void>(nextTurn);
    domain.leave();
    tell({ kind: "stopped" });
    thread.close();
  };
  tell({ kind: "started" });
  if (queues.state === STOPPING) isolate.wake();
}

outliveErrors();
thread.listen((message) => {
  const order = message as Orders | Carrier;
  if (order.kind === "orders") begin(order);
  else sharedMemory.receive(order, tell);
});
tell({ kind: "ready" });
