/**
 * How a thread becomes one for work that blocks.
 *
 * @module
 */

import type { OwnThread } from "../../../host/thread.ts";
import { isolate } from "../../isolate.ts";
import { Runtime } from "../../runtime.ts";
import { hooksOf } from "../hooks.ts";
import "../install.ts";
import { closeDomain, leaveDomain } from "../member.ts";
import { joinDomain, sharedMemory } from "../membership.ts";
import { Colleagues } from "../pool.ts";
import { Queues } from "../queues.ts";
import type { Carrier } from "../shared_memory.ts";
import { TaskRunner } from "../task_runner.ts";
import { setWorkerIndex } from "../worker_index.ts";
import { BlockingClient, type BlockingNews, type BlockingOrders } from "./pool.ts";
import { BlockingThread } from "./thread.ts";

/** Begins, as `orders` say. */
export async function beginBlockingThread(
  orders: BlockingOrders,
  thread: OwnThread,
): Promise<void> {
  const tell = (news: BlockingNews | Carrier) => thread.post(news);
  const link = joinDomain(orders.domain);
  const { domain } = link;
  const { workers } = orders;
  const client = new BlockingClient(link, orders.blocking, tell);
  const runtime = new Runtime({
    knobs: { threadModule: orders.threadModule },
    blocking: client,
    ...(workers && {
      crew: new Colleagues(link, Queues.attach(workers.queues, workers.count, domain.records)),
    }),
  });
  runtime.enter();
  sharedMemory.announce(tell);
  const reactor = isolate.driver.isOpen ? isolate.driver.reactor : undefined;
  reactor?.expect();
  setWorkerIndex("blocking");
  const { onStart, onStop } = hooksOf(orders);
  await onStart();
  const runner = new TaskRunner(link, runtime);
  const self = new BlockingThread({
    link,
    queue: client.queue,
    runner,
    keepAliveMs: orders.keepAliveMs,
    isInUse: () => runtime.aliveTasks > 0,
  });
  self.onStop = async () => {
    await leaveDomain(link, runtime);
    await onStop();
    reactor?.done();
    await closeDomain(link);
    tell({ kind: "stopped" });
    thread.close();
  };
  link.crew = self;
  tell({ kind: "started", isolate: domain.self });
  isolate.wake();
}
