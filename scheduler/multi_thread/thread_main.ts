/**
 * The module that the threads of a runtime run: each becomes a worker or a thread for work that
 * blocks, as the first message says. It is loaded by its address and not imported.
 *
 * A program that a bundler has put together has it as an entry point of its own, and says where that
 * is by `RuntimeBuilder.threadModule`. Such a thread also makes calls that wait, on a host whose FFI
 * does not.
 *
 * @module
 */

import { type Call, makeCall } from "../../ffi/elsewhere_call.ts";
import { guardThread, outliveErrors, ownThread } from "../../host/thread.ts";
import { beginBlockingThread } from "./blocking/begin_thread.ts";
import type { BlockingOrders } from "./blocking/pool.ts";
import { beginWorker } from "./begin_worker.ts";
import { sharedMemory } from "./membership.ts";
import type { Orders } from "./pool.ts";
import type { Carrier } from "./shared_memory.ts";

const thread = ownThread();

outliveErrors();
guardThread((code) => thread.post({ kind: "exit", code }));
thread.listen((message) => {
  const order = message as Orders | BlockingOrders | Call | Carrier;
  if (order.kind === "call") return thread.post(makeCall(order));
  if (order.kind === "memory") {
    return sharedMemory.receive(order, (carrier) => thread.post(carrier));
  }
  if (order.kind === "worker") beginWorker(order, thread);
  else beginBlockingThread(order, thread);
});
thread.post({ kind: "ready" });
