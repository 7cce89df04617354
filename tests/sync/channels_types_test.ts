/**
 * What the type checker knows of channels, and what must not compile.
 *
 * @module
 */

import { assertType, type IsExact } from "@std/testing/types";
import type { Future, Poll } from "../../future/mod.ts";
import { type End, future, type Source } from "../../future/mod.ts";
import { broadcast, mpsc } from "../../sync/mod.ts";

/**
 * Never called: only its types count. Each `@ts-expect-error` is an error of the check by itself
 * when the line below it compiles.
 */
export const channels = {
  bounded() {
    const [tx, rx] = mpsc.channel<string>(1);
    assertType<IsExact<typeof tx, mpsc.Sender<string>>>(true);
    assertType<IsExact<typeof rx, mpsc.Receiver<string>>>(true);
    const sent = tx.send("a");
    assertType<IsExact<typeof sent, Future<void>>>(true);
    const received = rx.recv();
    assertType<IsExact<typeof received, Future<string | undefined>>>(true);
    const many = rx.recvMany(3);
    assertType<IsExact<typeof many, Future<string[]>>>(true);
    const now = rx.tryRecv();
    assertType<IsExact<typeof now, string>>(true);
    const next = rx.tryNext();
    assertType<IsExact<typeof next, Poll<string | End>>>(true);
    const source: Source<string> = rx;
    // @ts-expect-error A number is no string.
    tx.send(1);
    // @ts-expect-error Nor are these.
    rx.recvMany(3, [1]);
    // @ts-expect-error A channel is made by its functions.
    mpsc.channel<string>();
    // @ts-expect-error The capacity is not to be written.
    tx.capacity = 3;
    return source;
  },

  permits() {
    const [tx] = mpsc.channel<string>(1);
    future(function* () {
      const permit = yield* tx.reserve();
      assertType<IsExact<typeof permit, mpsc.Permit<string>>>(true);
      for (const each of yield* tx.reserveMany(2)) {
        assertType<IsExact<typeof each, mpsc.Permit<string>>>(true);
      }
      const owned = yield* tx.reserveOwned();
      const back = owned.send("a");
      assertType<IsExact<typeof back, mpsc.Sender<string>>>(true);
      // @ts-expect-error A number is no string.
      permit.send(1);
      // @ts-expect-error A permit that is not owned hands no sender back.
      permit.send("a").send("b");
    });
  },

  unbounded() {
    const [tx, rx] = mpsc.unboundedChannel<number>();
    const sent = tx.send(1);
    assertType<IsExact<typeof sent, void>>(true);
    const weak = tx.downgrade();
    assertType<IsExact<typeof weak, mpsc.WeakUnboundedSender<number>>>(true);
    const upgraded = weak.upgrade();
    assertType<IsExact<typeof upgraded, mpsc.UnboundedSender<number> | undefined>>(true);
    // @ts-expect-error There is always room, so there is nothing to reserve.
    tx.reserve();
    // @ts-expect-error Nor is there a capacity.
    rx.capacity();
    // @ts-expect-error The sender may be gone.
    weak.upgrade().send(1);
  },

  broadcast() {
    const [tx, rx] = broadcast.channel<number>(1);
    const count = tx.send(1);
    assertType<IsExact<typeof count, number>>(true);
    const received = rx.recv();
    assertType<IsExact<typeof received, Future<number>>>(true);
    const next = rx.next();
    assertType<IsExact<typeof next, Future<number | undefined>>>(true);
    const lossy = rx.lossy();
    assertType<IsExact<typeof lossy, Source<number>>>(true);
    const source: Source<number> = rx;
    // @ts-expect-error A string is no number.
    tx.send("a");
    // @ts-expect-error A receiver of one kind is none of the other.
    const wrong: mpsc.Receiver<number> = rx;
    return [source, wrong];
  },

  errors(error: unknown) {
    if (error instanceof mpsc.TrySendError) {
      assertType<IsExact<typeof error.kind, "full" | "closed">>(true);
      // @ts-expect-error There is no such kind.
      error.kind === "timeout";
    }
    if (error instanceof broadcast.LaggedError) {
      assertType<IsExact<typeof error.skipped, number>>(true);
    }
  },
};

Deno.test("the types of channels are as this module states, or it does not compile", () => {});
