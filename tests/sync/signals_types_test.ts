/**
 * What the type checker knows of signals and channels for single values, and what must not compile.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { assertType, type IsExact } from "@std/testing/types";
import type { Future } from "../../future/future.ts";
import { future } from "../../future/generator.ts";
import type { Output } from "../../future/into_future.ts";
import type { Poll } from "../../future/poll.ts";
import { ready } from "../../future/ready.ts";
import {
  Barrier,
  type BarrierWaitResult,
  mpsc,
  type Notified,
  type Notify,
  OnceCell,
  oneshot,
  SetError,
  type SetOnce,
  SetOnceError,
  watch,
} from "../../sync/mod.ts";

/**
 * Never called: only its types count. Each `@ts-expect-error` is an error of the check by itself
 * when the line below it compiles.
 */
export const signals = {
  notify(notify: Notify, barrier: Barrier) {
    const notified = notify.notified();
    assertType<IsExact<typeof notified, Notified>>(true);
    assertType<IsExact<Output<Notified>, void>>(true);
    assertType<IsExact<ReturnType<typeof barrier.wait>, Future<BarrierWaitResult>>>(true);
    // @ts-expect-error A notification carries no value.
    notify.notifyOne(1);
    // @ts-expect-error A barrier has a size.
    new Barrier();
  },

  cells(cell: OnceCell<number>, once: SetOnce<string>) {
    assertType<IsExact<ReturnType<typeof cell.get>, number | undefined>>(true);
    assertType<IsExact<ReturnType<typeof once.wait>, Future<string>>>(true);
    const made = OnceCell.newWith("a");
    assertType<IsExact<typeof made, OnceCell<string>>>(true);
    const computed = [
      cell.getOrInit(() => 1),
      cell.getOrInit(() => ready(1)),
      cell.getOrInit(async () => await Promise.resolve(1)),
      cell.getOrInit(function* () {
        return yield* ready(1);
      }),
    ];
    assertType<IsExact<typeof computed, Future<number>[]>>(true);
    // @ts-expect-error The cell holds a number.
    cell.set("a");
    // @ts-expect-error The initialiser makes a string.
    cell.getOrInit(() => ready("a"));
    // @ts-expect-error The initialiser makes a string.
    cell.getOrInit(async () => await Promise.resolve("a"));
    // @ts-expect-error A value is no initialiser.
    cell.getOrInit(1);
    // @ts-expect-error The cell holds a string.
    once.set(1);
  },

  async oneshots() {
    const [tx, rx] = oneshot.channel<number>();
    assertType<IsExact<typeof tx, oneshot.Sender<number>>>(true);
    assertType<IsExact<typeof rx, oneshot.Receiver<number>>>(true);
    const awaited = await rx;
    assertType<IsExact<typeof awaited, number>>(true);
    const yielded = future(function* () {
      return yield* rx;
    });
    assertType<IsExact<typeof yielded, Future<number>>>(true);
    assertType<IsExact<ReturnType<typeof rx.tryRecv>, number>>(true);
    assertType<IsExact<ReturnType<typeof tx.pollClosed>, Poll<void>>>(true);
    // @ts-expect-error The channel is for a number.
    tx.send("a");
    // @ts-expect-error The channel is for a number.
    tx.send();
    oneshot.channel<void>()[0].send();
    // @ts-expect-error A receiver has no clone.
    rx.clone();
  },

  async watches() {
    const [tx, rx] = watch.channel(1);
    assertType<IsExact<typeof tx, watch.Sender<number>>>(true);
    assertType<IsExact<typeof rx, watch.Receiver<number>>>(true);
    assertType<IsExact<ReturnType<typeof rx.changed>, Future<void>>>(true);
    assertType<IsExact<ReturnType<typeof rx.waitFor>, Future<number>>>(true);
    for await (const value of rx) assertType<IsExact<typeof value, number>>(true);
    tx.sendModify((slot) => assertType<IsExact<typeof slot, watch.Slot<number>>>(true));
    // @ts-expect-error The channel is of numbers.
    tx.send("a");
    // @ts-expect-error Whether the value was modified is not told.
    tx.sendIfModified(() => {});
    // @ts-expect-error The channel is of numbers.
    rx.sameChannel(watch.channel("a")[1]);
    // @ts-expect-error A sender does not wait for changes.
    tx.changed();
  },

  errors(
    recovered: [
      SetError<number>,
      SetOnceError<number>,
      oneshot.SendError<number>,
      watch.SendError<number>,
    ],
  ) {
    const values = recovered.map(({ value }) => value);
    assertType<IsExact<typeof values, number[]>>(true);
    const kinds = new oneshot.TryRecvError("empty").kind;
    assertType<IsExact<typeof kinds, "empty" | "closed">>(true);
    // @ts-expect-error A receiver that fails has no value.
    new oneshot.RecvError().value;
    // @ts-expect-error A receiver that fails has no value.
    new watch.RecvError().value;
  },
};

Deno.test("the types of signals are as this module states, or it does not compile", () => {});

Deno.test("the errors of mpsc channels are Errors that tell their names", () => {
  const errors = [new mpsc.SendError(1), new mpsc.TrySendError(1, "full")];
  assertEquals(errors.map((error) => [error instanceof Error, error.name]), [
    [true, "SendError"],
    [true, "TrySendError"],
  ]);
});

Deno.test("the errors of oneshot channels are Errors that tell their names", () => {
  const errors = [
    new oneshot.SendError(1),
    new oneshot.RecvError(),
    new oneshot.TryRecvError("empty"),
    new oneshot.TryRecvError("closed"),
  ];
  assertEquals(errors.map(String), [
    "SendError: Cannot send a value: the receiver is closed",
    "RecvError: Cannot receive a value: the channel is closed",
    "TryRecvError: Cannot receive a value: none was sent yet",
    "TryRecvError: Cannot receive a value: the channel is closed",
  ]);
});

Deno.test("the errors of watch channels are Errors that tell their names", () => {
  assertEquals([new watch.SendError(1), new watch.RecvError()].map(String), [
    "SendError: Cannot send a value: there is no receiver",
    "RecvError: Cannot wait for a change: the channel is closed",
  ]);
});

Deno.test("the errors of cells are Errors that tell their names", () => {
  assertEquals(
    [new SetError(1, false), new SetError(1, true), new SetOnceError(1)].map(String),
    [
      "SetError: Cannot set a value: it was set before",
      "SetError: Cannot set a value: one is being computed",
      "SetOnceError: Cannot set a value: it was set before",
    ],
  );
});
