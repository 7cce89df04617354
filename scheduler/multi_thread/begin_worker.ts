/**
 * How a thread becomes a worker.
 *
 * @module
 */

import { nextTurn } from "../../host/next_turn.ts";
import type { OwnThread } from "../../host/thread.ts";
import { isolate } from "../isolate.ts";
import { Runtime } from "../runtime.ts";
import { BlockingClient } from "./blocking/pool.ts";
import { hooksOf, parkHooksOf } from "./hooks.ts";
import "./install.ts";
import { closeDomain, leaveDomain } from "./member.ts";
import { joinDomain, sharedMemory } from "./membership.ts";
import { Colleagues, type Orders, type WorkerNews } from "./pool.ts";
import { Queues } from "./queues.ts";
import { TaskRunner } from "./task_runner.ts";
import { Worker } from "./worker.ts";
import { setWorkerIndex } from "./worker_index.ts";

/** Begins, as `orders` say. */
export async function beginWorker(orders: Orders, thread: OwnThread): Promise<void> {
  const tell = (news: WorkerNews) => thread.post(news);
  const link = joinDomain(orders.domain);
  const { domain } = link;
  const queues = Queues.attach(orders.queues, orders.workerThreads, domain.records);
  const crew = new Colleagues(link, queues);
  const runtime = new Runtime({
    knobs: {
      threadModule: orders.threadModule,
      ...orders.eventInterval !== undefined && { eventInterval: orders.eventInterval },
    },
    crew,
    blocking: new BlockingClient(link, orders.blocking, tell),
  });
  runtime.enter();
  const runner = new TaskRunner(link, runtime);
  const worker = new Worker(
    link,
    queues,
    orders.worker,
    runner,
    orders.globalQueueInterval,
    orders.disableLifoSlot !== true,
  );
  const reactor = isolate.driver.isOpen ? isolate.driver.reactor : undefined;
  reactor?.expect();
  sharedMemory.announce(tell);
  setWorkerIndex(orders.worker);
  const { onStart, onStop } = hooksOf(orders);
  await onStart();
  const parkHooks = await parkHooksOf(orders);
  if (parkHooks !== undefined) isolate.watchParking(parkHooks);
  link.crew = worker;
  queues.setIsolate(orders.worker, domain.self);
  worker.onStop = async () => {
    while (runner.isPreparing) await new Promise<void>(nextTurn);
    runner.abortAll();
    await leaveDomain(link, runtime);
    queues.setIsolate(orders.worker, -1);
    await onStop();
    reactor?.done();
    await closeDomain(link);
    tell({ kind: "stopped" });
    thread.close();
  };
  tell({ kind: "started" });
  isolate.wake();
}
