/**
 * What a runtime has to stand, whether it has one thread or several: `runtime_battery_test.ts` has
 * these run in one isolate, `multi_thread/battery_test.ts` on workers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { future, join } from "../../future/mod.ts";
import { TcpListener, TcpStream } from "../../net/mod.ts";
import { mpsc } from "../../sync/mod.ts";
import { consumeBudget, type JoinHandle, spawn, unconstrained, yieldNow } from "../../task/mod.ts";

/** A server and a client talk, the server in a task that `start` begins. */
export async function talkWith(start: (work: () => Promise<void>) => JoinHandle<void>) {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const server = start(async () => {
    const [stream] = await listener.accept();
    using accepted = stream;
    await accepted.writeAll(new TextEncoder().encode("hello"));
  });
  using client = await TcpStream.connect(listener.localAddr());
  const buffer = new Uint8Array(5);
  let filled = 0;
  while (filled < 5) filled += await client.read(buffer.subarray(filled));
  await server;
  return new TextDecoder().decode(buffer);
}

/** Why a task yields. */
export type Yield = "yieldNow()" | "the budget";

/** Says after how many yields an event was seen, at most 200. */
export async function roundsUntilAccepted(kind: Yield): Promise<number> {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const client = TcpStream.connect(listener.localAddr());
  let isAccepted = false;
  const [rounds] = await join(
    future(function* () {
      let rounds = 0;
      for (; !isAccepted && rounds < 200; rounds++) {
        if (kind === "yieldNow()") yield* yieldNow();
        else for (let i = 0; i < 128; i++) yield* consumeBudget();
      }
      return rounds;
    }),
    future(function* () {
      using _server = (yield* listener.accept())[0];
      isAccepted = true;
    }),
    future(function* () {
      using _client = yield* client;
    }),
  );
  return rounds;
}

/** Says whether another task had its turn before a channel of 1,000 values was drained. */
export async function orderOfDraining(isUnconstrained: boolean): Promise<string[]> {
  const order: string[] = [];
  const [tx, rx] = mpsc.unboundedChannel<number>();
  for (let i = 0; i < 1000; i++) tx.send(i);
  const drained = future(function* () {
    for (let i = 0; i < 1000; i++) yield* rx.recv();
    order.push("drained");
  });
  const tasks = [
    spawn(isUnconstrained ? unconstrained(drained) : drained),
    spawn(() => void order.push("other")),
  ];
  for (const task of tasks) await task;
  return order;
}

/**
 * A task that yields, among pairs of tasks that wake each other all the time.
 *
 * @returns How many tasks the pairs were.
 */
export async function yieldAmong(pairs: number): Promise<number> {
  let isRunning = true;
  const [begun, beginnings] = mpsc.unboundedChannel<number>();
  const tasks: JoinHandle<void>[] = [];
  for (let i = 0; i < pairs; i++) {
    const [tx1, rx1] = mpsc.unboundedChannel<number>();
    const [tx2, rx2] = mpsc.unboundedChannel<number>();
    tasks.push(spawn(function* () {
      begun.send(i);
      while (isRunning) {
        tx1.send(1);
        yield* rx2.recv();
      }
      tx1.close();
      assertEquals(yield* rx2.recv(), undefined);
    }));
    tasks.push(spawn(function* () {
      while ((yield* rx1.recv()) !== undefined) tx2.send(1);
      tx2.close();
    }));
  }
  for (let i = 0; i < pairs; i++) await beginnings.recv();
  await spawn(function* () {
    for (let i = 0; i < 5; i++) yield* yieldNow();
  });
  isRunning = false;
  for (const task of tasks) await task;
  return tasks.length;
}
